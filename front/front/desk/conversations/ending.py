"""How a conversation ends or moves on: with an outcome, to the robot, to a colleague, back into the queue."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui

from front.desk.conversations.seat import Seat
from front.desk.rights import Right

OUTCOMES = ("已解决", "请到窗口", "已转回电", "其他")


class Ending:
    """The buttons; `done` is called when the conversation is not this person's any more."""

    def __init__(self, seat: Seat, done: Callable[[], Awaitable[None]]) -> None:
        self._seat = seat
        self._done = done
        self._desk = seat.work.desk.inbox.desk
        with ui.row().classes("no-wrap gap-1 items-center") as self._row:
            end = ui.button("结束", icon="check", on_click=self._close)
            end.props('no-caps accesskey="e" aria-label="结束会话，Alt+E"')
            with ui.button("更多", icon="more_horiz").props("flat no-caps"), ui.menu():
                ui.menu_item("转给同事", self._does(self._choose_colleague))
                ui.menu_item("请市民留回电号码", self._does(self._ask_number))
                ui.menu_item("放回队列", self._does(self._requeue))
                ui.menu_item("交回机器人", self._does(self._give_back))

    def show(self, holds: bool) -> None:
        """Only whose conversation it is has them."""
        self._row.set_visibility(holds)

    def _does(self, work: Any) -> Any:
        return self._seat.me.does(Right.ANSWER, work)

    def _close(self) -> None:
        with ui.dialog() as dialog, ui.card().classes("w-96"):
            ui.label("结束这个会话").classes("text-lg font-bold")
            outcome = ui.radio(list(OUTCOMES), value=OUTCOMES[0]).props('aria-label="结果"')
            note = ui.input("补充说明（市民看不到）").classes("w-full").props("maxlength=200")

            async def close() -> None:
                if outcome.value == "其他" and not (note.value or "").strip():
                    ui.notify("选“其他”请写一句说明", type="warning")
                    return
                dialog.close()
                await self._left(self._desk.close(self._id(), self._seat.login, outcome.value, note.value or ""))

            note.on("keydown.enter", self._does(close))
            with ui.row():
                ui.button("结束会话", on_click=self._does(close)).props("no-caps autofocus")
                ui.button("不结束", on_click=dialog.close).props("flat no-caps")
        dialog.open()

    async def _choose_colleague(self) -> None:
        everybody = await self._seat.work.desk.accounts.all()
        there = {one["login"]: one["name"] for one in everybody if one["present"] and one["login"] != self._seat.login}
        if not there:
            ui.notify("现在没有别的同事在岗，可以放回队列", type="warning")
            return
        with ui.dialog() as dialog, ui.card().classes("w-80"):
            ui.label("转给在岗的同事").classes("text-lg font-bold")
            for login, name in there.items():

                async def give(login: str = login, name: str = name) -> None:
                    dialog.close()
                    if await self._left(self._desk.transfer(self._id(), self._seat.login, login)):
                        ui.notify(f"已转给{name}", type="positive")

                ui.button(name, on_click=self._does(give)).props("flat no-caps").classes("w-full")
        dialog.open()

    async def _ask_number(self) -> None:
        if self._seat.work.callbacks.secret is None:
            ui.notify("还不能登记回电：没有设置 LUEBAO_SECRET_KEY，请告诉管理员", type="negative")
        elif not await self._desk.ask_number(self._id(), self._seat.login):
            ui.notify("没有发出：这个会话已不在您手上", type="negative")

    async def _requeue(self) -> None:
        await self._left(self._desk.requeue(self._id(), self._seat.login))

    async def _give_back(self) -> None:
        await self._left(self._desk.give_back(self._id(), self._seat.login))

    def _id(self) -> int:
        return self._seat.chosen

    async def _left(self, change: Awaitable[bool]) -> bool:
        self._seat.expect(self._id())
        changed = await change
        if not changed:
            ui.notify("没有做成：这个会话已不在您手上", type="negative")
        await self._done()
        return changed
