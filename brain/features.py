"""What the classifier looks at beside the sentence vector: runs of characters and runs of syllables.

Words lose to characters on short, mistyped questions; syllables repair homophones (被案 sounds like 备案); the sentence
vector knows that 掏钱 is near 自付 (docs/decisions/0002-characters-not-words.md has the figures).
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Dict, List, Sequence, Tuple

import numpy as np
from pypinyin import lazy_pinyin
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from brain.text import fold

Vocabulary = Dict[str, int]
_LONGEST = 3
# How much a block weighs against the characters; measured on held-out questions.
_SYLLABLES = 0.7
# Of each kind, the runs seen most often: more of them cost memory and training time and answer nothing better.
_MOST_RUNS = 10_000
# Pairs that Shandong speakers and phone keyboards do not keep apart.
_BLURRED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"))


def characters(text: str) -> List[str]:
    """All runs of one to three characters."""
    folded = fold(text)
    return [folded[i : i + n] for n in range(1, _LONGEST + 1) for i in range(len(folded) - n + 1)]


def syllables(text: str) -> List[str]:
    """All runs of one to three syllables, with the sounds people mix up made equal."""
    sounds = []
    for sound in lazy_pinyin(fold(text)):
        for distinct, same in _BLURRED:
            sound = sound.replace(distinct, same)
        sounds.append(sound)
    return [" ".join(sounds[i : i + n]) for n in range(1, _LONGEST + 1) for i in range(len(sounds) - n + 1)]


class Features:
    """TF-IDF of both kinds of runs, in one vocabulary: the runs of characters, then those of syllables."""

    def __init__(self, blocks: List[Block]) -> None:
        self._blocks = blocks
        self._vectorizers: List[TfidfVectorizer] = []

    @classmethod
    def fit(cls, texts: Sequence[str]) -> Features:
        """Learn the vocabularies; a run seen once says nothing."""
        rarest = 2 if len(texts) > 500 else 1
        vectorizers = [
            TfidfVectorizer(analyzer=kind, sublinear_tf=True, min_df=rarest, max_features=_MOST_RUNS).fit(texts)
            for kind in (characters, syllables)
        ]
        features = cls([Block.of(vectorizer) for vectorizer in vectorizers])
        features._vectorizers = vectorizers
        return features

    def runs(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """One row a text; only for the examples of `fit`."""
        letters, sounds = (vectorizer.transform(texts) for vectorizer in self._vectorizers)
        return sparse.hstack([letters, sounds * _SYLLABLES], format="csr")

    def of(self, text: str) -> Tuple[np.ndarray, np.ndarray]:
        """The columns and values of one text: its row of `runs`, without the costs of a matrix."""
        columns, values, offset = [], [], 0
        for kind, weight, block in zip((characters, syllables), (1.0, _SYLLABLES), self._blocks, strict=True):
            some, worth = block.row(kind(text))
            columns.append(some + offset)
            values.append(worth * weight)
            offset += len(block.idf)
        return np.concatenate(columns), np.concatenate(values)

    @property
    def size(self) -> int:
        """How many columns there are."""
        return sum(len(block.idf) for block in self._blocks)

    def state(self) -> Dict[str, Any]:
        """Vocabularies and idf, as plain data for JSON and npz."""
        return {"vocabularies": [block.vocabulary for block in self._blocks], "idf": [b.idf for b in self._blocks]}

    @classmethod
    def from_state(cls, vocabularies: List[Vocabulary], idf: List[np.ndarray]) -> Features:
        """What `state` described."""
        return cls([Block(*block) for block in zip(vocabularies, idf, strict=True)])


class Block:
    """One kind of runs: the column of each and how rare it is."""

    def __init__(self, vocabulary: Vocabulary, idf: np.ndarray) -> None:
        self.vocabulary = vocabulary
        self.idf = np.asarray(idf, dtype=np.float32)

    @classmethod
    def of(cls, vectorizer: TfidfVectorizer) -> Block:
        """As scikit-learn learned it."""
        return cls({run: int(column) for run, column in vectorizer.vocabulary_.items()}, vectorizer.idf_)

    def row(self, runs: List[str]) -> Tuple[np.ndarray, np.ndarray]:
        """Columns and values of one text of norm 1, as TfidfVectorizer(sublinear_tf=True) would give."""
        counts = Counter(column for column in map(self.vocabulary.get, runs) if column is not None)
        columns = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
        times = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        values = (1 + np.log(times)) * self.idf[columns]
        return columns, values / (np.linalg.norm(values) or 1.0)
