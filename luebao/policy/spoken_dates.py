"""Dates as people say them in a sentence: 1月20号, 上周三, 大前天, 腊月二十八, 中秋. The day it is said is an argument.

A number is a date only where the words around it say so: 1.20 in 1.20住院 is one, 39.5度 and 2.3 are not. What the
speaker left out (year, month, which week) is filled in and said in `how`. The lunar calendar is the library tyme4py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta

import attrs

from luebao.policy.workdays import DAY, lunar_day, qingming

_DIGITS = "〇一二三四五六七八九"
_NUMBER = r"(?:\d{1,2}|[二三廿]?十[一二三四五六七八九]?|廿[一二三四五六七八九]?|卅一?|[一二三四五六七八九])"
_YEAR = r"(?<![\d第])(?P<year>(?:19|20)\d\d|\d\d|[一二][〇零○一二三四五六七八九]{3}|[今去前明]|大前)年(?:的|份)?\s?"
_MONTH = rf"(?<![\d.个几每第十一二三四五六七八九])(?P<month>{_NUMBER}|元)\s?月(?:份的?)?\s?"
_NO_UNIT = r"(?![\d.一二三四五六七八九十多几来余个天万元块年月周岁度%％人次点分小级折倍项条工])"
_WIDE = str.maketrans("０１２３４５６７８９．／－", "0123456789./-")
_AT = r"(?:的?(?:凌晨|清晨|早晨|早上|一早|上午|中午|下午|傍晚|晚上|夜里|半夜|深夜|早|晚))?"
_WEEK = r"(?:周|星期|礼拜)"
_OF_WEEK = "[一二三四五六日天1-7]"
_GLOSS = rf"(?:\s?[（(]?{_WEEK}(?P<of_week>{_OF_WEEK})[）)]?)?"  # 1月19日（周一）
_AWAY = {"大前": -3, "前": -2, "昨": -1, "今": 0, "明": 1, "后": 2, "大后": 3}
_TURNS = {"上上": -2, "上": -1, "这": 0, "本": 0, "当": 0, "下": 1, "下下": 2}
_LUNAR_MONTHS = {"正": 1, "冬": 11, "腊": 12}
# Things a day's number, or 前天, 后天, 周三, can be part of without being a day; passed over as a whole.
_NO_DATES = re.compile(
    "|".join(
        (
            rf"每(?:个|逢)?{_WEEK}{_OF_WEEK}",
            rf"每个?月的?{_NUMBER}[号日]",
            rf"{_WEEK}{_OF_WEEK}(?:到|至|[-~—－、])(?:{_WEEK})?{_OF_WEEK}",
            rf"(?:\d+|[一两二三四五六七八九十几])个?{_WEEK}(?:{_OF_WEEK}(?=[次天个]))?(?!以前|之前|前)",
            rf"第?{_NUMBER}号(?:[楼院厅室窗柜桌令段码站台店库馆字]|线(?![上下])|文(?!登)|门(?!诊)|机(?!构)|病[房区室床]|床|公告)",
            rf"(?:提前|往前|前推|推迟|顺延|满|超过|连续|第){_NUMBER}[日号]",
            rf"{_NUMBER}日(?:内|以|之|前|后|游|报|均|清)",
            r"明后[天日]|[啥多那这]前儿|[目以之提]前|[以之然今术院]后|后天[性免获]|今日头条",
            r"(?:上|读|念|孩子|儿子|女儿)初[一二三]|初[一二三](?:学|年级|班|毕业|的?学生|下|上学)",
        )
    )
)
# After 1.20 or 1/20: words that only follow a day. Before it: words that only a day, or never a day, follows.
_EVENT = re.compile(
    r"\s*(?:号|日|那天|当天|住|入院|出院|进院|进的?医院|急诊|抢救|送|发病|发烧|摔|早上|上午|中午|下午|晚上|夜里|凌晨|"
    r"提交|受理|办|申请|登记|补办|外地|异地|突发|在|去|到(?!\d)|开始|做|手术|转院|的时候)"
)
_DATED = re.compile(r"(?:于|(?:时间|日期)[是为]?|[住入出]院|受理|提交|申请)\s*[:：]?\s*$")
_MEASURED = re.compile(r"(?:血糖|血压|钾|肌酐|体重|身高|比例|版本|指数|值|约|达|[涨升降高]到)[是为了]?\s*$")
_EDGES = " 　，。,.!！?？、是的了吧呢那"


@attrs.frozen
class SpokenDate:
    """A date found in a text: the words, where they start, and the day meant.

    `date` is None for a day that does not exist (2月30号). `how` says in Chinese what the speaker left out and how it
    was filled in, so that the reply can repeat it; it is empty where nothing was.
    """

    text: str
    start: int
    date: date | None
    how: str = ""

    @property
    def certain(self) -> bool:
        """Whether the words alone name the day."""
        return self.date is not None and not self.how


@attrs.frozen
class _Heard:
    """When it is said, whether of something past, and the day named before it in the same text."""

    text: str
    today: date
    past: bool
    before: date | None


_Day = tuple[date | None, str]
_Reader = Callable[[re.Match[str], _Heard], "_Day | None"]


def spoken_dates(text: str, today: date, past: bool = True) -> list[SpokenDate]:
    """The dates a text names, in reading order, said on `today`.

    What is left out is filled in so that the day is the last on or before `today`; with `past=False` (something yet
    to come) the first on or after it. Words that name the day outright (明天, 2026年1月20日) mean what they say.
    """
    said_as, text = text, text.translate(_WIDE)  # as long as it was, so positions hold
    found: list[SpokenDate] = []
    at = 0
    while at < len(text):
        if skipped := _NO_DATES.match(text, at):
            at = skipped.end()
            continue
        before = next((said.date for said in reversed(found) if said.date), None)
        said = _read(at, _Heard(text, today, past, before))
        found += [said] if said else []
        at = at + len(said.text) if said else at + 1
    return [attrs.evolve(said, text=said_as[said.start : said.start + len(said.text)]) for said in found]


def _read(at: int, heard: _Heard) -> SpokenDate | None:
    for pattern, reader in _READERS:
        match = pattern.match(heard.text, at)
        day = match and reader(match, heard)
        if match and day:
            return SpokenDate(
                match[0], at, day[0], day[1] if _fits_week(match, day[0]) else "日期和星期对不上，按日期算"
            )
    return None


def _fits_week(match: re.Match[str], day: date | None) -> bool:
    said = match.groupdict().get("of_week")
    return not said or not day or day.weekday() == _of_week(said)


def _of_week(said: str) -> int:
    return 6 if said in "日天7" else _number(said) - 1


def _month_day(match: re.Match[str], heard: _Heard) -> _Day | None:
    month, day = _number(match["month"]), _number(match["day"])
    if (
        match["month"] + match["day"] in ("八十五", "8十五")
        and not match["year"]
        and not match[0].endswith(("号", "日"))
    ):
        return _lunar_by_year(8, 15, heard)
    if match["year"]:
        year = _year(match["year"], heard.today)
        return _exactly(year, month, day)
    if heard.before and heard.before.year != heard.today.year and (month, day) >= heard.before.timetuple()[1:3]:
        return _noted(_solar(heard.before.year, month, day), "没说年份", f"{heard.before.year}年没有{month}月{day}日")
    years = range(heard.today.year - 1, heard.today.year + 2)
    return _noted(_pick((_solar(year, month, day) for year in years), heard), "没说年份", f"没有{month}月{day}日")


def _dotted(match: re.Match[str], heard: _Heard) -> _Day | None:
    month, day = int(match["month"]), int(match["day"])
    if match["year"]:
        return _exactly(_year(match["year"], heard.today), month, day)
    alone = heard.text.strip(_EDGES) == match[0]
    before = heard.text[: match.start()]
    told = match["sep"] != "-" and (_EVENT.match(heard.text, match.end()) or _DATED.search(before))
    told = told and not _MEASURED.search(before)
    if not (alone or told) or not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return _month_day(match, heard)


def _of_month(match: re.Match[str], heard: _Heard) -> _Day | None:
    """上个月15号."""
    months = heard.today.year * 12 + heard.today.month - 1 + _TURNS[match["turn"]]
    return _exactly(months // 12, months % 12 + 1, _number(match["day"]))


def _day_alone(match: re.Match[str], heard: _Heard) -> _Day | None:
    """20号: the month of the date named just before (1月20号住院，25号出院), or the nearest that fits."""
    day = _number(match["day"])
    if not 1 <= day <= 31:
        return None
    start = heard.before or heard.today
    months = [start.year * 12 + start.month - 1 + away for away in range(-2, 3)]
    days = [fit for month in months if (fit := _solar(month // 12, month % 12 + 1, day))]
    after = next((fit for fit in days if heard.before and fit >= heard.before), None)
    if after and (after.month == start.month or after <= heard.today or not heard.past):
        return after, "没说月份"
    return _noted(_pick(days, heard), "没说月份", "")


def _lunar(match: re.Match[str], heard: _Heard) -> _Day | None:
    month = _LUNAR_MONTHS.get(match["month"] or "正") or _number(match["month"])
    day = _number(match["day"].removeprefix("初"))
    if not match["year"]:
        return _lunar_by_year(month, day, heard)
    year = _year(match["year"], heard.today)
    days = [lunar_day(year, month, day), lunar_day(year - 1, month, day)]
    days = [fit for fit in days if fit and (fit == days[0] or fit.year == year)]
    fits = [fit for fit in days if fit and (fit <= heard.today or not heard.past)]
    return _noted(next(iter(fits or days), None), "农历换算", f"农历{year}年没有这一天")


def _lunar_by_year(month: int, day: int, heard: _Heard) -> _Day:
    years = range(heard.today.year - 2, heard.today.year + 2)
    days = (lunar_day(year, month, day) for year in years)
    return _noted(_pick(days, heard), "没说年份，按农历换算", "农历没有这一天")


def _festival(match: re.Match[str], heard: _Heard) -> _Day | None:
    name = match["name"]
    key = next(key for key in _FESTIVALS if name.startswith(key))
    days, spread = _FESTIVALS[key]
    if match["year"]:
        return days(_year(match["year"], heard.today)), f"按{name}当天算" if spread else ""
    years = range(heard.today.year - 1, heard.today.year + 2)
    return _noted(_pick((days(year) for year in years), heard), "没说年份", "")


def _weekday(match: re.Match[str], heard: _Heard) -> _Day | None:
    of_week = _of_week(match["of_week"])
    day = heard.today + (of_week - heard.today.weekday()) * DAY
    if match["turn"]:
        # Who takes Sunday for the first day of a week means another one.
        doubtful = 6 in (of_week, heard.today.weekday())
        return day + _TURNS[match["turn"]] * 7 * DAY, "一周从星期一算起" if doubtful else ""
    return _pick((day + turn * 7 * DAY for turn in (-1, 0, 1)), heard), "没说哪一周"


def _away(match: re.Match[str], heard: _Heard) -> _Day | None:
    return heard.today + _AWAY[match["away"]] * DAY, ""


def _ago(match: re.Match[str], heard: _Heard) -> _Day | None:
    n = 2 if match["n"] == "两" else _number(match["n"])
    if match["unit"] == "天":
        return heard.today - n * DAY, ""
    return heard.today - 7 * n * DAY, f"按整整{7 * n}天前算"


def _yesterday(match: re.Match[str], heard: _Heard) -> _Day | None:
    return heard.today - DAY, f"“{match[0]}”按昨天算"


def _just_now(match: re.Match[str], heard: _Heard) -> _Day | None:
    return heard.today, "" if match[0] != "刚" else "“刚”按今天算"


def _exactly(year: int, month: int, day: int) -> _Day:
    return _noted(_solar(year, month, day), "", f"{year}年没有{month}月{day}日")


def _noted(day: date | None, note: str, missing: str) -> _Day:
    return (day, note) if day else (None, missing)


def _pick(days: Iterable[date | None], heard: _Heard) -> date | None:
    """The last day not after today, or for what is to come the first not before it."""
    real = sorted(day for day in days if day)
    if heard.past:
        return next((day for day in reversed(real) if day <= heard.today), None)
    return next((day for day in real if day >= heard.today), None)


def _solar(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _year(said: str, today: date) -> int:
    away = {"今": 0, "去": -1, "前": -2, "大前": -3, "明": 1}
    if said in away:
        return today.year + away[said]
    digits = "".join(str(_DIGITS.find(one)) if one in _DIGITS else one for one in re.sub("[零○]", "〇", said))
    if len(digits) == 4:
        return int(digits)
    return int(digits) + (2000 if int(digits) <= today.year % 100 + 1 else 1900)


def _number(said: str) -> int:
    """1 to 99, in digits or Chinese (廿 is twenty, 卅 thirty; 元月 is January)."""
    if said.isdigit():
        return int(said)
    said = re.sub("廿十?", "二十", said).replace("卅", "三十").replace("元", "一")
    tens, ten, ones = said.rpartition("十")
    return (10 * (_DIGITS.find(tens) if tens else 1) if ten else 0) + (_DIGITS.find(ones) if ones else 0)


def _new_year_eve(year: int) -> date | None:
    day = lunar_day(year, 1, 1)
    return day - timedelta(days=1) if day else None


# The day of each festival in a solar year, and whether people call more than that day so.
_FESTIVALS: dict[str, tuple[Callable[[int], date | None], bool]] = {
    "元旦": (lambda year: _solar(year, 1, 1), True),
    "五一": (lambda year: _solar(year, 5, 1), True),
    "劳动节": (lambda year: _solar(year, 5, 1), True),
    "国庆": (lambda year: _solar(year, 10, 1), True),
    "清明": (qingming, False),
    "春节": (lambda year: lunar_day(year, 1, 1), True),
    "元宵": (lambda year: lunar_day(year, 1, 15), False),
    "端午": (lambda year: lunar_day(year, 5, 5), False),
    "七夕": (lambda year: lunar_day(year, 7, 7), False),
    "中秋": (lambda year: lunar_day(year, 8, 15), False),
    "重阳": (lambda year: lunar_day(year, 9, 9), False),
    "小年": (lambda year: lunar_day(year - 1, 12, 23), False),
    **dict.fromkeys(("除夕", "大年三十", "年三十", "三十晚上", "腊月三十"), (_new_year_eve, False)),
}
_NAMES = "|".join(_FESTIVALS)

# In the order they are tried at a place of the text: the longer reading of the same words comes first.
_READERS: list[tuple[re.Pattern[str], _Reader]] = [
    (
        re.compile(
            rf"(?:{_YEAR})?(?P<name>(?:{_NAMES})节?)(?!期间|前|后|假|放假|长假|活动|通知|快乐|上班|典|[一二三四五六七八九十路轻岁多几来])"
        ),
        _festival,
    ),
    (re.compile(rf"(?:{_YEAR})?(?:农历|阴历|旧历)的?(?P<month>[正冬腊]|{_NUMBER})月(?P<day>初?{_NUMBER})"), _lunar),
    (re.compile(rf"(?:{_YEAR})?(?P<month>[正冬腊])月(?P<day>初?{_NUMBER}){_NO_UNIT}"), _lunar),
    (re.compile(rf"(?:{_YEAR})?(?P<month>{_NUMBER})月(?P<day>初{_NUMBER}){_NO_UNIT}"), _lunar),
    (re.compile(rf"(?P<year>)(?P<month>)(?:大?年|春节|(?<!月))(?P<day>初{_NUMBER})(?!号){_NO_UNIT}"), _lunar),
    (re.compile(rf"(?:{_YEAR})?{_MONTH}(?P<day>{_NUMBER})(?:\s?[号日](?!多)|{_NO_UNIT}){_GLOSS}"), _month_day),
    (re.compile(rf"(?P<turn>上上|上|这|本|当|下)个?月份?的?(?P<day>{_NUMBER})(?:[号日]|{_NO_UNIT})"), _of_month),
    (re.compile(r"(?<!\d)(?P<year>20\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>[0-2]\d|3[01])(?!\d)"), _dotted),
    (
        re.compile(
            r"(?<![\d./\-a-zA-Z])(?:(?P<year>20\d\d|2\d)(?P<first>[./\-]))?(?P<month>\d{1,2})(?P<sep>(?(first)(?P=first)|[./\-]))"
            r"(?P<day>\d{1,2})(?![\d/\-%]|\.\d)"
        ),
        _dotted,
    ),
    (
        re.compile(rf"(?P<turn>上上|上|这|本|下下|下)?个?{_WEEK}(?P<of_week>{_OF_WEEK})(?![次个常报期气]){_AT}"),
        _weekday,
    ),
    (
        re.compile(rf"(?<![\d.百千万十一二三四五六七八九a-zA-Z几〕\]])(?P<day>{_NUMBER})[号日](?!多){_GLOSS}"),
        _day_alone,
    ),
    (re.compile(rf"(?P<away>大前|大后|前|后|昨|今|明)(?:天|日|儿个?(?![子媳女科童])|(?<=[昨今明])个儿?){_AT}"), _away),
    (re.compile(r"(?P<away>前|昨|今|明)(?:晚上?|早上?|夜里?|晨|上午|中午|下午)"), _away),
    (re.compile(rf"(?<![\d.第十])(?P<n>{_NUMBER}|两)个?(?P<unit>天|周|星期|礼拜)(?:以前|之前|前(?!后))"), _ago),
    (re.compile(rf"夜来{_AT}"), _yesterday),
    (re.compile(r"(?:刚才|刚刚)(?![说问讲提那的看你好])|刚(?=住院|住进|入院|进院|送)"), _just_now),
]
