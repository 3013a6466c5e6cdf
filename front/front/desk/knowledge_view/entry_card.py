"""One entry: its three renditions side by side, what it rests on, and how it changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from luebao.knowledge import Knowledge
from luebao.knowledge.model import Entry
from nicegui import ui

from front.desk.door import ROOT
from front.desk.frame import Me
from front.desk.knowledge_view.browse import (
    DIRECTIONS,
    case_words,
    checked_words,
    conflicts_of,
    facts_of,
    place,
    renditions,
    since_words,
    until_words,
)
from front.desk.knowledge_view.changes import changes_button
from front.desk.knowledge_view.copying import copy_address
from front.desk.knowledge_view.history import History
from front.desk.rights import Right

Go = Callable[[str, str], None]  # to a view ("entries", "facts", "clauses", "conflicts") and a thing in it


class EntryCard:
    """Draws one entry as of a day, into wherever the caller stands."""

    def __init__(self, me: Me, knowledge: Knowledge, history: History, go: Go) -> None:
        self._me, self._knowledge, self._history, self._go = me, knowledge, history, go

    def show(self, entry: Entry, as_of: date) -> None:
        """Everything about it."""
        with ui.column().classes("card w-full gap-2"):
            self._head(entry, as_of)
            self._renditions(entry, as_of)
            self._rests_on(entry, as_of)
            self._leads_to(entry)
            self._changes(entry)

    def _head(self, entry: Entry, as_of: date) -> None:
        with ui.row().classes("items-center w-full"):
            ui.label(entry.title).classes("text-lg font-bold").props('role="heading" aria-level="2"')
            ui.label(entry.id).classes("soft")
            ui.space()
            link = f"{ROOT}/knowledge?entry={entry.id}"
            ui.button("复制链接", icon="link", on_click=self._me.does(Right.ASSIST, lambda: copy_address(link))).props(
                "flat dense no-caps"
            )
        effective = entry.effective
        tags = [entry.audience, DIRECTIONS.get(entry.direction, ""), "2021年的" if entry.status == "dated" else ""]
        tags.append(entry.holds(as_of).value)
        tags += [since_words(effective.from_), until_words(effective.until), checked_words(effective.last_checked)]
        with ui.row().classes("gap-1"):
            for tag in filter(None, tags):
                ui.label(tag).classes("tag")

    def _renditions(self, entry: Entry, as_of: date) -> None:
        said = renditions(self._knowledge, entry, as_of)
        if not said.in_force:
            ui.label("这一天，这一条没有可答的规定。市民得到的是下面的话。").classes("warn")
        with ui.element("div").classes("kb-three"):
            _text("完整（网页、微信）", said.full, "；".join(said.citation))
            _text("短信", said.sms, f"{said.sms_units}个字，连签名{said.sms_parts}条短信")
            _text("话务员（内部，不发给市民）", said.staff, "", "kb-staff")
        for case in entry.cases:
            with ui.expansion(f"说了“{case_words(case.when)}”时").classes("w-full").props("dense"):
                if case.entry:
                    self._chip(self._knowledge.entries[case.entry].title, "entries", case.entry)
                else:
                    _text("完整", case.full.strip(), f"短信：{case.sms}")

    def _rests_on(self, entry: Entry, as_of: date) -> None:
        _head("依据的条款")
        with ui.row().classes("gap-1"):
            for id in entry.clauses:
                clause = self._knowledge.clause(id)
                self._chip(f"{clause.at} {clause.gist}", "clauses", id)
        facts = facts_of(self._knowledge, entry)
        if facts:
            _head("用到的事实")
        with ui.row().classes("gap-1"):
            for fact in facts:
                value = fact.value(as_of)
                now = f"{value.value}{fact.unit}" if value else "这一天没有数值"
                self._chip(f"{fact.label}：{now}", "facts", fact.id)
        for one in conflicts_of(self._knowledge, entry):
            with ui.row().classes("items-center gap-1"):
                ui.label("两份文件说法不一致：").classes("soft")
                self._chip(one.matter, "conflicts", one.id)
        self._routes(entry)

    def _routes(self, entry: Entry) -> None:
        if entry.routes:
            _head("办理渠道")
        for id in entry.routes:
            route = self._knowledge.routes[id]
            uses = "；".join(f"{use.matter}（{use.path}）" if use.path else use.matter for use in route.can)
            ui.label(f"{route.label}：{'，'.join(filter(None, [route.find, route.url, uses]))}").classes("pre")

    def _leads_to(self, entry: Entry) -> None:
        _head("标准问题")
        ui.label("　".join(entry.questions)).classes("pre soft")
        if entry.guide:
            ui.label(f"一步步问：{self._knowledge.guides[entry.guide].title}").classes("soft")
        near = list(dict.fromkeys([*entry.follow_ups, *entry.related]))
        if near:
            _head("接着常问的")
        with ui.row().classes("gap-1"):
            for id in near:
                self._chip(self._knowledge.entries[id].title, "entries", id)

    def _changes(self, entry: Entry) -> None:
        """Of the entry, and of the facts its texts name: a changed figure changes the answer."""
        folder = self._me.desk.settings.knowledge
        facts = facts_of(self._knowledge, entry)
        things = [(f"entries/{entry.category}.yml", entry.id, entry.title)]
        things += [(place(folder, "facts", fact.id).file, fact.id, fact.label) for fact in facts]
        changes_button(self._me, self._history, things)

    def _chip(self, text: str, view: str, id: str) -> None:
        async def go() -> None:
            self._go(view, id)

        ui.button(text, on_click=self._me.does(Right.ASSIST, go)).props("flat dense no-caps").classes("kb-chip")


def _head(text: str) -> None:
    ui.label(text).classes("kb-head")


def _text(title: str, text: str, below: str, more: str = "") -> None:
    with ui.column().classes(f"kb-text gap-1 {more}"):
        ui.label(title).classes("soft")
        ui.label(text).classes("pre")
        if below:
            ui.label(below).classes("soft text-sm")
