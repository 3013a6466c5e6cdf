"""python -m evaluation.neighbours: which labels take each other's questions, and which examples look misplaced.

Every example is judged by a model that never saw it (five folds), so what it shows is the data, not the memory of it.
About five trainings of the classifier the first time (see docs/how-to/measure.md), seconds after that.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import attrs
from rich.console import Console
from rich.table import Table

from evaluation.entries import SCOPES
from evaluation.model import probabilities, trained
from evaluation.sets import Question
from evaluation.training import CrossValidated, Example, cross_validated, groups
from luebao.knowledge import Knowledge, load
from luebao.knowledge.canonical import label
from scripts.settings import MODEL, ROOT, RUN

FILE = RUN / "evaluation" / "neighbours.json"
# An example another label takes this surely is mislabelled, or fits both.
SURE = 0.7
_SHOWN = 3
console = Console(width=140)


@attrs.frozen
class Taken:
    """An example that a model which never saw it gave to another label, with both probabilities (0 to 1)."""

    text: str
    label: str
    file: str
    by: str
    probability: float
    own: float


@attrs.frozen
class Pair:
    """Two labels and the examples each takes from the other, the surest first."""

    labels: tuple[str, str]
    taken: list[Taken]


def main() -> None:
    """Measure, print, write."""
    folds = cross_validated()
    found = taken(folds)
    pairs, doubtful = confused(found), [one for one in found if one.probability >= SURE]
    twice, strays = under_two_labels(folds.examples), canonical_strays(load(ROOT / "knowledge"))
    _print(pairs, doubtful)
    right = right_by_scope(folds)
    shares = "，".join(f"{SCOPES[scope]} {share:.3f}" for scope, share in right.items())
    console.print(f"交叉验证：{len(folds.examples)}句例句，第一即对：{shares}；很像放错了的 {len(doubtful)} 句")
    console.print(f"同一句写在两个标签下：{twice or '没有'}；标准问题排不到自己条目的：{strays or '没有'}")
    report = {"right_first": right, "pairs": _plain(pairs), "doubtful": _plain(doubtful)}
    FILE.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({**report, "under_two_labels": twice, "canonical_strays": strays}, ensure_ascii=False, indent=1)
    FILE.write_text(text, encoding="utf-8")
    console.print(f"全部在 {FILE.relative_to(ROOT)}")


def right_by_scope(folds: CrossValidated) -> dict[str, float]:
    """The share of examples (0 to 1) whose own label comes first, by scope (as `Question.kind`)."""
    cases: dict[str, list[bool]] = defaultdict(list)
    for example, (best, _) in zip(folds.examples, folds.best(), strict=True):
        cases[Question(example.text, [example.label], example.file).kind].append(best == example.label)
    return {scope: sum(some) / len(some) for scope, some in cases.items()}


def taken(folds: CrossValidated) -> list[Taken]:
    """The examples whose own label does not come first, the surest of them first."""
    judged = zip(folds.examples, folds.best(), folds.own(), strict=True)
    found = [
        Taken(example.text, example.label, example.file, best, round(probability, 3), round(float(own), 3))
        for example, (best, probability), own in judged
        if best != example.label
    ]
    return sorted(found, key=lambda one: -one.probability)


def confused(found: Sequence[Taken]) -> list[Pair]:
    """The examples by pair of labels, whichever way they were taken; the pair with most first."""
    pairs: dict[tuple[str, str], list[Taken]] = defaultdict(list)
    for one in found:
        first, second = sorted((one.label, one.by))
        pairs[first, second].append(one)
    return sorted(
        (Pair(labels, some) for labels, some in pairs.items()), key=lambda pair: (-len(pair.taken), pair.labels)
    )


def under_two_labels(some: Sequence[Example]) -> dict[str, list[str]]:
    """Questions that stand under more than one label, whatever their punctuation: one of them is wrong."""
    labels: dict[str, set[str]] = defaultdict(set)
    for example, group in zip(some, groups(some), strict=True):
        labels[group].add(example.label)
    return {group: sorted(names) for group, names in labels.items() if len(names) > 1}


def canonical_strays(knowledge: Knowledge, file: Path = MODEL) -> list[tuple[str, str, str]]:
    """Titles and canonical questions that a model gives to another label: (question, own, other).

    Without the index of examples word for word, which would answer them even if nothing like them were understood.
    """
    asked = [
        Question(question, [label(entry.id)], "canonical")
        for entry in knowledge.entries.values()
        for question in dict.fromkeys([entry.title, *entry.questions])
    ]
    rows, labels = probabilities(asked, trained(False, file))
    best = [labels[column] for column in rows.argmax(axis=1)]
    return [(q.text, q.labels[0], first) for q, first in zip(asked, best, strict=True) if first != q.labels[0]]


def _print(pairs: list[Pair], doubtful: list[Taken]) -> None:
    table = Table("标签", "互相拿走", "例句（写在 → 像）", title="最容易混的标签", show_lines=True)
    for pair in pairs[:15]:
        shown = "\n".join(f"{t.text[:40]}（{t.label} → {t.by} {t.probability:.2f}）" for t in pair.taken[:_SHOWN])
        table.add_row("\n".join(pair.labels), str(len(pair.taken)), shown)
    console.print(table)
    table = Table("例句", "写在", "像", "把握", title="很像放错了标签的例句（或者两个标签都合适）")
    for one in doubtful[:20]:
        table.add_row(one.text[:50], f"{one.label}（{one.file}）", one.by, f"{one.probability:.2f}")
    console.print(table)


def _plain(things: Sequence[Pair | Taken]) -> list[dict[str, object]]:
    return [attrs.asdict(thing) for thing in things]


if __name__ == "__main__":
    main()
