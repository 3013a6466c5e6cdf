"""Text as citizens type it: cleaned at the door, normalised for reading, folded for comparison."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from opencc import OpenCC

# control, format (zero-width, direction marks), surrogate, private use and unassigned characters
_HIDDEN_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn"}
_NO_MEANING = re.compile(r"[\W_]+")
LONGEST_READ = 240  # characters the classifier reads: the beginning and the end of a long story
_BEGINNING = 100


def clean(text: str) -> str:
    """One line of NFKC text without invisible characters. What begins with a slash stays text for Rasa.

    Rasa takes a leading "/" for an intent, whoever typed it; the full-width slash is read as a character.
    """
    text = unicodedata.normalize("NFKC", text.encode("utf-8", "ignore").decode("utf-8"))
    visible = "".join(" " if c.isspace() else c for c in text if c.isspace() or not _hidden(c))
    line = re.sub(r" +", " ", visible).strip()
    return "／" + line[1:] if line.startswith("/") else line


def normalise(text: str) -> str:
    """The plain way to type the same: simplified characters, one form of digits, units and punctuation.

    Keeps the order of what is said; drops emoji and repetitions; keeps the beginning and the end of a long text.
    """
    line = _simplified(clean(text))
    line = "".join(c for c in line if unicodedata.category(c) not in ("So", "Sk") or c in "°℃")
    line = re.sub(r"(\d+)\s*度\s*(\d)(?!\d)", r"\1.\2度", line)  # 39度5
    line = re.sub(r"\s*(?:°\s*[Cc]|℃|摄氏度)", "度", line)
    line = re.sub(r"([!?。,，、~.…！？])\1+", r"\1", line)
    line = re.sub(r"(.)\1{3,}", r"\1\1", line)
    if len(line) > LONGEST_READ:
        line = line[:_BEGINNING] + line[_BEGINNING - LONGEST_READ :]
    return line.strip() or clean(text)[:LONGEST_READ]


def fold(text: str) -> str:
    """The letters, digits and 汉字 alone, in lower case: two texts with the same fold ask the same."""
    return _NO_MEANING.sub("", unicodedata.normalize("NFKC", text)).lower()


def _hidden(character: str) -> bool:
    return unicodedata.category(character) in _HIDDEN_CATEGORIES


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("t2s")


def _simplified(text: str) -> str:
    return str(_converter().convert(text))
