"""Two questions in one message: where one ends and the next begins."""

from __future__ import annotations

import re
from typing import List

from brain.text import fold

_BORDER = re.compile(r"[？?；;。！!\n]+|(?:，|,|\s)(?=还有|另外|再问|顺便|再就是|同时)")
_ASKS = re.compile(
    "怎么|咋|如何|多久|几天|几个|多长|吗|么|能不能|可不可以|可以|要不要|用不用|是不是|哪|什么|啥|多少|为什么|行不行|能否|是否|呢|办"
)
_SHORTEST, _MOST = 4, 4


def questions(text: str) -> List[str]:
    """The parts of a message that ask something, when there are two to four of them; otherwise nothing."""
    parts = [part.strip(" ，,") for part in _BORDER.split(text)]
    asking = [part for part in parts if len(fold(part)) >= _SHORTEST and _ASKS.search(part)]
    return asking if 2 <= len(asking) <= _MOST else []
