"""Multinomial logistic regression, in the memory that 2,000 labels leave.

The objective is scikit-learn's; what differs is that the sparse runs and the dense sentence vector are multiplied apart
and in single precision, and that SciPy's optimiser remembers five steps. On 9,000 examples of 107 labels that takes a
third of the memory and a quarter of the time (docs/decisions/0009-training-that-grows.md).
"""

from __future__ import annotations

from typing import Optional, Sequence, Tuple

import numpy as np
from scipy import sparse
from scipy.optimize import minimize

_REMEMBERED_STEPS = 5
_MOST_STEPS = 300
# Stopped earlier, where it stops hangs on the path there: ten more examples then change answers to other questions.
_FLAT = 2e-5


def fit(
    runs: sparse.csr_matrix, vectors: Optional[np.ndarray], labels: Sequence[int], regularisation: float
) -> Tuple[np.ndarray, np.ndarray]:
    """Weights (a row a feature: the runs, then the vector) and bias (one a label) of the best softmax regression.

    `labels` are numbers from 0; `regularisation` is scikit-learn's C: larger trusts the examples more.
    """
    objective = _Objective(runs, vectors, np.asarray(labels), 1 / regularisation)
    options = {"maxcor": _REMEMBERED_STEPS, "maxiter": _MOST_STEPS, "gtol": _FLAT}
    found = minimize(objective, np.zeros(objective.size), jac=True, method="L-BFGS-B", options=options)
    weights = found.x.astype(np.float32).reshape(objective.shape)
    return weights[:-1], weights[-1]


class _Objective:
    """The mean log loss with its penalty, and the gradient, at some weights."""

    def __init__(
        self, runs: sparse.csr_matrix, vectors: Optional[np.ndarray], labels: np.ndarray, penalty: float
    ) -> None:
        self._runs = runs.astype(np.float32).tocsr()
        self._columns = self._runs.T.tocsr()
        self._vectors = np.zeros((len(labels), 0), np.float32) if vectors is None else vectors.astype(np.float32)
        self._labels = labels
        self._penalty = penalty
        self._each = np.arange(len(labels))
        self.shape = (self._runs.shape[1] + self._vectors.shape[1] + 1, int(labels.max()) + 1)
        self.size = self.shape[0] * self.shape[1]

    def __call__(self, flat: np.ndarray) -> Tuple[float, np.ndarray]:
        weights, border = flat.reshape(self.shape), self._runs.shape[1]
        loss, missing = self._loss(weights.astype(np.float32), border)
        gradient = np.empty(self.shape)
        gradient[:border] = self._columns @ missing
        gradient[border:-1] = self._vectors.T @ missing
        gradient[-1] = missing.sum(axis=0)
        gradient[:-1] += self._penalty * weights[:-1]
        loss += 0.5 * self._penalty * float(np.square(weights[:-1]).sum())
        return loss / len(self._each), gradient.ravel() / len(self._each)

    def _loss(self, weights: np.ndarray, border: int) -> Tuple[float, np.ndarray]:
        """The summed log loss, and by how much each probability misses its label."""
        scores = self._runs @ weights[:border]
        scores += self._vectors @ weights[border:-1]
        scores += weights[-1]
        scores -= scores.max(axis=1, keepdims=True)
        right = scores[self._each, self._labels].copy()
        np.exp(scores, out=scores)
        sums = scores.sum(axis=1)
        scores /= sums[:, None]
        scores[self._each, self._labels] -= 1
        return float((np.log(sums) - right).sum()), scores
