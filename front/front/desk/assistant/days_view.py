"""The days that can be counted for a caller who says a date, beside the rule."""

from __future__ import annotations

from datetime import date

from luebao.knowledge.model import Knowledge
from nicegui import ui
from nicegui.events import ValueChangeEventArguments

from front.desk.assistant.cards import Card, case_title, counted
from front.desk.assistant.clipboard import copy
from front.desk.assistant.copying import Rendition
from front.desk.day_input import day_input, day_of
from front.desk.frame import Me
from front.desk.rights import Right

_ASKS = {"report": "哪天住的院", "transfer": "哪天受理的", "backdate": "打算哪天补办"}


def calculators(me: Me, knowledge: Knowledge, card: Card, as_of: date) -> None:
    """One date field for each deadline of the card, and what follows from it."""
    for id in card.deadlines:
        with ui.element("div").classes("card w-full"):
            _one(me, knowledge, id, as_of)


def _one(me: Me, knowledge: Knowledge, id: str, as_of: date) -> None:
    deadline = knowledge.deadlines[id]
    case = f"（{case_title(deadline.when)}）" if deadline.when else ""
    ui.label(f"推算日子{case}").classes("font-bold")
    said = {"full": "", "sms": ""}

    async def count(event: ValueChangeEventArguments[str | None]) -> None:
        day = day_of(event.value)
        if not day:
            return
        try:
            said["full"], said["sms"] = counted(knowledge, id, day, as_of)
        except (ValueError, OverflowError):
            said["full"], said["sms"] = "这一天推算不了，请换个日期，或按规定告诉对方。", ""
        result.text = said["full"]
        buttons.set_visibility(bool(said["sms"]))

    async def copy_full() -> None:
        await copy(me, card_of, Rendition.FULL, said["full"])

    async def copy_sms() -> None:
        await copy(me, card_of, Rendition.SMS, said["sms"])

    card_of = deadline.entries[0]
    day_input(_ASKS[deadline.counts], None, me.does(Right.ASSIST, count)).props("stack-label").mark(f"day-{id}")
    result = ui.label().classes("pre").props("aria-live=polite").mark(f"counted-{id}")
    with ui.row().classes("gap-2") as buttons:
        ui.button("复制", on_click=me.does(Right.ASSIST, copy_full)).props("outline dense no-caps")
        ui.button("复制短信", on_click=me.does(Right.ASSIST, copy_sms)).props("outline dense no-caps")
    buttons.set_visibility(False)
