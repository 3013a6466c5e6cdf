"""Working days in China with 调休, as the State Council announces them year by year (library `chinesecalendar`).

Where a year is not in the library nothing is guessed: the answer is then the earliest and the latest day it can be.
The bounds rest on two things: some days are holidays by law, and holidays and make-up days lie no further from their
festival than the library's record of all announced years shows, with a margin. A holiday that the State Council
decides on the spot (2015-09-03, the longer Spring Festival of 2020) is foreseen by no rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cached_property, lru_cache

import attrs
import chinese_calendar  # type: ignore[import-untyped]
from tyme4py.lunar import LunarDay  # type: ignore[import-untyped]
from tyme4py.solar import SolarTerm  # type: ignore[import-untyped]

DAY = timedelta(days=1)
# Days of each festival that are off by law since 1999 (全国年节及纪念日放假办法), whatever the year's notice says.
_BY_LAW = {"New Year's Day": 1, "Spring Festival": 3, "Labour Day": 1, "National Day": 3}
# How many days further from its festival than ever before a holiday, or a make-up day, may lie. With these, the notices
# up to any year from 2013 on bounded every day of the year that followed (test_workdays.py does it again).
_OFF_MARGIN, _MADE_UP_MARGIN = 1, 2
_QINGMING = 7  # tyme's number of the solar term 清明, counted from 冬至
_WEEKDAYS = "一二三四五六日"


@attrs.frozen
class Due:
    """The day something falls on: certain where `earliest` is `latest`, else bounds and the `reason` in Chinese."""

    earliest: date
    latest: date
    reason: str = ""

    @property
    def certain(self) -> bool:
        """Whether it is one day."""
        return self.earliest == self.latest


@attrs.frozen(slots=False)
class WorkCalendar:
    """The working days of the announced years `first` to `last` (both included), and bounds for all others."""

    first: int
    last: int

    def is_working_day(self, day: date) -> bool | None:
        """Whether people work on `day`; None where its year's notice, or the one that may move it, is not known."""
        if not self._announced(day):
            return None
        return bool(chinese_calendar.is_workday(day))

    def nth_working_day(self, start: date, n: int) -> Due:
        """The `n`th working day on or after `start`; `start` counts when it is one. Raises ValueError for n < 1."""
        return self._nth(start, n, DAY)

    def nth_working_day_back(self, start: date, n: int) -> Due:
        """The `n`th working day on or before `start`, counted backwards. Raises ValueError for n < 1."""
        return self._nth(start, n, -DAY)

    def next_working_day(self, day: date) -> Due:
        """The first working day after `day`."""
        return self.nth_working_day(day + DAY, 1)

    def may_work(self, day: date) -> bool:
        """Whether `day` is a working day or could be announced as one."""
        known = self.is_working_day(day)
        if known is not None:
            return known
        if any(festival <= day < festival + _BY_LAW.get(name, 0) * DAY for name, festival in _festivals(day.year)):
            return False
        return day.weekday() < 5 or self._near(day, self._made_up)

    def must_work(self, day: date) -> bool:
        """Whether `day` is a working day and could not be announced as a holiday."""
        known = self.is_working_day(day)
        return known if known is not None else day.weekday() < 5 and not self._near(day, self._off)

    def _nth(self, start: date, n: int, step: timedelta) -> Due:
        if n < 1:
            raise ValueError(f"n must be at least 1, not {n}")
        ends = sorted((_count(self.may_work, start, n, step), _count(self.must_work, start, n, step)))
        missing = "" if ends[0] == ends[1] else self._missing(min(start, ends[0]), max(start, ends[1]))
        return Due(ends[0], ends[1], missing)

    def _announced(self, day: date) -> bool:
        """The last days of December may be moved by the next year's notice (2018-12-31 was a holiday by 2019's)."""
        return self.first <= day.year and (day + self._before_new_year * DAY).year <= self.last

    def _missing(self, first: date, last: date) -> str:
        days = [first + n * DAY for n in range((last - first).days + 1)]
        unknown = [day for day in days if not self._announced(day)]
        years = {day.year + 1 if self.first <= day.year <= self.last else day.year for day in unknown}
        return f"还没有收录{'、'.join(f'{year}年' for year in sorted(years))}的放假调休安排"

    def _near(self, day: date, reach: Mapping[str, tuple[int, int]]) -> bool:
        return any(
            name in reach and reach[name][0] <= (day - festival).days <= reach[name][1]
            for year in (day.year, day.year + 1)
            for name, festival in _festivals(year)
        )

    @cached_property
    def _off(self) -> dict[str, tuple[int, int]]:
        return self._reach(chinese_calendar.holidays, _OFF_MARGIN)

    @cached_property
    def _made_up(self) -> dict[str, tuple[int, int]]:
        return self._reach(chinese_calendar.workdays, _MADE_UP_MARGIN)

    @property
    def _before_new_year(self) -> int:
        return -min(reach["New Year's Day"][0] for reach in (self._off, self._made_up))

    def _reach(self, days: Mapping[date, str], margin: int) -> dict[str, tuple[int, int]]:
        """How many days before and after each festival its holidays (or its make-up days) have ever lain."""
        reach: dict[str, tuple[int, int]] = {}
        for day, name in days.items():
            if not self.first <= day.year <= self.last:
                continue
            for away in _distances(day, name):
                low, high = reach.get(name, (0, 0))
                reach[name] = (min(low, away - margin), max(high, away + margin))
        return reach


def announced() -> WorkCalendar:
    """The calendar of every year the library knows; which these are is asked of the library."""
    return _announced_calendar()


def written(day: date) -> str:
    """A day as citizens read it: 2026年1月22日（星期四）."""
    return f"{day.year}年{day.month}月{day.day}日（星期{_WEEKDAYS[day.weekday()]}）"


def lunar_day(year: int, month: int, day: int) -> date | None:
    """The solar date of a day of the lunar calendar; None where that month has no such day."""
    try:
        solar = LunarDay.from_ymd(year, month, day).get_solar_day()
    except ValueError:
        return None
    return date(solar.get_year(), solar.get_month(), solar.get_day())


def qingming(year: int) -> date:
    """清明 of a year."""
    solar = SolarTerm.from_index(year, _QINGMING).get_solar_day()
    return date(solar.get_year(), solar.get_month(), solar.get_day())


def _count(works: Callable[[date], bool], start: date, n: int, step: timedelta) -> date:
    day = start
    while True:
        n -= works(day)
        if not n:
            return day
        day += step


def _distances(day: date, name: str) -> list[int]:
    """Days from the nearest festival of that name; none for a holiday that belongs to no festival."""
    away = [(day - at).days for year in (day.year, day.year + 1) for some, at in _festivals(year) if some == name]
    return [min(away, key=abs)] if away else []


@lru_cache(maxsize=256)
def _festivals(year: int) -> tuple[tuple[str, date], ...]:
    """The festivals with a holiday, under the library's names."""
    lunar = (("Spring Festival", 1, 1), ("Dragon Boat Festival", 5, 5), ("Mid-autumn Festival", 8, 15))
    return (
        ("New Year's Day", date(year, 1, 1)),
        ("Labour Day", date(year, 5, 1)),
        ("National Day", date(year, 10, 1)),
        ("Tomb-sweeping Day", qingming(year)),
        *((name, day) for name, month, of_month in lunar if (day := lunar_day(year, month, of_month))),
    )


@lru_cache(maxsize=1)
def _announced_calendar() -> WorkCalendar:
    years = [year for year in range(1990, date.max.year) if _known(year)]
    return WorkCalendar(years[0], years[-1])


def _known(year: int) -> bool:
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True
