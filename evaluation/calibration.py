"""Whether a probability means what it says: log loss, calibration error, and the temperature that makes them least."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize_scalar

# Where the product compares a probability with a number, and whether it looks at the first label or at any.
THRESHOLDS = {
    "bands.answer": (0.35, "first"),
    "bands.offer": (0.06, "any"),
    "bands.opposite": (0.12, "any"),
    "faq_classifier.sure": (0.50, "first"),
    "faq_classifier._UNDOUBTED": (0.97, "first"),
    "questions._SURE": (0.60, "first"),
    "questions._VERY_SURE": (0.80, "first"),
}
_LEAST = 1e-12  # a probability that was rounded to nothing
_BOUNDS = (0.2, 3.0)


def tempered(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """The probabilities (one row a question) that the same scores give at another temperature; 1 changes nothing."""
    odds = np.log(np.maximum(probabilities, _LEAST)) / temperature
    odds = np.exp(odds - odds.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def log_loss(probabilities: np.ndarray, own: np.ndarray) -> float:
    """The mean of -ln p of the right column (nats, 0 is perfect); `own` holds the right column of each row."""
    return float(-np.log(np.maximum(probabilities[np.arange(len(own)), own], _LEAST)).mean())


def calibration_error(confidence: np.ndarray, right: np.ndarray, bins: int = 10) -> float:
    """The expected calibration error (0 to 1): how far confidence is from the share right, on average over bins."""
    number = np.minimum((confidence * bins).astype(int), bins - 1)
    inside = [number == bin for bin in range(bins) if (number == bin).any()]
    return float(sum(abs(right[some].mean() - confidence[some].mean()) * some.mean() for some in inside))


def error_of(probabilities: np.ndarray, own: np.ndarray) -> float:
    """The calibration error of the first label of each row."""
    return calibration_error(probabilities.max(axis=1), probabilities.argmax(axis=1) == own)


def best_temperature(probabilities: np.ndarray, own: np.ndarray) -> tuple[float, float]:
    """The temperatures of least log loss and of least calibration error."""
    loss = minimize_scalar(lambda t: log_loss(tempered(probabilities, t), own), bounds=_BOUNDS, method="bounded")
    error = min(np.arange(*_BOUNDS, 0.01), key=lambda t: error_of(tempered(probabilities, t), own))
    return float(loss.x), float(error)


def same_share(before: np.ndarray, after: np.ndarray, threshold: float) -> float:
    """The threshold on `after` that as many cases pass as pass `threshold` on `before`."""
    passing = int((before >= threshold).sum())
    if not passing:
        return float(np.nextafter(after.max(), 2))
    return float(np.sort(after)[-passing])
