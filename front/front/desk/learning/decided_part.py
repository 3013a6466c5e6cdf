"""分好的: who decided what and when; until it is learned it can be taken back."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from front.desk.frame import Me
from front.desk.learning.room import Room
from front.desk.learning.sorting_part import day
from front.desk.rights import Right

_STATES = {
    "proposed": "提议",
    "accepted": "已接受，等训练",
    "learned": "学会了",
    "unlearned": "没有学",
    "not_ours": "不是我们的事",
}
_UNDOABLE = ("proposed", "accepted", "unlearned", "not_ours")


class Decided:
    """The part of one open page."""

    def __init__(self, me: Me, room: Room) -> None:
        self._me, self._room = me, room

    async def show(self) -> None:
        """Build it."""
        await self._list()

    def refresh(self) -> None:
        """Read it again."""
        self._list.refresh()

    @ui.refreshable_method
    async def _list(self) -> None:
        rows = await self._room.lessons.decided(*_STATES)
        with ui.column().classes("card w-full gap-1"):
            if not rows:
                ui.label("还没有分过。").classes("soft")
            for row in rows:
                self._line(row)

    def _line(self, row: dict[str, Any]) -> None:
        with ui.row().classes("w-full no-wrap items-start gap-2"):
            with ui.column().classes("grow gap-0"):
                ui.label(row["text"]).classes("pre")
                if row["note"]:
                    ui.label(row["note"]).classes("danger pre text-sm")
            ui.label(_STATES[row["state"]]).classes("tag")
            if row["label"]:
                ui.label(self._room.sense.title(row["label"])).classes("tag")
            ui.label(f"{row['by'] or row['proposed_by']} {day(row['decided_at'])}").classes("soft whitespace-nowrap")
            if row["state"] in _UNDOABLE:
                ui.button("拿回来", on_click=self._me.does(Right.SORT, self._back(row))).props("flat dense")

    def _back(self, row: dict[str, Any]) -> Any:
        async def back() -> None:
            if row["state"] != "proposed":
                await self._me.check(Right.TEACH)
            if self._room.jobs.running():
                ui.notify("正在训练，等训练结束再拿回来", type="warning")
                return
            await self._room.lessons.undo(self._me.staff.login, [row["id"]])
            self.refresh()

        return back
