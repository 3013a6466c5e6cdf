"""The inbox as the channels and the app see it: its parts put together, started and stopped. See protocol.Inbox."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any

import structlog

from front.inbox.answering import Answering
from front.inbox.conversations import DESK, Desk
from front.inbox.copies import Copies
from front.inbox.database import Database
from front.inbox.decide import Asks
from front.inbox.dialogues import DAYS_KEPT, Dialogues
from front.inbox.hub import Hub
from front.inbox.office import FrontDesk
from front.inbox.protocol import Bounded, Channel, Delivery, Inbound, Mark, Received, Said, Unavailable
from front.inbox.records import Records
from front.inbox.sending import Sending
from front.inbox.store import Store
from front.metrics import ERRORS, RECEIVED
from front.settings import Settings

PULLED = frozenset({"web"})  # people fetch these replies themselves: stored is delivered
_HOUR = 3600.0
_TAKE_BACK = 5.0
_LOG = structlog.get_logger("inbox")


class Inbox:
    """Receives, answers, delivers, remembers and forgets."""

    def __init__(self, settings: Settings, brain: Asks) -> None:
        """Nothing is opened before `start`. Channels are added to `channels` before that."""
        owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.brain = brain
        self.database = Database(settings.database_url)
        self.channels: dict[str, Channel] = {}
        look = 10.0 if self.database.sqlite else 3.0 if settings.redis_url else 1.0
        self.hub = Hub(settings.redis_url, look)
        self.store = Store(self.database, owner, settings.lease, PULLED)
        self.sending = Sending(self.database, self.channels)
        self.answering = Answering(self.store, self.sending, brain, self.hub, PULLED)
        self.records = Records(self.database)
        self.dialogues = Dialogues(settings.tracker_url)
        self.answering.forgets = self.forget_dialogues
        self.desk = Desk(self.database, PULLED, self._told)
        self._keep_days = settings.keep_days
        self._copies = Copies(self._store)
        self._conversations: dict[int, int] = {}  # of messages received here and not waited for yet
        self._tasks: list[asyncio.Task[None]] = []
        self._withdrawing: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Migrate the database and start the workers. Raises Unavailable."""
        await self.database.migrate()
        self.hub.start()
        work: Mapping[str, Coroutine[Any, Any, None]] = {
            "answering": self.answering.run(),
            "leases": self.answering.keep_leases(),
            "sending": self.sending.run(),
            "forgetting": self._forget(),
            "abandoned": self._take_back(),
        }
        self._tasks = [asyncio.create_task(job, name=name) for name, job in work.items()]
        for task in self._tasks:
            task.add_done_callback(_ended)

    def staffed_by(self, front_desk: FrontDesk) -> None:
        """There is a desk: what is said depends on who is there, and numbers to call back can be kept."""
        self.store.front_desk = self.answering.front_desk = front_desk

    async def remaining(self, channel: str, person: str) -> int | None:
        """How many messages the channel still lets us send this person; None where it sets no bound."""
        way = self.channels.get(channel)
        return await way.remaining(person) if isinstance(way, Bounded) else None

    def _told(self, conversation_id: int, said: bool) -> None:
        """The desk changed a conversation, and maybe said something in it."""
        if said:
            self.sending.due()
        self.hub.wake(conversation_id)
        self.hub.wake(DESK)

    async def stop(self) -> None:
        """Finish what is under way, stop the workers, close the database."""
        await self.answering.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.sending.stop()
        await self.hub.stop()
        await self.dialogues.close()
        await self.database.close()

    def dead_workers(self) -> list[str]:
        """Workers that ended although they never should: for health."""
        return [task.get_name() for task in self._tasks if task.done()]

    async def receive(self, inbound: Inbound) -> Received:
        """Store what was received, once; the answering starts with `wait_reply`, or by itself within a second."""
        received = await self._copies.receive(inbound)
        RECEIVED.labels(inbound.channel, str(received.duplicate).lower()).inc()
        if received.duplicate:
            self._conversations.pop(received.id, None)  # it may be answered already: `wait_reply` looks
        return received

    async def _store(self, inbound: Inbound) -> Received:
        if self.answering.free:
            received, conversation_id, turn = await self.store.receive_leased(inbound)
            if turn:
                self.answering.ready(turn)
        else:
            received, conversation_id = await self.store.receive(inbound)
        if len(self._conversations) > 10_000:  # channels that never wait
            self._conversations.clear()
        if not received.duplicate:
            self._conversations[received.id] = conversation_id
        return received

    def withdraw(self, inbound: Inbound) -> bool:
        """Take it back as soon as the database answers again; see protocol.Inbox.withdraw."""
        storing = self._copies.refuse(inbound)
        if storing is None:
            return False
        task = asyncio.create_task(self._withdraw(inbound, storing))
        self._withdrawing.add(task)
        task.add_done_callback(self._withdrawing.discard)
        return True

    async def _withdraw(self, inbound: Inbound, storing: asyncio.Future[Received]) -> None:
        await asyncio.wait([storing])  # a COMMIT under way ends first
        for pause in (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 0.0):
            try:
                if await self.records.withdraw(inbound.channel, inbound.key):
                    _LOG.info("withdrawn", channel=inbound.channel)
                return
            except Unavailable:
                await asyncio.sleep(pause)
        _LOG.error("not_withdrawn", channel=inbound.channel)

    async def wait_reply(self, received_id: int, seconds: float, missed: bool = False) -> Delivery | None:
        """The reply, claimed for this caller, if it is there in time."""
        conversation_id = self._conversations.pop(received_id, None)
        if conversation_id is None:
            ended, delivery = await self.answering.look_again(received_id, missed)
            if ended:
                return delivery
            conversation_id = await self.store.conversation_of(received_id)
        if conversation_id is None:
            return None
        return await self.answering.wait_reply(received_id, conversation_id, seconds)

    async def passive_sent(self, delivery: Delivery) -> None:
        """The delivery went out in the response."""
        self.sending.passive_sent(delivery)

    async def passive_failed(self, delivery: Delivery, note: str = "") -> None:
        """The sender takes it."""
        await self.sending.passive_failed(delivery, note)

    async def keep_rest(self, delivery: Delivery, rest: str) -> None:
        """Keep what did not fit."""
        await self.records.rest(delivery.id, rest)

    async def erase(self, channel: str, person: str) -> int:
        """Erase a person on a channel."""
        erased = await self.records.erase(channel, person)
        await self.forget_dialogues(erased.brain_ids)
        _LOG.info("erased", channel=channel, messages=erased.messages)
        return erased.messages

    async def forget_dialogues(self, senders: Sequence[str]) -> None:
        """Delete what Rasa remembers of these; what cannot be deleted now goes by its age."""
        try:
            await self.dialogues.erase(senders)
        except Unavailable as error:
            _LOG.warning("dialogue_not_erased", error=str(error), days=DAYS_KEPT)

    async def first_time(self, scope: str, value: str, seconds: float) -> bool:
        """Whether a value is new in its scope."""
        return await self.records.first_time(scope, value, seconds)

    async def said(self, channel: str, person: str, seconds: float) -> list[Said]:
        """What was received lately."""
        return await self.records.said(channel, person, seconds)

    async def mark(self, scope: str, key: str, value: str = "") -> None:
        """Note something."""
        await self.records.mark(scope, key, value)

    async def marks(self, key: str, scopes: Mapping[str, float]) -> list[Mark]:
        """What was noted lately."""
        return await self.records.marks(key, scopes)

    async def unmark(self, scope: str, key: str) -> None:
        """Forget what was noted."""
        await self.records.unmark(scope, key)

    async def _take_back(self) -> None:
        """Every few seconds, put back into the queue whose member of staff is gone."""
        while True:
            try:
                for conversation_id, agent in await self.desk.return_abandoned():
                    _LOG.info("abandoned", conversation=conversation_id, agent=agent)
            except Unavailable as error:
                _LOG.warning("database_unavailable", error=str(error))
            await asyncio.sleep(_TAKE_BACK)

    async def _forget(self) -> None:
        """Every hour, forget what is too old."""
        while True:
            try:
                if count := await self.records.forget_old(self._keep_days):
                    _LOG.info("forgotten", messages=count, days=self._keep_days)
                await self.dialogues.forget_old()
            except Unavailable as error:
                _LOG.warning("database_unavailable", error=str(error))
            await asyncio.sleep(_HOUR)


def _ended(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        ERRORS.labels(task.get_name()).inc()
        _LOG.error("worker_ended", worker=task.get_name(), exc_info=error)
