"""The training data and the model fitted to parts of it: without Rasa, so that it can be done many times over."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import yaml
from sklearn.model_selection import StratifiedGroupKFold

from brain import faq_model
from brain.encoders import encoders
from brain.faq_model import FaqModel
from brain.text import fold, normalise
from evaluation.model import options
from scripts.settings import ROOT, RUN, environment

CACHE = RUN / "evaluation" / "cache"
FOLDS = 5
_CODE = ("brain/faq_model.py", "brain/network.py", "brain/features.py", "brain/text.py")


@attrs.frozen
class Example:
    """One training example as the classifier reads it (normalised), its label, and the file it stands in."""

    text: str
    label: str
    file: str


@attrs.frozen
class CrossValidated:
    """Every example with the probabilities of a model that never saw it, nor the same question typed otherwise.

    `probabilities` has one row an example and one column a name in `labels`.
    """

    examples: list[Example]
    labels: list[str]
    probabilities: np.ndarray

    def best(self) -> list[tuple[str, float]]:
        """The first label of each example and how likely it was thought (0 to 1)."""
        columns = self.probabilities.argmax(axis=1)
        return [
            (self.labels[column], float(row[column])) for row, column in zip(self.probabilities, columns, strict=True)
        ]

    def own(self) -> np.ndarray:
        """The probability of each example's own label (0 to 1)."""
        column = {label: number for number, label in enumerate(self.labels)}
        return self.probabilities[np.arange(len(self.examples)), [column[e.label] for e in self.examples]]


def examples() -> list[Example]:
    """Every example of data/nlu/, each once, in the order of the files."""
    found: dict[Example, None] = {}
    for file in sorted((ROOT / "data" / "nlu").glob("*.yml")):
        for block in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            lines = texts(block["examples"])
            found.update((Example(normalise(line), block["intent"], file.name), None) for line in lines if line)
    return list(found)


def texts(block: str | Sequence[Mapping[str, Any]]) -> list[str]:
    """The questions of a block's `examples`: lines with a dash, or (learned.yml) items with their metadata."""
    if isinstance(block, str):
        return [line.strip().removeprefix("- ").strip() for line in block.splitlines()]
    return [str(one["text"]) for one in block]


def vectors(texts: Sequence[str]) -> list[np.ndarray]:
    """The sentence vectors, a matrix for each encoder there is, one row a text; kept for the next command."""
    os.environ.setdefault("LUEBAO_VECTORS", environment()["LUEBAO_VECTORS"])
    return [encoder.many(texts) for encoder in encoders(options()["encoders"]).values()]


def fitted(some: Sequence[Example], rows: Sequence[np.ndarray]) -> FaqModel:
    """A model of these examples; `rows` are their sentence vectors, a matrix for each encoder."""
    network = (int(options()[name]) for name in ("width", "networks", "epochs"))
    return FaqModel.fit([faq_model.Example(e.text, e.label) for e in some], rows, *network)


@lru_cache(maxsize=1)
def cross_validated() -> CrossValidated:
    """Each fifth of the training data through a model of the other four fifths; kept in .run/ for the next command.

    The first time takes about five trainings (see docs/how-to/measure.md); after that, seconds.
    """
    every = examples()
    labels = sorted({example.label for example in every})
    file = CACHE / f"folds-{_digest([f'{e.label} {e.text}' for e in every] + _state())}.npy"
    if not file.is_file():
        _keep(file, _probabilities(every, labels))
    return CrossValidated(every, labels, np.load(file))


def groups(some: Sequence[Example]) -> list[str]:
    """What must not be divided between folds: the same question with other punctuation or spacing."""
    return [fold(example.text) or example.text for example in some]


def _probabilities(every: list[Example], labels: list[str]) -> np.ndarray:
    rows = vectors([example.text for example in every])
    result = np.zeros((len(every), len(labels)), dtype=np.float32)
    names = np.array([example.label for example in every])
    divided = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0).split(names, names, groups(every))
    for known, unseen in divided:
        model = fitted([every[i] for i in known], [matrix[known] for matrix in rows])
        column = {label: number for number, label in enumerate(labels)}
        for i in unseen:
            for label, probability in model.rank(every[i].text, [partial(_row, matrix, i) for matrix in rows]):
                result[i, column[label]] = probability
    return result


def _row(rows: np.ndarray, index: int, _: str) -> np.ndarray:
    return np.asarray(rows[index])


def _state() -> list[str]:
    return [(ROOT / name).read_text(encoding="utf-8") for name in _CODE] + [str(sorted(options().items()))]


def _digest(parts: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _keep(file: Path, numbers: np.ndarray) -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    np.save(file, numbers)
