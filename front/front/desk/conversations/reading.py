"""What a desk shows of conversations: the queue, who has whom, transcripts. Plain dictionaries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import and_, func, or_, select

from front.desk.tables import notes, staff
from front.inbox.conversations import in_order, is_waiting, with_people
from front.inbox.database import Database
from front.inbox.tables import clock, conversations, handoff_events, inbound, outbox

CHANNELS = {"wechat": "微信", "sms": "短信", "web": "网页"}
REASONS = {"asked": "要人工", "two_misses": "没听懂", "error": "出了故障", "": "话务员离开"}
_KINDS = {
    "answer": "回答",
    "clarify": "请选",
    "ask": "反问",
    "smalltalk": "寒暄",
    "handoff": "转人工",
    "unsupported": "没有收录",
}
_HANDOFFS = {"asked": "市民要人工", "two_misses": "两次没听懂", "out_of_scope": "不在范围", "error": "出了故障"}
_EVENTS = {
    "asked": "市民要求转人工",
    "pointed": "机器人给了咨询电话",
    "taken": "{by}接入",
    "closed": "{by}结束了服务{outcome}",
    "returned": "{by}交回机器人",
    "requeued": "{by}放回队列",
    "transferred": "{by}转给{to}",
    "expired": "{by}长时间没有动作，回到队列",
    "callback": "市民留了回电号码",
}
_MOST = 200  # messages of each side
_LONGEST_QUEUE = 500


class Reading:
    """Reads, over one database."""

    def __init__(self, database: Database, title: Callable[[str], str] = str) -> None:
        """`title`: a training label (transfer/time_limit) as the staff read it."""
        self._database = database
        self._title = title

    async def people(self) -> list[dict[str, Any]]:
        """Everybody who waits (in the queue's order) or is with a member of staff (`agent`), with the last words."""
        every = inbound.alias("every")
        newest = select(func.max(every.c.id)).where(every.c.conversation_id == conversations.c.id)
        names = ("id", "channel", "reason", "agent", "queued_at", "state_at")
        statement = (
            select(*(conversations.c[name] for name in names), is_waiting().label("waits"))
            .add_columns(
                inbound.c.text.label("last"), inbound.c.received_at.label("said_at"), inbound.c.id.label("said")
            )
            .select_from(conversations.outerjoin(inbound, inbound.c.id == newest.scalar_subquery()))
            .where(with_people(), or_(conversations.c.state == "human", is_waiting()))
        )
        async with self._database.read() as connection:
            rows = await connection.execute(statement.order_by(*in_order()).limit(_LONGEST_QUEUE))
            return [_person(row) for row in rows.mappings()]

    async def person(self, conversation_id: int) -> dict[str, Any] | None:
        """One conversation's row: channel, person, state, agent, reason; None where it is gone."""
        columns = [conversations.c[name] for name in ("id", "channel", "person", "state", "agent", "reason")]
        held = and_(conversations.c.state == "human", conversations.c.agent_until >= clock()).label("held")
        statement = select(*columns, held, is_waiting().label("waits")).where(conversations.c.id == conversation_id)
        async with self._database.read() as connection:
            row = (await connection.execute(statement)).mappings().first()
        return dict(row) if row else None

    async def transcript(self, conversation_id: int) -> list[dict[str, Any]]:
        """Both sides, the notes and what happened, in order: each {"id", "who", "at", "text", …}."""
        async with self._database.read() as connection:

            async def newest(table: Any, time: str) -> list[tuple[float, int, Mapping[Any, Any]]]:
                mine = select(table).where(table.c.conversation_id == conversation_id)
                rows = await connection.execute(mine.order_by(table.c.id.desc()).limit(_MOST))
                return [(row[time], row["id"], row) for row in rows.mappings()]

            said = await newest(inbound, "received_at")
            replied = await newest(outbox, "created_at")
            noted = await newest(notes, "at")
            happened = await newest(handoff_events, "at")
            names = {row.login: row.name for row in await connection.execute(select(staff.c.login, staff.c.name))}
        both = [(at, 0, id, _said(row)) for at, id, row in said if row["text"]]
        both += [(at, 2, id, _replied(row, self._title)) for at, id, row in replied]
        both += [(at, 3, id, _noted(row, names)) for at, id, row in noted]
        both += [(at, 1, id, _happened(row, names)) for at, id, row in happened]
        return [message for *_, message in sorted(both, key=lambda one: one[:3])]


def _person(row: Mapping[Any, Any]) -> dict[str, Any]:
    since = row["queued_at"] or row["state_at"]
    return {
        "id": row["id"],
        "channel": CHANNELS.get(row["channel"], row["channel"]),
        "reason": REASONS.get(row["reason"], row["reason"]),
        "urgent": row["reason"] == "asked",
        "agent": "" if row["waits"] else row["agent"],
        "since": since,
        "said_at": row["said_at"] or since,
        "last": (row["last"] or "")[:60],
        "said": row["said"] or 0,
    }


def _said(row: Mapping[Any, Any]) -> dict[str, Any]:
    said = {"id": f"i{row['id']}", "who": "citizen", "at": row["received_at"], "text": row["text"]}
    return {**said, "waits": row["state"] == "waiting"}


def _replied(row: Mapping[Any, Any], title: Callable[[str], str]) -> dict[str, Any]:
    body = row["body"]
    custom = body.get("custom") or {}
    who = body.get("from", "robot")
    reply = {"id": f"o{row['id']}", "who": who, "at": row["created_at"], "text": body["text"]}
    if row["state"] != "sent":
        reply["sending"] = {"dead": "没有送达", "pending": "等待发送", "claimed": "发送中"}[row["state"]]
    if who == "robot" and custom:
        reply["kind"] = _KINDS.get(custom["kind"], custom["kind"])
        reply["entries"] = [_entry(entry) for entry in custom.get("entries", [])]
        reply["why"] = _why(custom, title)
    return reply


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": entry["id"], "title": entry["title"], "clauses": "、".join(entry["clauses"])}


def _why(custom: Mapping[str, Any], title: Callable[[str], str]) -> str:
    """Why the robot said that, in a line: the reason of a handoff, what it understood and how sure it was."""
    parts = []
    if reason := custom.get("handoff", {}).get("reason"):
        parts.append(_HANDOFFS.get(reason, reason))
    if understood := custom.get("understood"):
        labels = "，".join(f"{title(name)} {round(100 * share)}%" for name, share in understood["labels"])
        bands = {"answer": "有把握", "offer": "没把握，请选", "pass": "没听懂"}
        parts.append(f"听成：{labels}（{bands[understood['band']]}）")
    return "；".join(parts)


def _noted(row: Mapping[Any, Any], names: Mapping[str, str]) -> dict[str, Any]:
    by = names.get(row["by"], row["by"])
    return {"id": f"n{row['id']}", "who": "note", "at": row["at"], "text": row["text"], "by": by}


def _happened(row: Mapping[Any, Any], names: Mapping[str, str]) -> dict[str, Any]:
    detail, by = row["detail"] or {}, names.get(row["by"], row["by"])
    outcome = "：".join(part for part in ("", detail.get("outcome"), detail.get("note")) if part is not None and part)
    to = names.get(detail.get("to", ""), detail.get("to", ""))
    words = _EVENTS.get(row["event"], row["event"]).format(by=by, to=to, outcome=f"：{outcome}" if outcome else "")
    return {"id": f"e{row['id']}", "who": "event", "at": row["at"], "text": words}
