"""How long what is kept: one rule for each table of which something goes by age. The desk adds its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, and_, delete, func, select

from front.inbox.database import Connection
from front.inbox.tables import clock, conversations, inbound, marks, nonces, outbox

_DAY = 86400.0
Old = Callable[[ColumnElement[float]], ColumnElement[bool]]


@dataclass(frozen=True)
class Rule:
    """Rows of `table` go when `old`, given the time before which everything goes. `days` None: as long as is set."""

    table: Table
    what: str  # as operators read it
    old: Old
    days: float | None = None

    def due(self, days: int) -> ColumnElement[bool]:
        """Whether a row is to go now."""
        return self.old(clock() - (days if self.days is None else self.days) * _DAY)


RULES: tuple[Rule, ...] = (
    Rule(outbox, "回复", lambda then: and_(outbox.c.created_at < then, outbox.c.state.in_(("sent", "dead")))),
    Rule(inbound, "市民的话", lambda then: and_(inbound.c.received_at < then, inbound.c.state == "done")),
    Rule(conversations, "没再来过的人（连同有关的一切）", lambda then: conversations.c.seen_at < then),
    Rule(marks, "通道的记号（退订除外）", lambda then: and_(marks.c.at < then, marks.c.scope.not_like("%optout%"))),
    Rule(nonces, "防重复的编号", lambda then: nonces.c.until < then, days=0.0),
)


async def forget(connection: Connection, rules: Sequence[Rule], days: int) -> dict[str, int]:
    """Delete what is due, in the rules' order; returns the rows deleted by table."""
    gone = {}
    for rule in rules:
        gone[rule.table.name] = (await connection.execute(delete(rule.table).where(rule.due(days)))).rowcount
    return gone


async def counts(connection: Connection, rules: Sequence[Rule], days: int) -> list[tuple[Rule, int, int]]:
    """For each rule, how many rows there are and how many are due to go."""
    found = []
    for rule in rules:
        due = func.count().filter(rule.due(days)).label("due")
        statement = select(func.count().label("every"), due).select_from(rule.table)
        row = (await connection.execute(statement)).one()
        found.append((rule, row.every, row.due))
    return found
