"""What is kept: history, feedback, marks and nonces; and how it is forgotten, by rule and on request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import Float, Select, and_, bindparam, delete, func, or_, select, update

from front.inbox.database import Database
from front.inbox.protocol import Delivery, Mark, Said
from front.inbox.replies import TROUBLE
from front.inbox.retention import RULES, Rule, forget
from front.inbox.statements import insert_new
from front.inbox.store import erase_marks, erase_messages
from front.inbox.tables import clock, conversations, feedback, inbound, marks, nonces, outbox

_HISTORY = 200  # messages of each side that a page is shown
_SAID = (
    select(*(inbound.c[name] for name in ("key", "kind", "text", "extra")))
    .add_columns((clock() - inbound.c.received_at).label("age"))
    .join_from(conversations, inbound)
    .where(conversations.c.channel == bindparam("p_channel"), conversations.c.person == bindparam("p_person"))
    .where(inbound.c.received_at > clock() - bindparam("p_seconds", type_=Float))
    .order_by(inbound.c.id.desc())
    .limit(100)
)


@dataclass(frozen=True)
class Erased:
    """What was deleted of a person: rows by table, and the sender ids Rasa knew."""

    rows: Counter[str]
    brain_ids: list[str]

    @property
    def messages(self) -> int:
        """Messages and replies."""
        return self.rows["inbound"] + self.rows["outbox"]


class Records:
    """The reading side of the database, and forgetting."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.rules: list[Rule] = list(RULES)  # the desk adds its own

    async def conversation(self, channel: str, person: str) -> int | None:
        """The id of a person's conversation, if there has been one."""
        statement = select(conversations.c.id).where(
            conversations.c.channel == channel, conversations.c.person == person
        )
        async with self._database.read() as connection:
            return (await connection.execute(statement)).scalar()

    async def replies_after(self, conversation_id: int, after: int, limit: int = 100) -> list[dict[str, Any]]:
        """A conversation's replies with an id above `after`, oldest first, as the web page gets them."""
        statement = select(outbox).where(outbox.c.conversation_id == conversation_id, outbox.c.id > after)
        async with self._database.read() as connection:
            rows = (await connection.execute(statement.order_by(outbox.c.id).limit(limit))).mappings()
            return [_reply(row) for row in rows]

    async def replies_to(self, received_id: int) -> list[dict[str, Any]]:
        """The replies to one message: none yet, or one."""
        async with self._database.read() as connection:
            rows = (await connection.execute(select(outbox).where(outbox.c.inbound_id == received_id))).mappings()
            return [_reply(row) for row in rows]

    @staticmethod
    def message(delivery: Delivery) -> dict[str, Any]:
        """A reply as the web page gets it."""
        return _message(delivery.id, delivery.inbound_key, delivery.body, delivery.at)

    async def newest(self, conversation_id: int) -> int:
        """The id of the newest reply, 0 when there is none."""
        statement = select(func.max(outbox.c.id)).where(outbox.c.conversation_id == conversation_id)
        async with self._database.read() as connection:
            return (await connection.execute(statement)).scalar() or 0

    async def history(self, conversation_id: int) -> list[dict[str, Any]]:
        """Both sides of a conversation in the order they happened, the newest few hundred."""
        said = select(inbound).where(inbound.c.conversation_id == conversation_id)
        replied = select(outbox).where(outbox.c.conversation_id == conversation_id)
        async with self._database.read() as connection:
            mine = (await connection.execute(said.order_by(inbound.c.id.desc()).limit(_HISTORY))).mappings().all()
            theirs = (await connection.execute(replied.order_by(outbox.c.id.desc()).limit(_HISTORY))).mappings().all()
        both = [(row["received_at"], 0, row["id"], _said(row)) for row in mine if row["text"]]
        both += [(row["created_at"], 1, row["id"], _reply(row)) for row in theirs]
        return [message for *_, message in sorted(both, key=lambda item: item[:3])]

    async def offered(self, conversation_id: int, payload: str) -> str | None:
        """The title of an option with this payload, if one of the newest replies offered it."""
        statement = select(outbox.c.body).where(outbox.c.conversation_id == conversation_id)
        async with self._database.read() as connection:
            bodies = (await connection.execute(statement.order_by(outbox.c.id.desc()).limit(_HISTORY))).scalars()
            options = [option for body in bodies for option in body.get("options", [])]
        return next((option["title"] for option in options if option["payload"] == payload), None)

    async def judge(self, conversation_id: int, message: int, good: bool, reason: str) -> bool:
        """Keep what a person thought of a reply, the last word counting; False when the reply is not theirs."""
        mine = select(outbox.c.id).where(outbox.c.id == message, outbox.c.conversation_id == conversation_id)
        values = {"good": good, "reason": reason, "at": clock()}
        async with self._database.write() as connection:
            if (await connection.execute(mine)).first() is None:
                return False
            statement = insert_new(self._database.sqlite, feedback).values(
                conversation_id=conversation_id, outbox_id=message, **values
            )
            await connection.execute(statement.on_conflict_do_update(index_elements=["outbox_id"], set_=values))
            return True

    async def withdraw(self, channel: str, key: str) -> bool:
        """Whether a message waited, or its reply to be sent, and does not any more: the phone number was the answer."""
        mine = and_(inbound.c.channel == channel, inbound.c.key == key[:200])
        reply = and_(outbox.c.inbound_id.in_(select(inbound.c.id).where(mine)), outbox.c.state == "pending")
        said = {"body": TROUBLE, "note": "已当场答复电话", "state": "sent", "sent_at": clock()}
        async with self._database.write() as connection:
            ends = update(inbound).where(mine, inbound.c.state == "waiting").values(state="done", done_at=clock())
            gone = (await connection.execute(ends)).rowcount
            return bool(gone + (await connection.execute(update(outbox).where(reply).values(**said))).rowcount)

    async def erase(self, channel: str | None, person: str) -> Erased:
        """Erase a person on one channel, or on all, but for an opt-out; Rasa's rows are the caller's to erase."""
        whose = conversations.c.person == person
        whose = and_(whose, conversations.c.channel == channel) if channel else whose
        ids = select(conversations.c.id, conversations.c.brain_id).where(whose).with_for_update()
        rows: Counter[str] = Counter()
        async with self._database.write() as connection:
            found = (await connection.execute(ids)).all()
            for one in found:
                rows += await erase_messages(connection, one.id)
                await connection.execute(delete(conversations).where(conversations.c.id == one.id))
            rows["conversations"] = len(found)
            rows["marks"] = await erase_marks(connection, channel, person)
        return Erased(rows, [one.brain_id for one in found])

    async def forget_old(self, days: int) -> int:
        """Delete messages older than `days`, people not seen since, and what has lapsed; returns how many messages."""
        async with self._database.write() as connection:
            gone = await forget(connection, self.rules, days)
        return gone["inbound"] + gone["outbox"]

    async def rest(self, message: int, text: str) -> None:
        """Keep what did not fit into a reply."""
        of = select(outbox.c.conversation_id).where(outbox.c.id == message).scalar_subquery()
        async with self._database.write() as connection:
            await connection.execute(update(conversations).where(conversations.c.id == of).values(rest=text))

    async def first_time(self, scope: str, value: str, seconds: float) -> bool:
        """See protocol.Inbox.first_time."""
        until = clock() + seconds
        statement = insert_new(self._database.sqlite, nonces).values(scope=scope, value=value[:200], until=until)
        lapsed = nonces.c.until < clock()
        statement = statement.on_conflict_do_update(
            index_elements=["scope", "value"], set_={"until": until}, where=lapsed
        )
        async with self._database.write() as connection:
            return (await connection.execute(statement.returning(nonces.c.value))).first() is not None

    async def said(self, channel: str, person: str, seconds: float) -> list[Said]:
        """See protocol.Inbox.said."""
        given = {"p_channel": channel, "p_person": person[:200], "p_seconds": seconds}
        async with self._database.read() as connection:
            return [Said(**row) for row in (await connection.execute(_SAID, given)).mappings()]

    async def mark(self, scope: str, key: str, value: str) -> None:
        """See protocol.Inbox.mark."""
        async with self._database.write() as connection:
            await connection.execute(marks.insert().values(scope=scope, key=key, value=value[:200], at=clock()))

    async def marks(self, key: str, scopes: Mapping[str, float]) -> list[Mark]:
        """See protocol.Inbox.marks."""
        given: dict[str, Any] = {"p_key": key}
        for number, (scope, seconds) in enumerate(scopes.items()):
            given |= {f"p_scope{number}": scope, f"p_seconds{number}": seconds}
        async with self._database.read() as connection:
            return [Mark(**row) for row in (await connection.execute(_marks(len(scopes)), given)).mappings()]

    async def unmark(self, scope: str, key: str) -> None:
        """See protocol.Inbox.unmark."""
        async with self._database.write() as connection:
            await connection.execute(delete(marks).where(marks.c.scope == scope, marks.c.key == key))

    async def counts(self) -> Mapping[str, float]:
        """For health and metrics: waiting messages, the oldest one's age, unsent and dead replies, queued people."""
        waiting = inbound.c.state == "waiting"
        parts = {
            "waiting": select(func.count()).select_from(inbound).where(waiting),
            "oldest": select(func.coalesce(clock() - func.min(inbound.c.received_at), 0.0)).where(waiting),
            "pending": select(func.count()).select_from(outbox).where(outbox.c.state.in_(("pending", "claimed"))),
            "dead": select(func.count()).select_from(outbox).where(outbox.c.state == "dead"),
            "queued": select(func.count()).select_from(conversations).where(conversations.c.state == "queued"),
        }
        statement = select(*(part.scalar_subquery().label(name) for name, part in parts.items()))
        async with self._database.read() as connection:
            return {
                name: float(value) for name, value in (await connection.execute(statement)).mappings().one().items()
            }

    async def write_probe(self) -> None:
        """Write one row, for health: a database that reads but cannot write is not healthy. Raises Unavailable."""
        await self.first_time("health", "probe", -1.0)


@cache  # built once: every short message asks
def _marks(scopes: int) -> Select[Any]:
    """What was noted about `p_key` in so many scopes (`p_scope0`…) in the last seconds of each (`p_seconds0`…)."""
    age = (clock() - marks.c.at).label("age")
    lately = (
        and_(marks.c.scope == bindparam(f"p_scope{n}"), marks.c.at > clock() - bindparam(f"p_seconds{n}", type_=Float))
        for n in range(scopes)
    )
    statement = select(marks.c.scope, marks.c.value, age).where(marks.c.key == bindparam("p_key"), or_(*lately))
    return statement.order_by(marks.c.id.desc())


def iso(seconds: float) -> str:
    """A time for a page."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def _client_id(key: str | None) -> str | None:
    """The client's own id in a web key ("person:id")."""
    return key.partition(":")[2] if key and ":" in key else None


def _reply(row: Mapping[Any, Any]) -> dict[str, Any]:
    return _message(row["id"], row["inbound_key"], row["body"], row["created_at"])


def _message(id_: int, key: str | None, body: Mapping[str, Any], at: float) -> dict[str, Any]:
    message = {"id": id_, "reply_to": _client_id(key), "from": body.get("from", "robot")}
    custom = body.get("custom")
    if custom:  # what the robot heard is for the staff
        custom = {name: value for name, value in custom.items() if name != "understood"}
    return message | {"text": body["text"], "custom": custom, "at": iso(at)}


def _said(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {"id": _client_id(row["key"]), "from": "me", "text": row["text"], "at": iso(row["received_at"])}
