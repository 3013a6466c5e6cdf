"""Text as citizens type it, cleaned at the door and folded for comparison."""

from __future__ import annotations

import re
import unicodedata

# control, format (zero-width, direction marks), surrogate, private use and unassigned characters.
_HIDDEN_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn"}
_NO_MEANING = re.compile(r"[\W_]+")


def clean(text: str) -> str:
    """One line of NFKC text without invisible characters. What begins with a slash stays text for Rasa.

    Rasa takes a leading "/" for an intent, whoever typed it; the full-width slash is read as a character.
    """
    text = unicodedata.normalize("NFKC", text.encode("utf-8", "ignore").decode("utf-8"))
    visible = "".join(" " if c.isspace() else c for c in text if c.isspace() or not _hidden(c))
    line = re.sub(r" +", " ", visible).strip()
    return "／" + line[1:] if line.startswith("/") else line


def fold(text: str) -> str:
    """The letters, digits and 汉字 alone, in lower case: two texts with the same fold ask the same."""
    return _NO_MEANING.sub("", unicodedata.normalize("NFKC", text)).lower()


def _hidden(character: str) -> bool:
    return unicodedata.category(character) in _HIDDEN_CATEGORIES
