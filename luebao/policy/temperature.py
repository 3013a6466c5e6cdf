"""The body temperature somebody tells, in whatever way it is written: 39度5, 39.5℃, 三十九度五, 快40度."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import attrs

Way = Literal["腋下", "额温", "耳温", "口温", "肛温", ""]

_DIGITS = "零一二三四五六七八九"
_CHINESE = rf"[三四]十(?:[{_DIGITS[1:]}]{{1,2}})?"
_ARABIC = r"(?<![\d.])(?:3[4-9]|4[0-3])"
_DEGREE = r"(?:°c|°|摄氏度|度|c(?![a-z]))"
_TEMPERATURE = re.compile(
    rf"(?P<before>快要|快到|快|将近|接近|不到|没到|差点|近|大约|大概|差不多|约)?(?:了|有|是|都)?"
    rf"(?P<whole>{_ARABIC}|{_CHINESE})"
    rf"(?:(?:[.。·点](?P<tenth>\d|[{_DIGITS}])\d?)?(?P<unit>{_DEGREE})?(?P<after_unit>\d(?![\d度])|[{_DIGITS}半])?)"
    rf"(?P<about>多|左右|上下|来度|以上|往上|出头)?(?P<unit_after>{_DEGREE})?"
)
_FEVERISH = re.compile(r"(?:烧|热|体温|温度|腋下|额温|耳温|口温|肛温|量了|量的|量着|试表|t)[^，。；！？\n\d]{0,6}$")
_OTHER_MATTER = re.compile(
    r"(?:近视|远视|散光|老花|室温|气温|水温|天气|室外|外面|屋里|空调|热水|开水|白酒|酒|角|转|东经|北纬|冰箱|车间)[^，。；！？\n]{0,5}$"
)
_OTHER_UNIT = re.compile(
    r"\s*(?:[%元块万千岁周天号日床年月名个斤公度以]|kg|mmol|ml|mg|分钟|小时|医院|高温天|的天|的高温天|的水|的酒|白酒)"
)
_WAYS: tuple[tuple[Way, str], ...] = (
    ("腋下", r"腋|胳肢窝|夹肢窝|咯吱窝|夹窝"),
    ("额温", r"额温|额头|脑门|测温枪|额温枪"),
    ("耳温", r"耳温|耳朵"),
    ("口温", r"口温|口腔|嘴里|舌下|口表"),
    ("肛温", r"肛温|肛门|肛表|直肠"),
)


@attrs.frozen
class Temperature:
    """A body temperature as told, in °C: from `low` to `high`, which are one where it was told exactly."""

    text: str
    low: float
    high: float


def temperatures(text: str) -> list[Temperature]:
    """The body temperatures a normalised text tells, in reading order; air, water and spirits are left out."""
    return [told for match in _TEMPERATURE.finditer(text) for told in _told(text, match)]


def way_measured(text: str) -> Way:
    """How the temperature was taken, or "" where the text does not say; 腋下 wins where several are named."""
    return next((way for way, words in _WAYS if re.search(words, text)), "")


def _told(text: str, match: re.Match[str]) -> Iterator[Temperature]:
    before, after = text[: match.start()], text[match.end() :]
    if _OTHER_MATTER.search(before) or _other_unit(match, after):
        return
    unit = match["unit"] or match["unit_after"]
    if not (unit or match["tenth"] or _FEVERISH.search(before)):
        return
    low, high = _whole(match["whole"])
    if not 34 <= low <= high < 44:
        return
    tenths = _tenths(match["tenth"] or (match["after_unit"] if unit else None))
    low, high = _around(low + tenths, high + tenths, match["before"] or "", match["about"] or "")
    yield Temperature(match.group(), low, high)


def _other_unit(match: re.Match[str], after: str) -> bool:
    """39岁, 38.6元, 39号: a number of something else; after its own unit only a thing can follow (40度的水)."""
    if match["unit"] or match["unit_after"]:
        return bool(re.match(r"的?(?:天|水|酒|白酒|高温|热水|室温|开水|气温)", after))
    return bool(_OTHER_UNIT.match(after))


def _whole(written: str) -> tuple[float, float]:
    """三十九 is 39 to 39, 三十八九 is 38 to 39."""
    if written.isdecimal():
        return float(written), float(written)
    ten, ones = 10 * _DIGITS.index(written[0]), [_DIGITS.index(one) for one in written[2:]] or [0]
    return float(ten + min(ones)), float(ten + max(ones))


def _tenths(written: str | None) -> float:
    if not written:
        return 0.0
    return 0.5 if written == "半" else (int(written) if written.isdecimal() else _DIGITS.index(written)) / 10


def _around(low: float, high: float, before: str, about: str) -> tuple[float, float]:
    """What 快, 不到, 多 and 左右 leave open, half a degree or less; 以上 and 多 lie above the figure itself."""
    if before in ("快要", "快到", "快", "将近", "接近", "不到", "没到", "差点", "近"):
        low, high = low - 0.5, high - 0.1
    elif about in ("多", "来度", "以上", "往上", "出头"):
        low, high = low + 0.1, high + 0.9
    elif about or before:
        low, high = low - 0.5, high + 0.5
    return round(low, 1), round(high, 1)
