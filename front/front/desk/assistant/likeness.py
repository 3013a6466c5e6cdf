"""Which item a whole sentence is most like, from what is known to be said about each.

Two plain measures in one pass over the pieces of a question: naive Bayes (best at the first place) and the likeness to
an item's average sentence (best at having it among five). Weights were chosen by holding back training examples.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from front.desk.assistant.words import pieces

_PRIOR = 30.0  # how many pieces' worth an item is thought to speak like everybody before anything is known
_UNHEARD = 3.0  # what a text loses for pieces nobody ever said: it is about something else
_AVERAGE = 8.0  # the weight of the likeness to the average sentence


class Likeness:
    """Learned once from sentences by item; then a look-up for each piece of a question."""

    def __init__(self, sentences: Mapping[str, Iterable[str]]) -> None:
        cut = {id: [set(pieces(said)) for said in some] for id, some in sentences.items()}
        frequency = Counter(piece for some in cut.values() for one in some for piece in one)
        count = sum(len(some) for some in cut.values())
        total = sum(frequency.values())
        self._rarity = {piece: math.log(count / number) for piece, number in frequency.items()}
        self._nothing: dict[str, float] = {}
        self._gains: dict[str, list[tuple[str, float, float]]] = defaultdict(list)
        for id, some in cut.items():
            counts = Counter(piece for one in some for piece in one)
            average = self._average(some)
            self._nothing[id] = math.log(_PRIOR / (sum(counts.values()) + _PRIOR))
            for piece, number in counts.items():
                usual = _PRIOR * frequency[piece] / total
                self._gains[piece].append((id, math.log((number + usual) / usual), _AVERAGE * average[piece]))

    def scores(self, text: str) -> dict[str, float]:
        """How like each item the text is, mostly between -1 and 8; nothing where no piece of it is known."""
        cut = set(pieces(text))
        known = [piece for piece in cut if piece in self._gains]
        if not known:
            return {}
        unheard = _UNHEARD * (len(cut) - len(known)) / len(cut)
        scores, share = {id: nothing - unheard for id, nothing in self._nothing.items()}, 1 / len(known)
        length = self._length(known)
        for piece in known:
            weight = self._rarity[piece] / length
            for id, gain, part in self._gains[piece]:
                scores[id] += gain * share + part * weight
        return scores

    def _average(self, some: list[set[str]]) -> Mapping[str, float]:
        """The average of sentences as a vector of length 1."""
        sum_: Counter[str] = Counter()
        for one in some:
            length = self._length(one)
            for piece in one:
                sum_[piece] += self._rarity[piece] / length  # type: ignore[assignment] # a Counter of floats
        length = math.sqrt(sum(value * value for value in sum_.values())) or 1.0
        return {piece: value / length for piece, value in sum_.items()}

    def _length(self, some: Iterable[str]) -> float:
        return math.sqrt(sum(self._rarity[piece] ** 2 for piece in some)) or 1.0
