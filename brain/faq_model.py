"""Questions to label probabilities: the numbers behind the FAQ classifier, without Rasa."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Callable, Dict, List, Optional, Sequence, Tuple

import numpy as np
from scipy import sparse

from brain import softmax
from brain.features import Features
from brain.text import fold

Ranking = List[Tuple[str, float]]
Encode = Callable[[str], np.ndarray]
# What an example asked word for word leaves to the other labels.
_DOUBT = 0.01
# From here on a further sentence vector changes nothing: measured on questions never trained on (decisions 12, 16).
_UNDOUBTED = (0.85, 0.8)
# How much a sentence vector weighs against the runs, whose norm is √1.5: a vector of 512 numbers has a norm near 1.
_WEIGHT = 512**-0.5


class FaqModel:
    """Softmax regressions over the runs of a text, each with one more sentence vector, and an index of the examples.

    Most questions leave no doubt without a vector, and a vector costs more than all the rest; the first is for the
    others, the second for what is then still in doubt (docs/decisions/0012-vectors-in-doubt.md).
    """

    def __init__(
        self, labels: List[str], features: Features, regressions: List[Regression], exact: Dict[str, str]
    ) -> None:
        """`regressions`: without a vector, with the first, with the first two …"""
        self.labels = labels
        self._features = features
        self._regressions = regressions
        self._exact = exact
        self._number = {label: number for number, label in enumerate(labels)}

    @classmethod
    def fit(
        cls, texts: Sequence[str], labels: Sequence[str], vectors: Sequence[np.ndarray], regularisation: float
    ) -> FaqModel:
        """Learn from examples. `vectors`: a matrix for each encoder; `regularisation` is scikit-learn's C."""
        features, names = Features.fit(texts), sorted(set(labels))
        number = {name: index for index, name in enumerate(names)}
        runs, numbers = features.runs(texts), [number[label] for label in labels]
        regressions = [
            Regression.fit(runs, vectors[:most], numbers, regularisation) for most in range(len(vectors) + 1)
        ]
        exact = {fold(text): label for text, label in zip(texts, labels, strict=True) if fold(text)}
        return cls(names, features, regressions, exact)

    def rank(
        self, text: str, encoders: Sequence[Encode] = (), temperature: float = 1.0, most: Optional[int] = None
    ) -> Ranking:
        """The `most` likely labels (all by default) with their probabilities, best first.

        `encoders` give the sentence vectors, in the order of `fit`; each is asked only where those before it leave a
        doubt, and fewer of them do. `temperature` below 1 sharpens.
        """
        probabilities = self._probabilities(text, encoders, temperature)
        known = self._exact.get(fold(text))
        if known:
            probabilities *= _DOUBT
            probabilities[self._number[known]] += 1 - _DOUBT
        order = probabilities.argsort()[::-1][:most]
        return [(self.labels[index], float(probabilities[index])) for index in order]

    def _probabilities(self, text: str, encoders: Sequence[Encode], temperature: float) -> np.ndarray:
        columns, values = self._features.of(text)
        vector = np.zeros(0, np.float32)
        probabilities = self._regressions[0].probabilities(columns, values, vector, temperature)
        if fold(text) in self._exact:
            return probabilities
        for regression, encode, sure in zip(self._regressions[1:], encoders, _UNDOUBTED, strict=False):
            if probabilities.max() >= sure:
                break
            vector = np.concatenate([vector, encode(text)])
            probabilities = regression.probabilities(columns, values, vector, temperature)
        return probabilities

    def save(self, folder: Path) -> None:
        """Write the model as JSON and plain numbers; no pickle."""
        state = self._features.state()
        words = {"labels": self.labels, "vocabularies": state["vocabularies"], "exact": self._exact}
        (folder / "model.json").write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
        numbers = {f"idf{number}": weights for number, weights in enumerate(state["idf"])}
        for number, regression in enumerate(self._regressions):
            numbers[f"weights{number}"] = regression.weights.astype(np.float16)
            numbers[f"bias{number}"] = regression.bias
        np.savez(folder / "model.npz", **numbers)

    @classmethod
    def load(cls, folder: Path) -> FaqModel:
        """Read what `save` wrote."""
        words = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        with np.load(folder / "model.npz", allow_pickle=False) as numbers:
            idf = [numbers[f"idf{number}"] for number in range(len(words["vocabularies"]))]
            features = Features.from_state(words["vocabularies"], idf)
            regressions = [
                Regression(numbers[f"weights{number}"], numbers[f"bias{number}"])
                for number in itertools.takewhile(lambda number: f"bias{number}" in numbers, itertools.count())
            ]
        if not regressions:
            raise ValueError(f"{folder} holds no model of this version")
        return cls(words["labels"], features, regressions, words["exact"])


class Regression:
    """The weights of one softmax regression: a row a feature, those of the sentence vectors after the runs."""

    def __init__(self, weights: np.ndarray, bias: np.ndarray) -> None:
        # Rows lie together in memory: the few features of a question are few rows to add up.
        self.weights = np.ascontiguousarray(weights, dtype=np.float32)
        self.bias = bias

    @classmethod
    def fit(
        cls, runs: sparse.csr_matrix, vectors: Sequence[np.ndarray], labels: Sequence[int], regularisation: float
    ) -> Regression:
        """Learn from examples; each number of the vectors counts alike, whatever it varies by."""
        if not vectors:
            return cls(*softmax.fit(runs, None, labels, regularisation))
        raw = np.hstack(vectors)
        middle = raw.mean(axis=0)
        scale = _WEIGHT / np.maximum(raw.std(axis=0), 1e-6)
        weights, bias = softmax.fit(runs, (raw - middle) * scale, labels, regularisation)
        weights[runs.shape[1] :] *= scale[:, None]
        return cls(weights, bias - middle @ weights[runs.shape[1] :])

    def probabilities(
        self, columns: np.ndarray, values: np.ndarray, vector: np.ndarray, temperature: float
    ) -> np.ndarray:
        """One probability a label."""
        scores = values @ self.weights[columns] + self.bias
        if len(vector):
            scores = scores + vector @ self.weights[-len(vector) :]
        odds = np.exp((scores - scores.max()) / temperature)
        return np.asarray(odds / odds.sum())
