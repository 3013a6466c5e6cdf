"""Until when to report, when a transfer is done, how far back a late registration reaches."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luebao.knowledge.sms import segments
from luebao.policy.deadlines import Deadline, in_full, in_sms, registration_start, report_by, transfer_done_by
from luebao.policy.workdays import announced

CALENDAR = announced()


def report(day: date) -> Deadline:
    """With n and unit as the fact emergency.report_days has them."""
    return report_by(day, 3, "个工作日")


def test_an_admission_on_a_working_day_has_two_readings_and_the_earlier_is_kept() -> None:
    deadline = report(date(2026, 1, 20))
    assert deadline.day == date(2026, 1, 22)
    assert deadline.other.due.earliest == date(2026, 1, 23)
    text = in_full(deadline, date(2026, 1, 20))
    assert "请最晚在2026年1月22日（星期四）报告" in text
    assert "2026年1月23日（星期五）" in text
    assert "没有写明住院当天算不算" in text


def test_an_admission_on_a_holiday_has_one_reading() -> None:
    deadline = report(date(2026, 2, 17))  # 大年初一; work begins on the 24th
    assert deadline.agreed
    assert deadline.day == date(2026, 2, 26)
    assert "不是工作日" in in_full(deadline, date(2026, 2, 17))


def test_a_deadline_that_has_passed_is_told() -> None:
    deadline = report(date(2026, 1, 20))
    assert not deadline.passed(date(2026, 1, 22))
    assert deadline.passed(date(2026, 1, 23))
    assert "已经过了，请今天就报告" in in_full(deadline, date(2026, 1, 26))
    assert "已经过了" in in_sms(deadline, date(2026, 1, 26))


def test_a_transfer_is_promised_for_the_later_day() -> None:
    deadline = transfer_done_by(date(2026, 9, 21), 9, "个工作日")
    assert deadline.day == date(2026, 10, 10)  # a Saturday that is made up for
    assert deadline.other.due.earliest == date(2026, 10, 9)
    assert "最迟大约2026年10月10日（星期六）办结" in in_full(deadline, date(2026, 9, 21))


def test_a_late_registration_gives_both_starts() -> None:
    deadline = registration_start(date(2026, 1, 20), 5, "日")
    assert deadline.day == date(2026, 1, 15)
    assert deadline.other.due.earliest == date(2026, 1, 13)
    text = in_full(deadline, date(2026, 1, 20))
    assert "自然日" in text
    assert "没有写明" in text


def test_where_the_year_is_not_announced_the_citizen_hears_why() -> None:
    year = CALENDAR.last + 1
    deadline = report(date(year, 9, 30))
    assert not deadline.safe.due.certain
    assert deadline.day == deadline.safe.due.earliest
    assert f"还没有收录{year}年的放假调休安排" in in_full(deadline, date(year, 9, 30))
    assert transfer_done_by(date(year, 9, 30), 9, "个工作日").day > deadline.safe.due.latest


@pytest.mark.parametrize("unit", ["日", "个自然日", "个月", ""])
def test_a_rule_that_changed_its_unit_is_not_counted_wrongly(unit: str) -> None:
    with pytest.raises(ValueError, match="cannot count"):
        report_by(date(2026, 1, 20), 3, unit)


days = st.dates(date(2019, 1, 1), date(2032, 12, 31))
numbers = st.integers(1, 20)


@settings(deadline=None)  # a busy machine is no error
@given(day=days, n=numbers, later=st.integers(0, 60))
def test_a_later_start_never_gives_an_earlier_day(day: date, n: int, later: int) -> None:
    after = day + timedelta(days=later)
    assert report_by(day, n, "个工作日").day <= report_by(after, n, "个工作日").day
    assert transfer_done_by(day, n, "个工作日").day <= transfer_done_by(after, n, "个工作日").day
    assert registration_start(day, n, "日").day <= registration_start(after, n, "日").day


@settings(deadline=None)  # a busy machine is no error
@given(day=days, n=numbers)
def test_the_safe_day_is_on_the_safe_side_of_every_reading(day: date, n: int) -> None:
    reported, moved, back = (
        report_by(day, n, "个工作日"),
        transfer_done_by(day, n, "个工作日"),
        registration_start(day, n, "日"),
    )
    assert day <= reported.day == min(reported.safe.due.earliest, reported.other.due.earliest)
    assert day <= moved.day == max(moved.safe.due.latest, moved.other.due.latest)
    assert back.day == max(back.safe.due.latest, back.other.due.latest)
    assert back.day < day


@settings(deadline=None)  # a busy machine is no error
@given(day=days, n=numbers)
def test_no_certain_deadline_is_a_holiday(day: date, n: int) -> None:
    for deadline in (report_by(day, n, "个工作日"), transfer_done_by(day, n, "个工作日")):
        for reading in (deadline.safe, deadline.other):
            if reading.due.certain:
                assert CALENDAR.must_work(reading.due.earliest)


@settings(deadline=None)  # a busy machine is no error
@given(day=days, n=numbers, late=st.integers(0, 40))
def test_the_sms_is_one_message_and_the_full_text_names_the_day(day: date, n: int, late: int) -> None:
    as_of = day + timedelta(days=late)
    for deadline in (
        report_by(day, n, "个工作日"),
        transfer_done_by(day, n, "个工作日"),
        registration_start(day, n, "日"),
    ):
        assert segments(in_sms(deadline, as_of)) == 1
        named = f"{deadline.day.year}年{deadline.day.month}月{deadline.day.day}日（星期"
        assert named in in_full(deadline, as_of)
        assert named in in_sms(deadline, as_of)
