"""Messages in, leases, turns and their completion: the transactions that make each message one answer.

Order and exclusion: a process works on a conversation only under a lease on its row, and completes a turn only while
the lease's epoch is still its own. So whatever happens to clocks and processes, an older holder cannot write any more,
and a message has at most one outbox row (unique).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, case, delete, exists, select, update

from front.inbox.conversations import effective_state
from front.inbox.database import Connection, Database
from front.inbox.decide import Decision, Turn
from front.inbox.protocol import Delivery, Inbound, Received
from front.inbox.statements import Statements
from front.inbox.tables import clock, conversations, handoff_events, inbound, outbox
from front.inbox.words import visible
from front.masking import mask

_PASSIVE = 10.0  # seconds a reply may take to go out in the response before the sender takes it
_LONG = 200


class LeaseLost(Exception):
    """Another process holds the conversation now, or it was erased: the work is not ours any more."""


@dataclass(frozen=True)
class Lease:
    """The right to work on one conversation, until the epoch is raised by somebody else."""

    conversation_id: int
    epoch: int


class Store:
    """The inbound side of the database."""

    def __init__(
        self, database: Database, owner: str, lease: float = 6.0, pulled: frozenset[str] = frozenset()
    ) -> None:
        """`owner` names this process; `pulled`: channels whose people fetch replies themselves (the web)."""
        self.database = database
        self._owner = owner
        self.lease_seconds = lease
        self._pulled = pulled
        self._statements = Statements(database.sqlite, lease)

    async def receive(self, message: Inbound) -> tuple[Received, int]:
        """Store a message once, masked; returns it and its conversation's id."""
        person = {"channel": message.channel, "person": message.person[:_LONG], "brain_id": new_brain_id()}
        said = {"kind": message.kind, "event": message.event, "extra": dict(message.extra)}
        said |= {"channel": message.channel, "key": message.key[:_LONG], "text": mask(visible(message.text))}
        async with self.database.write() as connection:
            # the lock on the person's row makes the order of ids the order of commits
            row_id = await connection.execute(self._statements.person, _named(person))
            conversation_id = int(row_id.scalar_one())
            stored = await connection.execute(self._statements.message, _named(said, conversation_id=conversation_id))
            if new := stored.scalar():
                return Received(new, False), conversation_id
            old = select(inbound.c.id, inbound.c.conversation_id).where(
                inbound.c.channel == message.channel, inbound.c.key == message.key[:_LONG]
            )
            row = (await connection.execute(old)).one()
            return Received(row.id, True), row.conversation_id

    async def lease(self, limit: int = 1, conversation_id: int | None = None) -> list[Lease]:
        """Lease conversations in which a message waits: this one, or up to `limit` that nobody works on."""
        statement = self._statements.lease_one if conversation_id else self._statements.lease_some
        which = {"id": conversation_id} if conversation_id else {"limit": limit}
        async with self.database.write() as connection:
            rows = await connection.execute(statement, _named(which, owner=self._owner))
            return [Lease(row.id, row.lease_epoch) for row in rows]

    async def next_turn(self, lease: Lease) -> Turn | None:
        """The oldest waiting message of the leased conversation."""
        async with self.database.read() as connection:
            given = {"p_id": lease.conversation_id, "p_epoch": lease.epoch}
            row = (await connection.execute(self._statements.next, given)).mappings().first()
        return _turn(row, lease) if row else None

    async def complete(self, turn: Turn, decision: Decision, claim: bool) -> tuple[Delivery | None, bool]:
        """Answer a turn in one transaction. Returns the reply, and whether the lease goes on (more is waiting).

        `claim`: somebody waits to deliver the reply in his response. Raises LeaseLost.
        """
        async with self.database.write() as connection:
            goes_on = await self._update_conversation(connection, turn, decision)
            if decision.erase:
                await erase_messages(connection, turn.conversation_id, but=turn.inbound_id)
            done = self._statements.done
            done = done.values(text="", extra={}) if decision.erase else done
            await connection.execute(done, {"p_id": turn.inbound_id})
            if decision.event:
                event = {"conversation_id": turn.conversation_id, "event": decision.event, "at": clock()}
                await connection.execute(handoff_events.insert().values(**event))
            delivery = await self._put(connection, turn, decision, claim) if decision.body else None
        return delivery, goes_on

    async def _update_conversation(self, connection: Connection, turn: Turn, decision: Decision) -> bool:
        values: dict[str, Any] = {"lease_until": clock() + self.lease_seconds, "takeovers": 0}
        other = exists().where(
            inbound.c.conversation_id == turn.conversation_id,
            inbound.c.state == "waiting",
            inbound.c.id != turn.inbound_id,
        )
        values["lease_owner"] = case((other, conversations.c.lease_owner), else_=None)
        if decision.state or turn.expired:
            values |= _state(turn, decision.state or turn.state)
        if decision.options is not None:
            values["options"] = list(decision.options)
        if decision.rest is not None:
            values["rest"] = decision.rest or None
        if decision.erase:
            values["brain_id"] = new_brain_id()
        mine = and_(conversations.c.id == turn.conversation_id, conversations.c.lease_epoch == turn.epoch)
        statement = update(conversations).where(mine).values(**values).returning(conversations.c.lease_owner)
        row = (await connection.execute(statement)).first()
        if row is None:
            raise LeaseLost
        return row.lease_owner is not None

    async def _put(self, connection: Connection, turn: Turn, decision: Decision, claim: bool) -> Delivery:
        state = "sent" if turn.channel in self._pulled else "claimed" if claim else "pending"
        given = {
            "conversation_id": turn.conversation_id,
            "inbound_id": turn.inbound_id,
            "inbound_key": turn.key,
            "channel": turn.channel,
            "person": turn.person,
            "body": decision.body,
            "state": state,
            "attempts": 1 if claim else 0,
            "passive": _PASSIVE if claim else 0.0,
        }
        row_id = (await connection.execute(self._statements.reply, _named(given))).scalar_one()
        return Delivery(row_id, turn.channel, turn.person, decision.body or {}, turn.key, 1)

    async def renew(self, conversation_ids: list[int]) -> None:
        """Hold this process's leases on these conversations for longer."""
        mine = and_(conversations.c.id.in_(conversation_ids), conversations.c.lease_owner == self._owner)
        if conversation_ids:
            async with self.database.write() as connection:
                longer = update(conversations).where(mine).values(lease_until=clock() + self.lease_seconds)
                await connection.execute(longer)

    async def release(self, lease: Lease) -> None:
        """Give a lease back before its time."""
        mine = and_(conversations.c.id == lease.conversation_id, conversations.c.lease_epoch == lease.epoch)
        async with self.database.write() as connection:
            await connection.execute(update(conversations).where(mine).values(lease_owner=None))

    async def reply_to(self, received_id: int) -> tuple[bool, Delivery | None, str]:
        """Whether a message is done, the reply to it and the reply's state ("" when there is none)."""
        statement = (
            select(inbound.c.state.label("inbound_state"), outbox)
            .select_from(inbound.outerjoin(outbox, outbox.c.inbound_id == inbound.c.id))
            .where(inbound.c.id == received_id)
        )
        async with self.database.read() as connection:
            row = (await connection.execute(statement)).first()
        if row is None or row.id is None:
            return row is None or row.inbound_state == "done", None, ""
        return True, as_delivery(row), row.state

    async def conversation_of(self, received_id: int) -> int | None:
        """The conversation a message belongs to."""
        async with self.database.read() as connection:
            found = await connection.execute(select(inbound.c.conversation_id).where(inbound.c.id == received_id))
            return found.scalar()


def as_delivery(row: Any) -> Delivery:
    """An outbox row as a channel gets it."""
    return Delivery(row.id, row.channel, row.person, row.body, row.inbound_key, row.attempts)


def new_brain_id() -> str:
    """A sender id of our own making for Rasa."""
    return "p" + secrets.token_hex(12)


async def erase_messages(connection: Connection, conversation_id: int, but: int = 0) -> int:
    """Delete a conversation's messages and replies (feedback goes with them), all but one; returns how many."""
    gone = await connection.execute(delete(outbox).where(outbox.c.conversation_id == conversation_id))
    mine = and_(inbound.c.conversation_id == conversation_id, inbound.c.id != but)
    return int(gone.rowcount + (await connection.execute(delete(inbound).where(mine))).rowcount)


def _state(turn: Turn, state: str) -> dict[str, Any]:
    """A new state, unless a member of staff has changed it while the turn was worked on."""
    unchanged = conversations.c.state_at == turn.state_at
    wanted: dict[Any, Any] = {conversations.c.agent: None, conversations.c.agent_until: None}
    wanted |= {conversations.c.state: state, conversations.c.state_at: clock()}
    return {column.key: case((unchanged, value), else_=column) for column, value in wanted.items()}


def _named(values: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Parameters as the prepared statements name them."""
    return {f"p_{name}": value for name, value in {**values, **more}.items()}


def _turn(row: Mapping[Any, Any], lease: Lease) -> Turn:
    return Turn(
        inbound_id=row[inbound.c.id],
        conversation_id=lease.conversation_id,
        epoch=lease.epoch,
        channel=row[conversations.c.channel],
        person=row[conversations.c.person],
        key=row[inbound.c.key],
        brain_id=row[conversations.c.brain_id],
        kind=row[inbound.c.kind],
        text=row[inbound.c.text],
        event=row[inbound.c.event],
        extra=row[inbound.c.extra],
        state=effective_state(row),
        expired=effective_state(row) != row[conversations.c.state],
        state_at=row[conversations.c.state_at],
        options=row[conversations.c.options] or (),
        rest=row[conversations.c.rest] or "",
        recent=row["recent"],
        takeovers=row[conversations.c.takeovers],
        received_at=row[inbound.c.received_at],
    )
