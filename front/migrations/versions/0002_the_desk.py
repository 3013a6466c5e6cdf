"""the desk"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(name: str, length: int, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False, server_default=default)


def _words() -> sa.Column[str]:
    return sa.Column("text", sa.Text(), nullable=False)


def _time(name: str, *, nullable: bool = False) -> sa.Column[float]:
    return sa.Column(name, sa.Float(), nullable=nullable)


def _id() -> sa.Column[int]:
    return sa.Column("id", _ID, primary_key=True, autoincrement=True)


def _of(table: str, column: str, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(column, _ID, sa.ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=nullable)


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.JSON(), nullable=False, server_default="{}")


def upgrade() -> None:
    """the desk"""
    with op.batch_alter_table("conversations") as conversations:
        conversations.add_column(_text("reason", 20, ""))
        conversations.add_column(_time("queued_at", nullable=True))
        conversations.add_column(sa.Column("callback_until", sa.Float(), nullable=False, server_default="0"))
    with_people = sa.text("state <> 'bot'")
    op.create_index(
        "conversations_with_people",
        "conversations",
        ["state"],
        sqlite_where=with_people,
        postgresql_where=with_people,
    )
    with op.batch_alter_table("handoff_events") as events:
        events.add_column(_json("detail"))
    with op.batch_alter_table("outbox") as outbox:  # replies from before count in no figure
        outbox.add_column(_text("outcome", 12, ""))
        outbox.add_column(sa.Column("about", sa.Text(), nullable=False, server_default=""))
    figures = ["created_at", "id", "channel", "conversation_id", "outcome", "about"]
    op.create_index("outbox_figures", "outbox", figures)
    dead = sa.text("state = 'dead'")
    op.create_index("outbox_dead", "outbox", ["created_at", "channel"], sqlite_where=dead, postgresql_where=dead)
    _people()
    _work()
    _learning()
    _append_only()


def _people() -> None:
    op.create_table(
        "staff",
        _id(),
        sa.Column("login", sa.String(40), nullable=False, unique=True),
        _text("name", 40),
        _text("role", 10),
        _text("password", 200),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        _time("locked_until"),
        _time("present_until"),
        _json("prefs"),
        _time("created_at"),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        _of("staff", "staff_id"),
        _time("created_at"),
        _time("seen_at"),
    )
    op.create_table(
        "audit", _id(), _time("at"), _text("who", 40), _text("action", 40), _text("about", 100, ""), _json("detail")
    )
    op.create_index("audit_at", "audit", ["at"])
    op.create_table("office", _id(), _text("name", 20), _json("value"), _text("by", 40), _time("at"))
    op.create_index("office_name", "office", ["name", "id"])


def _work() -> None:
    op.create_table("notes", _id(), _of("conversations", "conversation_id"), _text("by", 40), _words(), _time("at"))
    op.create_index("notes_conversation", "notes", ["conversation_id", "id"])
    op.create_table("phrases", _id(), _text("owner", 40, ""), _text("title", 60), _words(), _time("at"))
    op.create_table(
        "callbacks",
        _id(),
        _of("conversations", "conversation_id"),
        _text("number", 300),
        _text("shown", 20),
        sa.Column("about", sa.Text(), nullable=False),
        _text("state", 10),
        _text("by", 40, ""),
        _text("outcome", 200, ""),
        _time("asked_at"),
        _time("changed_at"),
    )
    op.create_index("callbacks_state", "callbacks", ["state", "asked_at"])
    op.create_table(
        "reports",
        _id(),
        _text("entry", 100),
        sa.Column("reason", sa.Text(), nullable=False),
        _text("by", 40),
        _text("state", 10),
        _text("outcome", 200, ""),
        _text("closed_by", 40, ""),
        _time("at"),
        _time("closed_at", nullable=True),
    )


def _learning() -> None:
    op.create_table(
        "lessons",
        _id(),
        sa.Column("inbound_id", _ID, sa.ForeignKey("inbound.id", ondelete="CASCADE"), unique=True),
        _of("conversations", "conversation_id", nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        _text("why", 20),
        _text("answered", 100, ""),
        sa.Column("cluster", sa.Integer(), nullable=False),
        _text("state", 10),
        _text("label", 100, ""),
        _text("proposed_by", 40, ""),
        _text("by", 40, ""),
        sa.Column("note", sa.Text(), nullable=False, server_default=""),
        _time("asked_at"),
        _time("decided_at", nullable=True),
    )
    op.create_index("lessons_state", "lessons", ["state", "cluster"])
    op.create_index("lessons_conversation", "lessons", ["conversation_id"])
    op.create_table(
        "to_write",
        _id(),
        sa.Column("title", sa.String(100), nullable=False, unique=True),
        _text("by", 40),
        _text("state", 10),
        _text("outcome", 200, ""),
        _time("at"),
    )


def _append_only() -> None:
    """The audit log refuses changes, whoever is connected as the front's own user."""
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{what.lower()} BEFORE {what} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()"
    )
