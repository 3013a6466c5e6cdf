"""The classifier by itself: top-1, top-3, calibration and what is mistaken for what."""

from __future__ import annotations

import tarfile
import tempfile
from pathlib import Path

import attrs
import yaml

from brain.encoders import encoder
from brain.faq_model import FaqModel
from brain.text import normalise
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
    options = _options()
    model, vectors = _trained(), encoder(options.get("encoder", "use"))
    ranked = []
    for question in questions:
        text = normalise(question.text)
        ranking = model.rank(text, vectors.one(text) if vectors else None, options.get("temperature", 1.0))
        ranked.append(Ranked(question, [name for name, _ in ranking], ranking[0][1]))
    return ranked


def calibration_error(ranked: list[Ranked], bins: int = 10) -> float:
    """The expected calibration error: how far confidence is from the share that is right, on average."""
    error = 0.0
    for number in range(bins):
        some = [r for r in ranked if number / bins <= r.confidence < (number + 1) / bins + (number == bins - 1)]
        if some:
            right, said = sum(r.within(1) for r in some) / len(some), sum(r.confidence for r in some) / len(some)
            error += abs(right - said) * len(some) / len(ranked)
    return error


def _trained() -> FaqModel:
    with tempfile.TemporaryDirectory() as folder, tarfile.open(MODEL) as archive:
        archive.extractall(folder, filter="data")
        return FaqModel.load(next(Path(folder).rglob("model.npz")).parent)


def _options() -> dict[str, float]:
    pipeline = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    return next(part for part in pipeline if part["name"].endswith("FaqClassifier"))
