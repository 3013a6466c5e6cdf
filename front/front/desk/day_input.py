"""A field for a day, written 2026-11-22 whatever language the browser speaks, by hand or from a calendar."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date

from nicegui import ui
from nicegui.events import ValueChangeEventArguments

Changed = ValueChangeEventArguments[str | None]


def day_input(
    label: str, day: date | None = None, on_change: Callable[[Changed], Awaitable[None]] | None = None
) -> ui.date_input:
    """The field. `on_change` hears of whole days, and of an emptied field; not of a day half typed."""

    async def changed(event: Changed) -> None:
        if on_change and (not event.value or day_of(event.value)):
            await on_change(event)

    field = ui.date_input(label, value=day.isoformat() if day else "", on_change=changed).classes("day-input w-44")
    field.props('dense outlined mask="####-##-##" placeholder="年年年年-月月-日日" inputmode=numeric debounce=300')
    field.button.props('dense size=sm tabindex=-1 aria-label="打开日历"')
    field.menu.props('anchor="bottom right" self="top right" :offset="[0, 12]"')
    field.picker.props("no-unset minimal")
    field.picker.on("update:model-value", field.menu.close)
    return field


def day_of(text: str | None) -> date | None:
    """The day a field says, None where it says none."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
