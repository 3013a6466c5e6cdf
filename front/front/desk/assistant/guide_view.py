"""A guide run on the card: its question with answers to press, then the outcome."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date

from nicegui import ui

from front.desk.assistant.clipboard import copy
from front.desk.assistant.copying import Rendition, copied
from front.desk.assistant.guided import Guided
from front.desk.assistant.items import GUIDE
from front.desk.frame import Me
from front.desk.rights import Right


class GuideView:
    """One run. `redraw` draws the card anew, `open` opens another entry."""

    def __init__(
        self,
        me: Me,
        guided: Guided,
        as_of: date,
        redraw: Callable[[], None],
        open: Callable[[str], Awaitable[None]],
    ) -> None:
        self._me, self._guided, self._as_of, self._redraw, self._open = me, guided, as_of, redraw, open

    def draw(self) -> None:
        """What was said so far, and the question or the outcome."""
        knowledge = self._me.desk.knowledge.current()
        with ui.element("div").classes("card guide w-full"):
            for about, said in self._guided.so_far(knowledge):
                ui.label(f"{about}：{said}").classes("soft text-sm")
            question = self._guided.question(knowledge)
            if question:
                ui.label(question.ask).classes("pre font-bold").mark("guide-question")
                for number, (value, title) in enumerate(self._guided.choices(knowledge), 1):
                    self._button(f"{number}. {title}", self._says(value), f"data-digit={number}")
            else:
                self._outcome()
            if self._guided.answers:
                self._button("上一步（Alt+B）", self._back, "data-key=KeyB")

    def _outcome(self) -> None:
        reply = self._guided.reply(self._me.desk.knowledge.current(), self._as_of)
        ui.label(reply.full).classes("pre answer").mark("guide-outcome")
        for line in reply.citation:
            ui.label(f"依据：{line}").classes("soft text-sm")
        with ui.row().classes("gap-2"):
            for rendition in Rendition:

                async def copies(rendition: Rendition = rendition) -> None:
                    await copy(self._me, GUIDE + self._guided.id, rendition, copied(reply, rendition))

                handler = self._me.does(Right.ASSIST, copies)
                ui.button(f"复制{rendition.title}", icon="content_copy", on_click=handler).props(
                    "outline dense no-caps"
                )
        for number, entry in enumerate(reply.entries, 1):
            self._button(f"{number}. {entry.title}", self._opens(entry.id), f"data-digit={number}")

    def _button(self, title: str, work: Callable[..., Awaitable[None]], props: str) -> None:
        button = ui.button(title, on_click=self._me.does(Right.ASSIST, work)).classes("w-full")
        button.props(f"outline dense no-caps align=left {props}")

    def _says(self, value: str) -> Callable[[], Awaitable[None]]:
        async def said() -> None:
            self._guided.say(self._me.desk.knowledge.current(), value)
            self._redraw()

        return said

    def _opens(self, id: str) -> Callable[[], Awaitable[None]]:
        async def opened() -> None:
            await self._open(id)

        return opened

    async def _back(self) -> None:
        self._guided.back()
        self._redraw()
