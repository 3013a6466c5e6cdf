"""Collects what the robot did not know, refused or answered badly into `lessons`; doing it twice changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, delete, func, select, update

from front.desk.learning.sense import Sense
from front.desk.tables import lessons
from front.inbox.database import Connection, Database
from front.inbox.decide import Turn, chosen
from front.inbox.statements import insert_new
from front.inbox.tables import clock, feedback, inbound, marks, outbox
from front.inbox.words import fold, option_number
from front.masking import without_labels

MISSED, REFUSED, VOTED_DOWN, NONE_OF_THESE = "missed", "refused", "voted_down", "none_of_these"
SETTLED = 30.0  # seconds: a message that came earlier than a collected one may be stored a moment later
_BATCH = 500
_LONGEST = 240
_COMPARED = 3000  # questions that a new one is compared with, the latest
_SCOPE = "learning"
Row = Mapping[Any, Any]


class Collector:
    """Over one database."""

    def __init__(self, database: Database, sense: Sense, settled: float = SETTLED) -> None:
        self._database = database
        self._sense = sense
        self._settled = settled
        self._one_at_a_time = asyncio.Lock()

    async def collect(self) -> int:
        """Take in everything since the last time; returns how many questions are new."""
        async with self._one_at_a_time:
            count = 0
            while (some := await self._messages()) is not None:
                count += some
            count += await self._votes()
            await self._group()
            return count

    async def _messages(self) -> int | None:
        """One batch of answered messages; None when there are no more."""
        async with self._database.write() as connection:
            after = int(await _mark(connection, "messages") or 0)
            waiting = select(func.min(inbound.c.id)).where(inbound.c.state == "waiting").scalar_subquery()
            old = and_(inbound.c.received_at < clock() - self._settled, inbound.c.id > after)
            before_waiting = inbound.c.id < func.coalesce(waiting, 2**62)
            found = select(inbound, outbox.c.body.label("body")).select_from(
                inbound.outerjoin(outbox, outbox.c.inbound_id == inbound.c.id)
            )
            rows = await connection.execute(
                found.where(old, before_waiting, inbound.c.state == "done").order_by(inbound.c.id).limit(_BATCH)
            )
            batch = rows.mappings().all()
            count = 0
            for row in batch:
                count += await self._message(connection, row)
            if not batch:
                return None
            await _set_mark(connection, "messages", str(batch[-1]["id"]))
        return count

    async def _message(self, connection: Connection, row: Row) -> int:
        """A lesson from one message, or from the one before, which it says something about."""
        if row["kind"] != "text" and not row["extra"].get("payload"):
            return 0
        before = await self._before(connection, row)
        payload = _chosen(row, before)
        if payload is None:
            why = _why(row)
            return await self._add(connection, row, why) if why and _is_question(row["text"]) else 0
        if before is None or before["inbound_id"] is None:
            return 0
        if payload == "/none_of_these":
            return await self._add_again(connection, before["inbound_id"], NONE_OF_THESE)
        if payload.startswith('/show{"entry":"') and _custom(before).get("kind") == "clarify":
            picked = update(lessons).where(lessons.c.inbound_id == before["inbound_id"], lessons.c.state == "new")
            await connection.execute(picked.values(answered=payload.split('"')[3]))
        return 0

    async def _before(self, connection: Connection, row: Row) -> Row | None:
        """The reply before a message, whose options it may choose from."""
        mine = and_(outbox.c.conversation_id == row["conversation_id"], outbox.c.inbound_id < row["id"])
        found = select(outbox.c.inbound_id, outbox.c.body).where(mine).order_by(outbox.c.id.desc()).limit(1)
        return (await connection.execute(found)).mappings().first()

    async def _votes(self) -> int:
        """Lessons from replies that were voted down since the last time; the last word of a person counts."""
        async with self._database.write() as connection:
            since = float(await _mark(connection, "votes") or 0)
            found = select(feedback.c.at, outbox.c.inbound_id, outbox.c.body).select_from(
                feedback.join(outbox, outbox.c.id == feedback.c.outbox_id)
            )
            late = and_(feedback.c.good.is_(False), feedback.c.at > since - 60, outbox.c.inbound_id.is_not(None))
            rows = (await connection.execute(found.where(late).order_by(feedback.c.at))).mappings().all()
            count = 0
            for row in rows:
                count += await self._add_again(connection, row["inbound_id"], VOTED_DOWN)
            if rows:
                await _set_mark(connection, "votes", repr(rows[-1]["at"]))
        return count

    async def _add_again(self, connection: Connection, inbound_id: int, why: str) -> int:
        """A lesson from an earlier message, or a better reason for the lesson it is already."""
        found = select(inbound, outbox.c.body.label("body")).select_from(
            inbound.outerjoin(outbox, outbox.c.inbound_id == inbound.c.id)
        )
        row = (await connection.execute(found.where(inbound.c.id == inbound_id))).mappings().first()
        if row is None or row["kind"] != "text" or row["extra"].get("payload") or not _is_question(row["text"]):
            return 0
        if await self._add(connection, row, why):
            return 1
        same = and_(lessons.c.inbound_id == inbound_id, lessons.c.state == "new")
        await connection.execute(update(lessons).where(same).values(why=why))
        return 0

    async def _add(self, connection: Connection, row: Row, why: str) -> int:
        again = and_(lessons.c.text == row["text"], lessons.c.asked_at == row["received_at"])
        freed = select(lessons.c.id).where(again, lessons.c.inbound_id.is_(None))  # learned: it names no message more
        if (await connection.execute(freed)).first():
            return 0
        entries = _custom(row).get("entries") or [{"id": ""}]
        lesson = {"inbound_id": row["id"], "conversation_id": row["conversation_id"], "text": row["text"], "why": why}
        lesson |= {"answered": entries[0]["id"], "state": "new", "cluster": 0, "asked_at": row["received_at"]}
        new = insert_new(self._database.sqlite, lessons).values(**lesson)
        new = new.on_conflict_do_nothing(index_elements=["inbound_id"]).returning(lessons.c.id)
        return int((await connection.execute(new)).first() is not None)

    async def _group(self) -> None:
        """Give every question without a group one."""
        latest = select(lessons.c.text, lessons.c.cluster).where(lessons.c.cluster != 0)
        waiting = select(lessons.c.id, lessons.c.text).where(lessons.c.cluster == 0).order_by(lessons.c.id)
        async with self._database.read() as connection:
            new = [(row.id, row.text) for row in await connection.execute(waiting)]
            if not new:
                return
            rows = await connection.execute(latest.order_by(lessons.c.id.desc()).limit(_COMPARED))
            known = [(row.text, row.cluster) for row in rows]
        placed = await asyncio.to_thread(self._sense.placed, known, new)
        async with self._database.write() as connection:
            for id, cluster in placed.items():
                of = update(lessons).where(lessons.c.id == id, lessons.c.cluster == 0)
                await connection.execute(of.values(cluster=cluster))


def _why(row: Row) -> str:
    """Why a message is a lesson; "" where it was answered, greeted, or not Rasa's to answer."""
    custom = _custom(row)
    reason = (custom.get("handoff") or {}).get("reason", "")
    kind = custom.get("kind", "")
    lost = kind == "ask" and custom.get("understood", {}).get("band") == "pass"  # asked which matter: none was likely
    if kind == "clarify" or lost or reason == "two_misses":
        return MISSED
    return REFUSED if kind in ("unsupported", "handoff") and reason == "out_of_scope" else ""


def _chosen(row: Row, before: Row | None) -> str | None:
    """The option a message chooses, clicked or by its number or title in the reply before."""
    options = (before["body"].get("options") or []) if before else []
    turn = Turn(row["id"], row["conversation_id"], 0, row["channel"], "", "", "", row["kind"], row["text"])
    extra = row["extra"] or {}
    return chosen(Turn(**{**turn.__dict__, "options": options, "extra": extra}))


def _is_question(text: str) -> bool:
    words = fold(without_labels(text))
    return len(words) > 1 and len(text) <= _LONGEST and option_number(text) is None


def _custom(row: Row) -> Mapping[str, Any]:
    return (row["body"] or {}).get("custom") or {}


async def _mark(connection: Connection, key: str) -> str | None:
    mine = and_(marks.c.scope == _SCOPE, marks.c.key == key)
    return (await connection.execute(select(marks.c.value).where(mine).order_by(marks.c.id.desc()).limit(1))).scalar()


async def _set_mark(connection: Connection, key: str, value: str) -> None:
    await connection.execute(delete(marks).where(marks.c.scope == _SCOPE, marks.c.key == key))
    await connection.execute(marks.insert().values(scope=_SCOPE, key=key, value=value, at=clock()))
