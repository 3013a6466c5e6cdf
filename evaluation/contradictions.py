"""Examples that say the opposite of what is there: caught before a training, because held-out questions see too little.

Eight wrong examples among sixty right ones hardly move the exam, but they are answered wrongly word for word. So each
new example is asked of the model in service and of the examples nearest to it: where both are sure of another label,
either the new one is wrong or the old ones are, and a person has to say which.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import attrs
import numpy as np

from brain.features import Features
from brain.text import normalise
from evaluation.model import probabilities, trained
from evaluation.sets import Question
from evaluation.training import Example
from scripts.settings import MODEL

SURE, HARDLY = 0.6, 0.2  # the model's probability of the other label at least, of the label given at most
NEARER = 1.5  # how many times nearer the other label's examples are
MANY, SHARE = 3, 1 / 3  # so many of a label's new examples, and so large a part of them, spoil them all
_BEST = 3
_SHORT = 0.5  # an example less than half as long asks less (“余额”), however near it is


@attrs.frozen
class Contradiction:
    """A question given to one label that asks what another label's examples ask; `like` is the nearest of those."""

    text: str
    label: str
    other: str
    like: str

    def __str__(self) -> str:
        return f"“{self.text}”归到 {self.label}，可是现有的例句“{self.like}”归在 {self.other}，问的像是同一件事"


def contradictions(
    given: Sequence[tuple[str, str]], known: Sequence[Example], file: Path = MODEL
) -> list[Contradiction]:
    """Those of some (text, label) that contradict the examples and the model made from them."""
    if not given or not known:
        return []
    rows, labels = probabilities([Question(text, [label], "") for text, label in given], trained(file=file))
    features = Features.fit([example.text for example in known])
    runs = features.runs([example.text for example in known])
    likeness = np.asarray((features.runs([normalise(text) for text, _ in given]) @ runs.T).todense())
    found = []
    lengths = np.array([len(example.text) for example in known])
    for (text, label), row, alike in zip(given, rows, likeness, strict=True):
        alike = np.where(lengths < _SHORT * len(text), 0.0, alike)
        other = labels[int(row.argmax())]
        own = float(row[labels.index(label)]) if label in labels else 0.0
        if other == label or row.max() < SURE or own > HARDLY:
            continue
        scores = _scores(alike, known)
        if max(scores, key=lambda name: scores[name]) == other and scores[other] >= NEARER * scores.get(label, 0.0):
            nearest = max((n for n, e in enumerate(known) if e.label == other), key=lambda n: float(alike[n]))
            found.append(Contradiction(text, label, other, known[nearest].text))
    return found


def spoiled(found: Sequence[Contradiction], given: Sequence[tuple[str, str]]) -> set[str]:
    """Labels whose new examples contradict the old ones so often that none of them is to be trusted."""
    labels = [label for _, label in given]
    against = [one.label for one in found]
    return {name for name in against if against.count(name) >= max(MANY, SHARE * labels.count(name))}


def _scores(alike: np.ndarray, known: Sequence[Example]) -> dict[str, float]:
    """How near each label's examples are: the mean of its best three."""
    best: dict[str, list[float]] = defaultdict(list)
    for number in alike.argsort()[::-1][:300]:
        some = best[known[number].label]
        if len(some) < _BEST:
            some.append(float(alike[number]))
    return {label: sum(some) / _BEST for label, some in best.items()}
