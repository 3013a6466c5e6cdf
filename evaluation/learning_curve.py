"""python -m evaluation.learning_curve: how much another example of each label is still worth.

Trains the classifier alone (no Rasa) on 5, 10, 20, 40, 80 and all examples a label and measures it on the held-out
questions, without dialogue. Takes about 300 CPU seconds (259 of them training, measured), and 50 more the first time
for the sentence vectors.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence

import attrs
import numpy as np
from rich.console import Console
from rich.table import Table

from evaluation import pictures, sets
from evaluation.calibration import THRESHOLDS
from evaluation.model import probabilities
from evaluation.training import Example, examples, fitted, vectors
from scripts.settings import ROOT, RUN

FOLDER = RUN / "evaluation"
ALL = 0
# How many examples a label, and how often they are drawn anew: small draws differ more, and cost less.
DRAWS = {5: 3, 10: 3, 20: 2, 40: 2, 80: 1, ALL: 1}
console = Console()


@attrs.frozen
class Point:
    """What a classifier trained on so many examples a label (0: all) does with the held-out questions (shares)."""

    per_label: int
    draw: int
    examples: int
    right_first: float
    wrong_answered: float
    outside_answered: float
    cpu_seconds: float


def main() -> None:
    """Train, measure, draw."""
    every = examples()
    rows = vectors([example.text for example in every])
    questions = [question for question in sets.questions() if question.kind != "talk"]
    points = []
    for per_label, draws in DRAWS.items():
        for draw in range(draws):
            points.append(_point(every, rows, questions, per_label, draw))
            console.print(f"{points[-1].examples} 句：第一即对 {points[-1].right_first:.3f}", highlight=False)
    _write(points)
    _print(points)


def drawn(every: Sequence[Example], per_label: int, draw: int) -> list[int]:
    """The places of `per_label` examples of each label (0: all), repeatable for a number of `draw`."""
    if per_label == ALL:
        return list(range(len(every)))
    places: dict[str, list[int]] = {}
    for place, example in enumerate(every):
        places.setdefault(example.label, []).append(place)
    random = np.random.default_rng([per_label, draw])
    return sorted(int(p) for some in places.values() for p in random.permutation(some)[:per_label])


def measured(rows: np.ndarray, labels: list[str], questions: list[sets.Question]) -> tuple[float, float, float]:
    """Shares: in scope right first; in scope answered wrongly; out of scope answered as if an entry answered it."""
    sure = THRESHOLDS["bands.answer"][0]
    right, wrong, outside = [], [], []
    for question, row in zip(questions, rows, strict=True):
        label, answered = labels[row.argmax()], row.max() >= sure
        if question.kind == "in":
            right.append(label in question.labels)
            wrong.append(answered and _is_entry(label) and label not in question.labels)
        else:
            outside.append(answered and _is_entry(label))
    return float(np.mean(right)), float(np.mean(wrong)), float(np.mean(outside))


def _is_entry(label: str) -> bool:
    return "/" in label and label.split("/")[0] not in ("out_of_scope", "chitchat")


def _point(
    every: list[Example], rows: list[np.ndarray], questions: list[sets.Question], per_label: int, draw: int
) -> Point:
    places, started = drawn(every, per_label, draw), time.process_time()
    model = fitted([every[place] for place in places], [matrix[places] for matrix in rows])
    trained_in = time.process_time() - started
    figures = measured(*probabilities(questions, model), questions)
    return Point(per_label, draw, len(places), *(round(figure, 4) for figure in figures), round(trained_in, 1))


def _write(points: list[Point]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    text = json.dumps([attrs.asdict(point) for point in points], ensure_ascii=False, indent=1)
    (FOLDER / "learning_curve.json").write_text(text, encoding="utf-8")
    by_size = {n: [point for point in points if point.per_label == n] for n in DRAWS}
    sizes = [float(np.mean([point.examples for point in some])) for some in by_size.values()]
    lines = {
        "right first (in scope)": [[p.right_first for p in some] for some in by_size.values()],
        "answered wrongly (in scope)": [[p.wrong_answered for p in some] for some in by_size.values()],
        "answered (out of scope)": [[p.outside_answered for p in some] for some in by_size.values()],
    }
    pictures.learning_curve(sizes, lines, FOLDER / "learning_curve.png")


def _print(points: list[Point]) -> None:
    table = Table(
        "每类例句", "共", "第一即对", "范围内答错", "范围外误答", "训练CPU秒", title="学习曲线（从未训练过的题）"
    )
    for p in points:
        shares = (f"{share:.3f}" for share in (p.right_first, p.wrong_answered, p.outside_answered))
        table.add_row(
            "全部" if p.per_label == ALL else str(p.per_label), str(p.examples), *shares, f"{p.cpu_seconds:.0f}"
        )
    console.print(table)
    console.print(f"图和数据：{(FOLDER / 'learning_curve.png').relative_to(ROOT)}、learning_curve.json")


if __name__ == "__main__":
    main()
