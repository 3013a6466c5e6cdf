"""纠错: what the staff reported as wrong, for leads to settle."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from luebao.today import CHINA
from nicegui import ui

from front.desk.assistant.cards import title_of
from front.desk.assistant.reports import MENDED, RIGHT, ReportError, Reports
from front.desk.frame import Desk, Me, Tab, page
from front.desk.rights import Right

TAB = Tab("/reports", "纠错", Right.TEACH, "flag")
_STATES = {RIGHT: "条目没错", MENDED: "已经改好"}


def register(desk: Desk) -> None:
    """Serve the page."""
    page(desk, TAB, _show)


async def _show(me: Me) -> None:
    reports = Reports(me.desk.inbox.database)
    ui.label("纠错").classes("text-xl font-bold")
    ui.label("话务员报来的“此条有误”。改知识库的内容要改 knowledge/ 里的文件，改好后在这里关闭。").classes("soft")

    @ui.refreshable
    async def listed() -> None:
        waiting = await reports.open_ones()
        if not waiting:
            ui.label("现在没有要处理的。").classes("card")
        for one in waiting:
            _open_one(me, reports, one, listed.refresh)
        closed = await reports.closed_ones()
        if closed:
            with ui.expansion(f"处理过的（最近{len(closed)}条）").classes("card w-full"):
                for one in closed:
                    _closed_one(me, one)

    await listed()


def _open_one(me: Me, reports: Reports, one: dict[str, Any], refresh: Callable[..., Any]) -> None:
    with ui.element("div").classes("card w-full").mark(f"report-{one['id']}"):
        _about(me, one)
        ui.label(one["reason"]).classes("pre")
        outcome = ui.input("怎么处理的（可以不写）").props("outlined dense").classes("w-full")
        with ui.row().classes("gap-2"):
            for state, title in _STATES.items():
                work = _closes(me, reports, one["id"], state, outcome, refresh)
                ui.button(title, on_click=me.does(Right.TEACH, work)).props("outline dense no-caps")


def _closed_one(me: Me, one: dict[str, Any]) -> None:
    _about(me, one)
    said = f"：{one['outcome']}" if one["outcome"] else ""
    ui.label(
        f"{one['reason']} → {_STATES[one['state']]}{said}（{one['closed_by']}，{_time(one['closed_at'])}）"
    ).classes("pre text-sm")


def _about(me: Me, one: dict[str, Any]) -> None:
    title = title_of(me.desk.knowledge.current(), one["entry"]) or "知识库里已经没有这一条"
    ui.label(f"{title}（{one['entry']}）").classes("font-bold")
    ui.label(f"{one['name'] or one['by']}，{_time(one['at'])}").classes("soft text-sm")


def _closes(
    me: Me, reports: Reports, id: int, state: str, outcome: ui.input, refresh: Callable[..., Any]
) -> Callable[[], Awaitable[None]]:
    async def closed() -> None:
        try:
            await reports.close(id, state, str(outcome.value or ""), me.staff.login)
        except ReportError as error:
            ui.notify(str(error), type="negative")
            return
        ui.notify("已关闭", type="positive")
        refresh()

    return closed


def _time(at: float) -> str:
    moment = datetime.fromtimestamp(at, CHINA)
    return f"{moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M}"
