"""会话: the queue on the left, the talk in the middle, what helps on the right. Keyboard: Alt+N next, Enter sends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nicegui import ui

from front.desk.assistant.live import live_search
from front.desk.conversations.elements import People, Transcript
from front.desk.conversations.ending import Ending
from front.desk.conversations.helping import Helping
from front.desk.conversations.presence import presence, while_open
from front.desk.conversations.reading import CHANNELS, REASONS
from front.desk.conversations.seat import Seat
from front.desk.conversations.work import Work
from front.desk.door import ROOT
from front.desk.frame import Me, Tab, page
from front.desk.rights import Right
from front.inbox.conversations import LONGEST

TAB = Tab("/conversations", "会话", Right.ANSWER, "forum")
_CSS = Path(__file__).parent.parent / "pages" / "conversations.css"
_MOST = 30  # rows of a list; the head of the list says how many there are
# Enter sends, but not while a 汉字 is being composed; Shift+Enter is a new line.
_ENTER = (
    "(e) => { if (!e.shiftKey && !e.isComposing && e.keyCode !== 229) { e.preventDefault(); emit(e.target.value); } }"
)
_KEEP_DRAFT = """(typed) => { const all = JSON.parse(sessionStorage.drafts || '{}');
all[new URLSearchParams(location.search).get('c')] = typed; sessionStorage.drafts = JSON.stringify(all); }"""


def register(work: Work) -> None:
    """Serve the page, and put 在岗 into every head."""
    work.desk.head.append(lambda me, prefs: presence(work, me, prefs))

    async def show(me: Me) -> None:
        await Page(Seat(work, me)).show()

    page(work.desk, TAB, show)


class Page:
    """The elements of one open page."""

    def __init__(self, seat: Seat) -> None:
        self.seat = seat
        self.client = ui.context.client

    async def show(self) -> None:
        """Lay it out, and begin to follow."""
        ui.add_css(_CSS)
        self.client.content.classes("desk-full")
        with ui.row().classes("talks w-full no-wrap"):
            with ui.column().classes("talks-left card no-wrap"):
                self._left()
            with ui.column().classes("talks-middle card no-wrap"):
                self._middle()
            with ui.column().classes("talks-right no-wrap"):
                self.helping = Helping(self.seat, self.draft)
        seat = self.seat
        seat.on_people, seat.on_talk, seat.on_word = self._show_people, self._show_talk, self._say
        live_search(seat.work.desk.knowledge).warm()  # not only when the first person was taken
        asked = self.client.request.query_params.get("c", "")
        await seat.work.board.look()
        self._show_people()
        first = int(asked) if asked.isdecimal() and len(asked) < 18 else 0
        mine = [one["id"] for one in seat.mine()]
        if not (first and await seat.choose(first)) and mine:
            await seat.choose(mine[0])
        await self._show_talk()
        self._follow()

    def _follow(self) -> None:
        async def follow() -> None:
            with self.client:
                await self._restore_drafts()
            await self.seat.follow()

        while_open(follow)
        self.client.on_delete(self.seat.stop)

    async def _restore_drafts(self) -> None:
        """What was typed before the page was loaded anew, kept in the browser's tab; a browser may not say."""
        try:
            saved = await ui.run_javascript("JSON.parse(sessionStorage.drafts || '{}')", timeout=10.0)
        except TimeoutError:
            return
        drafts = {int(id): str(text) for id, text in saved.items() if id.isdecimal() and text}
        self.seat.drafts = drafts | self.seat.drafts
        if not self.draft.value:
            self.draft.value = self.seat.drafts.get(self.seat.chosen, "")

    def _left(self) -> None:
        take = ui.button("接下一位", icon="person_add", on_click=self._does(self._take_next)).classes("w-full")
        take.props('accesskey="n" no-caps').tooltip("Alt+N")
        with ui.scroll_area().classes("talks-lists"):
            ui.label("我的").classes("talks-title").props('role="heading" aria-level="2"')
            self.mine = People("我的会话", "还没有接会话", held=True)
            self.title = ui.label("排队").classes("talks-title")
            self.title.props('role="heading" aria-level="2" aria-live="polite"')
            self.queue = People("排队的市民", "没有人在排队")
            self.others_title = ui.label("同事的").classes("talks-title").props('role="heading" aria-level="2"')
            self.others = People("同事的会话", "没有", held=True)
        for people in (self.mine, self.queue, self.others):
            people.on("choose", self._does(self._choose))

    def _middle(self) -> None:
        with ui.row().classes("w-full items-center no-wrap talks-head"):
            self.who = ui.label("").classes("text-lg font-bold")
            self.more = ui.label("").classes("soft")
            ui.space()
            self.take = ui.button("接入", icon="call", on_click=self._does(self._take)).props("no-caps")
            self.ending = Ending(self.seat, self._left_it)
        self.transcript = Transcript()
        self.transcript.on("entry", self._does(self._entry))
        with ui.column().classes("w-full gap-1") as self.composer:
            self.draft = ui.textarea("回复市民（Enter发送，Shift+Enter换行）").classes("w-full")
            self.draft.props(f"outlined autogrow input-style='max-height:9rem' maxlength={LONGEST} accesskey=r")
            self.draft.on("keydown.enter", self._does(self._send_typed), js_handler=_ENTER)
            self.draft.on("update:value", js_handler=_KEEP_DRAFT)
            with ui.row().classes("w-full items-center no-wrap"):
                self.hint = ui.label("").classes("soft text-sm").props('aria-live="polite"')
                ui.space()
                ui.button("发送", icon="send", on_click=self._does(self._send)).props("no-caps")

    def _does(self, work: Any) -> Any:
        return self.seat.me.does(Right.ANSWER, work)

    def _say(self, text: str) -> None:
        with self.client:
            ui.notify(text, type="warning", timeout=8000, close_button="知道了")

    def _show_people(self) -> None:
        seat, waiting, others = self.seat, self.seat.waiting(), self.seat.others()
        self.mine.show(seat.mine(), seat.chosen)
        self.queue.show(waiting[:_MOST], seat.chosen)
        self.others.show(others[:_MOST], seat.chosen)
        self.title.set_text(f"排队（{len(waiting)}）" if waiting else "排队")
        for part in (self.others, self.others_title):
            part.set_visibility(bool(others))

    async def _show_talk(self) -> None:
        seat, person = self.seat, self.seat.person
        with self.client:
            self.transcript.show(seat.messages, seat.chosen)
            self.composer.set_visibility(seat.holds)
            self.take.set_visibility(bool(person) and not (person and person["held"]))
            self.ending.show(seat.holds)
            if person is None:
                self.who.set_text("选一位市民，或按 Alt+N 接下一位")
                self.more.set_text("")
            else:
                self.who.set_text(f"{CHANNELS.get(person['channel'], person['channel'])}市民 {person['id']}")
                self.more.set_text(self._state())
            self.hint.set_text(await self._left_to_send())
            self.helping.show()

    def _state(self) -> str:
        person = self.seat.person or {}
        if self.seat.holds:
            return "您在接待"
        if person["held"]:
            return f"{self.seat.names.get(person['agent'], person['agent'])}在接待"
        return f"在排队：{REASONS.get(person['reason'], '')}" if person["waits"] else "机器人在接待"

    async def _left_to_send(self) -> str:
        person = self.seat.person
        left = await self.seat.work.desk.inbox.remaining(person["channel"], person["person"]) if person else None
        if left is None:
            return "短信会用短信版发出，长的分条" if person and person["channel"] == "sms" else ""
        return f"微信还能发{left}条，市民再说话就重新计数" if left else "微信的条数用完了，要等市民再说话才能送达"

    async def _choose(self, event: Any) -> None:
        if not isinstance(event.args, int) or not await self._open(event.args):
            ui.notify("这个会话已经不在了，或由同事接待", type="warning")

    async def _open(self, conversation_id: int) -> bool:
        seat = self.seat
        seat.drafts[seat.chosen] = self.draft.value or ""
        if not await seat.choose(conversation_id):
            return False
        self.draft.value = seat.drafts.get(conversation_id, "")
        ui.run_javascript(f"history.replaceState(null, '', '{ROOT}{TAB.path}?c={conversation_id}')")
        if seat.holds:
            self.draft.run_method("focus")
        return True

    async def _take(self) -> None:
        seat = self.seat
        seat.expect(seat.chosen)
        if not await seat.work.desk.inbox.desk.take(seat.chosen, seat.login, greet=True):
            ui.notify("同事先接走了", type="warning")
        await self._open(seat.chosen)

    async def _take_next(self) -> None:
        taken = await self.seat.work.desk.inbox.desk.take_next(self.seat.login)
        if not taken:
            ui.notify("没有人在排队", type="info")
            return
        self.seat.expect(taken)
        await self._open(taken)

    async def _send_typed(self, event: Any) -> None:
        if isinstance(event.args, str):
            self.draft.value = event.args
        await self._send()

    async def _send(self) -> None:
        text, seat = (self.draft.value or "").strip(), self.seat
        if not text or not seat.holds:
            return
        self.draft.value = seat.drafts[seat.chosen] = ""
        try:
            sent = await seat.work.desk.inbox.desk.say(seat.chosen, seat.login, text)
        except Exception:
            self.draft.value = text
            raise
        if sent is None:
            self.draft.value = text
            ui.notify("没有发出：这个会话已不在您手上", type="negative")
        ui.run_javascript("sessionStorage.removeItem('drafts')")
        await seat.refresh()

    async def _entry(self, event: Any) -> None:
        self.helping.put_entry(str(event.args))

    async def _left_it(self) -> None:
        self.draft.value = ""
        await self.seat.refresh()
