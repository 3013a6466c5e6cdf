"""Two questions in one message: where one ends and the next begins."""

from __future__ import annotations

import re
from typing import List, Tuple

from brain.text import fold

_ENDS = re.compile(r"[？?；;。！!\n]+|(?:，|,|\s)(?=还有|另外|再问|顺便|再就是|同时)")
_COMMAS = re.compile(r"[，,\s]+")
_ASKS = re.compile(
    r"怎么|咋|如何|多久|几[天个家次回种样项]|多长|(\w)不\1|吗|么|可以|哪|什么|啥|多少|为什么|谁|能否|是否|呢|办|[不没]$"
)
_SHORTEST, _MOST = 4, 4
# How sure each part must be to be answered for itself; a comma is a weaker border than a question mark.
_SURE, _VERY_SURE = 0.6, 0.8


def questions(text: str) -> Tuple[List[str], float]:
    """The parts of a message that ask something and how sure each must be; no parts where it asks one thing."""
    for border, most, sure in ((_ENDS, _MOST, _SURE), (_COMMAS, 2, _VERY_SURE)):
        asking = _asking(border.split(text))
        if 2 <= len(asking) <= most:
            return asking, sure
    return [], 1.0


def _asking(parts: List[str]) -> List[str]:
    stripped = [part.strip(" ，,") for part in parts]
    return [part for part in stripped if len(fold(part)) >= _SHORTEST and _ASKS.search(part)]


def asks(text: str) -> bool:
    """Whether a text has a word that asks something; 呢 at the end of a part is only a tone (住着院呢)."""
    return bool(_ASKS.search(re.sub(r"呢(?=[，,。！!~ ]|$)", "", text)))
