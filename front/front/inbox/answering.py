"""The work between received and answered: one worker per conversation, conversations side by side.

A worker leases the conversation, answers what waits there in order, and stops when nothing does. The work belongs to no
request: a caller who hangs up loses nothing. What a dead process left is found by looking for it every second.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

import structlog

from front.inbox.conversations import DESK
from front.inbox.decide import Asks, Decision, Turn, decide
from front.inbox.hub import Hub
from front.inbox.office import NOBODY_KNOWN, FrontDesk, Staffing
from front.inbox.protocol import Delivery, Unavailable
from front.inbox.sending import Sending
from front.inbox.store import Lease, LeaseLost, Store
from front.metrics import ANSWERED, ERRORS, TURN_SECONDS

_SOON = 0.5  # seconds until what was received is worked on although nobody waits for it
_LOOK = 1.0  # seconds between looks for work nobody does
_BATCH = 64
_LOG = structlog.get_logger("answering")


class Answering:
    """Answers what the store holds."""

    def __init__(
        self, store: Store, sending: Sending, brain: Asks, hub: Hub, pulled: frozenset[str], most: int = 256
    ) -> None:
        """`most`: conversations this process works on at once; the others wait in the database."""
        self._store = store
        self._sending = sending
        self._brain = brain
        self._hub = hub
        self._pulled = pulled
        self.front_desk: FrontDesk | None = None
        self.forgets: Callable[[Sequence[str]], Awaitable[None]] | None = None  # what Rasa knows of these senders
        self._slots = asyncio.Semaphore(most)
        self._working: dict[int, asyncio.Task[None]] = {}
        self._again: set[int] = set()
        self._ready: dict[int, Turn] = {}
        self._waiters: dict[int, list[asyncio.Future[Delivery | None]]] = defaultdict(list)
        self._stopping = False

    def kick(self, conversation_id: int) -> None:
        """A message waits in this conversation."""
        if self._stopping:
            return
        if conversation_id in self._working:
            self._again.add(conversation_id)
            return
        self._start(conversation_id, None)

    @property
    def free(self) -> bool:
        """Whether more can be worked on at once here: else the message is left to whichever process is."""
        return not self._stopping and not self._slots.locked()

    def ready(self, turn: Turn) -> None:
        """A turn that was leased when it was received: taken up by the next kick, or soon without one."""
        self._ready[turn.conversation_id] = turn
        asyncio.get_running_loop().call_later(_SOON, self._take_up, turn)

    def _take_up(self, turn: Turn) -> None:
        if self._ready.get(turn.conversation_id) is turn:
            self.kick(turn.conversation_id)

    def _start(self, conversation_id: int, lease: Lease | None) -> None:
        task = asyncio.create_task(self._work(conversation_id, lease))
        self._working[conversation_id] = task
        task.add_done_callback(lambda done: self._ended(conversation_id, done))

    def _ended(self, conversation_id: int, task: asyncio.Task[None]) -> None:
        del self._working[conversation_id]
        if not task.cancelled() and (error := task.exception()):
            ERRORS.labels("answering").inc()
            _LOG.error("work_failed", conversation=conversation_id, exc_info=error)
        elif conversation_id in self._again:
            self._again.discard(conversation_id)
            self.kick(conversation_id)

    async def _work(self, conversation_id: int, lease: Lease | None) -> None:
        try:
            async with self._slots:
                turn = None if lease else self._ready.pop(conversation_id, None)
                turn = turn or await self._next(lease or await self._leased(conversation_id))
                while turn and await self._answer(turn):
                    turn = await self._next(Lease(conversation_id, turn.epoch))
        except LeaseLost:
            _LOG.warning("lease_lost", conversation=conversation_id)
        except Unavailable as error:  # the message waits in the database; `run` finds it
            _LOG.warning("database_unavailable", error=str(error))

    async def _next(self, lease: Lease | None) -> Turn | None:
        """What waits under this lease, which is given back if nothing does."""
        if lease is None:
            return None
        self._again.discard(lease.conversation_id)
        turn = await self._store.next_turn(lease)
        if turn is None:
            await self._store.release(lease)
        return turn

    async def _leased(self, conversation_id: int) -> Lease | None:
        """The lease, if it can be had soon: another process may be finishing here."""
        for pause in (0.05, 0.1, 0.2, 0.0):
            leases = await self._store.lease(1, conversation_id)
            if leases:
                return leases[0]
            await asyncio.sleep(pause)
        return None

    async def _answer(self, turn: Turn) -> bool:
        """Answer one turn; returns whether more waits."""
        decision = await decide(turn, self._brain, await self._staffing())
        claim = bool(self._waiters.get(turn.inbound_id)) and turn.channel not in self._pulled
        delivery, goes_on = await self._store.complete(turn, decision, claim)
        kind = (decision.body or {}).get("custom") or {"kind": "other" if decision.body else "none"}
        ANSWERED.labels(turn.channel, kind["kind"]).inc()
        TURN_SECONDS.labels(turn.channel).observe(max(0.0, time.time() - turn.received_at))
        self._wake(turn, decision)
        await self._hand_over(turn, delivery, claim and delivery is not None and delivery.attempt == 1)
        if decision.erase and self.forgets:
            await self.forgets([turn.brain_id])
        return goes_on

    async def _staffing(self) -> Staffing:
        """Who is at the desk; a database that does not say so keeps nobody from an answer."""
        try:
            return await self.front_desk.staffing() if self.front_desk else NOBODY_KNOWN
        except Unavailable:
            return NOBODY_KNOWN

    def _wake(self, turn: Turn, decision: Decision) -> None:
        """The person's pages, and the desks where it concerns them."""
        self._hub.wake(turn.conversation_id)
        if turn.state != "bot" or decision.state or decision.callback or "callback" in turn.extra:
            self._hub.wake(DESK)

    async def _hand_over(self, turn: Turn, delivery: Delivery | None, claim: bool) -> None:
        """Give the reply to the newest who waits for it (to all, where people fetch it), else to the sender.

        Without the claim it is the sender's, also for somebody who began to wait a moment ago.
        """
        pulled = turn.channel in self._pulled
        waiters = [waiter for waiter in self._waiters.pop(turn.inbound_id, []) if not waiter.done()]
        taker = waiters[-1] if waiters and claim else None
        if taker and delivery:
            self._sending.shows(delivery)
        for waiter in waiters:
            waiter.set_result(delivery if waiter is taker or pulled else None)
        if delivery is None or pulled:
            return
        if claim and taker is None:
            await self._sending.passive_failed(delivery, "没有人在等这条回复")
        elif not claim:
            self._sending.due()

    async def wait_reply(self, received_id: int, conversation_id: int, seconds: float) -> Delivery | None:
        """Wait for the reply to a message and claim it; see protocol.Inbox.wait_reply."""
        waiter: asyncio.Future[Delivery | None] = asyncio.get_running_loop().create_future()
        self._waiters[received_id].append(waiter)
        self.kick(conversation_id)
        try:
            async with asyncio.timeout(seconds):
                while True:
                    done, _ = await asyncio.wait([waiter], timeout=0.5)
                    if done:
                        return waiter.result()
                    if conversation_id in self._working:  # answered here, and handed over without the database
                        continue
                    ended, delivery = await self.look(received_id)
                    if ended and not waiter.done():
                        return delivery
        except TimeoutError:
            return waiter.result() if waiter.done() else None
        finally:
            self._forget(received_id, waiter)

    async def look(self, received_id: int) -> tuple[bool, Delivery | None]:
        """Whether a message is done, and its reply if it can be claimed: another process may have answered it."""
        ended, delivery, state = await self._store.reply_to(received_id)
        if not ended or delivery is None:
            return ended, None
        if delivery.channel in self._pulled:
            return True, delivery
        return True, await self._sending.take(received_id) if state == "pending" else None

    async def look_again(self, received_id: int, missed: bool) -> tuple[bool, Delivery | None]:
        """`look` for a message that came a second time: what the first one missed is shown again."""
        for _ in range(5):
            ended, delivery = await self.look(received_id)
            _, reply, state = await self._store.reply_to(received_id)
            if delivery or state != "claimed":
                break
            await asyncio.sleep(0.2)  # being shown to somebody, who may have hung up
        if delivery is None and reply and state == "sent":
            return True, await self._sending.take_again(received_id, reply.channel, missed)
        return ended, delivery

    def _forget(self, received_id: int, waiter: asyncio.Future[Delivery | None]) -> None:
        waiters = self._waiters.get(received_id, [])
        if waiter in waiters:
            waiters.remove(waiter)
        if not waiters:
            self._waiters.pop(received_id, None)
        waiter.cancel()

    async def run(self) -> None:
        """Look for work nobody does, until cancelled."""
        while True:
            try:
                free = _BATCH - len(self._working)
                for lease in await self._store.lease(free) if free > 0 else []:
                    if lease.conversation_id in self._working:
                        await self._store.release(lease)
                    else:
                        self._start(lease.conversation_id, lease)
            except Unavailable as error:
                _LOG.warning("database_unavailable", error=str(error))
            await asyncio.sleep(_LOOK)

    async def keep_leases(self) -> None:
        """Show a sign of life for what is being worked on, until cancelled."""
        while True:
            await asyncio.sleep(self._store.lease_seconds / 3)
            try:
                await self._store.renew(list(self._working))
            except Unavailable as error:
                _LOG.warning("database_unavailable", error=str(error))

    async def stop(self, seconds: float = 5.0) -> None:
        """Take no more work and wait for what is under way; the rest stays in the database."""
        self._stopping = True
        with suppress(Unavailable):
            for turn in self._ready.values():
                await self._store.release(Lease(turn.conversation_id, turn.epoch))
        if self._working:
            await asyncio.wait(set(self._working.values()), timeout=seconds)
