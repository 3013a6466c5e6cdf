"""Questions to label probabilities: the numbers behind the FAQ classifier, without Rasa."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np

from brain import softmax
from brain.features import Features
from brain.text import fold

Ranking = List[Tuple[str, float]]
# What an example asked word for word leaves to the other labels.
_DOUBT = 0.01


class FaqModel:
    """A multinomial logistic regression over Features, with an index of the examples themselves."""

    def __init__(
        self, labels: List[str], features: Features, weights: np.ndarray, bias: np.ndarray, exact: Dict[str, str]
    ) -> None:
        self.labels = labels
        self._features = features
        # One row a feature, so that the few features of a question are few rows to add up.
        self._by_feature = np.ascontiguousarray(weights, dtype=np.float32)
        self._bias = bias
        self._exact = exact
        self._number = {label: number for number, label in enumerate(labels)}

    @classmethod
    def fit(
        cls, texts: Sequence[str], labels: Sequence[str], vectors: Optional[np.ndarray], regularisation: float
    ) -> FaqModel:
        """Learn from examples. `vectors` are their sentence vectors; `regularisation` is scikit-learn's C."""
        features, names = Features.fit(texts), sorted(set(labels))
        number = {name: index for index, name in enumerate(names)}
        weights, bias = softmax.fit(features.runs(texts), vectors, [number[label] for label in labels], regularisation)
        exact = {fold(text): label for text, label in zip(texts, labels, strict=True) if fold(text)}
        return cls(names, features, weights, bias, exact)

    def rank(self, text: str, vector: Optional[np.ndarray], temperature: float = 1.0, most: int = 10) -> Ranking:
        """The `most` likely labels with their probabilities, best first.

        Without a sentence vector its part of the weights is left out. `temperature` below 1 sharpens.
        """
        columns, values = self._features.of(text)
        scores = values @ self._by_feature[columns] + self._bias
        if vector is not None:
            scores = scores + vector @ self._by_feature[self._features.size :]
        odds = np.exp((scores - scores.max()) / temperature)
        probabilities = odds / odds.sum()
        known = self._exact.get(fold(text))
        if known:
            probabilities *= _DOUBT
            probabilities[self._number[known]] += 1 - _DOUBT
        order = probabilities.argsort()[: -most - 1 : -1]
        return [(self.labels[index], float(probabilities[index])) for index in order]

    def save(self, folder: Path) -> None:
        """Write the model as JSON and plain numbers; no pickle."""
        state = self._features.state()
        words = {"labels": self.labels, "vocabularies": state["vocabularies"], "exact": self._exact}
        (folder / "model.json").write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
        idf = {f"idf{number}": weights for number, weights in enumerate(state["idf"])}
        np.savez(folder / "model.npz", weights=self._by_feature.astype(np.float16), bias=self._bias, **idf)

    @classmethod
    def load(cls, folder: Path) -> FaqModel:
        """Read what `save` wrote."""
        words = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        with np.load(folder / "model.npz", allow_pickle=False) as numbers:
            idf = [numbers[f"idf{number}"] for number in range(len(words["vocabularies"]))]
            features = Features.from_state(words["vocabularies"], idf)
            weights = numbers["weights"].astype(np.float32)
            return cls(words["labels"], features, weights, numbers["bias"], words["exact"])
