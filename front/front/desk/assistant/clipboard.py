"""Copying to the clerk's clipboard, and a box to copy from by hand where the browser does not allow it."""

from __future__ import annotations

import json

from luebao.knowledge.sms import segments, units
from nicegui import ui

from front.desk.assistant.copying import Rendition
from front.desk.frame import Me


async def copy(me: Me, id: str, rendition: Rendition, text: str) -> None:
    """Copy a text, say how it went, and count it in the log."""
    done = await ui.run_javascript(f"luebaoCopy({json.dumps(text)})", timeout=5.0)
    if done:
        ui.notify(f"已复制{rendition.title}版：{size(text, rendition)}", type="positive", position="top")
    else:
        _by_hand(text)
    await me.desk.audit.note(me.staff.login, "answer.copied", f"entry:{id}"[:100], rendition=rendition.value)


def size(text: str, rendition: Rendition) -> str:
    """How long it is: as a text message, how many of them."""
    if rendition is Rendition.SMS:
        return f"{units(text)}个字，连签名{segments(text)}条短信"
    return f"{len(text)}个字"


def _by_hand(text: str) -> None:
    with ui.dialog() as dialog, ui.card().classes("w-[40rem]"):
        ui.label("浏览器不让直接复制，请按 Ctrl+C：").classes("font-bold")
        box = ui.textarea(label="要复制的内容", value=text).props("outlined readonly autogrow").classes("w-full")
        ui.button("关闭", on_click=dialog.close)
    dialog.open()
    ui.run_javascript(f"setTimeout(() => document.querySelector('#{box.html_id} textarea')?.select(), 300)")
