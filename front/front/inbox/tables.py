"""The tables of the inbox. Times are seconds since 1970 by the database's clock (one clock for every process)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from front.inbox.gist import about, of_insert, outcome

metadata = MetaData()
BigId = BigInteger().with_variant(Integer, "sqlite")


class clock(GenericFunction[float]):
    """The database's clock, not the transaction's start and not this process's."""

    type = Float()
    inherit_cache = True


@compiles(clock, "postgresql")
def _now_postgresql(*_: Any, **__: Any) -> str:
    return "EXTRACT(EPOCH FROM clock_timestamp())::double precision"


@compiles(clock, "sqlite")
def _now_sqlite(*_: Any, **__: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


def _id() -> Column[int]:
    return Column("id", BigId, primary_key=True, autoincrement=True)


def _conversation() -> Column[int]:
    return Column("conversation_id", BigId, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False)


# One person on one channel. The lease says which process may work on it; a higher epoch shuts an older holder out.
conversations = Table(
    "conversations",
    metadata,
    _id(),
    Column("channel", String(20), nullable=False),
    Column("person", String(200), nullable=False),
    Column("brain_id", String(64), nullable=False),  # the sender Rasa knows; a new one after an erasure
    Column("state", String(10), nullable=False, default="bot"),  # bot, queued, human
    Column("reason", String(20), nullable=False, default=""),  # why it was queued: asked, two_misses, error
    Column("queued_at", Float),  # kept while a member of staff has it: what was waited for
    Column("callback_until", Float, nullable=False, default=0.0),  # until then a bare phone number is for calling back
    Column("agent", String(100)),
    Column("agent_until", Float),  # a member of staff who is gone loses the conversation
    Column("state_at", Float, nullable=False),
    Column("options", JSON(none_as_null=True)),  # the list shown last: [{"title", "payload"}]
    Column("rest", Text),  # what did not fit, for 更多
    Column("lease_owner", String(100)),
    Column("lease_until", Float, nullable=False, default=0.0),
    Column("lease_epoch", Integer, nullable=False, default=0),
    Column("takeovers", Integer, nullable=False, default=0),  # leases lost in a row on the message that waits
    Column("created_at", Float, nullable=False),
    Column("seen_at", Float, nullable=False),
    UniqueConstraint("channel", "person", name="conversations_person"),
)
Index("conversations_with_people", conversations.c.state, sqlite_where=text("state <> 'bot'"),
      postgresql_where=text("state <> 'bot'"))  # fmt: skip

# What people sent, masked. A row that waits is work; the unique key is what makes three deliveries one message.
inbound = Table(
    "inbound",
    metadata,
    _id(),
    _conversation(),
    Column("channel", String(20), nullable=False),
    Column("key", String(200), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("text", Text, nullable=False, default=""),
    Column("event", String(40), nullable=False, default=""),
    Column("extra", JSON, nullable=False),
    Column("state", String(10), nullable=False),  # waiting, done
    Column("received_at", Float, nullable=False),
    Column("done_at", Float),
    UniqueConstraint("channel", "key", name="inbound_key"),
    sqlite_autoincrement=True,  # an erased id is never given again
)
Index("inbound_waiting", inbound.c.conversation_id, inbound.c.id, sqlite_where=text("state = 'waiting'"),
      postgresql_where=text("state = 'waiting'"))  # fmt: skip
Index("inbound_conversation", inbound.c.conversation_id, inbound.c.id)

# What goes out. At most one row for an inbound message; a row is sent by whoever has claimed it.
outbox = Table(
    "outbox",
    metadata,
    _id(),
    _conversation(),
    Column("inbound_id", BigId, unique=True),  # None: the staff wrote by themselves
    Column("inbound_key", String(200)),
    Column("channel", String(20), nullable=False),
    Column("person", String(200), nullable=False),
    Column("body", JSON, nullable=False),
    Column("outcome", String(12), nullable=False, default=of_insert(outcome)),  # of the body, for figures: see gist.py
    Column("about", Text, nullable=False, default=of_insert(about)),
    Column("state", String(10), nullable=False),  # pending, claimed, sent, dead
    Column("attempts", Integer, nullable=False, default=0),
    Column("next_at", Float, nullable=False),
    Column("claimed_until", Float, nullable=False, default=0.0),
    Column("note", Text, nullable=False, default=""),
    Column("created_at", Float, nullable=False),
    Column("sent_at", Float),
    sqlite_autoincrement=True,
)
Index("outbox_open", outbox.c.next_at, sqlite_where=text("state IN ('pending', 'claimed')"),
      postgresql_where=text("state IN ('pending', 'claimed')"))  # fmt: skip
Index("outbox_conversation", outbox.c.conversation_id, outbox.c.id)
# Figures are read from the first alone: behind a body of ten thousand bytes every column costs a walk.
Index("outbox_figures", outbox.c.created_at, outbox.c.id, outbox.c.channel, outbox.c.conversation_id, outbox.c.outcome,
      outbox.c.about)  # fmt: skip
Index("outbox_dead", outbox.c.created_at, outbox.c.channel, sqlite_where=text("state = 'dead'"),
      postgresql_where=text("state = 'dead'"))  # fmt: skip

feedback = Table(
    "feedback",
    metadata,
    _id(),
    _conversation(),
    Column("outbox_id", BigId, ForeignKey("outbox.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("good", Boolean, nullable=False),
    Column("reason", String(200), nullable=False, default=""),
    Column("at", Float, nullable=False),
)

handoff_events = Table(
    "handoff_events",
    metadata,
    _id(),
    _conversation(),
    Column("event", String(20), nullable=False),  # asked, taken, closed, expired, transferred, pointed (to the phone)
    Column("by", String(100), nullable=False, default=""),
    Column("detail", JSON, nullable=False, default=dict),  # outcome, to whom, seconds waited
    Column("at", Float, nullable=False),
)
Index("handoff_conversation", handoff_events.c.conversation_id, handoff_events.c.id)

# Values that may come once only, until they are forgotten.
nonces = Table(
    "nonces",
    metadata,
    Column("scope", String(40), primary_key=True),
    Column("value", String(200), primary_key=True),
    Column("until", Float, nullable=False),
)

# Small things a channel notes about a person: pushes made, an opt-out.
marks = Table(
    "marks",
    metadata,
    _id(),
    Column("scope", String(40), nullable=False),
    Column("key", String(200), nullable=False),
    Column("value", String(200), nullable=False, default=""),
    Column("at", Float, nullable=False),
)
Index("marks_key", marks.c.scope, marks.c.key, marks.c.at)
