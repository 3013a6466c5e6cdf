"""Copying to the clipboard; where the browser does not allow it (no https), the text is shown to be copied by hand."""

from __future__ import annotations

import json

from nicegui import ui


async def copy_text(text: str) -> None:
    """Copy a text, and say so."""
    await _copy(json.dumps(text), text)


async def copy_address(path: str) -> None:
    """Copy the whole address of a page of the desk: only the browser knows the desk's name."""
    await _copy(f"location.origin + {json.dumps(path)}", path)


async def _copy(expression: str, text: str) -> None:
    script = f"return await navigator.clipboard.writeText({expression}).then(() => true, () => false)"
    try:
        done = await ui.run_javascript(f"if (!navigator.clipboard) return false; {script}", timeout=3)
    except TimeoutError:
        done = False
    if done:
        ui.notify("已复制")
        return
    with ui.dialog() as dialog, ui.card():
        ui.label("浏览器不让自动复制，请选中下面的文字，按 Ctrl+C：")
        ui.textarea(value=text).props("readonly autogrow autofocus").classes("w-96")
        ui.button("关闭", on_click=dialog.close)
    dialog.open()
