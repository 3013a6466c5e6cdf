"""退订 and 恢复: which short messages are wishes about being written to, not questions."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

STOP_WORDS = (
    "T",
    "TD",
    "TT",
    "N",
    "R",
    "0000",
    "退订",
    "退定",
    "拒收",
    "退订短信",
    "取消订阅",
    "回复T",
    "回T",
    "回复TD",
)
RESUME_WORDS = ("恢复", "恢复短信", "恢复接收", "恢复订阅")
# All notices fit the 35 characters of an Aliyun parameter.
GOODBYE = "已退订，不再给您发短信。想恢复请回“恢复”，电话5190857。"
WELCOME_BACK = "已恢复短信服务，请直接发医保问题，或拨打5190857。"


class Wish(Enum):
    """What a person wants of us as a sender."""

    STOP = "stop"
    RESUME = "resume"


def plain(text: str) -> str:
    """A text without what does not matter to a keyword: case, width, blanks, quotes and punctuation at its ends."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    start, end = 0, len(folded)
    while start < end and _is_dressing(folded[start]):
        start += 1
    while start < end and _is_dressing(folded[end - 1]):
        end -= 1
    return folded[start:end]


def _is_dressing(character: str) -> bool:
    return unicodedata.category(character)[0] in "PZCSM"


@dataclass(frozen=True)
class Keywords:
    """The words of each wish, already plain."""

    stop: frozenset[str]
    resume: frozenset[str]

    @classmethod
    def of(cls, stop: Iterable[str] = STOP_WORDS, resume: Iterable[str] = RESUME_WORDS) -> Keywords:
        """Keywords from words as people write them."""
        return cls(frozenset(map(plain, stop)) - {""}, frozenset(map(plain, resume)) - {""})

    def wish(self, text: str) -> Wish | None:
        """The wish a message is, None if it is anything else; the whole message has to be the word."""
        if len(text) > 40:
            return None
        word = plain(text)
        if word in self.stop:
            return Wish.STOP
        return Wish.RESUME if word in self.resume else None
