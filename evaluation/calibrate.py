"""python -m evaluation.calibrate: the temperature that makes the classifier's probabilities honest.

Chosen on cross-validated training data; the held-out questions only confirm it. Changes nothing: prints the
temperature, and how the thresholds would have to move for the same share of answers. About five trainings of the
classifier the first time (see docs/how-to/measure.md), seconds after that.
"""

from __future__ import annotations

import numpy as np
from rich.console import Console
from rich.table import Table

from evaluation import pictures, sets
from evaluation.calibration import THRESHOLDS, best_temperature, error_of, log_loss, same_share, tempered
from evaluation.model import probabilities, temperature
from evaluation.training import cross_validated
from scripts.settings import ROOT, RUN

PICTURE = RUN / "evaluation" / "calibration.png"
console = Console()


def main() -> None:
    """Find, print, draw."""
    folds = cross_validated()
    column = {label: number for number, label in enumerate(folds.labels)}
    own = np.array([column[example.label] for example in folds.examples])
    by_loss, by_error = best_temperature(folds.probabilities, own)
    console.print(f"对数损失最小的温度：{by_loss:.2f}；校准误差最小的温度：{by_error:.2f}；现在：{temperature():.2f}")
    known = ("训练数据交叉验证", folds.probabilities, own)
    _print([known, ("从未训练过的题", *_held_out())], (1.0, by_loss, by_error))
    _thresholds(folds.probabilities, by_loss)
    curves = {f"T = {t:.2f}": tempered(folds.probabilities, t) for t in (1.0, by_loss)}
    pictures.calibration(curves, own, PICTURE)
    console.print(f"图：{PICTURE.relative_to(ROOT)}")


def _held_out() -> tuple[np.ndarray, np.ndarray]:
    """The held-out questions' rows and the likeliest of the labels that answer each."""
    questions = [question for question in sets.questions() if question.kind != "talk"]
    rows, labels = probabilities(questions, degree=1.0)
    accepted = [[labels.index(name) for name in question.labels if name in labels] for question in questions]
    own = [columns[row[columns].argmax()] for row, columns in zip(rows, accepted, strict=True)]
    return rows, np.array(own)


def _print(measured: list[tuple[str, np.ndarray, np.ndarray]], temperatures: tuple[float, ...]) -> None:
    table = Table("题", "温度", "对数损失", "校准误差（ECE）")
    for name, rows, own in measured:
        for degree in temperatures:
            now = tempered(rows, degree)
            table.add_row(name, f"{degree:.2f}", f"{log_loss(now, own):.4f}", f"{error_of(now, own):.4f}")
    console.print(table)


def _thresholds(rows: np.ndarray, chosen: float) -> None:
    after = tempered(rows, chosen)
    table = Table("阈值", "现在", f"温度{chosen:.2f}时", "判断改变的比例", title="要让同样多的题过线，阈值要改成")
    for name, (threshold, which) in THRESHOLDS.items():
        old, new = (rows.max(axis=1), after.max(axis=1)) if which == "first" else (rows.ravel(), after.ravel())
        moved = same_share(old, new, threshold)
        changed = float(((old >= threshold) != (new >= moved)).sum() / len(rows))
        table.add_row(name, f"{threshold:.2f}", f"{moved:.3f}", f"{changed:.4f}")
    console.print(table)


if __name__ == "__main__":
    main()
