"""The statements every message needs, built once: building them anew cost more than running them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    insert,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert, ReturningUpdate

from front.inbox.tables import clock, conversations, inbound, outbox


def insert_new(is_sqlite: bool, table: Any) -> Any:
    """An INSERT that knows ON CONFLICT, in the database's dialect."""
    return sqlite.insert(table) if is_sqlite else postgresql.insert(table)


def _parameters(*names: str) -> dict[str, Any]:
    return {name: bindparam(f"p_{name}") for name in names}


class Statements:
    """Prepared for one dialect and one length of lease (seconds). Parameters are the column names after `p_`."""

    def __init__(self, is_sqlite: bool, lease: float) -> None:
        self.person = _person(is_sqlite)
        self.message = _message(is_sqlite)
        self.lease_one = _lease(lease, one=True)
        self.lease_some = _lease(lease, one=False)
        self.next = _next()
        waits = and_(inbound.c.id == bindparam("p_id"), inbound.c.state == "waiting")
        self.done = update(inbound).where(waits).values(state="done", done_at=clock())
        shapes = ((), ("options",), ("rest",), ("options", "rest"))
        self.finish = {frozenset(changes): _finish(lease, changes) for changes in shapes}
        self.reply = _reply()


def _person(is_sqlite: bool) -> Any:
    """A person's row, made if new."""
    statement = insert_new(is_sqlite, conversations).values(
        **_parameters("channel", "person", "brain_id"),
        state="bot",
        state_at=clock(),
        created_at=clock(),
        seen_at=clock(),
    )
    statement = statement.on_conflict_do_update(index_elements=["channel", "person"], set_={"seen_at": clock()})
    calls = (conversations.c.callback_until > clock()).label("calls")
    return statement.returning(conversations.c.id, calls)


def _message(is_sqlite: bool) -> Any:
    """A message that waits, unless its key is known."""
    given = _parameters("conversation_id", "channel", "key", "kind", "text", "event", "extra")
    statement = insert_new(is_sqlite, inbound).values(**given, state="waiting", received_at=clock())
    return statement.on_conflict_do_nothing(index_elements=["channel", "key"]).returning(inbound.c.id)


def _lease(seconds: float, one: bool) -> ReturningUpdate[Any]:
    """Lease a conversation (`p_id`) or some (`p_limit`) in which a message waits and nobody works."""
    free = conversations.alias("free")
    waits = exists().where(inbound.c.conversation_id == free.c.id, inbound.c.state == "waiting")
    chosen = select(free.c.id).where(_is_free(free, seconds), waits)
    if one:
        chosen = chosen.where(free.c.id == bindparam("p_id"))
    else:
        chosen = chosen.order_by(free.c.seen_at).limit(bindparam("p_limit"))
    return (
        update(conversations)
        .where(conversations.c.id.in_(chosen.with_for_update(skip_locked=True)))
        .values(
            lease_owner=bindparam("p_owner"),
            lease_until=clock() + seconds,
            lease_epoch=conversations.c.lease_epoch + 1,
            takeovers=case((conversations.c.lease_owner.is_(None), 0), else_=conversations.c.takeovers + 1),
        )
        .returning(conversations.c.id, conversations.c.lease_epoch)
    )


def _is_free(table: Any, seconds: float) -> ColumnElement[bool]:
    """Never leased, expired, or so far ahead that the clock must have jumped back."""
    until = table.c.lease_until
    return or_(table.c.lease_owner.is_(None), until < clock(), until > clock() + 10 * seconds)


def _next() -> Select[Any]:
    """The oldest waiting message of a leased conversation, and how many messages came in the minute before now."""
    lately = inbound.alias("lately")
    recent = select(func.count()).where(
        lately.c.conversation_id == bindparam("p_id"), lately.c.received_at > clock() - 60
    )
    leased = and_(conversations.c.id == bindparam("p_id"), conversations.c.lease_epoch == bindparam("p_epoch"))
    return (
        select(inbound, conversations, clock().label("now"), recent.scalar_subquery().label("recent"))
        .join_from(inbound, conversations)
        .where(leased, inbound.c.state == "waiting")
        .order_by(inbound.c.id)
        .limit(1)
    )


def _finish(lease: float, changes: tuple[str, ...]) -> ReturningUpdate[Any]:
    """The end of a turn (`p_message`) that changes these columns of its conversation, and not its state."""
    other = exists().where(
        inbound.c.conversation_id == bindparam("p_id"),
        inbound.c.state == "waiting",
        inbound.c.id != bindparam("p_message"),
    )
    leased = and_(conversations.c.id == bindparam("p_id"), conversations.c.lease_epoch == bindparam("p_epoch"))
    statement = update(conversations).where(leased).values(
        lease_until=clock() + lease,
        takeovers=0,
        lease_owner=case((other, conversations.c.lease_owner), else_=None),
        **_parameters(*changes),
    )  # fmt: skip
    return statement.returning(conversations.c.lease_owner)


def on_its_way(table: Any) -> ColumnElement[bool]:
    """Claimed, or to be sent within two seconds: a later reply to the same person must not overtake it.

    One that waits for its next try holds nobody up: it may wait for minutes, and the person has written again.
    """
    soon = and_(table.c.state == "pending", table.c.next_at <= clock() + 2.0)
    return or_(table.c.state == "claimed", soon)


def _reply() -> ReturningInsert[Any]:
    """The outbox row of an answer, in the state `p_state`.

    With `p_claim` it is claimed for `p_passive` seconds instead, unless an earlier reply to the person is on its way.
    """
    given = _parameters("conversation_id", "inbound_id", "inbound_key", "channel", "person", "body")
    earlier = outbox.alias("earlier")
    before = exists().where(earlier.c.conversation_id == bindparam("p_conversation_id"), on_its_way(earlier))
    claimed = and_(bindparam("p_claim", type_=Boolean), not_(before))
    statement = insert(outbox).values(
        **given,
        state=case((claimed, "claimed"), else_=bindparam("p_state")),
        attempts=case((claimed, 1), else_=0),
        next_at=clock(),
        claimed_until=clock() + case((claimed, bindparam("p_passive")), else_=0.0),
        created_at=clock(),
        sent_at=case((bindparam("p_state") == "sent", clock()), else_=None),
    )
    return statement.returning(outbox.c.id, outbox.c.created_at, outbox.c.attempts)
