"""How long a text is on the air, and how to keep it short enough.

A Chinese SMS is UCS-2: 70 units alone, 67 a part when it takes several (6 of 140 bytes go to the part header); the
signature 【…】 counts, an emoji is two units, and the gateways take 500 units at most
(help.aliyun.com/document_detail/44335.htm; Kannel's parts measured, facts/channels.md C2).
"""

from __future__ import annotations

import re

ALONE = 70  # units
PART = 67  # units
MOST = 500  # units, signature included
MORE = "……回复“更多”看后面，或拨打5190857。"

_ENDS = re.compile(r"[。！？；\n]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def units(text: str) -> int:
    """UTF-16 units of a text: what SMS counts."""
    return len(text) + sum(1 for character in text if ord(character) > 0xFFFF)


def signed(text: str, signature: str = "") -> str:
    """The text as it goes out: 【signature】 in front; `signature` comes without its brackets, "" means none."""
    return f"【{signature}】{text}" if signature else text


def segments(text: str, signature: str = "") -> int:
    """How many messages are billed for a text with its signature; 0 for nothing to send."""
    length = units(signed(text, signature)) if text else 0
    if length <= ALONE:
        return 1 if length else 0
    return -(-length // PART)


def parts(text: str, signature: str = "") -> list[str]:
    """The text as the phone receives it, for display: cut like the gateways do, but never inside a character."""
    whole = signed(text, signature) if text else ""
    room = ALONE if units(whole) <= ALONE else PART
    cut: list[str] = []
    while whole:
        taken = head(whole, room)
        cut.append(taken)
        whole = whole[len(taken) :]
    return cut


def head(text: str, room: int) -> str:
    """The longest beginning of a text that takes at most `room` units (`room` ≥ 2)."""
    used = 0
    for position, character in enumerate(text):
        used += units(character)
        if used > room:
            return text[:position]
    return text


def clean(text: str) -> str:
    """What a gateway can carry: no lone surrogates, no control characters but line breaks, no blank ends."""
    return _CONTROL.sub("", _SURROGATE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))).strip()


def cut(text: str, signature: str = "", most: int = MOST) -> tuple[str, str]:
    """What goes out now and what is left for 更多: ("the text", "") if it fits `most` units signed.

    A longer text is cut at the end of a sentence and says how to get the rest.
    """
    text = clean(text)
    if units(signed(text, signature)) <= most:
        return text, ""
    kept = head(text, most - units(signed(MORE, signature)))
    ends = [end.end() for end in _ENDS.finditer(kept)]
    # A cut in the middle of a long sentence beats losing more than half of what fits.
    kept = kept[: ends[-1]] if ends and ends[-1] > len(kept) // 2 else kept
    return kept.rstrip() + MORE, text[len(kept) :].strip()
