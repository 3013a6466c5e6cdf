"""The desk's tables, beside the inbox's in one database. Times are seconds since 1970 by the database's clock."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from front.inbox.tables import BigId, metadata


def _id() -> Column[int]:
    return Column("id", BigId, primary_key=True, autoincrement=True)


def _conversation(nullable: bool = False) -> Column[int]:
    return Column("conversation_id", BigId, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=nullable)


# A member of staff. `login` is what the conversations' `agent`, the audit log and every `by` column name.
staff = Table(
    "staff",
    metadata,
    _id(),
    Column("login", String(40), nullable=False, unique=True),
    Column("name", String(40), nullable=False),  # what citizens and colleagues see
    Column("role", String(10), nullable=False),  # agent, lead, admin: front.desk.rights
    Column("password", String(200), nullable=False),  # argon2id
    Column("must_change", Boolean, nullable=False, default=True),
    Column("disabled", Boolean, nullable=False, default=False),
    Column("failures", Integer, nullable=False, default=0),  # wrong passwords in a row
    Column("locked_until", Float, nullable=False, default=0.0),
    Column("present_until", Float, nullable=False, default=0.0),  # at the desk and taking conversations
    Column("prefs", JSON, nullable=False, default=dict),  # pinned, recent, dark
    Column("created_at", Float, nullable=False),
)

# The database knows a hash of the cookie only.
staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("staff_id", BigId, ForeignKey("staff.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("seen_at", Float, nullable=False),
)

# Who saw and did what. A trigger refuses every change and deletion; nobody's words or numbers are written here.
audit = Table(
    "audit",
    metadata,
    _id(),
    Column("at", Float, nullable=False),
    Column("who", String(40), nullable=False),
    Column("action", String(40), nullable=False),
    Column("about", String(100), nullable=False, default=""),  # conversation:12, entry:transfer.time_limit, staff:li
    Column("detail", JSON, nullable=False, default=dict),
)
Index("audit_at", audit.c.at)

# What citizens never see.
notes = Table(
    "notes",
    metadata,
    _id(),
    _conversation(),
    Column("by", String(40), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Float, nullable=False),
)
Index("notes_conversation", notes.c.conversation_id, notes.c.id)

phrases = Table(
    "phrases",
    metadata,
    _id(),
    Column("owner", String(40), nullable=False, default=""),  # "": everybody's
    Column("title", String(60), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Float, nullable=False),
)

# Somebody wants to be called back. The number is encrypted; lists show `shown` (138****1234).
callbacks = Table(
    "callbacks",
    metadata,
    _id(),
    _conversation(),
    Column("number", String(300), nullable=False),
    Column("shown", String(20), nullable=False),
    Column("about", Text, nullable=False, default=""),  # the last question, masked
    Column("state", String(10), nullable=False),  # open, taken, done, failed
    Column("by", String(40), nullable=False, default=""),
    Column("outcome", String(200), nullable=False, default=""),
    Column("asked_at", Float, nullable=False),
    Column("changed_at", Float, nullable=False),
)
Index("callbacks_state", callbacks.c.state, callbacks.c.asked_at)

# 此条有误
reports = Table(
    "reports",
    metadata,
    _id(),
    Column("entry", String(100), nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", String(40), nullable=False),
    Column("state", String(10), nullable=False),  # open, right (the entry is), mended
    Column("outcome", String(200), nullable=False, default=""),
    Column("closed_by", String(40), nullable=False, default=""),
    Column("at", Float, nullable=False),
    Column("closed_at", Float),
)

# A question the robot did not know, refused, or answered badly; masked. What becomes of it is a person's decision.
lessons = Table(
    "lessons",
    metadata,
    _id(),
    # None: typed in by the staff, or learned. Erased with the message or the person, unless it was learned.
    Column("inbound_id", BigId, ForeignKey("inbound.id", ondelete="CASCADE"), unique=True),
    _conversation(nullable=True),
    Column("text", Text, nullable=False),
    Column("why", String(20), nullable=False),  # missed, refused, voted_down, none_of_these, staff
    Column("answered", String(100), nullable=False, default=""),  # the entry that was answered, if any
    Column("cluster", Integer, nullable=False, default=0),
    Column("state", String(10), nullable=False),  # new, proposed, accepted, learned, unlearned, not_ours, to_write
    Column("label", String(100), nullable=False, default=""),  # the training label; write/3: the third to write
    Column("proposed_by", String(40), nullable=False, default=""),
    Column("by", String(40), nullable=False, default=""),  # who decided
    Column("note", Text, nullable=False, default=""),  # why it was not learned
    Column("asked_at", Float, nullable=False),
    Column("decided_at", Float),
)
Index("lessons_state", lessons.c.state, lessons.c.cluster)
Index("lessons_conversation", lessons.c.conversation_id)

# Knowledge that is missing: the to-write list.
to_write = Table(
    "to_write",
    metadata,
    _id(),
    Column("title", String(100), nullable=False, unique=True),
    Column("by", String(40), nullable=False),
    Column("state", String(10), nullable=False),  # open, done, dropped
    Column("outcome", String(200), nullable=False, default=""),
    Column("at", Float, nullable=False),
)

# What the office sets: robot (on or off, reason, notice), hours. The newest row of a name holds.
office = Table(
    "office",
    metadata,
    _id(),
    Column("name", String(20), nullable=False),
    Column("value", JSON, nullable=False),
    Column("by", String(40), nullable=False),
    Column("at", Float, nullable=False),
)
Index("office_name", office.c.name, office.c.id)
