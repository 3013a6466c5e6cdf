"""What a person typed, made safe to store and to hand on; and the few words the front itself understands."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 500  # characters that reach Rasa
_READ = 4 * LONGEST  # what is far too long stays too long, and need not be read to the end
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}  # control, format, surrogate, private use, unassigned
_NO_MEANING = re.compile(r"[\W_]+")
_NUMBER = re.compile(
    r"(?:我?[选要点看]|回复|第)?第?\s*([0-9]{1,2}|[一二三四五六七八九])\s*(?:个|项|条|号)?(?:吧|呢|的)?[。.、!]?"
)
_CHINESE = {digit: number for number, digit in enumerate("一二三四五六七八九", 1)}
_HUMAN = frozenset(
    "人工 转人工 找人工 接人工 要人工 人工客服 转人工客服 转人工服务 找人工客服 我要人工 我要转人工 我想转人工 "
    "人工服务 我要找人工 我想找人工 请转人工 帮我转人工 人工坐席 转接人工 真人 找真人 转真人 "
    "真人客服 转客服 找客服".split()
)
_ERASE = frozenset(
    "删除我的记录 删除我的数据 删除我的信息 清除我的记录 删除聊天记录 删除我的聊天记录 清空我的记录".split()
)
_CALLBACK = frozenset(
    "回电 请回电 要回电 我要回电 需要回电 我需要回电 回电话 请回电话 给我回电 给我回电话 请给我回电".split()
)
_NO_CALLBACK = frozenset("取消回电 取消回电话 不用回电 不用回电了 不要回电 不需要回电 不用打了".split())
_ABOUT_NUMBER = re.compile(r"我的|手机号码|手机号|手机|电话号码|电话|号码|号|是|请|给我|回电|联系|回|打|这个")
_MOBILE = re.compile(r"(?:86|0086)?(1[3-9][0-9]{9})")
_MORE = frozenset("更多 看更多 查看更多 后面 看后面 继续 下一页".split())


def visible(text: str) -> str:
    """The text as it is kept: as typed, without invisible characters, and no longer than anybody reads."""
    return "".join(c for c in text[:_READ] if c in "\n\t" or unicodedata.category(c) not in _HIDDEN).strip()


def clean(text: str) -> str:
    """One line of NFKC text without invisible characters; a leading slash full-width (Rasa takes it for an intent)."""
    seen = unicodedata.normalize("NFKC", visible(re.sub(r"\s", " ", text[:_READ])))
    line = re.sub(r"\s+", " ", visible(seen)).strip()
    return "／" + line[1:] if line.startswith("/") else line


def fold(text: str) -> str:
    """The letters, digits and 汉字 alone, in lower case."""
    return _NO_MEANING.sub("", text).lower()


def option_number(text: str) -> int | None:
    """The number a person chose ("2", "２", "第二个", "选3"), or None when the message says anything else."""
    match = _NUMBER.fullmatch(clean(text))
    return (_CHINESE.get(match[1]) or int(match[1])) if match else None


def wants_human(text: str) -> bool:
    """Whether the whole message asks for a person."""
    return fold(text) in _HUMAN


def wants_erasure(text: str) -> bool:
    """Whether the whole message asks to erase what is kept."""
    return fold(text) in _ERASE


def wants_callback(text: str) -> bool:
    """Whether the whole message asks to be called back."""
    return fold(text) in _CALLBACK


def wants_no_callback(text: str) -> bool:
    """Whether the whole message takes that back."""
    return fold(text) in _NO_CALLBACK


def mobile(text: str) -> str | None:
    """The 11 digits of a mobile number, where the message is that and hardly anything else."""
    found = _MOBILE.fullmatch(_ABOUT_NUMBER.sub("", fold(clean(text)))) if len(text) <= 60 else None
    return found[1] if found else None


def shown_number(number: str) -> str:
    """A mobile number as lists show it: 138****1234."""
    return f"{number[:3]}****{number[-4:]}"


def wants_more(text: str) -> bool:
    """Whether the whole message asks for the rest of a cut text."""
    return fold(text) in _MORE
