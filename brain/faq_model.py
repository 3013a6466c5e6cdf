"""Questions to label probabilities: the numbers behind the FAQ classifier, without Rasa."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Callable, Dict, List, Optional, Sequence, Tuple

import attrs
import numpy as np
from scipy import sparse

from brain import network
from brain.features import Features
from brain.network import Network
from brain.text import fold

Ranking = List[Tuple[str, float]]
Encode = Callable[[str], np.ndarray]
# What an example asked word for word leaves to the other labels.
_DOUBT = 0.01
# From here on a further sentence vector changes nothing: measured on questions never trained on (decisions 12, 17).
_UNDOUBTED = (0.8, 0.7)
# A shorter question may lean on the answer before it; a longer one says all it asks.
_WHOLE = 7
_UNCLEAR = "unclear"
# What is said to the robot itself (谢谢) means the same after any answer.
_SAID_TO_IT = ("chitchat", "menu", "human", "none_of_these")


@attrs.frozen
class Example:
    """A text as the classifier reads it, its label, and the entry answered before it (empty: none that matters)."""

    text: str
    label: str
    after: str = ""


class FaqModel:
    """A network over the runs of a text, what was answered before it and sentence vectors; an index of the examples.

    Most questions leave no doubt without a vector, and a vector costs more than all the rest; the first is for the
    others, the second for what is then still in doubt (docs/decisions/0012-vectors-in-doubt.md).
    """

    def __init__(
        self, labels: List[str], features: Features, before: List[str], net: Network, exact: Dict[str, str]
    ) -> None:
        """`before`: the entries and categories of answers, in the order of their columns after the runs."""
        self.labels = labels
        self._features = features
        self._before = {name: features.size + number for number, name in enumerate(before)}
        self._network = net
        self._exact = exact
        self._number = {label: number for number, label in enumerate(labels)}

    @classmethod
    def fit(
        cls, examples: Sequence[Example], vectors: Sequence[np.ndarray], width: int, networks: int, epochs: int
    ) -> FaqModel:
        """Learn from examples. `vectors`: a matrix for each encoder; the rest: see `network.fit`."""
        texts = [example.text for example in examples]
        features, labels = Features.fit(texts), sorted({example.label for example in examples})
        after = sorted({example.after for example in examples if example.after})
        before = [*after, *sorted({_category(entry) for entry in after})]
        column = {name: features.size + number for number, name in enumerate(before)}
        number = {name: index for index, name in enumerate(labels)}
        learnt = network.Lessons(
            sparse.hstack([features.runs(texts), sparse.csr_matrix((len(texts), len(before)))], format="csr"),
            list(vectors),
            np.array([_columns(example.after, column) for example in examples]),
            np.array([_says_all(example) for example in examples]),
            np.array([number[example.label] for example in examples]),
        )
        contexts = np.array([_columns(entry, column) for entry in after], dtype=int).reshape(-1, 2)
        net = network.fit(learnt, contexts, width, networks, epochs)
        exact = {_key(fold(one.text), one.after): one.label for one in examples if fold(one.text)}
        return cls(labels, features, before, net, exact)

    def rank(
        self,
        text: str,
        encoders: Sequence[Encode] = (),
        temperature: float = 1.0,
        most: Optional[int] = None,
        after: str = "",
    ) -> Ranking:
        """The `most` likely labels (all by default) with their probabilities, best first.

        `encoders` give the sentence vectors, in the order of `fit`; each is asked only where those before it leave a
        doubt, and fewer of them do. `temperature` below 1 sharpens. `after`: the entry answered before.
        """
        known = self._exact.get(_key(fold(text), after)) or self._exact.get(fold(text) if _stands(text, after) else "")
        probabilities = self._probabilities(text, () if known else encoders, temperature, after)
        if known:
            probabilities *= _DOUBT
            probabilities[self._number[known]] += 1 - _DOUBT
        order = probabilities.argsort()[::-1][:most]
        return [(self.labels[index], float(probabilities[index])) for index in order]

    def _probabilities(self, text: str, encoders: Sequence[Encode], temperature: float, after: str) -> np.ndarray:
        columns, values = self._features.of(text)
        told = [column for column in _columns(after, self._before) if column >= 0]
        heard = self._network.heard(
            np.append(columns, told).astype(int), np.append(values, np.full(len(told), network.TOLD))
        )
        probabilities = self._network.probabilities(heard, temperature)
        for number, (encode, sure, _) in enumerate(zip(encoders, _UNDOUBTED, self._network.vectors, strict=False)):
            if probabilities.max() >= sure:
                break
            heard = self._network.with_vector(heard, number, encode(text))
            probabilities = self._network.probabilities(heard, temperature)
        return probabilities

    def save(self, folder: Path) -> None:
        """Write the model as JSON and plain numbers; no pickle."""
        state = self._features.state()
        words = {
            "labels": self.labels,
            "vocabularies": state["vocabularies"],
            "before": list(self._before),
            "exact": self._exact,
        }
        (folder / "model.json").write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
        numbers = {f"idf{number}": weights for number, weights in enumerate(state["idf"])}
        np.savez(folder / "model.npz", **numbers, **self._network.state())

    @classmethod
    def load(cls, folder: Path) -> FaqModel:
        """Read what `save` wrote. Raises KeyError where it is a model of another version."""
        words = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        with np.load(folder / "model.npz", allow_pickle=False) as numbers:
            idf = [numbers[f"idf{number}"] for number in range(len(words["vocabularies"]))]
            features = Features.from_state(words["vocabularies"], idf)
            net = Network.from_state({name: numbers[name] for name in numbers.files if not name.startswith("idf")})
        return cls(words["labels"], features, words["before"], net, words["exact"])


def _category(entry: str) -> str:
    return entry.split(".")[0]


def _columns(entry: str, column: Dict[str, int]) -> Tuple[int, int]:
    """The columns of an entry and of its category; -1 where there is none."""
    return column.get(entry, -1), column.get(_category(entry), -1)


def _says_all(example: Example) -> bool:
    if example.label == _UNCLEAR:
        return False
    return example.label.split("/")[0] in _SAID_TO_IT or len(fold(example.text)) >= _WHOLE


def _stands(text: str, after: str) -> bool:
    """Whether an example that was asked word for word, without an answer before it, means the same now."""
    return not after or len(fold(text)) >= _WHOLE


def _key(folded: str, after: str) -> str:
    """Where a text is found in the index: two texts with the same key ask the same."""
    return f"{after} {folded}" if after else folded
