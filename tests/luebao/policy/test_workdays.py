"""Working days with 调休, checked against the notice and a second library; bounds where none is announced."""

from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luebao.policy.workdays import DAY, WorkCalendar, announced, lunar_day, qingming, written

CALENDAR = announced()
# Decided by the State Council on the spot, after the year's notice: no rule foresees them.
ON_THE_SPOT = [(date(2015, 8, 20), date(2015, 9, 30)), (date(2020, 1, 10), date(2020, 2, 20))]


def every_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def test_every_day_of_2020_to_2026_agrees_with_a_second_library() -> None:
    second = holidays.country_holidays("CN", years=range(2020, 2027))
    days = every_day(date(2020, 1, 1), date(2026, 12, 31))
    assert len(days) == 2557
    # The calendar itself leaves the last days of its last year open; here they are compared all the same.
    whole = WorkCalendar(CALENDAR.first, CALENDAR.last + 1)
    assert [day for day in days if whole.may_work(day) != second.is_working_day(day)] == []


def test_the_notice_for_2026() -> None:
    """国务院办公厅关于2026年部分节假日安排的通知 (2025年11月4日)."""
    off = [(1, 1, 3), (2, 15, 23), (4, 4, 6), (5, 1, 5), (6, 19, 21), (9, 25, 27), (10, 1, 7)]
    holidays_2026 = {date(2026, month, day) for month, first, last in off for day in range(first, last + 1)}
    made_up = {date(2026, *day) for day in ((1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10))}
    for day in every_day(date(2026, 1, 1), date(2026, 12, 15)):
        assert CALENDAR.is_working_day(day) == (day in made_up or (day.weekday() < 5 and day not in holidays_2026)), day


@pytest.mark.parametrize(
    ("start", "n", "day"),
    [
        ("2026-01-20", 3, "2026-01-22"),
        ("2026-09-22", 9, "2026-10-10"),  # ends on a Saturday that is made up for
        ("2026-02-14", 1, "2026-02-14"),
        ("2026-02-15", 1, "2026-02-24"),
        ("2025-12-31", 3, "2026-01-05"),  # 元旦 off until the 3rd, Sunday the 4th is made up for
    ],
)
def test_counting(start: str, n: int, day: str) -> None:
    due = CALENDAR.nth_working_day(date.fromisoformat(start), n)
    assert due.certain
    assert due.earliest == date.fromisoformat(day)


def test_counting_back_and_the_next() -> None:
    assert CALENDAR.nth_working_day_back(date(2026, 2, 24), 2).latest == date(2026, 2, 14)
    assert CALENDAR.next_working_day(date(2026, 9, 30)).earliest == date(2026, 10, 8)


def test_nothing_is_counted_for_less_than_one_day() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        CALENDAR.nth_working_day(date(2026, 1, 20), 0)


def test_a_year_that_is_not_announced_is_not_guessed() -> None:
    year = CALENDAR.last + 1
    due = CALENDAR.nth_working_day(lunar_day(year, 1, 1) or date.max, 3)
    assert CALENDAR.is_working_day(date(year, 6, 1)) is None
    assert not due.certain
    assert f"{year}年" in due.reason


def test_the_last_days_of_december_belong_to_the_next_notice() -> None:
    """2018-12-31 was a holiday by the notice for 2019, and 2018-12-29 a working Saturday."""
    through_2018 = WorkCalendar(2004, 2018)
    assert through_2018.is_working_day(date(2018, 12, 31)) is None
    assert through_2018.may_work(date(2018, 12, 29))
    assert not through_2018.must_work(date(2018, 12, 31))
    assert "2019年" in through_2018.nth_working_day(date(2018, 12, 31), 1).reason


@pytest.mark.parametrize("year", range(2014, CALENDAR.last + 1))
def test_the_notices_so_far_would_have_bounded_the_next_year(year: int) -> None:
    before = WorkCalendar(CALENDAR.first, year - 1)
    for day in every_day(date(year, 1, 1), date(year, 12, 10)):
        if any(first <= day <= last for first, last in ON_THE_SPOT):
            continue
        assert before.must_work(day) <= bool(CALENDAR.is_working_day(day)) <= before.may_work(day), day


def test_the_days_off_by_law_were_off_in_every_announced_year() -> None:
    for year in range(CALENDAR.first, CALENDAR.last + 1):
        spring = lunar_day(year, 1, 1)
        assert spring
        firsts = [date(year, 1, 1), date(year, 5, 1), *(date(year, 10, n) for n in (1, 2, 3))]
        for day in [*firsts, *(spring + timedelta(days=n) for n in range(3))]:
            assert CALENDAR.is_working_day(day) is False, day


days_of_announced_years = st.dates(date(2014, 1, 1), date(CALENDAR.last, 10, 31))
numbers = st.integers(1, 20)


@settings(deadline=None)  # a busy machine is no error
@given(start=days_of_announced_years, n=numbers)
def test_bounds_hold_the_true_day_when_its_year_is_taken_for_unannounced(start: date, n: int) -> None:
    true = CALENDAR.nth_working_day(start, n)
    if any(first <= day <= last for first, last in ON_THE_SPOT for day in every_day(start, true.latest)):
        return
    bounds = WorkCalendar(CALENDAR.first, start.year - 1).nth_working_day(start, n)
    assert bounds.earliest <= true.earliest <= bounds.latest
    back = WorkCalendar(CALENDAR.first, start.year - 1).nth_working_day_back(start, n)
    assert back.earliest <= CALENDAR.nth_working_day_back(start, n).earliest <= back.latest


@settings(deadline=None)  # a busy machine is no error
@given(start=st.dates(date(2000, 1, 1), date(2040, 12, 31)), n=numbers)
def test_more_days_are_never_earlier(start: date, n: int) -> None:
    due, more, later = (CALENDAR.nth_working_day(*of) for of in ((start, n), (start, n + 1), (start + DAY, n)))
    assert start <= due.earliest <= due.latest
    assert due.earliest < more.earliest
    assert due.latest < more.latest
    assert due.earliest <= later.earliest
    assert due.latest <= later.latest
    assert due.certain == (not due.reason)


@settings(deadline=None)  # a busy machine is no error
@given(start=days_of_announced_years, n=numbers)
def test_no_holiday_is_ever_counted(start: date, n: int) -> None:
    day = CALENDAR.nth_working_day(start, n).earliest
    assert CALENDAR.is_working_day(day)
    assert sum(bool(CALENDAR.is_working_day(one)) for one in every_day(start, day)) == n


@pytest.mark.parametrize("year", range(2008, 2051))
def test_festivals_agree_with_a_second_library(year: int) -> None:
    second = holidays.country_holidays("CN", years=year, language="zh_CN")
    assert "春节" in second[lunar_day(year, 1, 1)]
    assert "清明节" in second[qingming(year)]
    assert "端午节" in second[lunar_day(year, 5, 5)]
    assert "中秋节" in second[lunar_day(year, 8, 15)]


def test_a_day_that_the_lunar_calendar_does_not_have() -> None:
    assert lunar_day(2025, 12, 30) is None
    assert lunar_day(2026, 1, 1) == date(2026, 2, 17)


def test_written() -> None:
    assert written(date(2026, 1, 22)) == "2026年1月22日（星期四）"
