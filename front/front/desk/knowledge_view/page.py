"""知识: what the robot knows, as of any day. /desk/knowledge?entry=transfer.time_limit opens an entry."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from luebao.today import today
from nicegui import ui

from front.desk.day_input import day_input, day_of
from front.desk.door import ROOT
from front.desk.frame import Desk, Me, Tab, page
from front.desk.knowledge_view.browse import VIEWS, filtered
from front.desk.knowledge_view.entry_card import EntryCard
from front.desk.knowledge_view.history import History
from front.desk.knowledge_view.lists import Lists
from front.desk.rights import Right

TAB = Tab("/knowledge", "知识", Right.ASSIST, "menu_book")
_CSS = Path(__file__).parent.parent / "pages" / "knowledge.css"
_PARAMETERS = {"entry": "entries", "fact": "facts", "conflict": "conflicts", "clause": "clauses"}


def register(desk: Desk) -> None:
    """Serve the page. The history is shared: what git said once is not asked again."""
    history = History(desk.settings.knowledge)

    async def show(me: Me) -> None:
        ui.add_css(_CSS)
        KnowledgePage(me, history).show()

    page(desk, TAB, show)


class KnowledgePage:
    """One open page: a view, the thing chosen in it, the day, and the words searched for."""

    def __init__(self, me: Me, history: History) -> None:
        self._me, self._history = me, history
        request = ui.context.client.request
        self._query = dict(request.query_params) if request else {}
        self._view, self._chosen = _asked_for(self._query)
        self._day = day_of(self._query.get("as_of")) or today()
        self._words = ""

    def show(self) -> None:
        """The head, and the view below it."""
        does = self._me.does
        with ui.row().classes("items-center w-full gap-3"):
            ui.label("知识").classes("text-xl font-bold")
            self._tabs = ui.toggle(VIEWS, value=self._view, on_change=does(Right.ASSIST, self._turned))
            self._tabs.props("no-caps unelevated padding='4px 12px'")
            ui.space()
            self._date = day_input("按哪一天", self._day, does(Right.ASSIST, self._dated))
            ui.button("今天", on_click=does(Right.ASSIST, self._now)).props("flat dense no-caps")
        self._body = ui.column().classes("w-full gap-3")
        self._draw()

    async def _turned(self, event: Any) -> None:
        if event.value != self._view:
            self._go(event.value, "")

    async def _dated(self, event: Any) -> None:
        self._day = day_of(event.value) or today()
        self._draw()

    async def _now(self) -> None:
        self._date.set_value(today().isoformat())

    def _go(self, view: str, id_: str) -> None:
        """Show a thing; the address follows, so that it can be kept and sent."""
        self._view, self._chosen = view, id_
        self._tabs.set_value(view)
        name = next((name for name, of in _PARAMETERS.items() if of == view and id_), "")
        query = {name: id_} if name else {"view": view}
        if self._day != today():
            query["as_of"] = self._day.isoformat()
        ui.navigate.history.replace(f"{ROOT}/knowledge?{urlencode(query)}")
        self._draw()

    def _draw(self) -> None:
        knowledge = self._me.desk.knowledge.current()
        self._body.clear()
        with self._body:
            if self._day != today():
                ui.label(f"下面是按{self._day.year}年{self._day.month}月{self._day.day}日的规定，不是今天的。").classes(
                    "warn"
                )
            if self._view == "entries":
                self._entries()
                return
            lists = Lists(self._me, knowledge, self._history, self._go)
            draw = {"facts": lists.facts, "conflicts": lists.conflicts, "clauses": lists.clauses, "due": lists.due}
            draw[self._view](self._chosen, today() if self._view == "due" else self._day)

    def _entries(self) -> None:
        """The list on the left, the chosen entry on the right."""
        knowledge = self._me.desk.knowledge.current()
        chosen = knowledge.entries.get(self._chosen)
        with ui.element("div").classes("kb"):
            with ui.column().classes("gap-2"):
                search = ui.input("找条目：标题、问法、正文、条款、编号", value=self._words)
                search.props("dense outlined clearable debounce=200 accesskey=s").classes("w-full")
                self._list = ui.column().classes("card kb-list w-full gap-0")
                search.on_value_change(self._me.does(Right.ASSIST, self._searched))
                self._list_entries()
            with ui.column().classes("w-full gap-3"):
                if chosen:
                    EntryCard(self._me, knowledge, self._history, self._go).show(chosen, self._day)
                else:
                    ui.label(self._nothing()).classes("card soft w-full")

    def _nothing(self) -> str:
        if self._chosen:
            return f"知识库里没有条目 {self._chosen}，可能已经改了编号。请在左边找。"
        return "在左边选一个条目，看它的三种版式、依据和更改记录。"

    async def _searched(self, event: Any) -> None:
        self._words = event.value or ""
        self._list_entries()

    def _list_entries(self) -> None:
        knowledge = self._me.desk.knowledge.current()
        found = filtered(knowledge, self._words)
        self._list.clear()
        with self._list:
            ui.label(f"{sum(map(len, found.values()))}个条目").classes("soft px-2").props('aria-live="polite"')
            for category, entries in found.items():
                ui.label(knowledge.categories[category]).classes("kb-head px-2")
                for entry in entries:
                    self._item(entry.id, entry.title)

    def _item(self, id_: str, title: str) -> None:
        async def go() -> None:
            self._go("entries", id_)

        item = ui.item(title, on_click=self._me.does(Right.ASSIST, go)).props("dense")
        if id_ == self._chosen:
            item.classes("kb-here").props('aria-current="true"')


def _asked_for(query: dict[str, str]) -> tuple[str, str]:
    """The view and the thing an address asks for."""
    for name, view in _PARAMETERS.items():
        if query.get(name):
            return view, query[name][:100]
    return (query["view"], "") if query.get("view") in VIEWS else ("entries", "")
