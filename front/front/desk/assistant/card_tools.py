"""What can be done with an answer: copied, sent to the caller's phone, reported as wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from luebao.knowledge.sms import segments, units
from nicegui import ui

from front.desk.assistant.cards import Card
from front.desk.assistant.clipboard import copy, size
from front.desk.assistant.copying import Rendition, copied
from front.desk.assistant.reports import ReportError, Reports
from front.desk.assistant.texting import CannotText, Texting, shown
from front.desk.frame import Me
from front.desk.rights import Right
from front.inbox.protocol import Delivery

KEYS = {
    Rendition.FULL: ("KeyF", "Alt+F"),
    Rendition.WECHAT: ("KeyW", "Alt+W"),
    Rendition.SMS: ("KeyC", "Alt+C"),
    Rendition.SPOKEN: ("KeyH", "Alt+H"),
}
_WATCH = 8.0  # seconds until one need not wait for the gateway


class Tools:
    """The tools under one answer."""

    def __init__(self, me: Me, card: Card) -> None:
        self._me, self._card = me, card
        self._texting = Texting(me.desk.inbox)

    def draw(self) -> None:
        """Copy buttons, the two short texts as they are, the number to send to, and the report."""
        with ui.element("div").classes("card w-full"):
            with ui.row().classes("items-center gap-2 w-full").props("role=group aria-label=复制"):
                for rendition in Rendition:
                    self._copy_button(rendition)
                ui.space()
                wrong = ui.button(
                    "此条有误", icon="flag", color=None, on_click=self._me.does(Right.ASSIST, self._report)
                )
                wrong.props('flat dense no-caps data-key=KeyX title="Alt+X"').classes("danger")
            short, spoken = (copied(self._card.reply, one) for one in (Rendition.SMS, Rendition.SPOKEN))
            ui.label(f"短信（{size(short, Rendition.SMS)}）").classes("soft text-sm")
            ui.label(short).classes("pre").mark("sms")
            ui.label("话术（念给对方听）").classes("soft text-sm")
            ui.label(spoken).classes("pre").mark("spoken")
            self._phone(short)

    def _copy_button(self, rendition: Rendition) -> None:
        async def copies() -> None:
            await copy(self._me, self._card.id, rendition, copied(self._card.reply, rendition, self._card.title))

        code, key = KEYS[rendition]
        button = ui.button(
            f"{rendition.title} {key}", icon="content_copy", on_click=self._me.does(Right.ASSIST, copies)
        )
        button.props(f"outline dense no-caps data-key={code}").mark(f"copy-{rendition.value}")

    def _phone(self, text: str) -> None:
        if not self._texting.possible:
            ui.label("没有设置短信网关，不能直接发到对方手机；可以复制后另发。").classes("soft text-sm")
            return
        with ui.row().classes("items-center gap-2"):
            number = ui.input("对方手机号").props("outlined dense inputmode=tel autocomplete=off data-focus=KeyM")
            number.mark("number")

            async def send() -> None:
                await self._send(str(number.value or ""), text)
                number.value = ""

            handler = self._me.does(Right.ASSIST, send)
            number.on("keydown.enter", handler)
            ui.button(f"发短信（{segments(text)}条）", icon="sms", on_click=handler).props("outline dense no-caps")
            ui.label("Alt+M 填号码，回车发出。号码只用来发这一条。").classes("soft text-sm")

    async def _send(self, number: str, text: str) -> None:
        try:
            delivery = await self._texting.send(number, text, self._card.id, self._me.staff.login)
        except CannotText as error:
            ui.notify(str(error), type="negative", position="top")
            return
        ui.notify(f"正在发到 {shown(delivery.person)}（{units(text)}个字）", position="top")
        await self._watch(delivery)

    async def _watch(self, delivery: Delivery) -> None:
        """Say what the gateway said, if it says so soon."""
        for _ in range(int(_WATCH / 0.5)):
            await asyncio.sleep(0.5)
            state, note = await self._texting.state(delivery)
            if state == "sent":
                ui.notify(f"短信网关已收下，发往 {shown(delivery.person)}", type="positive", position="top")
                return
            if state == "dead":
                ui.notify(f"没有发出去：{note}", type="negative", position="top")
                return
        ui.notify("短信还在排队，网关没有应答；会自动重试", type="warning", position="top")

    async def _report(self) -> None:
        with ui.dialog() as dialog, ui.card().classes("w-[32rem]"):
            ui.label(f"此条有误：{self._card.title}").classes("text-lg font-bold")
            reason = ui.textarea("哪里不对（不要写市民的个人信息）").props("outlined autofocus").classes("w-full")
            reason.mark("reason")
            button = ui.button("报给班长", on_click=self._me.does(Right.ASSIST, self._reports(dialog, reason)))
            button.mark("send-report")
        dialog.open()

    def _reports(self, dialog: ui.dialog, reason: ui.textarea) -> Callable[[], Awaitable[None]]:
        async def reported() -> None:
            try:
                await Reports(self._me.desk.inbox.database).add(
                    self._card.id, str(reason.value or ""), self._me.staff.login
                )
            except ReportError as error:
                ui.notify(str(error), type="negative")
                return
            dialog.close()
            ui.notify("已报给班长，处理前请按来源原文回答或请对方稍等", type="positive")

        return reported
