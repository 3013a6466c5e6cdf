"""Who wants to be called back: noted with the message that says so, taken by one member of staff, done or failed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from front.desk import audit
from front.desk.callbacks.secret import MISSING, Secret
from front.desk.tables import callbacks
from front.inbox.database import Connection, Database
from front.inbox.tables import clock, conversations, inbound
from front.inbox.words import shown_number
from front.masking import mask

TAKEN_SECONDS = 30 * 60.0  # who takes a call-back and does not make it loses it
_ENDS = {"done": "打通了", "failed": "没打通"}
_MOST = 200


class CallbackError(Exception):
    """Something that cannot be done with a call-back; the message says why, in Chinese."""


class Callbacks:
    """The list, over one database; `secret` None: numbers cannot be kept."""

    def __init__(self, database: Database, secret: Secret | None) -> None:
        self._database = database
        self.secret = secret

    async def note(self, connection: Connection, conversation_id: int, number: str) -> None:
        """Keep a number (11 digits) in the caller's transaction; a second one replaces the first while that is open."""
        if self.secret is None:
            raise CallbackError(MISSING)
        values: dict[str, Any] = {"number": self.secret.hide(number), "shown": shown_number(number)}
        values["changed_at"] = clock()
        mine = and_(callbacks.c.conversation_id == conversation_id, callbacks.c.state.in_(("open", "taken")))
        if (await connection.execute(update(callbacks).where(mine).values(**values))).rowcount:
            return
        values |= {"conversation_id": conversation_id, "state": "open", "asked_at": clock()}
        about = await _last_question(connection, conversation_id)
        await connection.execute(callbacks.insert().values(**values, about=about))

    async def cancel(self, connection: Connection, conversation_id: int) -> None:
        """The person takes it back, in the caller's transaction: the number goes, whoever has taken it."""
        mine = and_(callbacks.c.conversation_id == conversation_id, callbacks.c.state.in_(("open", "taken")))
        values: dict[str, Any] = {"state": "cancelled", "number": "", "changed_at": clock()}
        await connection.execute(update(callbacks).where(mine).values(**values))

    async def listed(self, *, ended: bool = False) -> list[dict[str, Any]]:
        """Open ones, oldest first; or those that ended, newest first. Without the numbers."""
        columns = [column for column in callbacks.c if column.name != "number"]
        late = (callbacks.c.changed_at < clock() - TAKEN_SECONDS).label("late")
        statement = select(*columns, late, clock().label("now"), conversations.c.channel).join_from(
            callbacks, conversations
        )
        running = callbacks.c.state.in_(("open", "taken"))
        order = callbacks.c.changed_at.desc() if ended else callbacks.c.asked_at
        statement = statement.where(~running if ended else running).order_by(order).limit(_MOST)
        async with self._database.read() as connection:
            return [dict(row) for row in (await connection.execute(statement)).mappings()]

    async def take(self, id: int, who: str) -> bool:
        """Take an open one, or one whose taker let it lie; False when somebody was faster or it was taken back."""
        left = and_(callbacks.c.state == "taken", callbacks.c.changed_at < clock() - TAKEN_SECONDS)
        return await self._change(id, who, or_(callbacks.c.state == "open", left), "taken")

    async def put_back(self, id: int, who: str) -> bool:
        """Open again, for others."""
        return await self._change(id, who, _has(who), "open")

    async def reveal(self, id: int, who: str) -> str:
        """The number, for who has taken it; the look is noted. Raises CallbackError and WrongKey."""
        statement = select(callbacks.c.number).where(callbacks.c.id == id, _has(who))
        async with self._database.write() as connection:
            hidden = (await connection.execute(statement)).scalar()
            if not hidden:
                raise CallbackError("这个回电不在您手上了，可能市民已取消，或同事接走了")
            if self.secret is None:
                raise CallbackError(MISSING)
            number = self.secret.show(hidden)
            await audit.write(connection, who, "callback.number", f"callback:{id}")
        return number

    async def end(self, id: int, who: str, *, reached: bool, outcome: str) -> bool:
        """Close it with an outcome; the number goes, it has served. False when it is not his any more."""
        state = "done" if reached else "failed"
        said = mask(outcome.strip())[:200] or _ENDS[state]
        return await self._change(id, who, _has(who), state, outcome=said, number="")

    async def _change(self, id: int, who: str, allowed: ColumnElement[bool], state: str, **values: Any) -> bool:
        by = "" if state == "open" else who
        change = update(callbacks).where(callbacks.c.id == id, allowed)
        async with self._database.write() as connection:
            changed = await connection.execute(change.values(state=state, by=by, changed_at=clock(), **values))
            if changed.rowcount:
                await audit.write(connection, who, f"callback.{state}", f"callback:{id}")
        return bool(changed.rowcount)

    async def of(self, conversation_id: int) -> dict[str, Any] | None:
        """The newest call-back of a conversation, without the number."""
        columns = (callbacks.c.id, callbacks.c.shown, callbacks.c.state, callbacks.c.by, callbacks.c.asked_at)
        statement = select(*columns).where(callbacks.c.conversation_id == conversation_id)
        async with self._database.read() as connection:
            row = (await connection.execute(statement.order_by(callbacks.c.id.desc()).limit(1))).mappings().first()
        return dict(row) if row else None


async def erase(connection: Connection, conversation_id: int) -> None:
    """The person wants everything erased."""
    await connection.execute(delete(callbacks).where(callbacks.c.conversation_id == conversation_id))


async def _last_question(connection: Connection, conversation_id: int) -> str:
    """What it may be about: the last thing said that is longer than a word of command and no number."""
    said = select(inbound.c.text).where(inbound.c.conversation_id == conversation_id, inbound.c.kind == "text")
    texts = (await connection.execute(said.order_by(inbound.c.id.desc()).limit(8))).scalars().all()
    return next((text[:200] for text in texts if len(text) > 4 and "〔" not in text), "")


def _has(who: str) -> ColumnElement[bool]:
    return and_(callbacks.c.state == "taken", callbacks.c.by == who)
