"""待写的: knowledge that citizens ask for and nobody has written yet."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from front.desk.frame import Me
from front.desk.learning.lessons import Refused
from front.desk.learning.room import Room
from front.desk.rights import Right

_STATES = {"open": "待写", "done": "写好了", "dropped": "不写"}
_SHOWN = 8


class Writing:
    """The part of one open page."""

    def __init__(self, me: Me, room: Room) -> None:
        self._me, self._room = me, room

    async def show(self) -> None:
        """Build it."""
        ui.label(
            "市民问、知识库没有的。写条目的办法见“加一个条目”（docs/how-to/add-an-entry.md）；"
            "没有依据不能写的，也可以加一个“没有收录”的类别（knowledge/out_of_scope.yml），由经办机构定怎么说。"
        ).classes("soft")
        await self._list()

    def refresh(self) -> None:
        """Read it again."""
        self._list.refresh()

    @ui.refreshable_method
    async def _list(self) -> None:
        items = await self._room.lessons.to_write()
        if not items:
            ui.label("没有待写的。").classes("card soft w-full")
        for item in items:
            self._item(item)

    def _item(self, item: dict[str, Any]) -> None:
        with ui.column().classes("card w-full gap-1"):
            with ui.row().classes("items-center w-full gap-2"):
                ui.label(item["title"]).classes("font-bold")
                ui.label(_STATES[item["state"]]).classes("tag")
                ui.label(f"{item['by']}提出").classes("soft")
                ui.space()
                if item["state"] == "open" and self._me.staff.may(Right.TEACH):
                    ui.button("写好了", on_click=lambda: self._close(item, False)).props("flat dense")
                    ui.button("不写", on_click=lambda: self._close(item, True)).props("flat dense")
            if item["outcome"]:
                ui.label(item["outcome"]).classes("pre")
            for text in item["texts"][:_SHOWN]:
                ui.label(f"· {text}").classes("pre")
            if len(item["texts"]) > _SHOWN:
                ui.label(f"……共{len(item['texts'])}句").classes("soft")

    def _close(self, item: dict[str, Any], dropped: bool) -> None:
        with ui.dialog() as dialog, ui.card().classes("w-[32rem]"):
            ui.label(("不写：" if dropped else "写好了：") + item["title"]).classes("text-lg font-bold")
            ui.label("这些句子会放到一边。" if dropped else "这些句子会回到“没听懂的”，请归到新条目。").classes("soft")
            outcome = ui.input("为什么不写" if dropped else "写成了哪个条目").classes("w-full")
            outcome.props("autofocus maxlength=200")

            async def close() -> None:
                login = self._me.staff.login
                try:
                    await self._room.lessons.written(login, item["id"], outcome.value or "", dropped=dropped)
                except Refused as error:
                    ui.notify(str(error), type="warning")
                    return
                dialog.close()
                self.refresh()

            with ui.row():
                ui.button("保存", on_click=self._me.does(Right.TEACH, close))
                ui.button("取消", on_click=dialog.close).props("flat")
        dialog.open()
