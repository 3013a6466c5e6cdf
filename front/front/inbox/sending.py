"""The outbox: claims, results, retries with growing pauses, dead letters; and the worker that sends."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Mapping
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Update, and_, bindparam, literal, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from front.inbox import store
from front.inbox.database import Database
from front.inbox.protocol import Channel, Delivery, SendResult, Unavailable
from front.inbox.statements import on_its_way
from front.inbox.tables import clock, inbound, outbox
from front.metrics import DELIVERIES, ERRORS

CLAIM_SECONDS = 30.0  # longer than a send may take
SEND_SECONDS = 15.0
_BATCH = 16
_LONGEST_PAUSE = 600.0
_CALM = 5.0  # seconds after the database failed until claims that lapsed meanwhile are taken from their owners
_WRITE_SECONDS = 60.0  # for which a result is tried to be written down
# Seconds from arrival: what was shown later may have met a closed connection (WeChat's after 5, our Kannel's after 30).
_HANGS_UP = {"wechat": 3.5, "sms": 25.0}
_CLAIMED = and_(
    outbox.c.id == bindparam("p_id"), outbox.c.state == "claimed", outbox.c.attempts == bindparam("p_attempt")
)
_FINISHED = update(outbox).where(_CLAIMED).values(note=bindparam("p_note"), claimed_until=0.0)
_SENT = _FINISHED.values(state="sent", sent_at=clock())  # built once: every passive reply needs it
_LOG = structlog.get_logger("sending")


class Sending:
    """Sends what is due, each person's replies in order, whatever the number of processes."""

    def __init__(
        self, database: Database, channels: Mapping[str, Channel], attempts: int = 12, first_pause: float = 1.0
    ) -> None:
        """`attempts` in all, with pauses from `first_pause` seconds doubling up to ten minutes: about 40 minutes."""
        self._database = database
        self._channels = channels
        self._attempts = attempts
        self._first_pause = first_pause
        self._due = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: dict[
            int, float
        ] = {}  # claimed here, until when by this process's own clock: the database's may jump
        self._calm_at = 0.0

    def due(self) -> None:
        """There is something new to send."""
        self._due.set()

    async def run(self) -> None:
        """Send until cancelled. A database that does not answer is asked again a second later."""
        while True:
            self._due.clear()
            try:
                sent = await self.send_due()
            except (Unavailable, SQLAlchemyError) as error:
                _LOG.warning("outbox_unavailable", error=str(error))
                self._calm_at = time.monotonic() + _CALM
                sent = 0
            if not sent:
                try:
                    await asyncio.wait_for(self._due.wait(), 1.0)
                except TimeoutError:
                    continue
                await asyncio.sleep(0)

    async def send_due(self) -> int:
        """Claim what is due and send it, a batch side by side; returns how many there were."""
        deliveries = await self.claim()
        await asyncio.gather(*(self._send(delivery) for delivery in deliveries))
        return len(deliveries)

    async def claim(self) -> list[Delivery]:
        """Claim due rows for the channels of this process: each person's oldest one only, so that order is kept."""
        earlier = outbox.alias("earlier")
        first = ~(
            select(earlier.c.id)
            .where(earlier.c.conversation_id == outbox.c.conversation_id, earlier.c.id < outbox.c.id)
            .where(earlier.c.state.in_(("pending", "claimed")))
            .exists()
        )
        chosen = select(outbox.c.id).where(self._is_ours(), outbox.c.channel.in_(list(self._channels)), first)
        look = chosen.limit(1)
        chosen = chosen.order_by(outbox.c.id).limit(_BATCH).with_for_update(skip_locked=True)
        async with self._database.read() as connection:  # most often there is nothing: no need to be the writer
            if not (await connection.execute(look)).first():
                return []
        claimed = update(outbox).where(outbox.c.id.in_(chosen)).values(**_claim()).returning(outbox)
        async with self._database.write() as connection:
            rows = (await connection.execute(claimed)).all()
        for row in rows:
            self._hold(row.id, CLAIM_SECONDS)
        return [store.as_delivery(row) for row in sorted(rows, key=lambda row: row.id)]

    async def _send(self, delivery: Delivery) -> None:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                result, note = await self._channels[delivery.channel].send(delivery)
        except TimeoutError:
            result, note = SendResult.RETRY, "发送超时"
        except Exception as error:
            ERRORS.labels("send").inc()
            _LOG.exception("send_failed", outbox=delivery.id, channel=delivery.channel)
            result, note = SendResult.RETRY, type(error).__name__
        await self.finish(delivery, result, note)

    async def finish(self, delivery: Delivery, result: SendResult, note: str = "") -> None:
        """Write down how sending went, and when to try again; tried until the database takes it, within the claim."""
        dead = result is SendResult.DEAD or (result is SendResult.RETRY and delivery.attempt >= self._attempts)
        statement = _SENT
        if result is not SendResult.SENT:
            again = clock() + self._pause(delivery.attempt)
            statement = _FINISHED.values(state="dead" if dead else "pending", next_at=again)
        DELIVERIES.labels(delivery.channel, "dead" if dead else result.value).inc()
        if dead:
            _LOG.error("reply_dead", outbox=delivery.id, channel=delivery.channel, note=note[:300])
        given = {"p_id": delivery.id, "p_attempt": delivery.attempt, "p_note": note[:300]}
        if not await self._written(delivery.id, statement, given):
            _LOG.error("result_not_written", outbox=delivery.id, result=result.value)

    async def _written(self, message: int, statement: Update, given: Mapping[str, Any]) -> bool:
        """Try until the database takes it, sooner than anybody takes the lapsed claim."""
        self._hold(message, _WRITE_SECONDS)
        end, pause = time.monotonic() + _WRITE_SECONDS, 0.1
        try:
            while time.monotonic() < end:
                try:
                    await self._database.write_alongside(statement, given)
                    return True
                except Unavailable:
                    await asyncio.sleep(pause)
                    pause = min(1.0, 2 * pause)
            return False
        finally:
            self._held.pop(message, None)

    def _is_ours(self) -> ColumnElement[bool]:
        """Due, and neither in our own hands nor, just after an outage, shown by somebody who could not say so yet."""
        due = _is_due() if time.monotonic() >= self._calm_at else and_(outbox.c.state == "pending", _is_due())
        now = time.monotonic()
        self._held = {message: until for message, until in self._held.items() if until > now}
        return and_(due, outbox.c.id.not_in(self._held)) if self._held else due

    def _hold(self, message: int, seconds: float) -> None:
        self._held[message] = time.monotonic() + seconds

    def shows(self, delivery: Delivery) -> None:
        """Somebody here is about to show it: not to be sent meanwhile, whatever the database's clock says."""
        self._hold(delivery.id, store.SHOW_SECONDS)

    def _pause(self, attempt: int) -> float:
        pause = min(_LONGEST_PAUSE, self._first_pause * 2.0 ** (attempt - 1))
        return pause * random.uniform(0.5, 1.5)  # noqa: S311 - spreads retries, hides nothing

    async def take(self, received_id: int) -> Delivery | None:
        """Claim the reply to a message for whoever can deliver it now, if nobody has and no earlier one is due."""
        earlier = outbox.alias("earlier")
        same = and_(earlier.c.conversation_id == outbox.c.conversation_id, earlier.c.id < outbox.c.id)
        overtakes = select(earlier.c.id).where(same, on_its_way(earlier)).exists()
        return await self._claimed(and_(outbox.c.inbound_id == received_id, self._is_ours(), ~overtakes))

    async def take_again(self, received_id: int, channel: str, missed: bool) -> Delivery | None:
        """Claim a reply that was shown in a response and `missed`, or so late that whoever asks again must have."""
        if channel not in _HANGS_UP:
            return None
        late = outbox.c.sent_at > inbound.c.received_at + _HANGS_UP[channel]
        asked = select(inbound.c.id).where(inbound.c.id == received_id, or_(late, literal(missed))).correlate(outbox)
        shown = and_(outbox.c.state == "sent", outbox.c.note == "", outbox.c.inbound_id.in_(asked))
        return await self._claimed(shown)

    async def _claimed(self, mine: ColumnElement[bool]) -> Delivery | None:
        async with self._database.write() as connection:
            row = (await connection.execute(update(outbox).where(mine).values(**_claim()).returning(outbox))).first()
        if row is None:
            return None
        delivery = store.as_delivery(row)
        self.shows(delivery)
        return delivery

    def passive_sent(self, delivery: Delivery) -> None:
        """The reply went out in a response; written down beside the response, which does not wait for it."""
        self._later(self.finish(delivery, SendResult.SENT))

    async def passive_failed(self, delivery: Delivery, note: str = "") -> None:
        """The reply could not go out in the response: send it at once."""
        self._held.pop(delivery.id, None)
        values = {"state": "pending", "next_at": clock(), "claimed_until": 0.0, "note": note[:300]}
        mine = and_(outbox.c.id == delivery.id, outbox.c.state == "claimed", outbox.c.attempts == delivery.attempt)
        async with self._database.write() as connection:
            await connection.execute(update(outbox).where(mine).values(**values))
        self.due()

    def _later(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Wait for the results that are being written."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=5)

    async def letters(self, state: str = "dead", limit: int = 100) -> list[dict[str, Any]]:
        """Replies in a state, newest first, for the operator: id, channel, attempts, note, age in seconds; no text."""
        columns = [outbox.c[name] for name in ("id", "channel", "state", "attempts", "note")]
        listed = select(*columns, (clock() - outbox.c.created_at).label("age")).where(outbox.c.state == state)
        async with self._database.read() as connection:
            rows = await connection.execute(listed.order_by(outbox.c.id.desc()).limit(limit))
            return [dict(row) for row in rows.mappings()]

    async def resend(self, ids: list[int] | None = None) -> int:
        """Put dead letters back into the queue (all of them for None); returns how many."""
        dead = outbox.c.state == "dead"
        dead = and_(dead, outbox.c.id.in_(ids)) if ids is not None else dead
        values = {"state": "pending", "attempts": 0, "next_at": clock()}
        async with self._database.write() as connection:
            return int((await connection.execute(update(outbox).where(dead).values(**values))).rowcount)


def _is_due() -> ColumnElement[bool]:
    """Pending and its time has come (or the clock has jumped back since), or claimed by one who is gone."""
    jumped = or_(outbox.c.next_at > clock() + 2 * _LONGEST_PAUSE, outbox.c.created_at > clock() + 1.0)
    pending = and_(outbox.c.state == "pending", or_(outbox.c.next_at <= clock(), jumped))
    late = or_(outbox.c.claimed_until < clock(), outbox.c.claimed_until > clock() + 10 * CLAIM_SECONDS)
    return or_(pending, and_(outbox.c.state == "claimed", late))


def _claim() -> dict[str, Any]:
    return {"state": "claimed", "claimed_until": clock() + CLAIM_SECONDS, "attempts": outbox.c.attempts + 1}
