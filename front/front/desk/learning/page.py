"""学习: what the robot did not understand, sorted by people, trained on and proved."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Protocol

from nicegui import background_tasks, ui

from front.desk.frame import Desk, Me, Tab, page
from front.desk.learning.decided_part import Decided
from front.desk.learning.room import Room
from front.desk.learning.sorting_part import Sorting
from front.desk.learning.training_part import Training
from front.desk.learning.writing_part import Writing
from front.desk.rights import Right

TAB = Tab("/learning", "学习", Right.SORT, "school")
_CSS = Path(__file__).parent.parent / "pages" / "learning.css"


class _Part(Protocol):
    async def show(self) -> None: ...
    def refresh(self) -> None: ...


def register(desk: Desk) -> None:
    """Serve the page; the collector runs with the app."""
    room = Room(desk)

    async def show(me: Me) -> None:
        await _show(me, room)

    page(desk, TAB, show)


async def _show(me: Me, room: Room) -> None:
    ui.add_css(_CSS)
    sorting, writing, decided = Sorting(me, room), Writing(me, room), Decided(me, room)
    training = Training(me, room)
    counts = await room.lessons.counts()
    waiting = counts.get("new", 0) + counts.get("proposed", 0)
    with ui.tabs().props("align=left no-caps inline-label").classes("w-full") as tabs:
        first = ui.tab("sort", f"没听懂的（{waiting}句）")
        ui.tab("write", "待写的")
        ui.tab("decided", "分好的")
        ui.tab("train", f"训练（{counts.get('accepted', 0)}句待学）")
    with ui.tab_panels(tabs, value=first, animated=False).classes("w-full bg-transparent").props("keep-alive"):
        parts: dict[str, _Part] = {"sort": sorting, "write": writing, "decided": decided, "train": training}
        for name, part in parts.items():
            with ui.tab_panel(name).classes("p-0 pt-3"):
                await part.show()
    tabs.on_value_change(lambda event: parts[event.value].refresh() if event.value in parts else None)

    async def fresh() -> None:
        await asyncio.to_thread(room.sense.prepare)
        await room.collect()
        sorting.refresh()

    background_tasks.create(fresh(), name="learning page")
