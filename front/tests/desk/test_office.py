"""What the office decides: the robot's switch and the desk's hours, kept with who and when."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator

import pytest
from conftest import Front, settings_for

from front.desk.audit import Audit
from front.desk.office.office import (
    Hours,
    Office,
    OfficeError,
    Robot,
    change_text,
    hours_text,
    read_spans,
)
from front.inbox.database import Database


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    made = Database(settings_for(database_url, None).database_url)
    await made.migrate()
    yield made
    await made.close()


@pytest.mark.parametrize(
    ("typed", "spans"),
    [
        ("", ()),
        ("  ", ()),
        ("8:30-11:30 13:00-17:00", (("08:30", "11:30"), ("13:00", "17:00"))),
        ("08：30至11：30，13：00～17：00", (("08:30", "11:30"), ("13:00", "17:00"))),
        ("0:00-24:00", (("00:00", "24:00"),)),
        ("9:00 - 12:00、12:00 - 18:00", (("09:00", "12:00"), ("12:00", "18:00"))),
    ],
)
def test_hours_are_read_as_people_type_them(typed: str, spans: tuple[tuple[str, str], ...]) -> None:
    assert read_spans(typed) == spans


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("上午", "看不懂"),
        ("8:30", "看不懂"),
        ("8:30-11:30 x", "看不懂"),
        ("25:00-26:00", "看不懂"),
        ("8:75-9:00", "看不懂"),
        ("24:00-24:00", "看不懂"),
        ("11:30-8:30", "结束要在开始之后"),
        ("8:30-8:30", "结束要在开始之后"),
        ("8:00-12:00 11:00-17:00", "重叠"),
        ("13:00-17:00 8:00-12:00", "次序"),
    ],
)
def test_hours_that_cannot_be_are_refused_with_the_day_and_the_reason(typed: str, why: str) -> None:
    with pytest.raises(OfficeError, match=why) as refused:
        read_spans(typed, "3")
    assert str(refused.value).startswith("星期三的")


def test_hours_are_told_with_equal_days_together() -> None:
    two = (("08:30", "11:30"), ("13:00", "17:00"))
    hours = Hours({day: two for day in "12345"}, "closed")
    assert hours_text(hours) == "星期一至星期五 08:30-11:30 13:00-17:00；星期六至星期日 休息；法定节假日休息"
    assert hours_text(None) == "没有写（不告诉市民办公时间）"


async def test_nothing_is_set_before_the_office_sets_it(database: Database) -> None:
    assert await Office(database).robot() == Robot(on=True)
    assert await Office(database).hours() is None
    assert await Office(database).history() == []


async def test_the_newest_setting_holds_and_the_older_ones_stay_with_who_and_when(database: Database) -> None:
    office = Office(database)
    await office.set_robot("zhang", Robot(False, "政策有变，正在核对", "正在更新，稍后再来"))
    assert await office.robot() == Robot(False, "政策有变，正在核对", "正在更新，稍后再来")
    await office.set_robot("wang", Robot())
    assert await office.robot() == Robot(on=True)
    assert [(row["by"], change_text(row)) for row in await office.history()] == [
        ("wang", "机器人开着"),
        ("zhang", "机器人停着，原因：政策有变，正在核对；告诉市民：正在更新，稍后再来"),
    ]
    lines = await Audit(database).lines(action="office.robot")
    assert [(line["who"], line["about"], line["detail"]) for line in lines] == [
        ("wang", "office:robot", {"on": True}),
        ("zhang", "office:robot", {"on": False}),
    ]


async def test_hours_come_back_as_they_were_said_and_can_be_taken_back(database: Database) -> None:
    office = Office(database)
    hours = Hours({"1": (("08:30", "11:30"),), "6": (("09:00", "12:00"),)}, "open")
    await office.set_hours("zhang", hours)
    assert await office.hours() == hours
    await office.set_hours("zhang", None)
    assert await office.hours() is None
    assert len(await office.history()) == 2


@pytest.mark.parametrize(
    ("robot", "why"),
    [
        (Robot(False, "  "), "请写明为什么停"),
        (Robot(False, "停", "长" * 121), "最多120字"),
        (Robot(False, "联系张三13800138000"), "不要写"),
    ],
)
async def test_a_switch_without_a_reason_or_with_too_much_is_refused(
    database: Database, robot: Robot, why: str
) -> None:
    with pytest.raises(OfficeError, match=why):
        await Office(database).set_robot("zhang", robot)
    assert (await Office(database).robot()).on


async def test_a_week_without_a_single_hour_is_refused(database: Database) -> None:
    with pytest.raises(OfficeError, match="一天也没有写"):
        await Office(database).set_hours("zhang", Hours({"1": ()}))


def command(front: Front, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "front", "robot", *arguments],
        env=front.environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_robot_is_switched_by_command_while_the_front_runs(front: Front) -> None:
    assert "机器人开着" in command(front, "status").stdout
    assert command(front, "off", "--reason", "正在核对政策").returncode == 0
    said = command(front, "status").stdout
    assert "机器人停着，原因：正在核对政策" in said
    assert "没有写" in said
    assert command(front, "on").stdout == "机器人已打开\n"
    assert "机器人开着" in command(front, "status").stdout
    assert "--reason" in command(front, "off").stderr
