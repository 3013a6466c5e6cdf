"""An answer as text for four uses. Nothing internal gets in, and nothing is said that the answer does not say."""

from __future__ import annotations

import re
from enum import Enum

from luebao.answers import Reply

_STEP = re.compile(r"^(\d+)[.、]\s*", re.MULTILINE)
_ASIDE = re.compile(r"（(?:便民措施|2021年指南|指南)(?:等)?）")
_CARD_LINE = re.compile(r"^【(.+?)】", re.MULTILINE)


class Rendition(Enum):
    """What a text is copied for."""

    FULL = "full"
    WECHAT = "wechat"
    SMS = "sms"
    SPOKEN = "spoken"

    @property
    def title(self) -> str:
        """As staff read it."""
        return {"full": "完整", "wechat": "微信", "sms": "短信", "spoken": "话术"}[self.value]


def copied(reply: Reply, rendition: Rendition, title: str = "") -> str:
    """The answer as this rendition's text; `title` heads the WeChat one."""
    if rendition is Rendition.SMS:
        return reply.sms
    if rendition is Rendition.SPOKEN:
        return spoken(reply.full)
    sources = [f"依据：{'；'.join(reply.citation)}。"] if reply.citation else []
    if rendition is Rendition.FULL:
        return "\n\n".join([reply.full, *sources])
    close = re.sub(r"\n{2,}", "\n", reply.full)
    return "\n".join([*([f"【{title}】"] if title else []), close, *sources])


def spoken(full: str) -> str:
    """A full text as it is read out on the phone: no source marks, no bullets, menu paths and steps in words."""
    said = _ASIDE.sub("", full)
    said = re.sub(r"^[·•]\s*", "", said, flags=re.MULTILINE)
    said = _CARD_LINE.sub(r"\1：", said)
    said = _STEP.sub(r"第\1，", said)
    said = re.sub(r"\s*→\s*", "，再点", said)
    said = re.sub(r"https?://(\S+?)/?(?=[^\w./-]|$)", r"\1", said)
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return "".join(line if line[-1] in "。！？；：" else f"{line}。" for line in lines)
