"""Which item a whole sentence is most like, from what is known to be said about each.

Two plain measures in one pass over the pieces of a question: naive Bayes (best at the first place) and the likeness to
an item's average sentence (best at having it among five). Weights were chosen by holding back training examples.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import accumulate, pairwise

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
        self._ids = list(cut)
        self._nothing: list[float] = []
        gains: dict[str, list[tuple[int, float, float]]] = defaultdict(list)
        for number, some in enumerate(cut.values()):
            counts = Counter(piece for one in some for piece in one)
            average = self._average(some)
            self._nothing.append(math.log(_PRIOR / (sum(counts.values()) + _PRIOR)))
            for piece, times in counts.items():
                usual = _PRIOR * frequency[piece] / total
                gains[piece].append((number, math.log((times + usual) / usual), _AVERAGE * average[piece]))
        self._keep(gains)

    def _keep(self, gains: Mapping[str, list[tuple[int, float, float]]]) -> None:
        """In long arrays, a piece's stretch beside it: quick to hand over, and nothing for the garbage collector."""
        edges = pairwise(accumulate(map(len, gains.values()), initial=0))
        self._stretches = dict(zip(gains, edges, strict=True))
        every = [gain for some in gains.values() for gain in some]
        self._items = array("H", (number for number, _, _ in every))
        self._gains = array("d", (gain for _, gain, _ in every))
        self._parts = array("d", (part for _, _, part in every))

    def scores(self, text: str) -> dict[str, float]:
        """How like each item the text is, mostly between -1 and 8; nothing where no piece of it is known."""
        cut = set(pieces(text))
        known = [piece for piece in cut if piece in self._stretches]
        if not known:
            return {}
        unheard = _UNHEARD * (len(cut) - len(known)) / len(cut)
        scores, share = [nothing - unheard for nothing in self._nothing], 1 / len(known)
        length = self._length(known)
        for piece in known:
            weight = self._rarity[piece] / length
            for at in range(*self._stretches[piece]):
                scores[self._items[at]] += self._gains[at] * share + self._parts[at] * weight
        return dict(zip(self._ids, scores, strict=True))

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
