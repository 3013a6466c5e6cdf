"""A reply as a citizen sees it in WeChat: one text, within WeChat's size, its options one tap away."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from front.channels.wechat.codec import carried

# WeChat refuses a text of more than 2,048 bytes of UTF-8 and counts more than the words; facts/channels.md A1.
BUDGET = 1800
MORE = "\n（还没说完，回复“更多”看后面）"
_SENTENCE = re.compile(
    r"[。！？；…]+[”’）」』】)]*|\n"
)  # only Chinese marks: the others stand in addresses and numbers
_CLAUSE = re.compile(r"[，、：]")
_LIKE_A_TAG = re.compile(r"<(?=[A-Za-z/!])")
# What would end the link's address or its parameter; the citizen sees the full-width twin.
_IN_LINK = str.maketrans("\"'&<>#%+\n", "＂＇＆＜＞＃％＋ ")


@dataclass(frozen=True)
class Shown:
    """What is sent now, at most BUDGET bytes, and what is left for “更多” (empty if nothing)."""

    text: str
    rest: str


def render(body: Mapping[str, Any]) -> Shown:
    """The body of a Delivery as WeChat text: options numbered and clickable, cut at a sentence end if too long."""
    text = _plain(str(body.get("text") or "")).strip()
    titles = [_plain(str(option["title"])) for option in body.get("options") or ()]
    main, tail = _take_off_options(text, titles)
    if size(tail) > BUDGET // 2:  # far too many options: they are cut like any other text
        main, tail = text, ""
    if size(main + tail) <= BUDGET:
        return Shown(main + tail, "")
    head, rest = cut(main, BUDGET - size(MORE + tail))
    return Shown(head + MORE + tail, rest)


def cut(text: str, most: int) -> tuple[str, str]:
    """The longest beginning of at most `most` bytes that ends a sentence (or a clause, or anywhere), and the rest."""
    if size(text) <= most:
        return text, ""
    fits = text.encode()[:most].decode("utf-8", "ignore")
    for boundary in (_SENTENCE, _CLAUSE):
        # Looked for in the whole text: a mark at the very edge may have its closing quote behind it.
        ends = [end for match in boundary.finditer(text) if len(fits) // 3 < (end := match.end()) <= len(fits)]
        if ends:
            return text[: ends[-1]].rstrip(), text[ends[-1] :].lstrip()
    return fits, text[len(fits) :]


def _plain(text: str) -> str:
    """Without what WeChat cannot carry, and without anything it would take for a link of ours."""
    return _LIKE_A_TAG.sub("＜", carried(text))


def size(text: str) -> int:
    """Bytes of UTF-8, which is what WeChat counts."""
    return len(text.encode())


def link(title: str, number: int) -> str:
    """A title that sends itself as the citizen's message when tapped."""
    safe = title.translate(_IN_LINK)
    return f'<a href="weixin://bizmsgmenu?msgmenucontent={safe}&msgmenuid={number}">{safe}</a>'


def _take_off_options(text: str, titles: Sequence[str]) -> tuple[str, str]:
    """The text without its numbered options, and those as links; as plain lines where links would be too long."""
    plain = "\n".join(f"{number}. {title}" for number, title in enumerate(titles, 1))
    if not titles or not text.endswith(plain):
        return text, ""
    main, _, introduction = text[: -len(plain)].rstrip().rpartition("\n")
    links = "\n".join(f"{number}. {link(title, number)}" for number, title in enumerate(titles, 1))
    tail = f"\n\n{introduction}\n"
    return main.rstrip(), tail + (links if size(tail + links) <= BUDGET // 2 else plain)
