"""回电: who is to be called, oldest first; taking one, seeing the number (which is noted), and how it went."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from luebao.today import CHINA
from nicegui import ui

from front.desk.callbacks.callbacks import CallbackError
from front.desk.callbacks.secret import MISSING, WrongKey
from front.desk.conversations.presence import while_open
from front.desk.conversations.reading import CHANNELS
from front.desk.conversations.work import Work
from front.desk.door import ROOT
from front.desk.frame import Me, Tab, page
from front.desk.rights import Right
from front.inbox.conversations import DESK

TAB = Tab("/callbacks", "回电", Right.ANSWER, "phone_callback")
_STATES = {"done": "已打通", "failed": "没打通", "cancelled": "市民取消了"}


def register(work: Work) -> None:
    """Serve the page."""

    async def show(me: Me) -> None:
        await Page(work, me).show()

    page(work.desk, TAB, show)


class Page:
    """The elements of one open page."""

    def __init__(self, work: Work, me: Me) -> None:
        self.work, self.me = work, me
        self.client = ui.context.client
        self.names: dict[str, str] = {}
        self._rows: tuple[Any, ...] = ()

    async def show(self) -> None:
        """Lay it out, and begin to follow."""
        ui.label("回电").classes("text-xl font-bold").props('role="heading" aria-level="1"')
        if self.work.callbacks.secret is None:
            ui.label(MISSING).classes("warn w-full")
        self.open = ui.column().classes("w-full gap-2").props('aria-live="polite"')
        with ui.expansion("最近办完的").classes("w-full card"):
            self.ended = ui.column().classes("w-full gap-1")
        await self._list()
        while_open(self._follow)

    async def _follow(self) -> None:
        changed = await self.work.board.watch()
        try:
            while True:
                await changed.wait()
                changed.clear()
                with self.client:
                    await self._list()
        finally:
            self.work.board.leave(changed)

    async def _list(self) -> None:
        """Draw both lists anew, where they changed: a form that is open stays."""
        callbacks = self.work.callbacks
        running, ended = await callbacks.listed(), await callbacks.listed(ended=True)
        seen = tuple((one["id"], one["state"], one["by"], one["shown"], one["late"]) for one in [*running, *ended])
        if seen == self._rows and self.names:
            return
        self._rows = seen
        self.names = {one["login"]: one["name"] for one in await self.me.desk.accounts.all()}
        self.open.clear()
        with self.open:
            if not running:
                ui.label("没有人等回电。").classes("soft")
            for one in running:
                self._line(one)
        self.ended.clear()
        with self.ended:
            for one in ended[:50]:
                by = self.names.get(one["by"], one["by"])
                said = "，".join(part for part in (_STATES[one["state"]], one["outcome"], by) if part)
                ui.label(f"{_when(one['changed_at'])} {one['shown']} {said}").classes("pre")

    def _line(self, one: dict[str, Any]) -> None:
        mine = one["state"] == "taken" and one["by"] == self.me.staff.login
        with ui.column().classes("card w-full gap-1").props(f"data-callback={one['id']}"):
            with ui.row().classes("items-center w-full no-wrap"):
                ui.label(one["shown"]).classes("text-lg font-bold w-40")
                ui.label(CHANNELS.get(one["channel"], one["channel"])).classes("tag")
                ui.label(f"{_when(one['asked_at'])}留的，等了{_long(one['now'] - one['asked_at'])}").classes("soft")
                ui.link("看会话", f"{ROOT}/conversations?c={one['conversation_id']}")
                ui.space()
                if mine:
                    self._mine(one)
                else:
                    self._free(one)
            ui.label(f"最近问过：{one['about']}" if one["about"] else "没有留下问题").classes("pre soft")

    def _free(self, one: dict[str, Any]) -> None:
        if one["state"] == "taken":
            ui.label(f"{self.names.get(one['by'], one['by'])}在打").classes("tag")
        if one["state"] == "open" or one["late"]:
            ui.button("我来打", icon="call", on_click=self._does(lambda: self._take(one["id"]))).props("no-caps")

    def _mine(self, one: dict[str, Any]) -> None:
        number = ui.label("").classes("text-lg font-mono").props('aria-live="polite"')

        async def reveal() -> None:
            try:
                number.set_text(await self.work.callbacks.reveal(one["id"], self.me.staff.login))
            except (CallbackError, WrongKey) as error:
                ui.notify(str(error), type="negative", timeout=0, close_button="知道了")

        ui.button("显示号码", on_click=self._does(reveal)).props("no-caps outline").tooltip("谁看过会记在日志里")
        ui.button("打通了", icon="check", on_click=lambda: self._ended(one["id"], True)).props("no-caps")
        ui.button("没打通", on_click=lambda: self._ended(one["id"], False)).props("no-caps outline")
        ui.button("放回", on_click=self._does(lambda: self._put_back(one["id"]))).props("no-caps flat")

    def _does(self, work: Any) -> Any:
        async def changed() -> None:
            await work()
            self.me.desk.inbox.hub.wake(DESK)
            await self._list()

        return self.me.does(Right.ANSWER, changed)

    async def _take(self, id: int) -> None:
        if not await self.work.callbacks.take(id, self.me.staff.login):
            ui.notify("同事先接走了，或市民取消了", type="warning")

    async def _put_back(self, id: int) -> None:
        await self.work.callbacks.put_back(id, self.me.staff.login)

    def _ended(self, id: int, reached: bool) -> None:
        with ui.dialog() as dialog, ui.card().classes("w-96"):
            ui.label("打通了，结果" if reached else "没打通，原因").classes("text-lg font-bold")
            outcome = ui.input("可以不写（不要写个人号码）").classes("w-full").props("maxlength=200 autofocus")

            async def end() -> None:
                dialog.close()
                said = outcome.value or ""
                if not await self.work.callbacks.end(id, self.me.staff.login, reached=reached, outcome=said):
                    ui.notify("没有记下：这个回电已不在您手上", type="negative")

            ui.button("记下", on_click=self._does(end))
        dialog.open()


def _when(seconds: float) -> str:
    at = datetime.fromtimestamp(seconds, CHINA)
    return f"{at.month}月{at.day}日 {at:%H:%M}"


def _long(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 60:
        return f"{minutes}分钟"
    return f"{minutes // 60}小时{minutes % 60}分" if minutes < 1440 else f"{minutes // 1440}天"
