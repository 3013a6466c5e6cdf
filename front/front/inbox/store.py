"""Messages in, leases, turns and their completion: the transactions that make each message one answer.

Order and exclusion: a process works on a conversation only under a lease on its row, and completes a turn only while
the lease's epoch is still its own. So whatever happens to clocks and processes, an older holder cannot write any more,
and a message has at most one outbox row (unique).
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, case, delete, func, select, update

from front.inbox.conversations import CALLBACK_SECONDS, effective_state
from front.inbox.database import Connection, Database
from front.inbox.decide import Decision, Turn
from front.inbox.office import FrontDesk
from front.inbox.protocol import Delivery, Inbound, Received
from front.inbox.statements import Statements
from front.inbox.tables import clock, conversations, handoff_events, inbound, marks, metadata, nonces, outbox
from front.inbox.words import mobile, shown_number, visible, wants_callback
from front.masking import mask

SHOW_SECONDS = 10.0  # seconds a reply may take to go out in the response before the sender takes it
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
        self.front_desk: FrontDesk | None = None

    async def receive(self, message: Inbound) -> tuple[Received, int]:
        """Store a message once, masked; returns it and its conversation's id."""
        async with self.database.write() as connection:
            return await self._insert(connection, message)

    async def receive_leased(self, message: Inbound) -> tuple[Received, int, Turn | None]:
        """Like `receive`, and lease the conversation in the same transaction where nobody works on it.

        With the lease comes the turn to begin with: the message, or an older one that waits still.
        """
        async with self.database.write() as connection:
            received, conversation_id = await self._insert(connection, message)
            turn = None if received.duplicate else await self._begin(connection, conversation_id)
            return received, conversation_id, turn

    async def _insert(self, connection: Connection, message: Inbound) -> tuple[Received, int]:
        person = {"channel": message.channel, "person": message.person[:_LONG], "brain_id": new_brain_id()}
        said = {"kind": message.kind, "event": message.event, "extra": dict(message.extra)}
        said |= {"channel": message.channel, "key": message.key[:_LONG], "text": mask(visible(message.text))}
        # the lock on the person's row makes the order of ids the order of commits
        row = (await connection.execute(self._statements.person, _named(person))).one()
        conversation_id, number = int(row.id), self._number(message, bool(row.calls))
        if number:
            said["extra"] = {**message.extra, "callback": shown_number(number)}
        stored = await connection.execute(self._statements.message, _named(said, conversation_id=conversation_id))
        if new := stored.scalar():
            if number and self.front_desk:
                await self.front_desk.note_callback(connection, conversation_id, number)
            return Received(new, False), conversation_id
        old = select(inbound.c.id, inbound.c.conversation_id).where(
            inbound.c.channel == message.channel, inbound.c.key == message.key[:_LONG]
        )
        row = (await connection.execute(old)).one()
        return Received(row.id, True), row.conversation_id

    async def _begin(self, connection: Connection, conversation_id: int) -> Turn | None:
        leased = await connection.execute(
            self._statements.lease_one, _named({"id": conversation_id}, owner=self._owner)
        )
        row = leased.first()
        return await self._turn(connection, Lease(row.id, row.lease_epoch)) if row else None

    def _number(self, message: Inbound, asked: bool) -> str | None:
        """The number to call back that a message leaves; `asked`: the person was asked for one just now."""
        if message.kind != "text" or not self.front_desk or not self.front_desk.calls_back:
            return None
        if message.channel == "sms" and wants_callback(message.text):
            return mobile(message.person)
        return mobile(message.text) if asked else None

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
            return await self._turn(connection, lease)

    async def _turn(self, connection: Connection, lease: Lease) -> Turn | None:
        given = {"p_id": lease.conversation_id, "p_epoch": lease.epoch}
        row = (await connection.execute(self._statements.next, given)).mappings().first()
        return _turn(row, lease) if row else None

    async def complete(self, turn: Turn, decision: Decision, claim: bool) -> tuple[Delivery | None, bool]:
        """Answer a turn in one transaction. Returns the reply, and whether the lease goes on (more is waiting).

        `claim`: somebody waits to deliver the reply in his response; it is his if its `attempt` is 1, the sender's
        (0) where an earlier reply is still on its way. Raises LeaseLost.
        """
        async with self.database.write() as connection:
            goes_on = await self._update_conversation(connection, turn, decision)
            if decision.erase:
                await erase_messages(connection, turn.conversation_id, but=turn.inbound_id)
                await erase_marks(connection, turn.channel, turn.person)
            await self._tell_desk(connection, turn, decision)
            done = self._statements.done
            done = done.values(text="", extra={}) if decision.erase else done
            waited = await connection.execute(done, {"p_id": turn.inbound_id})
            if not waited.rowcount:  # withdrawn meanwhile
                return None, goes_on
            if decision.event:
                event = {"conversation_id": turn.conversation_id, "event": decision.event, "at": clock()}
                await connection.execute(handoff_events.insert().values(**event))
            delivery = await self._put(connection, turn, decision, claim) if decision.body else None
        return delivery, goes_on

    async def _tell_desk(self, connection: Connection, turn: Turn, decision: Decision) -> None:
        if self.front_desk and decision.no_callback:
            await self.front_desk.cancel_callbacks(connection, turn.conversation_id)
        if self.front_desk and decision.erase:
            await self.front_desk.erased(connection, turn.conversation_id)

    async def _update_conversation(self, connection: Connection, turn: Turn, decision: Decision) -> bool:
        changes: dict[str, Any] = {}
        if decision.options is not None:
            changes["options"] = list(decision.options)
        if decision.rest is not None:
            changes["rest"] = decision.rest or None
        statement = self._statements.finish[frozenset(changes)]
        if decision.state or turn.expired:
            statement = statement.values(**_state(turn, decision.state or turn.state, decision.reason))
        if decision.callback or decision.erase:
            until = clock() + CALLBACK_SECONDS if decision.callback else 0.0
            statement = statement.values(callback_until=until)
        if decision.erase:
            statement = statement.values(brain_id=new_brain_id())
        given = _named(changes, id=turn.conversation_id, epoch=turn.epoch, message=turn.inbound_id)
        row = (await connection.execute(statement, given)).first()
        if row is None:
            raise LeaseLost
        return row.lease_owner is not None

    async def _put(self, connection: Connection, turn: Turn, decision: Decision, claim: bool) -> Delivery:
        given = {
            "conversation_id": turn.conversation_id,
            "inbound_id": turn.inbound_id,
            "inbound_key": turn.key,
            "channel": turn.channel,
            "person": turn.person,
            "body": decision.body,
            "state": "sent" if turn.channel in self._pulled else "pending",
            "claim": claim,
            "passive": SHOW_SECONDS,
        }
        row = (await connection.execute(self._statements.reply, _named(given))).one()
        body = decision.body or {}
        return Delivery(row.id, turn.channel, turn.person, body, turn.key, row.attempts, row.created_at)

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
    return Delivery(row.id, row.channel, row.person, row.body, row.inbound_key, row.attempts, row.created_at)


def new_brain_id() -> str:
    """A sender id of our own making for Rasa."""
    return "p" + secrets.token_hex(12)


async def erase_messages(connection: Connection, conversation_id: int, but: int = 0) -> Counter[str]:
    """Delete whatever belongs to a conversation, the desk's tables too, all but one message; rows by table."""
    gone: Counter[str] = Counter()
    for table in reversed(metadata.sorted_tables):  # what refers to a row goes before the row
        if "conversation_id" in table.c:
            mine = table.c.conversation_id == conversation_id
            mine = and_(mine, inbound.c.id != but) if table is inbound else mine
            gone[table.name] = (await connection.execute(delete(table).where(mine))).rowcount
    return gone


async def erase_marks(connection: Connection, channel: str | None, person: str) -> int:
    """Forget what a channel (None: every one) noted about a person, all but an opt-out; returns how many notes.

    An opt-out survives: who has said 退订 must not be written to again, and nothing but the mark would tell.
    """
    noted = and_(marks.c.key == person, marks.c.scope.startswith(channel or "", autoescape=True))
    gone = await connection.execute(delete(marks).where(noted, marks.c.scope.not_like("%optout%")))
    once = and_(nonces.c.value == person, nonces.c.scope.startswith(channel or "", autoescape=True))
    return gone.rowcount + (await connection.execute(delete(nonces).where(once))).rowcount


def _state(turn: Turn, state: str, reason: str) -> dict[str, Any]:
    """A new state, unless a member of staff has changed it while the turn was worked on."""
    since = func.coalesce(conversations.c.queued_at, clock()) if turn.state == "queued" else clock()
    unchanged = conversations.c.state_at == turn.state_at
    wanted: dict[Any, Any] = {conversations.c.agent: None, conversations.c.agent_until: None}
    wanted |= {conversations.c.state: state, conversations.c.state_at: clock()}
    queued = state == "queued"
    wanted |= {conversations.c.reason: (reason or turn.reason) if queued else ""}
    wanted |= {conversations.c.queued_at: since if queued else None}
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
        reason=row[conversations.c.reason],
        expired=effective_state(row) != row[conversations.c.state],
        state_at=row[conversations.c.state_at],
        options=row[conversations.c.options] or (),
        rest=row[conversations.c.rest] or "",
        recent=row["recent"],
        takeovers=row[conversations.c.takeovers],
        received_at=row[inbound.c.received_at],
    )
