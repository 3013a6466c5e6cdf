"""设置: the robot's switch, the desk's hours, and who changed what when."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from luebao.today import CHINA
from nicegui import ui

from front.desk.frame import Desk, Me, Tab, page
from front.desk.office.office import (
    DAYS,
    LONGEST_NOTICE,
    Hours,
    Office,
    OfficeError,
    Robot,
    change_text,
    read_spans,
    spans_text,
)
from front.desk.rights import Right
from front.inbox.replies import PHONE

TAB = Tab("/office", "设置", Right.SWITCH, "tune")
_HOLIDAYS = {"closed": "法定节假日休息，调休上班的日子照常", "open": "法定节假日也照常"}
_FEW, _MANY = 10, 200


def register(desk: Desk) -> None:
    """Serve the page."""
    page(desk, TAB, _show)


async def _show(me: Me) -> None:
    office = Office(me.desk.inbox.database)
    ui.label("设置").classes("text-xl font-bold").props('role="heading" aria-level="1"')

    @ui.refreshable
    async def switch() -> None:
        _switch(me, office, await office.robot(), changed)

    @ui.refreshable
    async def hours() -> None:
        _hours(me, office, await office.hours(), changed)

    @ui.refreshable
    async def history(limit: int = _FEW) -> None:
        await _history(me, office, limit, history.refresh)

    def changed() -> None:
        for part in (switch, hours, history):
            part.refresh()

    with ui.row().classes("w-full items-start no-wrap gap-4"):
        with ui.column().classes("w-1/2 gap-4"):
            await switch()
            await history()
        with ui.column().classes("w-1/2"):
            await hours()


def _title(text: str) -> None:
    ui.label(text).classes("text-lg font-bold").props('role="heading" aria-level="2"')


def _switch(me: Me, office: Office, robot: Robot, changed: Callable[[], None]) -> None:
    async def on() -> None:
        await _told(office.set_robot(me.staff.login, Robot()), "机器人已打开", changed)

    with ui.column().classes("card w-full"):
        _title("机器人")
        with ui.row().classes("items-center").props('aria-live="polite"'):
            ui.icon("smart_toy" if robot.on else "power_settings_new").classes(
                f"text-3xl {'good' if robot.on else 'danger'}"
            )
            ui.label("开着，正在回答市民" if robot.on else "停着，市民得到通知和咨询电话").classes("text-lg")
        if robot.on:
            ui.label("政策有变、答案有误要先停一停时，从这里停。停的时候市民仍可转人工。").classes("soft")
            ask = ui.button("停下机器人", icon="power_settings_new", color="negative")
            ask.on_click(lambda: _off(me, office, changed))
            return
        ui.label(f"原因：{robot.reason}").classes("pre")
        ui.label(f"市民看到：{robot.notice or '（用现成的一句）'} 咨询电话{PHONE}").classes("pre")
        ui.button("打开机器人", icon="play_arrow", on_click=me.does(Right.SWITCH, on))


def _off(me: Me, office: Office, changed: Callable[[], None]) -> None:
    with ui.dialog() as dialog, ui.card().classes("w-[32rem]"):
        _title("停下机器人")
        reason = ui.input("为什么停（同事看到，必填）").classes("w-full").props("autofocus")
        notice = ui.textarea(f"告诉市民的话（可以不写，最多{LONGEST_NOTICE}字）").classes("w-full").props("autogrow")
        ui.label(f"市民发来的每句话都会得到这段话和咨询电话{PHONE}，不再得到答案，直到打开。").classes("soft")

        async def off() -> None:
            robot = Robot(False, reason.value or "", notice.value or "")
            await _told(office.set_robot(me.staff.login, robot), "机器人已停", dialog.close, changed)

        with ui.row():
            ui.button("停下", color="negative", on_click=me.does(Right.SWITCH, off))
            ui.button("不停了", on_click=dialog.close).props("flat")
    dialog.open()


def _hours(me: Me, office: Office, hours: Hours | None, changed: Callable[[], None]) -> None:
    with ui.column().classes("card w-full gap-2"):
        _title("办公时间")
        if hours is None:
            ui.label("还没有写：市民转人工而没有人在岗时，不会告诉他们几点上班。").classes("warn w-full")
        ui.label("照实写有人接待市民的时间，如 8:30-11:30 13:00-17:00；休息的日子留空。").classes("soft")
        days = {}
        for day, name in DAYS.items():
            said = spans_text(hours.days.get(day, ())) if hours else ""
            days[day] = ui.input(name, value=said).classes("w-full").props("dense outlined")
        holidays = ui.radio(_HOLIDAYS, value=hours.holidays if hours else "closed")

        async def save() -> None:
            given = {day: read_spans(field.value or "", day) for day, field in days.items()}
            await office.set_hours(me.staff.login, Hours(given, holidays.value))

        async def keep() -> None:
            await _told(save(), "办公时间已保存", changed)

        async def forget() -> None:
            await _told(office.set_hours(me.staff.login, None), "已不写办公时间", changed)

        def copy() -> None:
            for day in "2345":
                days[day].value = days["1"].value

        with ui.row():
            ui.button("保存", icon="save", on_click=me.does(Right.SWITCH, keep))
            ui.button("周二到周五和周一一样", on_click=copy).props("flat")
            if hours is not None:
                ui.button("不写办公时间", on_click=me.does(Right.SWITCH, forget)).props("flat")


async def _history(me: Me, office: Office, limit: int, refresh: Callable[..., Any]) -> None:
    rows = await office.history(limit + 1)
    names = {one["login"]: one["name"] for one in await me.desk.accounts.all()}
    with ui.column().classes("card w-full gap-2"):
        _title("改动记录")
        if not rows:
            ui.label("还没有改动。").classes("soft")
        for row in rows[:limit]:
            with ui.column().classes("gap-0 w-full"):
                ui.label(f"{_when(row['at'])} · {names.get(row['by'], row['by'])}").classes("soft text-sm")
                ui.label(change_text(row)).classes("pre")

        async def more() -> None:
            refresh(_MANY)

        if len(rows) > limit:
            ui.button("看更早的", on_click=me.does(Right.SWITCH, more)).props("flat")


def _when(seconds: float) -> str:
    at = datetime.fromtimestamp(seconds, CHINA)
    return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"


async def _told(work: Awaitable[None], done: str, *then: Callable[[], Any]) -> None:
    """Do it, say how it went, and go on where it went well."""
    try:
        await work
    except OfficeError as error:
        ui.notify(str(error), type="negative", multi_line=True, position="top")
        return
    ui.notify(done, type="positive", position="top")
    for step in then:
        step()
