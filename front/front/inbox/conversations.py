"""Who has a conversation: bot → queued → human → bot. The desk's side of it; people's side is in decide.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update

from front.inbox import replies
from front.inbox.database import Connection, Database
from front.inbox.protocol import Delivery
from front.inbox.tables import clock, conversations, handoff_events, outbox
from front.masking import mask

QUEUE_SECONDS = 30 * 60.0  # nobody came: the robot has the person again
AGENT_SECONDS = 15 * 60.0  # a member of staff who shows no sign of life


def effective_state(row: Mapping[Any, Any]) -> str:
    """The state of a row of `conversations` at `now` (in the row): a lapsed queue or lease means the robot."""
    state = str(row[conversations.c.state])
    if state == "queued" and row["now"] - row[conversations.c.state_at] > QUEUE_SECONDS:
        return "bot"
    if state == "human" and (row[conversations.c.agent_until] or 0.0) < row["now"]:
        return "bot"
    return state


class Desk:
    """What a member of staff can do with a conversation. Every method is atomic, whoever else tries."""

    def __init__(self, database: Database, pulled: frozenset[str] = frozenset()) -> None:
        """`pulled`: channels whose people fetch replies themselves."""
        self._database = database
        self._pulled = pulled

    async def queue(self) -> list[int]:
        """The conversations that wait for a person, longest first."""
        waiting = select(conversations.c.id).where(
            conversations.c.state == "queued", conversations.c.state_at > clock() - QUEUE_SECONDS
        )
        async with self._database.read() as connection:
            return list((await connection.execute(waiting.order_by(conversations.c.state_at))).scalars())

    async def take(self, conversation_id: int, agent: str) -> bool:
        """Take a conversation that is queued, or whose member of staff is gone; False when somebody was faster."""
        gone = and_(conversations.c.state == "human", conversations.c.agent_until < clock())
        free = or_(conversations.c.state.in_(("queued", "bot")), gone)
        values = {"state": "human", "agent": agent, "agent_until": clock() + AGENT_SECONDS, "state_at": clock()}
        return await self._change(conversation_id, free, values, "taken", agent) is not None

    async def renew(self, conversation_id: int, agent: str) -> bool:
        """A sign of life; False when the conversation is not the agent's any more."""
        return await self._change(conversation_id, _has(agent), {"agent_until": clock() + AGENT_SECONDS}) is not None

    async def say(self, conversation_id: int, agent: str, text: str) -> Delivery | None:
        """Put a message of the staff into the outbox; None when the conversation is not the agent's any more."""
        values = {"agent_until": clock() + AGENT_SECONDS}
        return await self._change(conversation_id, _has(agent), values, said=replies.staff(mask(text)))

    async def close(self, conversation_id: int, agent: str) -> bool:
        """Give the person back to the robot, and say so."""
        values = {"state": "bot", "agent": None, "agent_until": None, "state_at": clock()}
        return bool(await self._change(conversation_id, _has(agent), values, "closed", agent, replies.CLOSED))

    async def _change(
        self,
        conversation_id: int,
        allowed: ColumnElement[bool],
        values: Mapping[str, Any],
        event: str = "",
        agent: str = "",
        said: replies.Body | None = None,
    ) -> Delivery | None:
        """Change the row if allowed, with its event and what is said. The row's lock keeps messages in order."""
        change = update(conversations).where(conversations.c.id == conversation_id, allowed).values(**values)
        change = change.returning(conversations.c.channel, conversations.c.person)
        async with self._database.write() as connection:
            row = (await connection.execute(change)).first()
            if row is None:
                return None
            if event:
                happened = {"conversation_id": conversation_id, "event": event, "by": agent, "at": clock()}
                await connection.execute(handoff_events.insert().values(**happened))
            if said is None:
                return Delivery(0, row.channel, row.person, {}, None, 0)
            return await self._put(connection, conversation_id, row.channel, row.person, said)

    async def _put(
        self, connection: Connection, conversation_id: int, channel: str, person: str, said: replies.Body
    ) -> Delivery:
        sent = channel in self._pulled
        statement = outbox.insert().values(
            conversation_id=conversation_id,
            channel=channel,
            person=person,
            body=said,
            state="sent" if sent else "pending",
            next_at=clock(),
            created_at=clock(),
            sent_at=clock() if sent else None,
        )
        row_id = (await connection.execute(statement.returning(outbox.c.id))).scalar_one()
        return Delivery(row_id, channel, person, said, None, 1)


def _has(agent: str) -> ColumnElement[bool]:
    """The conversation is this member of staff's, and his lease holds."""
    mine = and_(conversations.c.state == "human", conversations.c.agent == agent)
    return and_(mine, conversations.c.agent_until >= clock())
