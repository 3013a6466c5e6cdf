"""The figures of a period out of the database: read in small pieces, so that nobody's message waits behind a chart."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, and_, case, func, literal_column, select

from front.desk.insight.counting import QUEUE_SECONDS, Counts, Handoffs, Votes, handoffs
from front.desk.insight.period import Period
from front.desk.tables import callbacks, lessons, reports
from front.inbox.database import Database
from front.inbox.tables import conversations, feedback, handoff_events, outbox

KEPT_SECONDS = 60.0  # how old a figure may be
_PIECE = 500  # rows read at once: a few milliseconds of a process that also answers citizens
_TOP = 20


@dataclass(frozen=True)
class Cluster:
    """Questions alike that the robot did not know. `example` is one of them, masked: shown, never exported."""

    number: int
    count: int
    example: str


@dataclass
class Reported:
    """此条有误: made and settled in the period, open now; and the entries that were reported."""

    made: int = 0
    settled: int = 0
    open: int = 0
    entries: Counter[str] = field(default_factory=Counter)


@dataclass
class Numbers:
    """Everything counted for a period. `read_at`: when, in seconds since 1970 by this process's clock."""

    period: Period
    counts: Counts
    votes: Votes
    handoffs: Handoffs
    reported: Reported
    unknown: dict[str, int]  # questions for learning by why
    clusters: list[Cluster]
    callbacks: dict[str, int]  # asked for in the period, by state
    read_at: float


class Figures:
    """Counts once for everybody who looks within a minute."""

    def __init__(self, database: Database, kept: float = KEPT_SECONDS) -> None:
        """`kept`: seconds for which a period is not counted again."""
        self._database = database
        self._kept = kept
        self._found: dict[Period, tuple[float, Numbers]] = {}
        self._counting = asyncio.Lock()  # one count at a time: it is the process that answers citizens

    async def of(self, period: Period) -> Numbers:
        """The figures of a period. Raises Unavailable."""
        async with self._counting:
            now = time.monotonic()
            self._found = {key: kept for key, kept in self._found.items() if now - kept[0] < self._kept}
            if period not in self._found:
                self._found[period] = (time.monotonic(), await self._count(period))
            return self._found[period][1]

    async def _count(self, period: Period) -> Numbers:
        return Numbers(
            period,
            await self._replies(period),
            await self._votes(period),
            await self._handoffs(period),
            await self._reports(period),
            await self._unknown(period),
            await self._clusters(period),
            await self._callbacks(period),
            time.time(),
        )

    async def _replies(self, period: Period) -> Counts:
        counts, (start, end) = Counts(), period.seconds
        columns = [outbox.c[name] for name in ("id", "channel", "conversation_id", "outcome", "about")]
        statement = select(*columns, outbox.c.created_at.label("at"))
        statement = statement.where(outbox.c.created_at >= start, outbox.c.created_at < end)
        async for row in self._in_pieces(_on(statement, period), outbox.c.created_at, outbox.c.id):
            counts.add(row.at, row.channel, row.conversation_id, row.outcome, row.about)
        # The partial index is used where the condition stands in the statement itself.
        dead = select(func.count()).select_from(outbox).where(literal_column("state") == literal_column("'dead'"))
        async with self._database.read() as connection:
            lost = await connection.execute(_on(dead.where(_within(outbox.c.created_at, period)), period))
        counts.dead = int(lost.scalar_one())
        return counts

    async def _in_pieces(self, statement: Select[Any], at: Any, id_: Any) -> AsyncIterator[Any]:
        """The rows by time, a piece at a time; between pieces everybody else has the process."""
        after: tuple[float, int] | None = None
        while True:
            more = statement.order_by(at, id_).limit(_PIECE)
            if after:
                more = more.where(at >= after[0], (at > after[0]) | (id_ > after[1]))
            async with self._database.read() as connection:
                rows = (await connection.execute(more)).all()
            for row in rows:
                yield row
            if len(rows) < _PIECE:
                return
            after = (rows[-1].at, rows[-1].id)
            await asyncio.sleep(0)

    async def _votes(self, period: Period) -> Votes:
        votes, (start, end) = Votes(), period.seconds
        columns = (feedback.c.id, feedback.c.good, feedback.c.reason, feedback.c.at)
        joined = feedback.join(outbox, outbox.c.id == feedback.c.outbox_id)
        statement = (
            select(*columns, outbox.c.about).select_from(joined).where(feedback.c.at >= start, feedback.c.at < end)
        )
        async for row in self._in_pieces(_on(statement, period), feedback.c.at, feedback.c.id):
            votes.add(row.good, row.reason, row.about)
        return votes

    async def _handoffs(self, period: Period) -> Handoffs:
        """With some days after the period, in which those who asked at its end were taken and looked after."""
        start, end = period.seconds
        columns = [handoff_events.c[name] for name in ("id", "conversation_id", "event", "at")]
        joined = handoff_events.join(conversations, conversations.c.id == handoff_events.c.conversation_id)
        statement = select(*columns).select_from(joined)
        statement = statement.where(handoff_events.c.at >= start, handoff_events.c.at < end + QUEUE_SECONDS)
        statement = _on(statement, period, conversations.c.channel)
        rows = [row._mapping async for row in self._in_pieces(statement, handoff_events.c.at, handoff_events.c.id)]
        return handoffs(rows, end, time.time())

    async def _reports(self, period: Period) -> Reported:
        """Reports come from the staff: no channel."""
        made, settled = _within(reports.c.at, period), _within(reports.c.closed_at, period)
        sums = select(_sum(made), _sum(settled), _sum(reports.c.state == "open"))
        by_entry = select(reports.c.entry, func.count()).where(made).group_by(reports.c.entry)
        async with self._database.read() as connection:
            first: Any = (await connection.execute(sums)).one()
            entries = Counter(_pairs(await connection.execute(by_entry)))
        return Reported(int(first[0] or 0), int(first[1] or 0), int(first[2] or 0), entries)

    async def _unknown(self, period: Period) -> dict[str, int]:
        statement = _of_channel(select(lessons.c.why, func.count()), lessons, period)
        return await self._pairs(statement.where(_within(lessons.c.asked_at, period)).group_by(lessons.c.why))

    async def _clusters(self, period: Period) -> list[Cluster]:
        """The largest groups of questions that nobody has decided about yet."""
        count = func.count().label("many")
        statement = select(lessons.c.cluster, count, func.max(lessons.c.id))
        statement = _of_channel(statement, lessons, period).where(
            _within(lessons.c.asked_at, period), lessons.c.state == "new", lessons.c.cluster != 0
        )
        largest = statement.group_by(lessons.c.cluster).order_by(count.desc(), lessons.c.cluster).limit(_TOP)
        async with self._database.read() as connection:
            found = [tuple(row) for row in await connection.execute(largest)]
            wanted = select(lessons.c.id, lessons.c.text).where(lessons.c.id.in_([newest for *_, newest in found]))
            texts = {row.id: row.text for row in await connection.execute(wanted)}
        return [Cluster(cluster, many, texts[newest]) for cluster, many, newest in found if newest in texts]

    async def _callbacks(self, period: Period) -> dict[str, int]:
        statement = _of_channel(select(callbacks.c.state, func.count()), callbacks, period)
        return await self._pairs(statement.where(_within(callbacks.c.asked_at, period)).group_by(callbacks.c.state))

    async def _pairs(self, statement: Select[Any]) -> dict[str, int]:
        async with self._database.read() as connection:
            return _pairs(await connection.execute(statement))


def _pairs(rows: Iterable[Any]) -> dict[str, int]:
    return {name: count for name, count in rows}


def _on(statement: Select[Any], period: Period, column: Any = outbox.c.channel) -> Select[Any]:
    return statement.where(column == period.channel) if period.channel else statement


def _of_channel(statement: Select[Any], table: Any, period: Period) -> Select[Any]:
    """Rows that belong to a conversation of the period's channel; all rows where every channel is meant."""
    if not period.channel:
        return statement
    joined = table.join(conversations, conversations.c.id == table.c.conversation_id)
    return statement.select_from(joined).where(conversations.c.channel == period.channel)


def _within(column: Any, period: Period) -> Any:
    start, end = period.seconds
    return and_(column >= start, column < end)


def _sum(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))
