"""Which lines of the lists 急诊入院病种 and 急诊抢救范围 a described condition may fall under.

The words people use are data (knowledge/conditions/). What is found is told, what is not found is never judged: only
the office decides what counts as an emergency.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Literal

import attrs

from luebao.knowledge.model import Fact, Knowledge, Line, Sign
from luebao.policy.temperature import Temperature, Way, temperatures, way_measured

NoteKind = Literal["needs", "threshold", "unmeasured", "about", "armpit", "source"]

# What a … may stand for: a few characters of one clause, with no 没 or 不 that turns the sense (不小心 does not).
_ENDS = "，。；！？,;!?\n"
_MASK = "\0"  # stands where something only looked alike
_GAP = rf"(?:[^没不未无{_ENDS}{_MASK}]|不(?=小心|慎|少|知)){{0,8}}?"


@attrs.frozen
class Note:
    """Something to say with a line, in plain Chinese; `kind` tells what it is about."""

    kind: NoteKind
    text: str


@attrs.frozen
class Found:
    """One line of a list that a text speaks of.

    `quote` is exactly what the list says, `words` what in the text matched, `missing` the conditions the line asks for
    as well and the text does not mention (none: the text mentions all).
    """

    scope: str
    item: str
    specialty: str
    quote: str
    words: tuple[str, ...]
    missing: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


@attrs.frozen
class _Match:
    start: int
    end: int
    word: str


@attrs.frozen
class _Told:
    """What a text tells: words by sign, and temperatures."""

    words: dict[str, tuple[str, ...]]
    temperatures: list[Temperature]
    way: Way


def conditions(text: str, knowledge: Knowledge, as_of: date) -> list[Found]:
    """The lines of the lists that `text` speaks of, in the order of the lists; empty where none was found.

    A line that needs two things is found by its first one, and then tells in `missing` what else it needs. `as_of` is
    the day whose thresholds hold. Source of the lists: clauses g.out.9.1 and g.out.9.2.
    """
    plain = _normalised(text)
    told = _Told(_said(plain, knowledge), temperatures(plain), way_measured(plain))
    best: dict[tuple[str, str, str], Found] = {}
    for line in knowledge.lines.values():
        found = _found(line, told, knowledge, as_of)
        if found:
            key = (found.scope, found.item, found.quote)
            best[key] = _fuller(best.get(key), found)
    return sorted(best.values(), key=lambda found: _order(found, knowledge))


def _normalised(text: str) -> str:
    """One way of writing: half width, lower case; a space between Chinese words is read as a comma."""
    plain = unicodedata.normalize("NFKC", text.replace("Ⅲ", "三").replace(_MASK, "")).replace("℃", "°c").lower()
    plain = re.sub(r"(?<=[一-鿿])[ \t\r]+(?=[一-鿿])", "，", plain.strip())
    return re.sub(r"[^\S\n]+", "", plain)


def _order(found: Found, knowledge: Knowledge) -> tuple[int, int, int]:
    items = knowledge.scopes[found.scope].items
    index = next(i for i, item in enumerate(items) if item.id == found.item)
    return list(knowledge.scopes).index(found.scope), index, items[index].text.find(found.quote)


def _fuller(first: Found | None, second: Found) -> Found:
    """Of two readings of one line, the one of which less is missing, with the words of both if both are whole."""
    if first is None or len(second.missing) < len(first.missing):
        return second
    if second.missing == first.missing:
        return attrs.evolve(first, words=tuple(dict.fromkeys(first.words + second.words)))
    return first


# --- which signs a text speaks of


def _said(text: str, knowledge: Knowledge) -> dict[str, tuple[str, ...]]:
    said = {}
    for sign in knowledge.signs.values():
        words = [match.word for match in _matches(text, sign) if not _set_aside(text, match, knowledge)]
        if words:
            said[sign.id] = tuple(dict.fromkeys(words))
    return said


def _matches(text: str, sign: Sign) -> Iterator[_Match]:
    masked = _masked(text, tuple(sign.alike))
    for match in _regex(tuple(sign.words)).finditer(masked):
        yield _Match(match.start(), match.end(), text[match.start() : match.end()])


def _set_aside(text: str, match: _Match, knowledge: Knowledge) -> bool:
    """Whether the words around say that it is not here and now: 没, 怕, 以前, 病史."""
    for aside in knowledge.asides.values():
        masked = _masked(text, tuple(aside.alike))
        if aside.before and _regex(tuple(aside.before), "$").search(masked[: match.start]):
            return True
        if aside.after and _regex(tuple(aside.after)).match(masked[match.end :]):
            return True
    return False


@lru_cache(maxsize=1024)
def _masked(text: str, alike: tuple[str, ...]) -> str:
    """The text with what only looks alike blotted out, every other character in its place."""
    if not alike:
        return text
    return _regex(alike).sub(lambda match: _MASK * len(match.group()), text)


@lru_cache(maxsize=1024)
def _regex(words: tuple[str, ...], end: str = "") -> re.Pattern[str]:
    """Patterns as the clerk writes them, as one expression: / parts alternatives, … is a gap."""
    return re.compile("|".join(f"(?:{_pattern(word)}){end}" for word in words))


def _pattern(word: str) -> str:
    pieces = [sorted(map(_normalised, piece.split("/")), key=len, reverse=True) for piece in word.split("…")]
    return _GAP.join(f"(?:{'|'.join(map(re.escape, choices))})" for choices in pieces)


# --- which lines those signs make


def _found(line: Line, told: _Told, knowledge: Knowledge, as_of: date) -> Found | None:
    item = next(item for item in knowledge.scopes[line.scope].items if item.id == line.item)
    quote = line.quote or item.text
    words: list[str] = []
    missing: list[str] = []
    notes: list[Note] = []
    for number, need in enumerate(line.needs):
        signs = [knowledge.signs[id] for id in need.split("/")]
        heard = [word for sign in signs for word in told.words.get(sign.id, ())]
        if any(sign.measured for sign in signs):
            warm = _warm(told, knowledge.facts[line.above], as_of)
            if told.temperatures and warm is None:
                return None
            heard += [temperature.text for temperature in told.temperatures]
            notes += _on_temperature(quote, told, warm, bool(heard))
        if not heard and number == 0:
            return None
        words += heard
        missing += [] if heard else ["或".join(sign.title for sign in signs)]
    if missing:
        notes.append(Note("needs", f"清单写的是“{quote}”，您还没有说到：{'；'.join(missing)}"))
    notes += [Note("source", line.note)] if line.note else []
    return Found(line.scope, line.item, item.specialty, quote, tuple(words), tuple(missing), tuple(notes))


def _on_temperature(quote: str, told: _Told, warm: list[Note] | None, heard: bool) -> list[Note]:
    """What to say with a line that asks for a temperature: what is open, how it is taken, that none was told."""
    unmeasured = Note("unmeasured", f"您没有说体温多少度，清单写的是“{quote}”")
    return (warm or []) + _armpit(quote, told.way) + ([unmeasured] if warm is None and heard else [])


def _warm(told: _Told, fact: Fact, as_of: date) -> list[Note] | None:
    """Notes on the highest temperature told if it reaches the threshold; None if it does not or none was told."""
    threshold = float((fact.value(as_of) or fact.last()).value)
    reaching = [told for told in told.temperatures if told.high >= threshold]
    if not reaching:
        return None
    highest = max(reaching, key=lambda told: (told.high, told.low))
    if highest.high == threshold:
        return [Note("threshold", f"清单写的是“以上”，没有写明正好{threshold:g}{fact.unit}算不算")]
    if highest.low < threshold:
        return [Note("about", f"您说的是大约的体温，清单写的是{threshold:g}{fact.unit}以上")]
    return []


def _armpit(quote: str, way: Way) -> list[Note]:
    """The list may mean a temperature taken in the armpit; said unless the text names that way itself."""
    if "腋下" not in quote or way == "腋下":
        return []
    said = f"您说的是{way}，" if way else ""
    return [Note("armpit", f"{said}清单写的是腋下体温")]
