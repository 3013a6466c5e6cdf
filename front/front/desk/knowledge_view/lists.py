"""The other views: facts with their values by date, conflicts side by side, clauses as a grid, what is due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from luebao.knowledge import Knowledge
from luebao.knowledge.model import Conflict, Fact, Side, Value
from luebao.knowledge.stale import Stale, stale
from nicegui import ui

from front.desk.frame import Me
from front.desk.knowledge_view.browse import (
    STATUSES,
    Covered,
    checked_words,
    coverage,
    how_to_check,
    place,
    since_words,
    until_words,
    value_state,
)
from front.desk.knowledge_view.changes import changes_button
from front.desk.knowledge_view.copying import copy_text
from front.desk.knowledge_view.history import History
from front.desk.rights import Right

CHECK_DAYS = 180
Go = Callable[[str, str], None]


class Lists:
    """Draws the views, each into wherever the caller stands."""

    def __init__(self, me: Me, knowledge: Knowledge, history: History, go: Go) -> None:
        self._me, self._knowledge, self._history, self._go = me, knowledge, history, go
        self._folder: Path = me.desk.settings.knowledge

    def facts(self, chosen: str, as_of: date) -> None:
        """Every fact; the chosen one first."""
        some = sorted(self._knowledge.facts.values(), key=lambda fact: fact.id != chosen)
        for fact in some:
            with ui.column().classes("card w-full gap-1" + (" kb-chosen" if fact.id == chosen else "")):
                self._fact(fact, as_of)

    def _fact(self, fact: Fact, as_of: date) -> None:
        now = fact.value(as_of)
        with ui.row().classes("items-baseline w-full"):
            ui.label(fact.label).classes("font-bold")
            ui.label(f"{now.value}{fact.unit}" if now else "这一天没有数值").classes("text-lg" if now else "warn")
            ui.label(fact.id).classes("soft")
            ui.space()
            ui.label(checked_words(fact.last_checked)).classes("tag")
        with ui.element("div").classes("kb-facts"):
            for value in fact.values:
                self._value(fact, value, as_of)
        file = place(self._folder, "facts", fact.id)
        changes_button(self._me, self._history, [(file.file, fact.id, fact.label)])

    def _value(self, fact: Fact, value: Value, as_of: date) -> None:
        written = (
            f"（原文写作“{value.written}”）" if value.written else "（数出来的，原文没有写）" if value.counted else ""
        )
        ui.label(f"{value.value}{fact.unit}{written}　{value_state(value, as_of).value}")
        ui.label(f"{since_words(value.from_)}，{until_words(value.until)}").classes("soft")
        self._chip(f"{self._knowledge.clause(value.clause).at}", "clauses", value.clause)

    def conflicts(self, chosen: str, _: date) -> None:
        """Every conflict: older and newer side by side, and the decision."""
        for one in sorted(self._knowledge.conflicts.values(), key=lambda one: one.id != chosen):
            with ui.column().classes("card w-full gap-2" + (" kb-chosen" if one.id == chosen else "")):
                self._conflict(one)

    def _conflict(self, one: Conflict) -> None:
        ui.label(one.matter).classes("font-bold")
        with ui.element("div").classes("kb-three"):
            self._side("以前怎么说", one.older)
            self._side("现在怎么说", one.newer)
            with ui.column().classes("kb-text kb-staff gap-1"):
                ui.label("怎样答").classes("soft")
                ui.label(one.answer).classes("pre")
                decided = "还没有人确认" if one.decided_by == "unknown" else f"{one.decided_by}确认"
                ui.label(f"{decided}{f'，{one.decided_on}' if one.decided_on.day else ''}").classes("soft")
        with ui.row().classes("gap-1"):
            for id in one.entries:
                self._chip(self._knowledge.entries[id].title, "entries", id)

    def _side(self, title: str, side: Side) -> None:
        with ui.column().classes("kb-text gap-1"):
            ui.label(title).classes("soft")
            ui.label(side.says).classes("pre")
            with ui.row().classes("gap-1"):
                for id in side.clauses:
                    self._chip(self._knowledge.clause(id).at, "clauses", id)

    def clauses(self, chosen: str, _: date) -> None:
        """A grid of all clauses, darker where more entries cite one; below it what cites the chosen one."""
        covered = coverage(self._knowledge)
        bare = [id for id, one in covered.items() if not one.entries]
        with ui.column().classes("card w-full gap-2"):
            says = f"共{len(covered)}条条款，{len(covered) - len(bare)}条有条目引用。"
            ui.label(says + (f"没有条目引用的{len(bare)}条用黄色标出。" if bare else "每条都有条目引用。"))
            ui.label("格子里的数字是引用它的条目数，颜色越深越多。点一格，看是哪些。").classes("soft")
            for source in self._knowledge.sources.values():
                ui.label(f"《{source.title}》{len(source.clauses)}条").classes("kb-head")
                with ui.element("div").classes("kb-grid"):
                    for id in source.clauses:
                        self._cell(id, covered[id], id == chosen)
        if chosen in covered:
            with ui.column().classes("card w-full gap-1").props('aria-live="polite"'):
                self._clause(chosen, covered[chosen])

    def _cell(self, id: str, covered: Covered, chosen: bool) -> None:
        clause, count = self._knowledge.clause(id), len(covered.entries)
        label = f"{clause.at}，{clause.gist}，{count}个条目引用"
        cell = ui.element("button").classes(f"kb-cell kb-{min(count, 4)}" + (" kb-chosen" if chosen else ""))
        cell.props["aria-label"], cell.props["title"], cell.props["aria-pressed"] = label, label, str(chosen).lower()
        cell.on("click", self._me.does(Right.ASSIST, self._to("clauses", id)))
        with cell:
            ui.label(str(count)).classes("font-bold")
            ui.element("small")._text = clause.at

    def _clause(self, id: str, covered: Covered) -> None:
        clause, knowledge = self._knowledge.clause(id), self._knowledge
        ui.label(f"{clause.at}　{clause.gist}").classes("text-lg font-bold")
        ui.label(f"《{knowledge.source_of(id).title}》，编号{id}，{STATUSES[clause.status]}").classes("soft")
        things = [
            ("新规定在", [(knowledge.clause(see).at, "clauses", see) for see in clause.see]),
            ("引用它的条目", [(knowledge.entries[one].title, "entries", one) for one in covered.entries]),
            ("依据它的事实", [(knowledge.facts[one].label, "facts", one) for one in covered.facts]),
            ("有关的冲突", [(knowledge.conflicts[one].matter, "conflicts", one) for one in covered.conflicts]),
        ]
        for title, some in things:
            with ui.row().classes("items-center gap-1"):
                if some:
                    ui.label(title).classes("soft")
                for text, view, to in some:
                    self._chip(text, view, to)
        if covered.routes:
            ui.label("依据它的渠道：" + "、".join(knowledge.routes[one].label for one in covered.routes)).classes(
                "soft"
            )

    def due(self, _: str, today: date) -> None:
        """What nobody has compared with the rules in force for long, and how to mark it as checked."""
        waiting = stale(self._knowledge, today, CHECK_DAYS)
        with ui.column().classes("card w-full gap-1"):
            if not waiting:
                ui.label(f"{CHECK_DAYS}天内都核对过。").classes("good")
                return
            ui.label(f"{len(waiting)}项超过{CHECK_DAYS}天没有和现行规定核对，最久的在前。").classes("font-bold")
            ui.label(
                "核对的办法：对照现行规定看一遍；数字变了的，给旧数值写上最后一天，再加一个新数值；"
                "没变的，把 last_checked 写成当天。“复制命令”给出打开那一行和检查的命令，"
                "在服务器的安装文件夹里执行；保存后几秒就按新内容回答，不用重新训练。"
            ).classes("soft pre")
            for thing in waiting:
                self._waiting(thing, today)

    def _waiting(self, thing: Stale, today: date) -> None:
        view = "facts" if thing.kind == "事实" else "entries"

        async def copy() -> None:
            await copy_text(how_to_check(place(self._folder, view, thing.id), thing.id, today))

        with ui.row().classes("items-center w-full no-wrap"):
            ui.label(thing.kind).classes("tag")
            self._chip(thing.title, view, thing.id)
            ui.space()
            ui.label(checked_words(thing.last_checked)).classes("soft")
            ui.button("复制命令", icon="content_copy", on_click=self._me.does(Right.ASSIST, copy)).props(
                "flat dense no-caps"
            )

    def _chip(self, text: str, view: str, id: str) -> None:
        does = self._me.does(Right.ASSIST, self._to(view, id))
        ui.button(text, on_click=does).props("flat dense no-caps").classes("kb-chip")

    def _to(self, view: str, id: str) -> Callable[..., Any]:
        async def go() -> None:
            self._go(view, id)

        return go
