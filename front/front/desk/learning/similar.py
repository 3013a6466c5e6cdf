"""How alike two questions are: by the runs of characters they share, and by which labels' examples they resemble.

No model, and the same numbers in every process. Half of a question's vector is its runs of characters, half the labels
whose training examples are nearest to it: two ways to ask the same thing share few words, but resemble the same labels.
Measured against the sentence encoder and runs alone in docs/how-to/learn.md.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from front.inbox.words import fold
from front.masking import without_labels

Vector = Mapping[str, float]
_LENGTHS = (1, 2, 3)
# A single character says little beside the words it makes.
_WEIGHT = {1: 0.4, 2: 1.0, 3: 1.0}
_COMMON = 0.04  # runs in more of the examples than this (医保, 怎么) find nothing
_RESEMBLED = 8  # labels in a question's profile
_BEST = 3  # examples of a label that count
_HALF = math.sqrt(0.5)


class Likeness:
    """The examples, to measure questions with."""

    def __init__(self, examples: Sequence[tuple[str, str]]) -> None:
        """`examples`: (label, text)."""
        runs = [_runs(text) for _, text in examples]
        seen: Counter[str] = Counter(run for some in runs for run in set(some))
        count = len(examples)
        self._idf = {run: math.log((1 + count) / (1 + times)) + 0.1 for run, times in seen.items()}
        self._rare = math.log(1 + count) + 0.1
        common = {run for run, times in seen.items() if times > max(50, _COMMON * count)}
        self._labels = [label for label, _ in examples]
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, some in enumerate(runs):
            for run, weight in self._weighed(some).items():
                if run not in common:
                    self._postings[run].append((number, weight))
        self.vector = lru_cache(maxsize=5000)(self._vector)

    def nearest(self, text: str, most: int = _RESEMBLED) -> dict[str, float]:
        """The labels whose examples a question resembles, best first, with how much (0 to 1)."""
        likeness: dict[int, float] = defaultdict(float)
        for run, weight in self._weighed(_runs(text)).items():
            for number, other in self._postings.get(run, ()):
                likeness[number] += weight * other
        best: dict[str, list[float]] = defaultdict(list)
        for number, alike in sorted(likeness.items(), key=lambda pair: (-pair[1], pair[0])):
            if len(best[self._labels[number]]) < _BEST:
                best[self._labels[number]].append(alike)
        scores = sorted(((sum(some) / _BEST, label) for label, some in best.items()), key=lambda one: (-one[0], one[1]))
        return {label: score for score, label in scores[:most]}

    def _vector(self, text: str) -> Vector:
        """A question as a vector of unit length; {} where it holds no letter and no digit."""
        runs = self._weighed(_runs(text))
        labels = _unit({f"/{label}": score * score for label, score in self.nearest(text).items()})
        return _unit({name: _HALF * weight for part in (runs, labels) for name, weight in part.items()})

    def _weighed(self, runs: Iterable[str]) -> dict[str, float]:
        counts = Counter(runs)
        rare = self._rare
        return _unit({r: _WEIGHT[len(r)] * (1 + math.log(n)) * self._idf.get(r, rare) for r, n in counts.items()})


def _unit(weights: dict[str, float]) -> dict[str, float]:
    length = math.sqrt(sum(weight * weight for weight in weights.values()))
    return {name: weight / length for name, weight in weights.items()} if length else {}


def _runs(text: str) -> list[str]:
    folded = fold(without_labels(text))
    return [folded[at : at + n] for n in _LENGTHS for at in range(len(folded) - n + 1)]
