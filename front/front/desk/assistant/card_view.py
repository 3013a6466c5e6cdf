"""The right side: a card, drawn anew whenever what is open, the day or the case changes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from luebao.knowledge.facets import Facets
from luebao.knowledge.model import Knowledge
from luebao.today import today
from nicegui import ui
from nicegui.events import ValueChangeEventArguments

from front.desk.assistant import card_parts as parts
from front.desk.assistant.card_tools import Tools
from front.desk.assistant.cards import Card, card, title_of
from front.desk.assistant.days_view import calculators
from front.desk.assistant.guide_view import GuideView
from front.desk.assistant.guided import Guided
from front.desk.assistant.items import GUIDE
from front.desk.assistant.kept import Kept
from front.desk.day_input import day_input, day_of
from front.desk.frame import Me
from front.desk.rights import Right


class CardView:
    """What is open now. `changed` is called when something was opened or pinned."""

    def __init__(self, me: Me, kept: Kept, changed: Callable[[], None]) -> None:
        self._me, self.kept, self._changed = me, kept, changed
        self._id, self._typed = "", ""
        self._said: Facets = {}
        self._guided: Guided | None = None
        self.as_of = today()

    @property
    def knowledge(self) -> Knowledge:
        """The newest."""
        return self._me.desk.knowledge.current()

    def draw(self) -> None:
        """The place for the card."""
        self._place = ui.element("div").classes("w-full").props("role=region aria-label=回答")
        with self._place:
            ui.label("在左边输入要查的内容，按回车打开。").classes("soft m-8")

    async def open(self, id: str, typed: str = "") -> None:
        """Open an entry, a checklist, a guide or what is left out."""
        if not title_of(self.knowledge, id):
            ui.notify("知识库里已经没有这一条，请重新查", type="warning")
            return
        self._id, self._typed, self._said = id, typed, {}
        self._guided = Guided(id.removeprefix(GUIDE)) if id.startswith(GUIDE) else None
        self.redraw()
        self.kept = self.kept.opened(id)
        await self._me.desk.accounts.keep_prefs(self._me.staff.login, recent=list(self.kept.recent))
        self._changed()

    def redraw(self) -> None:
        """Draw what is open, and lead the keyboard to it."""
        self._place.clear()
        with self._place:
            if self._guided and self._id.startswith(GUIDE):
                self._head(title_of(self.knowledge, self._id), "向导")
                self._guide_view(self._guided).draw()
            else:
                self._card(card(self.knowledge, self._id, self.as_of, self._said, self._typed))
        ui.run_javascript("document.getElementById('card-title')?.focus()")

    def _card(self, shown: Card) -> None:
        self._head(shown.title, shown.kind)
        parts.warnings(shown, self.as_of)
        with ui.element("div").classes("card-columns"):
            with ui.column().classes("gap-3"):
                self._cases(shown)
                parts.answer(shown)
                Tools(self._me, shown).draw()
                parts.inside(shown)
                parts.rules(shown)
            with ui.column().classes("gap-3"):
                if self._guided:
                    self._guide_view(self._guided).draw()
                self._next(shown)
                calculators(self._me, self.knowledge, shown, self.as_of)
                parts.routes(shown)
                parts.clauses(shown)

    def _head(self, title: str, kind: str) -> None:
        with ui.row().classes("items-center w-full no-wrap gap-2"):
            ui.label(title).classes("text-xl font-bold grow").props(
                "id=card-title tabindex=-1 role=heading aria-level=1"
            )
            ui.label(kind).classes("tag")
            day_input("按哪天", self.as_of, self._does(self._on_day)).mark("as-of")
            pinned = self._id in self.kept.pinned
            pin = ui.button(icon="push_pin", on_click=self._does(self._pin)).props("flat round dense data-key=KeyP")
            pin.props(f"color={'primary' if pinned else 'grey'} aria-pressed={'true' if pinned else 'false'}")
            pin.props(f'aria-label="{"取消常用" if pinned else "放到常用"}（Alt+P）"')

    def _cases(self, shown: Card) -> None:
        if not shown.cases:
            return
        with ui.row().classes("items-center gap-1").props("role=group aria-label=情况"):
            ui.label("情况").classes("soft")
            for title, when in [("不分", {}), *((choice.title, choice.when) for choice in shown.cases)]:
                here = when == self._said
                button = ui.button(title, on_click=self._does(self._into(when))).props("dense no-caps size=md")
                button.props(f"{'unelevated' if here else 'outline'} aria-pressed={'true' if here else 'false'}")
                button.mark(f"case-{title}")
            cycle = ui.button("换", on_click=self._does(self._next_case(shown))).props("flat dense data-key=KeyS")
            cycle.props('aria-label="下一种情况（Alt+S）" title="Alt+S"')
        if shown.answered_by:
            ui.label(f"这种情况由“{shown.answered_by}”回答。").classes("soft")

    def _next(self, shown: Card) -> None:
        links = [*shown.next, *shown.lists]
        with ui.element("div").classes("card w-full"):
            if shown.guide:
                button = ui.button("一步步问（Alt+G）", icon="alt_route", on_click=self._does(self._begin(shown.guide)))
                button.props("outline no-caps data-key=KeyG").classes("w-full")
            ui.label("接下来多半会问（按数字打开）").classes("font-bold")
            for number, (id, title) in enumerate(links[:9], 1):
                button = ui.button(f"{number}. {title}", on_click=self._does(self._opens(id)))
                button.props(f"flat dense no-caps align=left data-digit={number}").classes("w-full")

    def _guide_view(self, guided: Guided) -> GuideView:
        return GuideView(self._me, guided, self.as_of, self.redraw, self._open_next)

    def _does(self, work: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        return self._me.does(Right.ASSIST, work)

    async def _open_next(self, id: str) -> None:
        await self.open(id)

    def _opens(self, id: str) -> Callable[[], Awaitable[None]]:
        async def opened() -> None:
            await self.open(id)

        return opened

    def _into(self, when: Facets) -> Callable[[], Awaitable[None]]:
        async def switched() -> None:
            self._said = dict(when)
            self.redraw()

        return switched

    def _next_case(self, shown: Card) -> Callable[[], Awaitable[None]]:
        cases: list[Facets] = [{}, *(choice.when for choice in shown.cases)]
        here = cases.index(self._said) if self._said in cases else 0
        return self._into(cases[(here + 1) % len(cases)])

    def _begin(self, guide: str) -> Callable[[], Awaitable[None]]:
        async def began() -> None:
            self._guided = Guided(guide)
            self.redraw()

        return began

    async def _on_day(self, event: ValueChangeEventArguments[str | None]) -> None:
        day = day_of(event.value)
        if day and day != self.as_of:
            self.as_of = day
            self.redraw()

    async def _pin(self) -> None:
        self.kept = self.kept.toggled(self._id)
        await self._me.desk.accounts.keep_prefs(self._me.staff.login, pinned=list(self.kept.pinned))
        self._changed()
        self.redraw()
