"""The robot on or off, and the desk's hours: kept as rows of which the newest of a name holds, so nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import select

from front.desk import audit
from front.desk.tables import office
from front.inbox.database import Database
from front.inbox.tables import clock
from front.masking import mask

DAYS = {str(number): f"星期{name}" for number, name in enumerate("一二三四五六日", 1)}
_TIME = r"([01]?\d|2[0-3])[:：]([0-5]\d)"
_SPAN = re.compile(rf"{_TIME}\s*[-–—~～至到]\s*(?:{_TIME}|24[:：]00)")
_BETWEEN = re.compile(r"[\s,，、;；]*")
_LONGEST_REASON, LONGEST_NOTICE = 100, 120
Span = tuple[str, str]


class OfficeError(Exception):
    """Something that cannot be set; the message says what is wrong and how to write it, in Chinese."""


@dataclass(frozen=True)
class Robot:
    """Whether the robot answers; why not (for the staff), and what citizens are told (empty: a set sentence)."""

    on: bool = True
    reason: str = ""
    notice: str = ""


@dataclass(frozen=True)
class Hours:
    """When somebody sits at the desk: spans ("08:30", "11:30") by ISO weekday "1" to "7"; a day without is closed."""

    days: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    holidays: Literal["closed", "open"] = "closed"


class Office:
    """What holds now, and what held before, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def robot(self) -> Robot:
        """The robot's switch; on where nobody has touched it."""
        value = await self._newest("robot")
        return Robot(bool(value.get("on", True)), str(value.get("reason", "")), str(value.get("notice", "")))

    async def hours(self) -> Hours | None:
        """The desk's hours; None where the office has not said them."""
        return hours_of(await self._newest("hours"))

    async def set_robot(self, by: str, robot: Robot) -> None:
        """Switch the robot. Raises OfficeError: off needs a reason, and the notice must fit into one message."""
        reason, notice = robot.reason.strip(), robot.notice.strip()
        if not robot.on and not reason:
            raise OfficeError("请写明为什么停，例如“政策有变，正在核对”，同事和以后查记录的人要看")
        if len(reason) > _LONGEST_REASON or len(notice) > LONGEST_NOTICE:
            raise OfficeError(f"原因最多{_LONGEST_REASON}字，给市民的话最多{LONGEST_NOTICE}字，请写短些")
        if mask(reason + notice) != reason + notice:
            raise OfficeError("原因和给市民的话里不要写身份证号、手机号等个人号码，请去掉后再保存")
        value = {"on": True} if robot.on else {"on": False, "reason": reason, "notice": notice}
        await self._put(by, "robot", value, on=robot.on)

    async def set_hours(self, by: str, hours: Hours | None) -> None:
        """Say the hours; None takes them back, and nobody is told any."""
        if hours is not None and not any(hours.days.values()):
            raise OfficeError("一周里一天也没有写时间。不想告诉市民办公时间，请用“不写办公时间”")
        await self._put(by, "hours", value_of(hours), known=hours is not None)

    async def history(self, limit: int = 50) -> list[Mapping[str, Any]]:
        """The changes, newest first: name, value, by, at."""
        async with self._database.read() as connection:
            rows = await connection.execute(select(office).order_by(office.c.id.desc()).limit(limit))
            return [dict(row) for row in rows.mappings()]

    async def _newest(self, name: str) -> Mapping[str, Any]:
        newest = select(office.c.value).where(office.c.name == name).order_by(office.c.id.desc()).limit(1)
        async with self._database.read() as connection:
            return (await connection.execute(newest)).scalar() or {}

    async def _put(self, by: str, name: str, value: Mapping[str, Any], **detail: Any) -> None:
        async with self._database.write() as connection:
            await connection.execute(office.insert().values(name=name, value=dict(value), by=by, at=clock()))
            await audit.write(connection, by, f"office.{name}", f"office:{name}", **detail)


def hours_of(value: Mapping[str, Any]) -> Hours | None:
    """The hours in a row's value; None where it has none."""
    if not value.get("days"):
        return None
    days = {day: tuple((start, end) for start, end in spans) for day, spans in value["days"].items()}
    return Hours(days, "open" if value.get("holidays") == "open" else "closed")


def value_of(hours: Hours | None) -> dict[str, Any]:
    """The hours as a row keeps them; {} means unknown."""
    if hours is None:
        return {}
    days = {day: [list(span) for span in hours.days[day]] for day in DAYS if hours.days.get(day)}
    return {"days": days, "holidays": hours.holidays}


def read_spans(text: str, day: str = "") -> tuple[Span, ...]:
    """A day's hours as they are typed: "8:30-11:30 13:00-17:00"; empty is closed. Raises OfficeError."""
    where = f"{DAYS[day]}的" if day else ""
    spans: list[Span] = []
    at = _skip(text, 0)
    while at < len(text):
        match = _SPAN.match(text, at)
        if match is None:
            raise OfficeError(f"{where}时间“{text}”看不懂，请写成 8:30-11:30 13:00-17:00，休息就留空")
        start = f"{int(match[1]):02}:{match[2]}"
        end = f"{int(match[3]):02}:{match[4]}" if match[3] else "24:00"
        if start >= end:
            raise OfficeError(f"{where}时间“{match[0]}”：结束要在开始之后")
        if spans and start < spans[-1][1]:
            raise OfficeError(f"{where}时间“{text}”前后重叠或次序不对，请从早到晚写")
        spans.append((start, end))
        at = _skip(text, match.end())
    return tuple(spans)


def _skip(text: str, at: int) -> int:
    between = _BETWEEN.match(text, at)
    return between.end() if between else at


def spans_text(spans: tuple[Span, ...]) -> str:
    """A day's hours for people: 08:30-11:30 13:00-17:00."""
    return " ".join(f"{start}-{end}" for start, end in spans)


def hours_text(hours: Hours | None) -> str:
    """The hours in one line; days with the same hours together."""
    if hours is None:
        return "没有写（不告诉市民办公时间）"
    groups: list[tuple[list[str], str]] = []
    for day, name in DAYS.items():
        said = spans_text(hours.days.get(day, ())) or "休息"
        if groups and groups[-1][1] == said:
            groups[-1][0].append(name)
        else:
            groups.append(([name], said))
    parts = [f"{names[0]}{f'至{names[-1]}' if len(names) > 1 else ''} {said}" for names, said in groups]
    return "；".join([*parts, "法定节假日" + ("休息" if hours.holidays == "closed" else "照常")])


def robot_text(robot: Robot) -> str:
    """The switch in one line."""
    if robot.on:
        return "开着"
    said = f"；告诉市民：{robot.notice}" if robot.notice else ""
    return f"停着，原因：{robot.reason}{said}"


def change_text(row: Mapping[str, Any]) -> str:
    """A row of the history in one line."""
    if row["name"] == "robot":
        value = row["value"]
        robot = Robot(bool(value.get("on", True)), str(value.get("reason", "")), str(value.get("notice", "")))
        return f"机器人{robot_text(robot)}"
    if row["name"] == "hours":
        return f"办公时间：{hours_text(hours_of(row['value']))}"
    return str(row["name"])
