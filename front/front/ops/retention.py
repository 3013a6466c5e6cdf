"""What is kept how long, how much of it there is, and what is due to go."""

from __future__ import annotations

from sqlalchemy import func, select

from front.desk import retention as desk
from front.inbox.dialogues import DAYS_KEPT
from front.inbox.inbox import Inbox
from front.inbox.retention import RULES, Rule, counts
from front.inbox.tables import metadata


async def shown(inbox: Inbox, days: int) -> list[str]:
    """One line for each kind of record, for the operator. Raises Unavailable."""
    lines = []
    async with inbox.database.read() as connection:
        for rule, every, due in await counts(connection, (*RULES, *desk.RULES), days):
            lines.append(f"{rule.what}\t{_long(rule, days)}\t{every} 行，到期 {due} 行")
        for name, what in desk.KEPT.items():
            count = select(func.count()).select_from(metadata.tables[name])
            lines.append(f"{what}\t\t{(await connection.execute(count)).scalar_one()} 行")
    kept = await inbox.dialogues.counts()
    known = f"{kept[0]} 行，到期 {kept[1]} 行" if kept else "没有设置 LUEBAO_TRACKER_URL，不知道在哪里"
    return [*lines, f"机器人记的上下文（LUEBAO_TRACKER_URL）\t{DAYS_KEPT}天\t{known}"]


def _long(rule: Rule, days: int) -> str:
    if rule.days is None:
        return f"{days}天"
    return f"{rule.days * 24:.0f}小时" if rule.days else "过期即删"
