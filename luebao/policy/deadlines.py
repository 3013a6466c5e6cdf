"""Days counted from a rule: until when to report, until when a transfer is done, how far back a late registration goes.

The numbers come from the knowledge (`n` and `unit` of a fact). The sources leave open how to count, so each result
holds two readings: the one that does a citizen no harm when it is wrong, and the other.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

import attrs

from luebao.policy.workdays import DAY, Due, WorkCalendar, announced, written

Matter = Literal["report", "transfer", "backdate"]

WORKING_DAYS, DAYS = "个工作日", "日"  # units as facts write them
_FULL = {
    "report": "{start}住院，{limit}内报告：请最晚在{day}报告。",
    "transfer": "{start}受理，{limit}办结：最迟大约{day}办结。",
    "backdate": "{start}补办，起始日最多往前{limit}：最早大约能到{day}。",
}
_SMS = {
    "report": "{start}住院，请最晚{day}报告",
    "transfer": "{start}受理，最迟大约{day}办结",
    "backdate": "{start}补办，起始日最早约到{day}",
}
_OPEN = {
    "report": "来源没有写明住院当天算不算在内，请按早的一天报告，不会误事。",
    "transfer": "来源没有写明从哪一天起算，这里按晚的一天说。",
    "backdate": "来源没有写明这里的“日”是自然日还是工作日，也没有写明补办当天算不算。",
}
_LAW = "《民法典》第二百零一条的算法是开始的当日不计入。"
_WORKING_DAY = "周末和放假的日子不算工作日，调休上班的周末算。"


@attrs.frozen
class Reading:
    """One way to count: the day it gives, and what it takes for granted, in Chinese."""

    due: Due
    means: str


@attrs.frozen
class Deadline:
    """A day counted from `start`; `safe` is the reading to go by, `other` the one the source allows as well."""

    matter: Matter
    start: date
    limit: str
    safe: Reading
    other: Reading

    @property
    def day(self) -> date:
        """The day to go by: the earliest possible to report, the latest possible for what others have to do."""
        return self.safe.due.earliest if self.matter == "report" else self.safe.due.latest

    @property
    def agreed(self) -> bool:
        """Whether both readings give the same one day."""
        return self.safe.due == self.other.due and self.safe.due.certain

    @property
    def assumptions(self) -> list[str]:
        """What the day rests on, as sentences for the citizen."""
        holiday = self.agreed and self.matter != "backdate"
        said = [f"{written(self.start)}不是工作日，从下一个工作日数起。" if holiday else _OPEN[self.matter]]
        said.append(_WORKING_DAY)
        reasons = dict.fromkeys(due.reason for due in (self.safe.due, self.other.due) if not due.certain)
        said += [f"{reason}，所以只能说到一个范围；收录以后请再问一次。" for reason in reasons]
        return said

    def passed(self, as_of: date) -> bool:
        """Whether the day to go by lies before `as_of`."""
        return self.day < as_of


def report_by(admitted: date, n: int, unit: str, calendar: WorkCalendar | None = None) -> Deadline:
    """Until when an emergency admission is to be reported (g.out.7.3: 自住院之日起, 节假日顺延).

    The source does not say whether the day of admission counts. The safe day counts it, where it is a working day;
    the other starts the day after, as the civil code does (民法典第二百零一条: 开始的当日不计入).
    `n` and `unit` are the fact's. Raises ValueError for n < 1 and for a unit other than working days.
    """
    first, second = _two_counts(admitted, n, unit, calendar)
    return Deadline(
        "report", admitted, f"{n}{unit}", Reading(first, "住院当天算第1天"), Reading(second, "从住院第二天算起")
    )


def transfer_done_by(accepted: date, n: int, unit: str, calendar: WorkCalendar | None = None) -> Deadline:
    """Until when a transfer accepted (受理) on a day is done (m.1.2). The later day is the safe one to expect.

    The source does not say from which day. `n` and `unit` are the fact's. Raises ValueError for n < 1 and for a unit
    other than working days.
    """
    first, second = _two_counts(accepted, n, unit, calendar)
    return Deadline(
        "transfer", accepted, f"{n}{unit}", Reading(second, "从受理第二天算起"), Reading(first, "受理当天算第1天")
    )


def registration_start(registered: date, n: int, unit: str, calendar: WorkCalendar | None = None) -> Deadline:
    """How far back a late long-term registration may start (m.x1.1: 最多可往前提前5日).

    The source does not say whether these are working days. Plain days are the safe reading: they reach back less.
    `n` and `unit` are the fact's. Raises ValueError for n < 1 and for a unit other than days.
    """
    _check(unit, DAYS)
    back = (calendar or announced()).nth_working_day_back(registered - DAY, n)
    plain = registered - timedelta(days=n)
    return Deadline(
        "backdate", registered, f"{n}{unit}", Reading(Due(plain, plain), "按自然日算"), Reading(back, "按工作日算")
    )


def in_full(deadline: Deadline, as_of: date) -> str:
    """The day, how it was counted, the other reading, and what both rest on; says so where `as_of` is past it."""
    said = _FULL[deadline.matter].format(start=written(deadline.start), limit=deadline.limit, day=written(deadline.day))
    if not deadline.agreed:
        said += f"这是{deadline.safe.means}；如果{deadline.other.means}，{_span(deadline.other.due)}。"
    if deadline.matter != "backdate":
        said += _LAW
    if not deadline.safe.due.certain:
        report = deadline.matter == "report"
        bound = f"晚到{written(deadline.safe.due.latest)}" if report else f"早到{written(deadline.safe.due.earliest)}"
        said += f"放假安排还没有收录全，也可能{bound}。"
    if deadline.matter == "report" and deadline.passed(as_of):
        said += "这一天已经过了，请今天就报告。"
    return said + "".join(deadline.assumptions)


def in_sms(deadline: Deadline, as_of: date) -> str:
    """The same in one SMS: the day, the other reading, no more."""
    said = _SMS[deadline.matter].format(start=_short(deadline.start), day=written(deadline.day))
    if deadline.matter == "report" and deadline.passed(as_of):
        return f"{said}，已经过了，请今天就报告。"
    if not (deadline.safe.due.certain and deadline.other.due.certain):
        return f"{said}；放假安排还没收录全，日子可能会变。"
    if deadline.agreed:
        return f"{said}。"
    return f"{said}；{deadline.other.means}是{_short(deadline.other.due.earliest)}。"


def _two_counts(start: date, n: int, unit: str, calendar: WorkCalendar | None) -> tuple[Due, Due]:
    _check(unit, WORKING_DAYS)
    calendar = calendar or announced()
    return calendar.nth_working_day(start, n), calendar.nth_working_day(start + DAY, n)


def _check(unit: str, known: str) -> None:
    """A rule that changed its unit is counted another way; better an error than a wrong day."""
    if unit != known:
        raise ValueError(f"cannot count in {unit!r} here, only in {known!r}")


def _span(due: Due) -> str:
    if due.certain:
        return f"是{written(due.earliest)}"
    return f"在{written(due.earliest)}到{written(due.latest)}之间"


def _short(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
