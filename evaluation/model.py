"""The classifier by itself: top-1, top-3, calibration and what is mistaken for what."""

from __future__ import annotations

import json
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import yaml

from brain.encoders import encoders
from brain.faq_classifier import FaqClassifier
from brain.faq_model import FaqModel
from brain.text import normalise
from evaluation import calibration
from evaluation.sets import Question
from scripts.settings import MODEL, ROOT


@attrs.frozen
class Ranked:
    """A question with the labels the classifier gave it, best first."""

    question: Question
    labels: list[str]
    confidence: float

    def within(self, first: int) -> bool:
        """Whether a right label is among the first ones."""
        return bool(set(self.question.labels) & set(self.labels[:first]))


def rank_all(questions: list[Question]) -> list[Ranked]:
    """Every question through the trained classifier, without dialogue."""
    rows, labels = probabilities(questions)
    order = (-rows).argsort(axis=1)
    return [
        Ranked(question, [labels[column] for column in columns], float(row[columns[0]]))
        for question, row, columns in zip(questions, rows, order, strict=True)
    ]


def probabilities(
    questions: list[Question], model: FaqModel | None = None, degree: float | None = None
) -> tuple[np.ndarray, list[str]]:
    """What a classifier thinks of each question: a row each, a column a label.

    By default the trained classifier at the temperature (`degree`) that config.yml sets.
    """
    model, asked = model or trained(), [encoder.one for encoder in encoders(options()["encoders"]).values()]
    degree = temperature() if degree is None else degree
    column = {label: number for number, label in enumerate(model.labels)}
    rows = np.zeros((len(questions), len(column)), dtype=np.float32)
    for row, question in zip(rows, questions, strict=True):
        text = normalise(question.text)
        for label, probability in model.rank(text, asked, degree):
            row[column[label]] = probability
    return rows, model.labels


def temperature() -> float:
    """The temperature config.yml sets for the classifier (1: none)."""
    return float(options()["temperature"])


def calibration_error(ranked: list[Ranked]) -> float:
    """The expected calibration error: how far confidence is from the share that is right, on average."""
    right = np.array([r.within(1) for r in ranked])
    return calibration.calibration_error(np.array([r.confidence for r in ranked]), right)


def trained(word_for_word: bool = True, file: Path = MODEL) -> FaqModel:
    """The classifier of a model; `word_for_word=False` leaves out its index of the examples: what it learnt, alone."""
    with tempfile.TemporaryDirectory() as folder, tarfile.open(file) as archive:
        archive.extractall(folder, filter="data")
        written = next(Path(folder).rglob("model.npz")).parent
        if not word_for_word:
            words = json.loads((written / "model.json").read_text(encoding="utf-8"))
            (written / "model.json").write_text(json.dumps({**words, "exact": {}}), encoding="utf-8")
        return FaqModel.load(written)


def options() -> dict[str, Any]:
    """The classifier's settings: its defaults and what config.yml sets."""
    pipeline = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    ours = next(part for part in pipeline if part["name"].endswith("FaqClassifier"))
    return {**FaqClassifier.get_default_config(), **ours}
