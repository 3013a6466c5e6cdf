"""What becomes of the collected questions: proposed, accepted, put aside, taken back; and the list of what to write."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, select, update

from front.desk import audit
from front.desk.learning.sense import Sense
from front.desk.tables import lessons, to_write
from front.inbox.database import Connection, Database
from front.inbox.tables import clock
from front.masking import without_labels

OPEN = ("new", "proposed")
_UNDOABLE = ("proposed", "accepted", "not_ours", "unlearned")
_SHOWN = 60


class Refused(Exception):
    """It cannot be; the message says why, in Chinese."""


@dataclass(frozen=True)
class Group:
    """Questions that ask the same and wait for a decision. `proposed`: the label a colleague proposed, if one did."""

    id: int
    size: int
    example: str
    latest: float
    proposed: str


class Lessons:
    """Over one database. `by` is a login."""

    def __init__(self, database: Database, sense: Sense) -> None:
        self._database = database
        self._sense = sense

    async def groups(self, limit: int = _SHOWN) -> list[Group]:
        """The groups that wait, the most frequent first."""
        size = func.count()
        first, latest = func.min(lessons.c.id), func.max(lessons.c.asked_at)
        label = func.max(lessons.c.label).label("label")
        found = select(lessons.c.cluster, size.label("size"), first.label("first"), latest.label("latest"), label)
        found = found.where(lessons.c.state.in_(OPEN), lessons.c.cluster != 0).group_by(lessons.c.cluster)
        async with self._database.read() as connection:
            rows = (await connection.execute(found.order_by(size.desc(), latest.desc()).limit(limit))).all()
            texts = select(lessons.c.id, lessons.c.text).where(lessons.c.id.in_([row.first for row in rows]))
            of = {row.id: row.text for row in await connection.execute(texts)}
        return [Group(row.cluster, row.size, of.get(row.first, ""), row.latest, row.label) for row in rows]

    async def of_group(self, cluster: int, limit: int = 200) -> list[dict[str, Any]]:
        """The waiting questions of a group, the latest first."""
        mine = and_(lessons.c.cluster == cluster, lessons.c.state.in_(OPEN))
        return await self._rows(mine, limit)

    async def decided(self, *states: str, limit: int = 100) -> list[dict[str, Any]]:
        """Questions in these states, the latest decision first."""
        return await self._rows(lessons.c.state.in_(states), limit)

    async def counts(self) -> dict[str, int]:
        """How many questions there are in each state."""
        async with self._database.read() as connection:
            found = select(lessons.c.state, func.count().label("size")).group_by(lessons.c.state)
            return {row.state: row.size for row in await connection.execute(found)}

    async def propose(self, by: str, ids: Sequence[int], label: str) -> int:
        """Say which label questions belong to, for somebody who may accept; returns how many. Raises Refused."""
        await self._check(ids, label)
        values = {"state": "proposed", "label": label, "proposed_by": by, "decided_at": clock()}
        return await self._set(by, "lesson.propose", ids, OPEN, values, label=label)

    async def accept(self, by: str, ids: Sequence[int], label: str) -> int:
        """Make questions examples of a label from the next training on; returns how many. Raises Refused."""
        await self._check(ids, label)
        values = {"state": "accepted", "label": label, "by": by, "note": "", "decided_at": clock()}
        return await self._set(by, "lesson.accept", ids, OPEN, values, label=label)

    async def not_ours(self, by: str, ids: Sequence[int]) -> int:
        """Put questions aside that are not this office's business; returns how many."""
        values = {"state": "not_ours", "label": "", "by": by, "decided_at": clock()}
        return await self._set(by, "lesson.not_ours", ids, OPEN, values)

    async def undo(self, by: str, ids: Sequence[int]) -> int:
        """Let questions wait again that were not learned yet; returns how many."""
        values = {"state": "new", "label": "", "by": "", "proposed_by": "", "note": "", "decided_at": clock()}
        return await self._set(by, "lesson.undo", ids, _UNDOABLE, values)

    async def accepted(self) -> list[dict[str, Any]]:
        """What waits to be learned, without labels of masked numbers: id, text, label, by, at (a day)."""
        rows = await self._rows(lessons.c.state == "accepted", 100_000)
        keep = ("id", "label", "by", "decided_at")
        return [{"text": without_labels(row["text"]), **{name: row[name] for name in keep}} for row in rows[::-1]]

    async def settle(self, by: str, learned: Sequence[int], unlearned: Mapping[int, str]) -> None:
        """After a training: learned ones are nobody's any more; unlearned ones say why."""
        free = {"state": "learned", "inbound_id": None, "conversation_id": None, "decided_at": clock()}
        await self._set(by, "lesson.learned", learned, ("accepted",), free)
        reasons: dict[str, list[int]] = {}
        for id, why in unlearned.items():
            reasons.setdefault(why, []).append(id)
        for why, ids in reasons.items():
            values = {"state": "unlearned", "note": why, "decided_at": clock()}
            await self._set(by, "lesson.unlearned", ids, ("accepted", "learned"), values)

    async def missing(self, by: str, ids: Sequence[int], title: str) -> int:
        """Put questions on the to-write list under a title, an open one or a new one. Raises Refused."""
        title = title.strip()
        if not 2 <= len(title) <= 60:
            raise Refused("请写缺的是什么，2到60个字，例如“新生儿参保”")
        async with self._database.write() as connection:
            row = (await connection.execute(select(to_write).where(to_write.c.title == title))).first()
            if row and row.state != "open":
                raise Refused(f"“{title}”已经办结了（{row.outcome}），请换一个题目")
            new = to_write.insert().values(title=title, by=by, state="open", at=clock()).returning(to_write.c.id)
            item = row.id if row else (await connection.execute(new)).scalar_one()
            values = {"state": "to_write", "label": f"write/{item}", "by": by, "decided_at": clock()}
            return await self._change(connection, by, "lesson.to_write", ids, OPEN, values, item=item)

    async def to_write(self) -> list[dict[str, Any]]:
        """The list, open ones first, each with its questions (`texts`)."""
        async with self._database.read() as connection:
            found = select(to_write).order_by(to_write.c.state != "open", to_write.c.id.desc()).limit(100)
            items = [dict(row) for row in (await connection.execute(found)).mappings()]
            waiting = select(lessons.c.label, lessons.c.text).where(lessons.c.state == "to_write")
            rows = (await connection.execute(waiting.order_by(lessons.c.id))).all()
        for item in items:
            item["texts"] = [row.text for row in rows if row.label == f"write/{item['id']}"]
        return items

    async def written(self, by: str, item: int, outcome: str, *, dropped: bool = False) -> None:
        """Close one: done (its questions wait again, to be given the new entry) or dropped. Raises Refused."""
        if len(outcome.strip()) < 2:
            raise Refused("请写结果：写成了哪个条目，或者为什么不写")
        state = {"state": "dropped" if dropped else "done", "outcome": outcome.strip()[:200]}
        async with self._database.write() as connection:
            mine = and_(to_write.c.id == item, to_write.c.state == "open")
            if not (await connection.execute(update(to_write).where(mine).values(**state))).rowcount:
                raise Refused("这一条已经办结了，请刷新")
            waiting = and_(lessons.c.label == f"write/{item}", lessons.c.state == "to_write")
            then = {"state": "not_ours" if dropped else "new", "label": "", "by": by if dropped else ""}
            await connection.execute(update(lessons).where(waiting).values(**then, decided_at=clock()))
            await audit.write(connection, by, f"write.{state['state']}", f"write:{item}")

    async def _check(self, ids: Sequence[int], label: str) -> None:
        rows = await self._rows(lessons.c.id.in_(ids), len(ids))
        why = await asyncio.to_thread(lambda: [(r["text"], self._sense.refusal(r["text"], label)) for r in rows])
        refused = [f"“{text}”：{reason}" for text, reason in why if reason]
        if refused:
            raise Refused("没有保存。" + "；".join(refused[:5]))

    async def _rows(self, where: Any, limit: int) -> list[dict[str, Any]]:
        order = (func.coalesce(lessons.c.decided_at, lessons.c.asked_at).desc(), lessons.c.id.desc())
        async with self._database.read() as connection:
            rows = await connection.execute(select(lessons).where(where).order_by(*order).limit(limit))
            return [dict(row) for row in rows.mappings()]

    async def _set(
        self, by: str, action: str, ids: Iterable[int], states: Sequence[str], values: Mapping[str, Any], **detail: Any
    ) -> int:
        async with self._database.write() as connection:
            return await self._change(connection, by, action, list(ids), states, values, **detail)

    async def _change(
        self,
        connection: Connection,
        by: str,
        action: str,
        ids: Sequence[int],
        states: Sequence[str],
        values: Mapping[str, Any],
        **detail: Any,
    ) -> int:
        """Change those of the questions that are in one of the states, with a line in the audit log."""
        mine = and_(lessons.c.id.in_(ids), lessons.c.state.in_(states))
        changed = (
            await connection.execute(update(lessons).where(mine).values(**values).returning(lessons.c.id))
        ).scalars()
        done = sorted(changed)
        if done:
            await audit.write(connection, by, action, "lessons", ids=done, **detail)
        return len(done)
