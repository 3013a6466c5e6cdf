"""Questions to label probabilities: the numbers behind the FAQ classifier, without Rasa."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Callable, Dict, List, Optional, Sequence, Tuple

import numpy as np

from brain import softmax
from brain.features import Features
from brain.text import fold

Ranking = List[Tuple[str, float]]
Encode = Callable[[str], np.ndarray]
# What an example asked word for word leaves to the other labels.
_DOUBT = 0.01
# From here on the sentence vector changes nothing: measured on held-out questions (decision 12).
_UNDOUBTED = 0.85


class FaqModel:
    """Two softmax regressions over the runs of a text, one with its sentence vector, and an index of the examples.

    Most questions leave no doubt without the vector, which costs more than all the rest; the vector is for the others
    (docs/decisions/0012-vectors-in-doubt.md).
    """

    def __init__(
        self,
        labels: List[str],
        features: Features,
        plain: Regression,
        full: Optional[Regression],
        exact: Dict[str, str],
    ) -> None:
        self.labels = labels
        self._features = features
        self._plain = plain
        self._full = full
        self._exact = exact
        self._number = {label: number for number, label in enumerate(labels)}

    @classmethod
    def fit(
        cls, texts: Sequence[str], labels: Sequence[str], vectors: Optional[np.ndarray], regularisation: float
    ) -> FaqModel:
        """Learn from examples. `vectors` are their sentence vectors; `regularisation` is scikit-learn's C."""
        features, names = Features.fit(texts), sorted(set(labels))
        number = {name: index for index, name in enumerate(names)}
        runs, numbers = features.runs(texts), [number[label] for label in labels]
        plain = Regression(*softmax.fit(runs, None, numbers, regularisation))
        full = None if vectors is None else Regression(*softmax.fit(runs, vectors, numbers, regularisation))
        exact = {fold(text): label for text, label in zip(texts, labels, strict=True) if fold(text)}
        return cls(names, features, plain, full, exact)

    def rank(
        self, text: str, encode: Optional[Encode] = None, temperature: float = 1.0, most: Optional[int] = None
    ) -> Ranking:
        """The `most` likely labels (all by default) with their probabilities, best first.

        `encode` gives the sentence vector; it is asked only where the runs alone leave a doubt. `temperature` below 1
        sharpens.
        """
        probabilities = self._probabilities(text, encode, temperature)
        known = self._exact.get(fold(text))
        if known:
            probabilities *= _DOUBT
            probabilities[self._number[known]] += 1 - _DOUBT
        order = probabilities.argsort()[::-1][:most]
        return [(self.labels[index], float(probabilities[index])) for index in order]

    def _probabilities(self, text: str, encode: Optional[Encode], temperature: float) -> np.ndarray:
        columns, values = self._features.of(text)
        probabilities = self._plain.probabilities(columns, values, None, temperature)
        if self._full is None or encode is None or probabilities.max() >= _UNDOUBTED or fold(text) in self._exact:
            return probabilities
        return self._full.probabilities(columns, values, encode(text), temperature)

    def save(self, folder: Path) -> None:
        """Write the model as JSON and plain numbers; no pickle."""
        state = self._features.state()
        words = {"labels": self.labels, "vocabularies": state["vocabularies"], "exact": self._exact}
        (folder / "model.json").write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
        numbers = {f"idf{number}": weights for number, weights in enumerate(state["idf"])}
        for name, regression in (("plain", self._plain), ("full", self._full)):
            if regression:
                numbers[f"{name}_weights"] = regression.weights.astype(np.float16)
                numbers[f"{name}_bias"] = regression.bias
        np.savez(folder / "model.npz", **numbers)

    @classmethod
    def load(cls, folder: Path) -> FaqModel:
        """Read what `save` wrote."""
        words = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        with np.load(folder / "model.npz", allow_pickle=False) as numbers:
            idf = [numbers[f"idf{number}"] for number in range(len(words["vocabularies"]))]
            features = Features.from_state(words["vocabularies"], idf)
            plain, full = (
                Regression(numbers[f"{name}_weights"], numbers[f"{name}_bias"]) if f"{name}_bias" in numbers else None
                for name in ("plain", "full")
            )
        if plain is None:
            raise ValueError(f"{folder} holds no model of this version")
        return cls(words["labels"], features, plain, full, words["exact"])


class Regression:
    """The weights of one softmax regression: a row a feature, the sentence vector's after those of the runs."""

    def __init__(self, weights: np.ndarray, bias: np.ndarray) -> None:
        # Rows lie together in memory: the few features of a question are few rows to add up.
        self.weights = np.ascontiguousarray(weights, dtype=np.float32)
        self.bias = bias

    def probabilities(
        self, columns: np.ndarray, values: np.ndarray, vector: Optional[np.ndarray], temperature: float
    ) -> np.ndarray:
        """One probability a label."""
        scores = values @ self.weights[columns] + self.bias
        if vector is not None:
            scores = scores + vector @ self.weights[-len(vector) :]
        odds = np.exp((scores - scores.max()) / temperature)
        return np.asarray(odds / odds.sum())
