"""Groups of questions that ask the same, found as the questions come in: a group keeps its number for good."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable

from front.desk.learning.similar import Likeness, Vector

ALIKE = 0.42  # the mean likeness to a group's nearest members from which a question belongs to it
_MEMBERS = 5


class Clusters:
    """The groups so far. A group's number is the id of the question that began it."""

    def __init__(self, likeness: Likeness) -> None:
        self._likeness = likeness
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        self._cluster: list[int] = []

    def known(self, members: Iterable[tuple[str, int]]) -> None:
        """Take in questions that have their group: (text, cluster)."""
        for text, cluster in members:
            self._put(self._likeness.vector(text), cluster)

    def place(self, id: int, text: str) -> int:
        """The group of a new question, its own id where it is the first of its kind."""
        vector = self._likeness.vector(text)
        cluster, alike = self._nearest(vector)
        cluster = cluster if alike >= ALIKE else id
        self._put(vector, cluster)
        return cluster

    def _nearest(self, vector: Vector) -> tuple[int, float]:
        """The group whose nearest few members are likest on average, and how like (0 to 1)."""
        likeness: dict[int, float] = defaultdict(float)
        for run, weight in vector.items():
            for number, other in self._postings.get(run, ()):
                likeness[number] += weight * other
        groups: dict[int, list[float]] = defaultdict(list)
        for number, alike in likeness.items():
            groups[self._cluster[number]].append(alike)
        means = ((sum(heapq.nlargest(_MEMBERS, some)) / min(len(some), _MEMBERS), -id) for id, some in groups.items())
        alike, negative = max(means, default=(0.0, 0))
        return -negative, alike

    def _put(self, vector: Vector, cluster: int) -> None:
        number = len(self._cluster)
        self._cluster.append(cluster)
        for run, weight in vector.items():
            self._postings[run].append((number, weight))
