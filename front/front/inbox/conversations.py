"""Who has a conversation: bot → queued → human → bot. The desk's side of it; people's side is in decide.py.

A lease that lapses, because the member of staff went away, puts the person back into the queue where he was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, func, literal_column, or_, select, update

from front.inbox import replies
from front.inbox.database import Connection, Database
from front.inbox.protocol import Delivery
from front.inbox.tables import clock, conversations, handoff_events, outbox
from front.masking import mask

QUEUE_SECONDS = 3 * 86400.0  # who asked for a person waits over a weekend; then the robot has him again
OTHERS_SECONDS = 86400.0  # who was queued because the robot failed him
AGENT_SECONDS = 15 * 60.0  # a member of staff who shows no sign of life
CALLBACK_SECONDS = 30 * 60.0  # how long a bare phone number is taken for the number to call
DESK = 2**60  # woken in the hub when the queue or who has whom changes
LONGEST = 2000  # characters of one message of the staff

_queued_at = func.coalesce(conversations.c.queued_at, conversations.c.state_at)


def effective_state(row: Mapping[Any, Any]) -> str:
    """The state of a row of `conversations` at `now` (in the row): a lapsed lease means queued, a lapsed queue bot."""
    state, since = str(row[conversations.c.state]), row[conversations.c.queued_at] or row[conversations.c.state_at]
    if state == "human" and (row[conversations.c.agent_until] or 0.0) < row["now"]:
        state = "queued"
    patience = QUEUE_SECONDS if row[conversations.c.reason] == "asked" else OTHERS_SECONDS
    return "bot" if state == "queued" and row["now"] - since > patience else state


def is_waiting() -> ColumnElement[bool]:
    """The conversation waits for a person: queued and not given up, or its member of staff is gone."""
    patience = case((conversations.c.reason == "asked", QUEUE_SECONDS), else_=OTHERS_SECONDS)
    patient = _queued_at > clock() - patience
    return and_(or_(conversations.c.state == "queued", _abandoned()), patient)


def with_people() -> ColumnElement[bool]:
    """Waiting for a person or with one: the condition of the partial index, which parameters would hide."""
    return literal_column("conversations.state") != literal_column("'bot'")


def in_order() -> tuple[Any, Any]:
    """The queue's order: who asked for a person first, then by waiting time."""
    return case((conversations.c.reason == "asked", 0), else_=1), _queued_at


class Desk:
    """What a member of staff can do with a conversation. Every method is atomic, whoever else tries."""

    def __init__(
        self,
        database: Database,
        pulled: frozenset[str] = frozenset(),
        told: Callable[[int, bool], None] = lambda conversation_id, said: None,
    ) -> None:
        """`pulled`: channels whose people fetch replies themselves.

        `told` hears of each change, and whether it says something to the person.
        """
        self._database = database
        self._pulled = pulled
        self._told = told

    async def queue(self) -> list[int]:
        """The conversations that wait for a person, in the order they should be taken."""
        waiting = select(conversations.c.id).where(with_people(), is_waiting()).order_by(*in_order())
        async with self._database.read() as connection:
            return list((await connection.execute(waiting)).scalars())

    async def take(self, conversation_id: int, agent: str, *, greet: bool = False) -> bool:
        """Take a conversation nobody has; False when somebody was faster. `greet`: the person is told."""
        free = or_(conversations.c.state.in_(("queued", "bot")), _abandoned())
        values = {"state": "human", "agent": agent, "agent_until": clock() + AGENT_SECONDS, "state_at": clock()}
        said = replies.TAKEN if greet else None
        return await self._change(conversation_id, free, values, "taken", agent, said) is not None

    async def take_next(self, agent: str) -> int:
        """Take whoever is first in the queue, and greet; the conversation's id, 0 when nobody waits.

        One statement: fifty who ask at once get fifty different people. It passes over who is being taken just now, but
        also over who is just writing; so before nobody is said to wait, those are waited for.
        """
        first = select(conversations.c.id).where(with_people(), is_waiting()).order_by(*in_order()).limit(1)
        who = first.with_for_update(skip_locked=True).correlate(None).scalar_subquery()
        if taken := await self._take_waiting(who, agent):
            return taken
        for passed_over in await self.queue():
            if taken := await self._take_waiting(passed_over, agent):
                return taken
        return 0

    async def _take_waiting(self, who: int | ScalarSelect[int], agent: str) -> int:
        values = {"state": "human", "agent": agent, "agent_until": clock() + AGENT_SECONDS, "state_at": clock()}
        taken = await self._change(who, is_waiting(), values, "taken", agent, replies.TAKEN)
        return taken[0] if taken else 0

    async def renew(self, conversation_id: int, agent: str) -> bool:
        """A sign of life; False when the conversation is not the agent's any more."""
        longer = update(conversations).where(conversations.c.id == conversation_id, _has(agent))
        async with self._database.write() as connection:
            renewed = await connection.execute(longer.values(agent_until=clock() + AGENT_SECONDS))
        return bool(renewed.rowcount)

    async def renew_all(self, agent: str) -> None:
        """A sign of life for everything the agent has."""
        async with self._database.write() as connection:
            mine = update(conversations).where(_has(agent))
            await connection.execute(mine.values(agent_until=clock() + AGENT_SECONDS))

    async def say(self, conversation_id: int, agent: str, text: str, sms: str = "") -> Delivery | None:
        """Put a message of the staff into the outbox; None when the conversation is not the agent's any more."""
        values = {"agent_until": clock() + AGENT_SECONDS}
        said = replies.staff(mask(text[:LONGEST]), mask(sms[:LONGEST]))
        done = await self._change(conversation_id, _has(agent), values, said=said)
        return done[1] if done else None

    async def ask_number(self, conversation_id: int, agent: str) -> bool:
        """Ask the person for a number to call back; the next bare mobile number is kept as that."""
        values = {"agent_until": clock() + AGENT_SECONDS, "callback_until": clock() + CALLBACK_SECONDS}
        return bool(await self._change(conversation_id, _has(agent), values, said=replies.CALLBACK_ASK))

    async def transfer(self, conversation_id: int, agent: str, to: str) -> bool:
        """Give the conversation to a colleague, who has it at once; False when it is not the agent's any more."""
        values = {"agent": to, "agent_until": clock() + AGENT_SECONDS, "state_at": clock()}
        detail = {"to": to}
        return bool(await self._change(conversation_id, _has(agent), values, "transferred", agent, detail=detail))

    async def requeue(self, conversation_id: int, agent: str) -> bool:
        """Put the person back into the queue, where he was."""
        return bool(await self._change(conversation_id, _has(agent), _free("queued"), "requeued", agent))

    async def close(self, conversation_id: int, agent: str, outcome: str = "", note: str = "") -> bool:
        """End it with an outcome, give the person back to the robot, and say so."""
        values, detail = _free("bot"), {"outcome": outcome[:40], "note": mask(note[:200])}
        done = await self._change(conversation_id, _has(agent), values, "closed", agent, replies.CLOSED, detail)
        return bool(done)

    async def give_back(self, conversation_id: int, agent: str) -> bool:
        """Give the person back to the robot: nothing is settled, he may go on asking."""
        done = await self._change(conversation_id, _has(agent), _free("bot"), "returned", agent, replies.RETURNED)
        return bool(done)

    async def return_abandoned(self) -> list[tuple[int, str]]:
        """Put back into the queue whose member of staff is gone; each with that person's login."""
        look = select(conversations.c.id, conversations.c.agent).where(with_people(), _abandoned()).limit(100)
        async with self._database.read() as connection:
            gone = [(row.id, row.agent or "") for row in await connection.execute(look)]
        free = [
            (id, agent) for id, agent in gone if await self._change(id, _abandoned(), _free("queued"), "expired", agent)
        ]
        return free

    async def _change(
        self,
        conversation_id: int | ScalarSelect[int],
        allowed: ColumnElement[bool],
        values: Mapping[str, Any],
        event: str = "",
        agent: str = "",
        said: replies.Body | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> tuple[int, Delivery] | None:
        """Change the row if allowed, with its event and what is said. The row's lock keeps messages in order."""
        change = update(conversations).where(conversations.c.id == conversation_id, allowed).values(**values)
        waited = (clock() - conversations.c.queued_at).label("waited")
        change = change.returning(conversations.c.id, conversations.c.channel, conversations.c.person, waited)
        async with self._database.write() as connection:
            row = (await connection.execute(change)).first()
            if row is None:
                return None
            if event:
                detail = {**(detail or {}), **({"waited": round(row.waited, 1)} if row.waited is not None else {})}
                await _note(connection, row.id, event, agent, detail)
            delivery = Delivery(0, row.channel, row.person, {}, None, 0)
            if said is not None:
                delivery = await self._put(connection, row.id, delivery, said)
        self._told(row.id, said is not None)
        return row.id, delivery

    async def _put(self, connection: Connection, conversation_id: int, to: Delivery, said: replies.Body) -> Delivery:
        sent = to.channel in self._pulled
        statement = outbox.insert().values(
            conversation_id=conversation_id,
            channel=to.channel,
            person=to.person,
            body=said,
            state="sent" if sent else "pending",
            next_at=clock(),
            created_at=clock(),
            sent_at=clock() if sent else None,
        )
        row_id = (await connection.execute(statement.returning(outbox.c.id))).scalar_one()
        return Delivery(row_id, to.channel, to.person, said, None, 1)


async def _note(connection: Connection, conversation_id: int, event: str, by: str, detail: Mapping[str, Any]) -> None:
    happened = {"conversation_id": conversation_id, "event": event, "by": by, "detail": dict(detail), "at": clock()}
    await connection.execute(handoff_events.insert().values(**happened))


def _free(state: str) -> dict[str, Any]:
    """Nobody's any more. In the queue the reason and the place stay."""
    values = {"state": state, "agent": None, "agent_until": None, "state_at": clock()}
    return values if state == "queued" else {**values, "reason": "", "queued_at": None}


def _abandoned() -> ColumnElement[bool]:
    """A member of staff has it, and shows no sign of life."""
    return and_(conversations.c.state == "human", conversations.c.agent_until < clock())


def _has(agent: str) -> ColumnElement[bool]:
    """The conversation is this member of staff's, and his lease holds."""
    mine = and_(conversations.c.state == "human", conversations.c.agent == agent)
    return and_(mine, conversations.c.agent_until >= clock())
