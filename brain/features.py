"""What the classifier looks at: runs of characters, runs of syllables, and a sentence vector.

Words lose to characters on short, mistyped questions; syllables repair homophones (被案 sounds like 备案); the sentence
vector knows that 掏钱 is near 自付 (docs/decisions/0002-characters-not-words.md has the figures).
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence

import numpy as np
from pypinyin import lazy_pinyin
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from brain.text import fold

Vocabulary = Dict[str, int]
_LONGEST = 3
# How much a block weighs against the characters; measured on held-out questions.
_SYLLABLES, _VECTOR = 0.7, 1.0
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
    """TF-IDF of both kinds of runs, with the sentence vector beside them where there is one."""

    def __init__(self, blocks: List[TfidfVectorizer]) -> None:
        self._blocks = blocks

    @classmethod
    def fit(cls, texts: Sequence[str]) -> Features:
        """Learn the vocabularies; a run seen once says nothing."""
        rarest = 2 if len(texts) > 500 else 1
        return cls([_block(kind, min_df=rarest).fit(texts) for kind in (characters, syllables)])

    def of(self, texts: Sequence[str], vectors: Optional[np.ndarray]) -> sparse.csr_matrix:
        """One row a text. `vectors` is the sentence encoder's output, or None where there is no encoder."""
        letters, sounds = (block.transform(texts) for block in self._blocks)
        parts = [letters, sounds * _SYLLABLES]
        if vectors is not None:
            parts.append(sparse.csr_matrix(vectors * _VECTOR))
        return sparse.hstack(parts, format="csr")

    def state(self) -> Dict[str, Any]:
        """Vocabularies and idf, as plain data for JSON and npz."""
        vocabularies = [{run: int(column) for run, column in block.vocabulary_.items()} for block in self._blocks]
        return {"vocabularies": vocabularies, "idf": [block.idf_ for block in self._blocks]}

    @classmethod
    def from_state(cls, vocabularies: List[Vocabulary], idf: List[np.ndarray]) -> Features:
        """What `state` described."""
        blocks = []
        for kind, vocabulary, weights in zip((characters, syllables), vocabularies, idf, strict=True):
            block = _block(kind, vocabulary=vocabulary)
            block.idf_ = weights
            blocks.append(block)
        return cls(blocks)


def _block(kind: Any, **options: Any) -> TfidfVectorizer:
    return TfidfVectorizer(analyzer=kind, sublinear_tf=True, **options)
