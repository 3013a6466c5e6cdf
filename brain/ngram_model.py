"""Character n-grams to label probabilities: the numbers behind the FAQ classifier, without Rasa.

Words lose to characters here: on short, mistyped questions jieba's words cost 8 points of top-1 (docs/decisions/0002).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from brain.text import fold

Ranking = List[Tuple[str, float]]


class NgramModel:
    """A logistic regression over TF-IDF of character 1- to 3-grams, with an index of the examples themselves."""

    def __init__(
        self,
        labels: List[str],
        vectorizer: TfidfVectorizer,
        weights: np.ndarray,
        bias: np.ndarray,
        exact: Dict[str, str],
    ) -> None:
        self.labels = labels
        self._vectorizer = vectorizer
        self._weights = weights
        self._bias = bias
        self._exact = exact

    @classmethod
    def fit(cls, texts: Sequence[str], labels: Sequence[str], regularisation: float = 30.0) -> NgramModel:
        """Learn from examples. `regularisation` is scikit-learn's C."""
        folded = [fold(text) for text in texts]
        vectorizer = _vectorizer(min_df=2 if len(texts) > 500 else 1)
        regression = LogisticRegression(C=regularisation, max_iter=300, tol=1e-3, multi_class="multinomial")
        regression.fit(vectorizer.fit_transform(folded), labels)
        weights = regression.coef_.astype(np.float32)
        exact = {text: label for text, label in zip(folded, labels, strict=True) if text}
        return cls(list(regression.classes_), vectorizer, weights, regression.intercept_.astype(np.float32), exact)

    def rank(self, text: str) -> Ranking:
        """All labels with their probabilities, best first; an example asked word for word is certain."""
        folded = fold(text)
        scores = self._vectorizer.transform([folded]) @ self._weights.T + self._bias
        odds = np.exp(scores[0] - scores[0].max())
        probabilities = odds / odds.sum()
        if folded in self._exact:
            certain = np.array([label == self._exact[folded] for label in self.labels], dtype=np.float32)
            probabilities = 0.01 * probabilities + 0.99 * certain
        order = probabilities.argsort()[::-1]
        return [(self.labels[index], float(probabilities[index])) for index in order]

    def save(self, folder: Path) -> None:
        """Write the model as JSON and plain numbers; no pickle."""
        vocabulary = {gram: int(column) for gram, column in self._vectorizer.vocabulary_.items()}
        words = {"labels": self.labels, "vocabulary": vocabulary, "exact": self._exact}
        (folder / "model.json").write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
        np.savez(folder / "model.npz", idf=self._vectorizer.idf_, weights=self._weights, bias=self._bias)

    @classmethod
    def load(cls, folder: Path) -> NgramModel:
        """Read what `save` wrote."""
        words = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        with np.load(folder / "model.npz", allow_pickle=False) as numbers:
            vectorizer = _vectorizer(vocabulary=words["vocabulary"])
            vectorizer.idf_ = numbers["idf"]
            return cls(words["labels"], vectorizer, numbers["weights"], numbers["bias"], words["exact"])


def _vectorizer(**options: object) -> TfidfVectorizer:
    return TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, lowercase=False, **options)
