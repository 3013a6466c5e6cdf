"""Personal numbers leave no trace: masked when a message is stored, so neither Rasa, logs nor analytics see them.

Recognised: 身份证号 (18 digits or 17 and X, and the old 15), 手机号, bank cards and other runs of ten and more digits,
社保卡号 (a letter and eight digits), however they are spaced or in Chinese numerals. Not masked: hotlines, document
numbers, amounts and dates, which are shorter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

_DIGIT = "[0-9〇零一二三四五六七八九幺]"
_GAP = r"[ \-‐–—_.·]{0,2}"
_NUMERALS = str.maketrans("〇零一二三四五六七八九幺", "001234567891")
# A run that may hold a number: it begins and ends with a digit (or X) and has small gaps inside; a word may stand
# right before it (tel138…, 身份证ID110…).
_RUN = re.compile(rf"(?<![0-9])(?:\+|00)?{_DIGIT}(?:{_GAP}{_DIGIT}){{8,}}(?:{_GAP}[Xx](?![A-Za-z]))?")
_CARD = re.compile(r"(?<![0-9A-Za-z])[A-Z][ \-]?\d{8}(?!\d)", re.I)
_MOBILE = re.compile(r"(?:\+?86|0086)?1[3-9]\d{9}")
_ID_18 = re.compile(r"[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]")
_ID_15 = re.compile(r"[1-9]\d{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}")
_LANDLINE = re.compile(r"(?:\+?86)?0?631[2-9]\d{6}")  # 威海's own area code: an office, not a person's secret
_DATE = r"(?:19|20)\d{2}[-./]\d{1,2}[-./]\d{1,2}"
_DATES = re.compile(rf"{_DATE}(?:[ \-–—]{{1,2}}{_DATE})?")
LABEL = re.compile(r"〔(?:身份证号|手机号|社保卡号|银行卡号|号码)〕")


def mask(text: str) -> str:
    """The text with every personal number replaced by a label: 〔身份证号〕, 〔手机号〕 and so on (LABEL)."""
    return _replace(_CARD, lambda _: "〔社保卡号〕", _replace(_RUN, _masked, text))


def _replace(pattern: re.Pattern[str], label: Callable[[re.Match[str]], str], text: str) -> str:
    """Find in the half-width form, replace in the text as typed (its punctuation stays)."""
    wide = "".join(folded if len(folded := unicodedata.normalize("NFKC", c)) == 1 else c for c in text)
    parts, end = [], 0
    for match in pattern.finditer(wide):
        masked = label(match)
        parts += [text[end : match.start()], text[match.start() : match.end()] if masked == match[0] else masked]
        end = match.end()
    return "".join(parts) + text[end:]


def without_labels(text: str) -> str:
    """Masked text as Rasa reads it: the labels' own words would steer the classifier."""
    return re.sub(r" {2,}", " ", LABEL.sub(" ", text)).strip()


def _masked(run: re.Match[str]) -> str:
    """The label for a run of digits, or the run itself when it is nobody's number."""
    number = re.sub(r"[^0-9Xx]", "", run[0].translate(_NUMERALS)).upper()
    if _ID_18.fullmatch(number) or _ID_15.fullmatch(number):
        return "〔身份证号〕"
    if _MOBILE.fullmatch(number):
        return "〔手机号〕"
    if _LANDLINE.fullmatch(number) or _DATES.fullmatch(run[0]):
        return run[0]
    if 16 <= len(number) <= 19:
        return "〔银行卡号〕"
    return "〔号码〕" if len(number) >= 10 else run[0]
