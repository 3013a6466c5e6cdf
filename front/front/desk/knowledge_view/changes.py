"""更改记录: who changed what when, old and new lines, fetched when somebody asks for it."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui

from front.desk.frame import Me
from front.desk.knowledge_view.history import Change, History, NoHistory
from front.desk.rights import Right

_SIGNS = {"+": ("kb-new", "新"), "-": ("kb-old", "旧"), " ": ("kb-same", "　")}


def changes_button(me: Me, history: History, things: Sequence[tuple[str, str, str]]) -> None:
    """A button that shows the history of some (file, id, title) below itself."""
    place = ui.column().classes("w-full gap-1")

    async def show() -> None:
        found: list[tuple[Change, str]] = []
        why = ""
        try:
            for file, id_, title in things:
                found += [(change, title) for change in await history.of(file, id_)]
        except NoHistory as error:
            why = str(error)
        found.sort(key=lambda one: one[0].day, reverse=True)
        place.clear()
        with place:
            ui.label(why or (f"更改记录：{len(found)}次" if found else "没有更改记录。")).classes("soft")
            for number, (change, title) in enumerate(found):
                _change(change, title, opened=number == 0)

    with place:
        ui.button("看更改记录", icon="history", on_click=me.does(Right.ASSIST, show)).props("flat dense no-caps")


def _change(change: Change, about: str, *, opened: bool) -> None:
    new, old = (sum(line.sign == sign for line in change.lines) for sign in "+-")
    title = f"{change.day}　{about}　{change.author}：{change.subject}（新{new}行，旧{old}行，{change.commit}）"
    with ui.expansion(title, value=opened).classes("w-full").props("dense"), ui.element("div").classes("kb-diff"):
        for line in change.lines:
            style, name = _SIGNS[line.sign]
            with ui.element("div").classes(style):
                ui.label(f"{name} {line.text}")
