"""For people who would rather look than read."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from evaluation.model import Ranked


def reliability(ranked: list[Ranked], file: Path, bins: int = 10) -> None:
    """How often the classifier is right, by how sure it is."""
    middles, right, counts = [], [], []
    for number in range(bins):
        some = [r for r in ranked if number / bins <= r.confidence < (number + 1) / bins + (number == bins - 1)]
        if some:
            middles.append((number + 0.5) / bins)
            right.append(sum(r.within(1) for r in some) / len(some))
            counts.append(len(some))
    figure, axes = plt.subplots(figsize=(5, 5))
    axes.plot([0, 1], [0, 1], color="#94a3b8", linestyle="--")
    axes.bar(middles, right, width=0.09, color="#0ea5e9")
    for x, y, count in zip(middles, right, counts, strict=True):
        axes.text(x, y + 0.01, str(count), ha="center", fontsize=8)
    axes.set(xlabel="confidence", ylabel="share right", title="Reliability (held out)", xlim=(0, 1), ylim=(0, 1.08))
    _save(figure, file)


def confusion(ranked: list[Ranked], file: Path) -> None:
    """What is taken for what, by category."""
    pairs = Counter(
        (_category(r.question.labels[0]), _category(r.question.labels[0] if r.within(1) else r.labels[0]))
        for r in ranked
    )
    names = sorted({name for pair in pairs for name in pair})
    matrix = np.array([[pairs[(true, said)] for said in names] for true in names], dtype=float)
    shares = matrix / matrix.sum(axis=1, keepdims=True).clip(min=1)
    figure, axes = plt.subplots(figsize=(9, 8))
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(names)), names, rotation=60, ha="right")
    axes.set_yticks(range(len(names)), names)
    for row, column in zip(*np.nonzero(matrix), strict=True):
        colour = "white" if shares[row, column] > 0.5 else "black"
        axes.text(column, row, int(matrix[row, column]), ha="center", va="center", fontsize=7, color=colour)
    axes.set(xlabel="understood as", ylabel="meant", title="Confusion by category (held out)")
    _save(figure, file)


def calibration(named: dict[str, np.ndarray], own: np.ndarray, file: Path, bins: int = 10) -> None:
    """How often the first label is right, by how sure the classifier is, one line a set of probabilities."""
    figure, axes = plt.subplots(figsize=(5, 5))
    axes.plot([0, 1], [0, 1], color="#94a3b8", linestyle="--")
    for name, rows in named.items():
        confidence, right = rows.max(axis=1), rows.argmax(axis=1) == own
        number = np.minimum((confidence * bins).astype(int), bins - 1)
        points = [(confidence[number == n].mean(), right[number == n].mean()) for n in np.unique(number)]
        axes.plot(*zip(*points, strict=True), marker="o", label=name)
    axes.set(xlabel="confidence", ylabel="share right", title="Calibration (cross-validated)", xlim=(0, 1), ylim=(0, 1))
    axes.legend()
    _save(figure, file)


def learning_curve(sizes: list[float], lines: dict[str, list[list[float]]], file: Path) -> None:
    """Each figure (name → one list of draws a size) against the number of training examples."""
    figure, (upper, lower) = plt.subplots(2, 1, figsize=(6, 7), sharex=True)
    for name, draws in lines.items():
        axes = upper if name.startswith("right") else lower
        axes.plot(sizes, [np.mean(some) for some in draws], marker="o", label=name)
        axes.fill_between(sizes, [min(some) for some in draws], [max(some) for some in draws], alpha=0.2)
    for axes in (upper, lower):
        axes.legend()
        axes.grid(alpha=0.3)
        axes.set(xscale="log", ylabel="share")
    lower.set_xlabel("training examples")
    upper.set_title("Learning curve (held out)")
    _save(figure, file)


def _category(label: str) -> str:
    return label.split("/")[0]


def _save(figure: plt.Figure, file: Path) -> None:
    file.parent.mkdir(exist_ok=True, parents=True)
    figure.tight_layout()
    figure.savefig(file, dpi=110)
    plt.close(figure)
