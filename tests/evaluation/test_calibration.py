"""Log loss, calibration error and temperature, on classifiers whose honesty is known."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("rasa", reason="这个环境没有 Rasa，也就没有评测")

from brain.bands import Bands
from brain.faq_classifier import _UNDOUBTED, FaqClassifier
from brain.questions import _SURE, _VERY_SURE
from evaluation.calibration import (
    THRESHOLDS,
    best_temperature,
    calibration_error,
    error_of,
    log_loss,
    same_share,
    tempered,
)

RANDOM = np.random.default_rng(7)
HONEST = RANDOM.dirichlet([0.3] * 6, 6000)
# Drawn as the honest probabilities say.
OWN = np.array([RANDOM.choice(6, p=row) for row in HONEST])


def test_temperature_one_changes_nothing() -> None:
    assert tempered(HONEST, 1.0) == pytest.approx(HONEST, abs=1e-6)


def test_a_lower_temperature_is_surer_and_keeps_the_order() -> None:
    sharper = tempered(HONEST, 0.5)
    assert (sharper.max(axis=1) >= HONEST.max(axis=1) - 1e-9).all()
    assert (sharper.argmax(axis=1) == HONEST.argmax(axis=1)).all()
    assert sharper.sum(axis=1) == pytest.approx(np.ones(len(HONEST)))


@pytest.mark.parametrize("wrong_by", [0.5, 0.8, 1.5])
def test_finds_the_temperature_that_undoes_false_modesty_or_boasting(wrong_by: float) -> None:
    by_loss, by_error = best_temperature(tempered(HONEST, wrong_by), OWN)
    assert by_loss == pytest.approx(1 / wrong_by, rel=0.1)
    assert by_error == pytest.approx(1 / wrong_by, rel=0.25)


def test_honest_probabilities_have_the_least_error_and_loss() -> None:
    assert error_of(HONEST, OWN) < 0.03
    for degree in (0.5, 2.0):
        assert error_of(tempered(HONEST, degree), OWN) > error_of(HONEST, OWN)
        assert log_loss(tempered(HONEST, degree), OWN) > log_loss(HONEST, OWN)


def test_calibration_error_of_a_known_case() -> None:
    confidence = np.array([0.95] * 10 + [0.55] * 10)
    right = np.array([True] * 10 + [True] * 5 + [False] * 5)
    assert calibration_error(confidence, right) == pytest.approx((0.05 + 0.05) / 2)
    assert calibration_error(np.ones(4), np.ones(4, dtype=bool)) == 0


def test_the_moved_threshold_lets_as_many_pass() -> None:
    before, after = HONEST.max(axis=1), tempered(HONEST, 0.7).max(axis=1)
    for threshold in (0.35, 0.5, 0.9):
        assert (after >= same_share(before, after, threshold)).sum() == (before >= threshold).sum()
    assert (after >= same_share(before, after, 1.5)).sum() == 0


def test_the_thresholds_are_those_of_the_product() -> None:
    bands = Bands.get_default_config()
    assert {name: threshold for name, (threshold, _) in THRESHOLDS.items()} == {
        "bands.answer": bands["answer"],
        "bands.offer": bands["offer"],
        "bands.opposite": bands["opposite"],
        "faq_classifier.sure": FaqClassifier.get_default_config()["sure"],
        "faq_classifier._UNDOUBTED": _UNDOUBTED,
        "questions._SURE": _SURE,
        "questions._VERY_SURE": _VERY_SURE,
    }
