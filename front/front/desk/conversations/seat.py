"""One open page: which conversation it shows, what is typed for each, and following both the queue and the talk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from front.desk.conversations.work import Work
from front.desk.frame import Me
from front.desk.rights import Right
from front.inbox.protocol import Unavailable

_TOGETHER = 0.05
Rows = list[dict[str, Any]]


class Seat:
    """Knows what is shown; `on_people` and `on_talk` show it, `on_word` says a sentence to the member of staff."""

    def __init__(self, work: Work, me: Me) -> None:
        self.work = work
        self.me = me
        self.chosen = 0
        self.person: dict[str, Any] | None = None
        self.messages: Rows = []
        self.drafts: dict[int, str] = {}
        self.names: dict[str, str] = {}
        self.on_people: Callable[[], None] = lambda: None
        self.on_talk: Callable[[], Awaitable[None]] = _nothing
        self.on_word: Callable[[str], None] = lambda text: None
        self._mine: set[int] | None = None
        self._expected: set[int] = set()
        self._read: dict[int, int] = {}
        self._following: asyncio.Task[None] | None = None

    @property
    def login(self) -> str:
        """Whose page it is."""
        return self.me.staff.login

    @property
    def holds(self) -> bool:
        """Whether the conversation shown is this person's."""
        return bool(self.person and self.person["held"] and self.person["agent"] == self.login)

    def waiting(self) -> Rows:
        """The queue."""
        return self.work.board.waiting

    def mine(self) -> Rows:
        """This person's conversations; `fresh` where somebody wrote since they were last looked at."""
        return [{**one, "fresh": self._is_fresh(one)} for one in self.work.board.held.get(self.login, [])]

    def others(self) -> Rows:
        """Colleagues' conversations, for a lead."""
        if not self.me.staff.may(Right.WATCH):
            return []
        busy = [one for agent, held in self.work.board.held.items() if agent != self.login for one in held]
        return [{**one, "who": self.names.get(one["agent"], one["agent"])} for one in busy]

    def _is_fresh(self, one: dict[str, Any]) -> bool:
        if one["id"] == self.chosen:
            self._read[one["id"]] = one["said"]
        return int(one["said"]) > self._read.setdefault(one["id"], 0)

    def expect(self, conversation_id: int) -> None:
        """This person changes who has it himself: no word about that."""
        self._expected.add(conversation_id)

    async def choose(self, conversation_id: int) -> bool:
        """Show a conversation; False where it is gone or not this person's to see."""
        person = await self.work.reading.person(conversation_id)
        if person is None or not await self._may_see(person):
            return False
        self.chosen, self.person = conversation_id, person
        if self._following:
            self._following.cancel()
        self._following = asyncio.create_task(self._follow_talk(conversation_id))
        await self.refresh()
        self.on_people()
        return True

    async def _may_see(self, person: dict[str, Any]) -> bool:
        """One's own, and who waits; a lead sees all, and that he looked is noted."""
        if person["agent"] == self.login or person["waits"]:
            return True
        if not self.me.staff.may(Right.WATCH):
            return False
        await self.work.desk.audit.note(self.login, "conversation.seen", f"conversation:{person['id']}")
        return True

    async def refresh(self) -> None:
        """Read the conversation shown again."""
        person = await self.work.reading.person(self.chosen)
        if person is None:
            self.chosen, self.person, self.messages = 0, None, []
        else:
            self.person, self.messages = person, await self.work.reading.transcript(self.chosen)
        await self.on_talk()

    async def _follow_talk(self, conversation_id: int) -> None:
        hub = self.work.desk.inbox.hub
        changed = hub.enter(conversation_id)
        try:
            while not hub.closing and self.chosen == conversation_id:
                try:
                    await asyncio.wait_for(changed.wait(), hub.look)
                    await asyncio.sleep(_TOGETHER)
                except TimeoutError:
                    pass
                changed.clear()
                try:
                    await self.refresh()
                except Unavailable:
                    await asyncio.sleep(1.0)
        finally:
            hub.leave(conversation_id, changed)

    async def follow(self) -> None:
        """Show the queue as it changes, until cancelled."""
        changed = await self.work.board.watch()
        try:
            while True:
                changed.clear()
                await self._learn_names()
                self._tell_of_moves()
                self.on_people()
                await changed.wait()
        finally:
            self.work.board.leave(changed)

    async def _learn_names(self) -> None:
        unknown = set(self.work.board.held) - set(self.names)
        if unknown:
            self.names = {one["login"]: one["name"] for one in await self.work.desk.accounts.all()}

    def _tell_of_moves(self) -> None:
        """A conversation that came or went without this person's doing is told."""
        now = {one["id"] for one in self.work.board.held.get(self.login, [])}
        before, self._mine = self._mine, now
        if before is None:
            return
        if now - before - self._expected:
            self.on_word("同事转来一个会话，在“我的”里")
        if before - now - self._expected:
            self.on_word("一个会话已不在您手上：长时间没有动作会回到队列，班长也可能接走")
        self._expected -= now ^ before

    def stop(self) -> None:
        """The page is gone."""
        self.chosen = 0
        if self._following:
            self._following.cancel()


async def _nothing() -> None:
    return None
