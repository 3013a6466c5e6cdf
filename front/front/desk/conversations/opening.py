"""When the desk opens next, from the hours the office has set. Nothing is said where it is not certain."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from luebao.policy.workdays import WorkCalendar

from front.desk.office.office import Hours

_FAR = 31  # days looked ahead
_WEEKDAYS = "一二三四五六日"
_NEAR = {0: "今天", 1: "明天", 2: "后天"}


def next_opening(hours: Hours | None, calendar: WorkCalendar, now: datetime) -> datetime | None:
    """The start of the first span after `now` (China time); None: no hours, open now, or it cannot be known."""
    if hours is None:
        return None
    for ahead in range(_FAR):
        day = now.date() + timedelta(days=ahead)
        spans = hours.days.get(str(day.isoweekday()), ())
        if not spans:
            continue
        works = True if hours.holidays == "open" else _works(calendar, day)
        if works is None:
            return None
        if not works:
            continue
        for start, end in spans:
            opens = datetime.combine(day, time.fromisoformat(start), now.tzinfo)
            if now < opens:
                return opens
            if ahead == 0 and f"{now:%H:%M}" < end:
                return None
    return None


def _works(calendar: WorkCalendar, day: date) -> bool | None:
    """Whether the office's hours hold on a day although holidays are closed; None: that year's notice is not known."""
    if day.isoweekday() > 5:  # a weekend is part of a holiday where the Friday before or the Monday after is off
        weekdays = [day - timedelta(days=day.isoweekday() - 5), day + timedelta(days=8 - day.isoweekday())]
        around = [_works(calendar, one) for one in weekdays]
        return True if calendar.is_working_day(day) else None if None in around else all(around)
    known = calendar.is_working_day(day)
    if known is None and calendar.must_work(day):
        return True
    return False if known is None and not calendar.may_work(day) else known


def said(opens: datetime | None, now: datetime) -> str:
    """As citizens read it: 明天（11月23日星期一）08:30; "" for None."""
    if opens is None:
        return ""
    day = f"{opens.month}月{opens.day}日星期{_WEEKDAYS[opens.weekday()]}"
    near = _NEAR.get((opens.date() - now.date()).days)
    return f"{near}（{day}）{opens:%H:%M}" if near else f"{day}{opens:%H:%M}"
