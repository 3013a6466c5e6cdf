"""A new model against the one in service, question by question, and the gate between them.

Both read the same questions, so a figure's fall is judged on the questions that changed alone (McNemar's exact test):
an interval around each figure would hide what eight poisoned examples break.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import comb
from pathlib import Path

import attrs

from brain.bands import Bands
from evaluation import sets
from evaluation.model import probabilities, trained
from evaluation.neighbours import canonical_strays
from evaluation.sets import Question
from luebao.knowledge import Knowledge
from luebao.knowledge.canonical import label

NOISE = 0.05  # how likely a fall may be by chance before it counts
TAKEN = 3  # borderline questions that a learned label may not take; a training moves one or two of these by itself
CLEAR = 0.7  # a question read rightly and so surely is no borderline: losing one to a learned label is one too many
WRONG = 4  # questions read rightly and so surely, now answered as surely with another label: two are chance
ASKED = "asked"  # not sure enough: offered or handed over


@attrs.frozen
class Read:
    """What a model made of a question: its first label, how sure it was (0 to 1), and what that would have answered."""

    label: str
    confidence: float
    first_right: bool
    verdict: str  # right, wrong, asked

    @property
    def shown(self) -> str:
        """For people."""
        return f"{self.label} {self.confidence:.2f}" if self.verdict != ASKED else f"没把握（{self.label}）"


@attrs.frozen
class Change:
    """A question that is answered otherwise than before."""

    question: str
    wanted: str
    before: str
    after: str


@attrs.frozen
class Figure:
    """A share of n questions before and after. `lost` and `gained` count the questions that changed."""

    name: str
    before: float
    after: float
    n: int
    lost: int
    gained: int

    @property
    def chance(self) -> float:
        """How likely so many losses among the changes are if the models were equally good (0 to 1)."""
        changed = self.lost + self.gained
        return sum(comb(changed, k) for k in range(self.lost, changed + 1)) / 2**changed

    @property
    def fallen(self) -> bool:
        """Whether it fell by more than noise."""
        return self.lost > self.gained and self.chance < NOISE


@attrs.frozen
class Comparison:
    """What the new model is, beside the one in service. `reasons`: why it must not replace it; none: it may."""

    figures: list[Figure]
    broken: list[Change]
    mended: list[Change]
    reasons: list[str]


def questions(knowledge: Knowledge) -> list[Question]:
    """Every question to measure with: tests/held_out/, and dev.jsonl where it is (some by clauses, not labels)."""
    found = sets.questions()
    strangers = (row for name in sets.STRANGERS for row in sets.strangers(name))
    for row in [*sets.development(), *strangers]:
        clauses = set(row.get("clauses", ()))
        labels = [label(entry.id) for entry in knowledge.entries.values() if clauses & set(entry.clauses)]
        if labels or row["kind"] != "in":
            found.append(Question(row["q"], labels if row["kind"] == "in" else ["out_of_scope/unknown"], "dev"))
    return found


def compare(before: Path, after: Path, knowledge: Knowledge, learned: Iterable[str]) -> Comparison:
    """Compare two models; `learned`: the labels the new examples were given."""
    asked = questions(knowledge)
    old, new = read(asked, before), read(asked, after)
    figures = _figures(asked, old, new)
    broken = _changes(asked, old, new)
    mended = [attrs.evolve(one, before=one.after, after=one.before) for one in _changes(asked, new, old)]
    reasons = [_fell(figure) for figure in figures if figure.fallen]
    reasons += _taken(asked, old, new, sorted(set(learned)))
    reasons += _wrong(asked, old, new)
    reasons += _strays(canonical_strays(knowledge, before), canonical_strays(knowledge, after))
    return Comparison(figures, broken, mended, reasons)


def read(asked: Sequence[Question], file: Path) -> list[Read]:
    """Each question as a model's classifier reads it, without dialogue."""
    rows, labels = probabilities(list(asked), trained(file=file))
    firsts = ((labels[row.argmax()], float(row.max())) for row in rows)
    return [_read(question, *first) for question, first in zip(asked, firsts, strict=True)]


def _read(question: Question, first: str, confidence: float) -> Read:
    sure = confidence >= Bands.get_default_config()["answer"]
    answers = Question("", [first], "").kind == "in"
    if question.kind == "in":
        verdict = ASKED if not sure else "right" if first in question.labels else "wrong"
    else:
        verdict = "wrong" if sure and answers else "right"
    return Read(first, confidence, first in question.labels, verdict)


def _figures(asked: Sequence[Question], old: list[Read], new: list[Read]) -> list[Figure]:
    inside = [q.kind == "in" for q in asked]
    near = [q.kind == "near" for q in asked]
    other = [q.kind in ("other", "talk") for q in asked]
    kinds = [
        _figure("范围内：第一即对", inside, [r.first_right for r in old], [r.first_right for r in new]),
        _figure("范围内：答对", inside, [r.verdict == "right" for r in old], [r.verdict == "right" for r in new]),
    ]
    good = [r.verdict != "wrong" for r in old], [r.verdict != "wrong" for r in new]
    rest = (("范围内：没有答错", inside), ("医保但没收录：没有误答", near), ("与医保无关：没有误答", other))
    return [*kinds, *(_figure(name, some, *good) for name, some in rest)]


def _figure(name: str, some: list[bool], before: list[bool], after: list[bool]) -> Figure:
    pairs = [(b, a) for chosen, b, a in zip(some, before, after, strict=True) if chosen]
    lost, gained = sum(b and not a for b, a in pairs), sum(a and not b for b, a in pairs)
    n = max(1, len(pairs))
    return Figure(name, sum(b for b, _ in pairs) / n, sum(a for _, a in pairs) / n, len(pairs), lost, gained)


def _changes(asked: Sequence[Question], old: list[Read], new: list[Read]) -> list[Change]:
    """The questions that were right and are not any more."""
    return [
        Change(question.text, question.labels[0], before.shown, after.shown)
        for question, before, after in zip(asked, old, new, strict=True)
        if before.verdict == "right" and after.verdict != "right"
    ]


def _fell(figure: Figure) -> str:
    now = f"原来 {figure.before:.3f}，现在 {figure.after:.3f}"
    return f"{figure.name}：{now}，{figure.lost}句变差、{figure.gained}句变好，超出误差"


def _taken(asked: Sequence[Question], old: list[Read], new: list[Read], learned: Iterable[str]) -> list[str]:
    """Labels whose new examples take other labels' questions more than they help their own."""
    reasons = []
    pairs = list(zip(asked, old, new, strict=True))
    for name in learned:
        moved = [(q, b, a) for q, b, a in pairs if a.label == name and b.label != name]
        lost = [(q.text, b) for q, b, a in moved if b.first_right and not a.first_right]
        clear = [text for text, before in lost if before.confidence >= CLEAR]
        helped = sum(a.first_right and not b.first_right for _, b, a in moved)
        if clear or (len(lost) >= TAKEN and len(lost) > helped):
            shown = "；".join(f"“{text}”" for text, _ in lost[:5])
            reasons.append(f"归到“{name}”的新例句抢走了别处的{len(lost)}句考题：{shown}")
    return reasons


def _wrong(asked: Sequence[Question], old: list[Read], new: list[Read]) -> list[str]:
    """New wrong answers that no borderline explains, whatever label they were given to."""
    clear = [
        f"“{question.text}”（{after.label}）"
        for question, before, after in zip(asked, old, new, strict=True)
        if before.verdict == "right" and after.verdict == "wrong" and min(before.confidence, after.confidence) >= CLEAR
    ]
    return (
        [f"原来很有把握答对的{len(clear)}句，现在很有把握地答错：{'；'.join(clear[:5])}"] if len(clear) >= WRONG else []
    )


def _strays(before: list[tuple[str, str, str]], after: list[tuple[str, str, str]]) -> list[str]:
    """Canonical questions that their own entry loses."""
    known = {(question, own) for question, own, _ in before}
    lost = [one for one in after if one[:2] not in known]
    return [f"标准问题“{question}”（{own}）会答成 {other}" for question, own, other in lost]
