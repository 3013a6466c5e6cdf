"""The search box, what it finds while one types, and what the robot would answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from nicegui import background_tasks, ui
from nicegui.events import GenericEventArguments, ValueChangeEventArguments

from front.desk.assistant.live import LiveSearch
from front.desk.assistant.marked import hit_html
from front.desk.assistant.robot import Robot, Said
from front.desk.assistant.search import Hit
from front.desk.assistant.words import han
from front.desk.frame import Me
from front.desk.rights import Right

_PAUSE = 0.7  # seconds without typing until the robot is asked
_SENTENCE = 4  # Chinese characters that may be a question
# A key that an input method is using is not ours.
_KEYS = """(e) => {
  if (e.isComposing || e.keyCode === 229 || e.altKey || e.ctrlKey || e.metaKey) return;
  if (!['ArrowDown', 'ArrowUp', 'Enter'].includes(e.key)) return;
  e.preventDefault();
  emit(e.key, e.target.value);
}"""


class Box:
    """The left side. `open` is called with the id that was chosen and what was typed."""

    def __init__(self, me: Me, search: LiveSearch, open: Callable[[str, str], Awaitable[None]]) -> None:
        self._me, self._search, self._open = me, search, open
        self._robot = Robot(me.desk.inbox.brain)
        self._hits: list[Hit] = []
        self._rows: list[ui.element] = []
        self._chosen = 0
        self._query = ""

    def draw(self) -> None:
        """The input, and empty places for what is found."""
        does = self._me.does
        self._input = ui.input(label="查什么", on_change=does(Right.ASSIST, self._typed))
        self._input.props("outlined clearable autofocus debounce=80 autocomplete=off data-search role=combobox")
        self._input.props('aria-controls=hits aria-expanded=true hint="问题、数字、条款、平台名称、拼音都可以"')
        self._input.classes("w-full").mark("search").on("keydown", does(Right.ASSIST, self._key), js_handler=_KEYS)
        self._list = ui.element("div").classes("hits w-full").props('id=hits role=listbox aria-label="查到的"')
        self._said = ui.label().classes("soft text-sm").props("role=status aria-live=polite")
        self._beside = ui.element("div").classes("w-full").props("aria-live=polite")

    def show(self, query: str) -> None:
        """Find, and show what was found."""
        self._query, self._chosen = query.strip(), 0
        self._hits = self._search.find(self._query)
        self._list.clear()
        with self._list:
            self._rows = [self._row(number, hit) for number, hit in enumerate(self._hits)]
        self._choose(0)
        self._beside.clear()
        nothing = "没有查到，换个说法试试；来源没有的，请如实告诉对方。"
        self._said.text = "" if not self._query else f"查到{len(self._hits)}条" if self._hits else nothing

    async def step(self, by: int) -> None:
        """Open the next or the previous one of those found."""
        if self._hits:
            self._choose(self._chosen + by)
            await self._open(self._hits[self._chosen].id, self._query)

    def _row(self, number: int, hit: Hit) -> ui.element:
        async def clicked() -> None:
            self._choose(number)
            await self._open(hit.id, self._query)

        row = ui.element("div").classes("hit").props("role=option").on("click", self._me.does(Right.ASSIST, clicked))
        with row:
            ui.html(hit_html(hit), sanitize=False)  # escaped there, and nothing in it but the office's own knowledge
        return row

    def _choose(self, number: int) -> None:
        if not self._rows:
            self._input.props(remove="aria-activedescendant")
            return
        self._chosen = number % len(self._rows)
        for place, row in enumerate(self._rows):
            here = place == self._chosen
            row.classes(add="hit-here" if here else "", remove="" if here else "hit-here")
            row.props(f"aria-selected={'true' if here else 'false'}")
        self._input.props(f"aria-activedescendant={self._rows[self._chosen].html_id}")

    async def _typed(self, event: ValueChangeEventArguments[str | None]) -> None:
        query = (event.value or "").strip()
        if query != self._query:
            self.show(query)
            if han(query) >= _SENTENCE:
                background_tasks.create(self._ask(query), name="desk robot")

    async def _key(self, event: GenericEventArguments) -> None:
        key, typed = event.args
        if str(typed).strip() != self._query:  # faster than the pause between keys
            self.show(str(typed))
        if key == "Enter":
            await self.step(0)
        else:
            self._choose(self._chosen + (1 if key == "ArrowDown" else -1))

    async def _ask(self, query: str) -> None:
        """The robot's answer, when nothing else was typed meanwhile."""
        await asyncio.sleep(_PAUSE)
        if query != self._query or self._beside.is_deleted:
            return
        answer, why = await self._robot.ask(query)
        if query != self._query or self._beside.is_deleted:
            return
        self._beside.clear()
        with self._beside:
            self._robots(answer, why)

    def _robots(self, answer: Said | None, why: str) -> None:
        with ui.element("div").classes("card robot"):
            ui.label("机器人会这样答").classes("font-bold")
            if answer is None:
                ui.label(f"机器人{why}，请按查到的条目回答。").classes("soft")
                return
            ui.label(answer.text).classes("pre robot-text").mark("robot")
            for id, title in answer.entries:
                self._link(id, title)

    def _link(self, id: str, title: str) -> None:
        async def opened() -> None:
            await self._open(id, self._query)

        ui.button(f"打开：{title}", on_click=self._me.does(Right.ASSIST, opened)).props("flat dense no-caps")
