"""没听懂的: groups of questions on the left; on the right one group, the nearest entries, and what becomes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from luebao.knowledge.canonical import label as label_of
from luebao.today import CHINA
from nicegui import ui
from nicegui.events import KeyEventArguments

from front.desk.frame import Me
from front.desk.learning.lessons import Group, Refused
from front.desk.learning.room import Room
from front.desk.rights import Right

WHY = {
    "missed": "没听懂",
    "refused": "说没有收录",
    "voted_down": "市民点了不满意",
    "none_of_these": "市民选了都不是",
    "staff": "话务员记下的",
}


class Sorting:
    """The part of one open page."""

    def __init__(self, me: Me, room: Room) -> None:
        self._me, self._room = me, room
        self._groups: list[Group] = []
        self._group = 0
        self._label = ""
        self._suggested: list[str] = []
        self._boxes: dict[int, ui.checkbox] = {}
        self._may_accept = me.staff.may(Right.TEACH)

    async def show(self) -> None:
        """Build it."""
        with ui.row().classes("w-full no-wrap items-start gap-4"):
            with ui.column().classes("learn-list gap-1"):
                await self._list()
            with ui.column().classes("grow gap-3").props('aria-live="polite"'):
                await self._detail()
        ui.keyboard(on_key=self._key, ignore=["input", "select", "textarea"])

    def refresh(self) -> None:
        """Read it all again."""
        self._list.refresh()
        self._detail.refresh()

    @ui.refreshable_method
    async def _list(self) -> None:
        self._groups = await self._room.lessons.groups()
        if not any(group.id == self._group for group in self._groups):
            self._group = self._groups[0].id if self._groups else 0
        if not self._groups:
            ui.label(
                "没有要分的。市民问了机器人没听懂、说没有收录、选了都不是或点了不满意的，会自动到这里来。"
            ).classes("card soft")
        for group in self._groups:
            self._item(group)

    def _item(self, group: Group) -> None:
        here = group.id == self._group
        item = ui.element("button").classes("learn-item" + (" learn-here" if here else ""))
        item.props(f'type=button aria-pressed="{str(here).lower()}"').on("click", lambda: self._choose(group.id))
        with item:
            ui.label(f"{group.size}句").classes("tag")
            ui.label(group.example).classes("learn-words")
            if group.proposed:
                ui.label("有提议").classes("tag good")

    def _choose(self, group: int) -> None:
        self._group = group
        self.refresh()

    @ui.refreshable_method
    async def _detail(self) -> None:
        rows = await self._room.lessons.of_group(self._group) if self._group else []
        if not rows:
            return
        if not self._room.sense.ready:
            ui.label("正在读例句，几秒钟就好…").classes("card soft w-full")
            return
        texts = [row["text"] for row in rows[:20]]
        suggested = await asyncio.to_thread(self._room.sense.suggested, texts)
        titles = self._room.sense.titles()
        said = [row["label"] for row in rows if row["label"]]
        said += [label_of(row["answered"]) for row in rows if row["answered"] and row["why"] == "missed"]
        self._suggested = [name for name in dict.fromkeys([*said, *suggested]) if name in titles][:5]
        self._label = said[0] if said and said[0] in titles else ""  # nothing is chosen for anybody who did not
        with ui.column().classes("card w-full gap-1"):
            ui.label(f"这{len(rows)}句问的像是同一件事。不是的，去掉前面的勾。").classes("font-bold")
            self._boxes = {row["id"]: self._line(row, titles) for row in rows}
        self._choice(titles)

    def _line(self, row: dict[str, Any], titles: dict[str, str]) -> ui.checkbox:
        with ui.row().classes("w-full no-wrap items-start gap-2"):
            box = ui.checkbox(value=True).props(f'dense aria-label="第{row["id"]}句"').classes("mt-1")
            ui.label(row["text"]).classes("pre grow")
            ui.label(WHY.get(row["why"], row["why"])).classes("tag")
            if row["answered"]:
                name = titles.get(label_of(row["answered"]), row["answered"])
                ui.label(("市民自己选了：" if row["why"] == "missed" else "当时答：") + name).classes("tag")
            if row["proposed_by"]:
                ui.label(f"{row['proposed_by']}提议：{titles.get(row['label'], row['label'])}").classes("tag good")
            ui.label(day(row["asked_at"])).classes("soft text-sm whitespace-nowrap")
        return box

    def _choice(self, titles: dict[str, str]) -> None:
        with ui.column().classes("card w-full gap-2"):
            ui.label("市民问的其实是").classes("font-bold")
            names = {name: f"{number}. {titles[name]}" for number, name in enumerate(self._suggested, 1)}
            radio = ui.radio(names, value=self._label or None).props('aria-label="最像的条目"')
            other = ui.select(titles, label="都不是？从全部条目里选（可打字找）", with_input=True, clearable=True)
            other.classes("w-full max-w-xl").props("dense outlined")

            def picked(event: Any) -> None:
                self._label = event.value or radio.value or ""

            radio.on_value_change(lambda event: setattr(self, "_label", event.value or ""))
            other.on_value_change(picked)
            self._radio = radio
            ui.label("选“没有收录”的类别，机器人以后会照那一类的话说没有收录。").classes("soft")
            with ui.row().classes("items-center gap-2"):
                verb = "接受（回车）" if self._may_accept else "提议（回车）"
                ui.button(verb, icon="check", on_click=self._does(Right.SORT, self._assign)).mark("assign")
                ui.button("不是我们的事（N）", on_click=self._does(Right.SORT, self._not_ours)).props("outline")
                ui.button("知识库没有，要写（W）", on_click=self._missing).props("outline")
            if not self._may_accept:
                ui.label("您的提议要班长接受以后机器人才会学。").classes("soft")

    def _does(self, right: Right, work: Callable[[], Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        async def checked() -> None:
            try:
                await work()
            except Refused as error:
                ui.notify(str(error), type="warning", multi_line=True, timeout=0, close_button="知道了")

        checked.__name__ = work.__name__
        return self._me.does(right, checked)

    def _ticked(self) -> list[int]:
        return [id for id, box in self._boxes.items() if box.value]

    async def _assign(self) -> None:
        ids, by = self._ticked(), self._me.staff.login
        if not ids or not self._label:
            raise Refused("请先勾选句子，再按数字键或用鼠标选一个条目")
        title = self._room.sense.title(self._label)
        if self._may_accept:
            await self._me.check(Right.TEACH)
            count = await self._room.lessons.accept(by, ids, self._label)
            ui.notify(f"已接受{count}句：{title}。下次训练时学", type="positive")
        else:
            count = await self._room.lessons.propose(by, ids, self._label)
            ui.notify(f"已提议{count}句：{title}", type="positive")
        self.refresh()

    async def _not_ours(self) -> None:
        count = await self._room.lessons.not_ours(self._me.staff.login, self._ticked())
        ui.notify(f"{count}句已放到一边，在“分好的”里可以拿回来", type="positive")
        self.refresh()

    def _missing(self) -> None:
        ids = self._ticked()
        with ui.dialog() as dialog, ui.card().classes("w-[34rem]"):
            ui.label("记到“待写的”").classes("text-lg font-bold")
            ui.label(
                "知识库没有的，机器人不会编：要先由经办机构写好条目（或新的“没有收录”类别和它的说法），"
                "写好后在“待写的”里办结，这些句子会回到这里，再归到新条目。"
            ).classes("soft")
            title = ui.input("缺的是什么，例如：新生儿参保").classes("w-full").props("autofocus maxlength=60")

            async def put() -> None:
                count = await self._room.lessons.missing(self._me.staff.login, ids, title.value or "")
                dialog.close()
                ui.notify(f"{count}句已记到“待写的”", type="positive")
                self.refresh()

            with ui.row():
                ui.button("记下", on_click=self._does(Right.SORT, put)).mark("write-down")
                ui.button("不记了", on_click=dialog.close).props("flat")
        dialog.open()

    async def _key(self, event: KeyEventArguments) -> None:
        held = event.modifiers
        if not event.action.keydown or event.action.repeat or held.alt or held.ctrl or held.meta:
            return
        name = str(event.key.name)
        if name in ("ArrowDown", "ArrowUp"):
            self._move(1 if name == "ArrowDown" else -1)
        elif name.isdigit() and 1 <= int(name) <= len(self._suggested):
            self._radio.value = self._suggested[int(name) - 1]
        elif name == "Enter" and self._boxes:
            await self._does(Right.SORT, self._assign)()
        elif name in ("n", "N") and self._boxes:
            await self._does(Right.SORT, self._not_ours)()
        elif name in ("w", "W") and self._boxes:
            self._missing()

    def _move(self, by: int) -> None:
        ids = [group.id for group in self._groups]
        if ids:
            self._choose(ids[max(0, min(len(ids) - 1, ids.index(self._group) + by))])


def day(seconds: float) -> str:
    """A time of the database as a day in China: 11月22日."""
    return datetime.fromtimestamp(seconds, CHINA).strftime("%-m月%-d日")
