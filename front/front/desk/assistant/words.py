"""Texts as the search compares them: one form of each character, pieces of a sentence, and how it sounds."""

from __future__ import annotations

import functools
import os
import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

# The dictionary of phrases takes 40 MB and tells readings apart; here every reading of a character may match.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")

from pypinyin import Style, pinyin

_HAN = re.compile("[一-鿿]")
_LETTERS = re.compile("[a-z]{2,40}")
_INITIALS = ("zh", "ch", "sh")


@functools.lru_cache(maxsize=8192)
def normal(text: str) -> str:
    """NFKC and lower case, character by character: positions stay those of the text."""
    return "".join(_normal(character) for character in text)


@functools.lru_cache(maxsize=8192)
def squashed(text: str) -> str:
    """Only the letters, digits and Chinese characters of a text."""
    return re.sub(r"[\W_]", "", normal(text))


def tokens(query: str) -> list[str]:
    """The parts of a query that somebody separated, without the marks around them."""
    return [part for part in (word.strip("，。？！、,.?!“”\"'《》（）()") for word in normal(query).split()) if part]


def pieces(text: str) -> Iterator[str]:
    """What sentences are compared by: single characters, two in a row, and two syllables by their sound (typos)."""
    said = re.sub(r"[\W_]", "", normal(text))
    yield from said
    yield from map("".join, pairwise(said))
    sounds = [sound(character) for character in said]
    yield from (f"{first} {second}" for first, second in pairwise(sounds))


@functools.cache
def sound(character: str) -> str:
    """How a character is most often read, without its tone; itself where it is not Chinese."""
    return readings(character)[0]


@functools.cache
def readings(character: str) -> tuple[str, ...]:
    """Every reading of one character, without tones."""
    if not _HAN.fullmatch(character):
        return (character,)
    return tuple(pinyin(character, style=Style.NORMAL, heteronym=True)[0])


def typed_as_pinyin(query: str) -> str:
    """The letters of a query that may be pinyin ("ydjybeian"), or ""."""
    letters = normal(query).replace(" ", "").replace("'", "")
    return letters if _LETTERS.fullmatch(letters) else ""


def han(text: str) -> int:
    """How many Chinese characters a text has."""
    return len(_HAN.findall(text))


def heard_in(letters: str, text: str) -> tuple[int, int] | None:
    """Where a text is typed by these letters (initials, whole syllables, the last one unfinished); None if nowhere."""
    for start, character in enumerate(text):
        if _HAN.fullmatch(character):
            end = _heard(letters, text, start)
            if end:
                return start, end
    return None


def _heard(letters: str, text: str, start: int) -> int:
    """Where the letters end that begin with the character at `start`; 0 where they do not fit."""
    if not letters:
        return start
    if start >= len(text):
        return 0
    if not _HAN.fullmatch(text[start]):  # a mark between two characters is not typed
        return _heard(letters, text, start + 1) if not text[start].isalnum() else 0
    for syllable in readings(text[start]):
        if syllable.startswith(letters):
            return start + 1
        initial = syllable[:2] if syllable.startswith(_INITIALS) else syllable[:1]
        for typed in (syllable, initial, syllable[:1]):
            if letters.startswith(typed) and (end := _heard(letters[len(typed) :], text, start + 1)):
                return end
    return 0


@functools.cache
def _normal(character: str) -> str:
    folded = unicodedata.normalize("NFKC", character).lower()
    return folded if len(folded) == 1 else character
