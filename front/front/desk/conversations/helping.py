"""The right side: suggested answers, phrases, notes, and whether the person is to be called back."""

from __future__ import annotations

from typing import Any

from luebao.today import today
from nicegui import ui

from front.desk.conversations.seat import Seat
from front.desk.conversations.suggest import Suggestion, suggestion, suggestions
from front.desk.conversations.texts import TextError
from front.desk.rights import Right

_KEYS = "qwzx"  # Alt+Q, Alt+W …


class Helping:
    """What helps to answer; puts texts into the draft, never sends."""

    def __init__(self, seat: Seat, draft: ui.textarea) -> None:
        self._seat = seat
        self._draft = draft
        self._shown: tuple[Any, ...] = ()
        with ui.column().classes("card w-full gap-1"):
            ui.label("建议的回答").classes("talks-title").props('role="heading" aria-level="2"')
            self._answers = ui.column().classes("w-full gap-1").props('aria-live="polite"')
        with ui.column().classes("card w-full gap-1"):
            with ui.row().classes("w-full items-center"):
                ui.label("常用语").classes("talks-title").props('role="heading" aria-level="2"')
                ui.space()
                ui.button(icon="add", on_click=self._new_phrase).props('flat round dense aria-label="添加常用语"')
            self._phrases = ui.column().classes("w-full gap-0")
        with ui.column().classes("card w-full gap-1"):
            ui.label("备注（市民看不到）").classes("talks-title").props('role="heading" aria-level="2"')
            self._note = ui.input("写备注，Enter保存").classes("w-full")
            self._note.props('dense outlined maxlength=1000 accesskey="b"')
            self._note.on("keydown.enter", self._does(self._add_note))
        ui.timer(0, self._does(self._list_phrases), once=True)

    def _does(self, work: Any) -> Any:
        return self._seat.me.does(Right.ANSWER, work)

    def show(self) -> None:
        """Suggest anew when the person said something new."""
        seat = self._seat
        said = next((one["id"] for one in reversed(seat.messages) if one["who"] == "citizen"), "")
        if (seat.chosen, said, seat.holds) == self._shown:
            return
        self._shown = (seat.chosen, said, seat.holds)
        self._answers.clear()
        found = suggestions(seat.work.desk.knowledge.current(), seat.messages, today(), seat.work.find) if said else []
        with self._answers:
            if not found:
                ui.label("没有相近的条目").classes("soft")
            for key, one in zip(_KEYS, found, strict=False):
                self._answer(key, one)

    def _answer(self, key: str, one: Suggestion) -> None:
        button = ui.button(on_click=lambda: self._put(one)).classes("w-full suggestion")
        button.props(f'flat no-caps align=left accesskey="{key}"')
        with button, ui.column().classes("gap-0 items-start"):
            ui.label(f"{one.title}（Alt+{key.upper()}）").classes("font-bold text-left")
            ui.label(one.sms).classes("suggestion-text text-left")

    def _put(self, one: Suggestion) -> None:
        sms = bool(self._seat.person and self._seat.person["channel"] == "sms")
        self._into_draft(one.sms if sms else one.text)

    def put_entry(self, id: str) -> None:
        """The answer of an entry that the robot named."""
        knowledge = self._seat.work.desk.knowledge.current()
        if id in knowledge.entries:
            self._put(suggestion(knowledge, id, today()))

    def _into_draft(self, text: str) -> None:
        if not self._seat.holds:
            ui.notify("先接入，再回复", type="warning")
            return
        before = (self._draft.value or "").rstrip()
        self._draft.value = f"{before}\n{text}" if before else text
        self._draft.run_method("focus")

    async def _add_note(self) -> None:
        seat = self._seat
        if not seat.chosen or not (self._note.value or "").strip():
            return
        try:
            await seat.work.notes.add(seat.chosen, seat.login, self._note.value or "")
        except TextError as error:
            ui.notify(str(error), type="negative")
            return
        self._note.value = ""
        seat.work.desk.inbox.hub.wake(seat.chosen)

    async def _list_phrases(self) -> None:
        self._phrases.clear()
        with self._phrases:
            for one in await self._seat.work.phrases.of(self._seat.login):
                self._phrase(one)

    def _phrase(self, one: dict[str, Any]) -> None:
        async def remove() -> None:
            try:
                await self._seat.work.phrases.remove(self._seat.me.staff, one["id"])
            except TextError as error:
                ui.notify(str(error), type="negative")
            await self._list_phrases()

        with ui.row().classes("w-full items-center no-wrap gap-0"):
            put = ui.button(one["title"], on_click=lambda: self._into_draft(one["text"]))
            put.props("flat no-caps dense align=left").classes("grow").tooltip(one["text"])
            if not one["owner"]:
                ui.label("共用").classes("tag")
            if one["owner"] or self._seat.me.staff.may(Right.TEACH):
                ui.button(icon="close", on_click=self._does(remove)).props(
                    'flat round dense size=sm aria-label="删除这条常用语"'
                )

    def _new_phrase(self) -> None:
        with ui.dialog() as dialog, ui.card().classes("w-[30rem]"):
            ui.label("添加常用语").classes("text-lg font-bold")
            title = ui.input("标题").classes("w-full").props("maxlength=60 autofocus")
            text = ui.textarea("内容").classes("w-full").props("maxlength=1000")
            lead = self._seat.me.staff.may(Right.TEACH)
            shared = ui.checkbox("大家共用")
            shared.set_visibility(lead)

            async def add() -> None:
                who, everybodys = self._seat.me.staff, bool(shared.value)
                try:
                    await self._seat.work.phrases.add(who, title.value or "", text.value or "", everybodys=everybodys)
                except TextError as error:
                    ui.notify(str(error), type="negative")
                    return
                dialog.close()
                await self._list_phrases()

            ui.button("保存", on_click=self._does(add))
        dialog.open()
