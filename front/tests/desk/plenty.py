"""Thousands of plausible rows in a scratch database, through the inbox's tables: for the figures and their charts."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from luebao.answers import answer, clarify, hand_over, small_talk, unanswered
from luebao.knowledge import Knowledge, load
from luebao.today import today

from front.desk.tables import audit, callbacks, lessons, reports
from front.inbox import replies
from front.inbox.database import Database
from front.inbox.tables import conversations, feedback, handoff_events, outbox

KNOWLEDGE = Path(__file__).resolve().parents[3] / "knowledge"
DAY = 86400.0


class Plenty:
    """Makes rows that look like those of `days` days up to now, the same ones for the same seed."""

    def __init__(self, database: Database, days: int = 30, seed: int = 7) -> None:
        self._database, self._days = database, days
        self._random = random.Random(seed)
        self._knowledge = load(KNOWLEDGE)
        self._bodies = bodies(self._knowledge)
        self._now = time.time()

    async def make(self, messages: int, people: int = 300) -> None:
        """So many replies to so many people, with votes, handoffs, reports, lessons and callbacks in proportion."""
        for start in range(0, people, 500):
            await self._insert(conversations, [self._person(n) for n in range(start, min(people, start + 500))])
        for start in range(0, messages, 1000):
            rows = [self._reply(n, people) for n in range(start, min(messages, start + 1000))]
            await self._insert(outbox, rows)
        await self._insert(feedback, [self._vote(n) for n in range(1, messages, 25)])
        events = [event for n in range(max(1, messages // 40)) for event in self._handoff(n, people)]
        await self._insert(handoff_events, sorted(events, key=lambda event: event["at"]))
        await self._insert(lessons, [self._lesson(n) for n in range(max(1, messages // 30))])
        await self._insert(reports, [self._report(n) for n in range(9)])
        await self._insert(callbacks, [self._callback(n, people) for n in range(12)])
        await self._insert(audit, sorted((self._line(n) for n in range(250)), key=lambda line: line["at"]))

    async def _insert(self, table: Any, rows: list[dict[str, Any]]) -> None:
        async with self._database.write() as connection:
            if rows:
                await connection.execute(table.insert(), rows)

    def _at(self) -> float:
        """More by day than by night, more of late."""
        day = int(self._days * self._random.random() ** 1.3)
        hour = min(23.9, max(0.0, self._random.gauss(10.5 if self._random.random() < 0.6 else 15.5, 2.2)))
        midnight = (self._now + 8 * 3600) // DAY * DAY - 8 * 3600
        return min(self._now - 1, midnight - day * DAY + hour * 3600)

    def _person(self, number: int) -> dict[str, Any]:
        channel = ("wechat", "wechat", "web", "web", "sms")[number % 5]
        row = {"id": number + 1, "channel": channel, "person": f"p{number}", "brain_id": f"b{number}", "state": "bot"}
        return row | {"state_at": self._now, "created_at": self._now, "seen_at": self._now}

    def _reply(self, number: int, people: int) -> dict[str, Any]:
        person, at = self._random.randrange(people), self._at()
        channel = self._person(person)["channel"]
        kind = self._random.choices(list(self._bodies), (78, 8, 5, 3, 1, 5))[0]
        some = self._bodies[kind]
        body = some[min(len(some) - 1, int(len(some) * self._random.random() ** 2.2))]
        state = "dead" if self._random.random() < 0.001 else "sent"
        row = {"id": number + 1, "conversation_id": person + 1, "channel": channel, "person": f"p{person}"}
        return row | {"body": body, "state": state, "next_at": at, "created_at": at, "sent_at": at + 1, "note": ""}

    def _vote(self, reply: int) -> dict[str, Any]:
        good = self._random.random() < 0.8
        reason = "" if good else self._random.choice(("过期", "不相关", "不完整", "看不懂", "我自己写的原因"))
        return {"conversation_id": 1, "outbox_id": reply, "good": good, "reason": reason, "at": self._at()}

    def _handoff(self, number: int, people: int) -> list[dict[str, Any]]:
        at, who = self._at() - number % 7, number % people + 1
        base = {"conversation_id": who, "by": "", "detail": {}}
        events = [base | {"event": "asked", "at": at}]
        if number % 5:
            wait, handling = self._random.expovariate(1 / 120), self._random.expovariate(1 / 400)
            events.append(base | {"event": "taken", "by": "wang", "at": at + wait})
            events.append(base | {"event": "closed", "by": "wang", "at": at + wait + handling})
        return events

    def _lesson(self, number: int) -> dict[str, Any]:
        about = self._random.choice(("住院押金能退吗", "医保卡丢了", "外地开的发票", "新生儿怎么上户口"))
        row = {"conversation_id": 1, "text": f"{about}第{number}问", "why": "missed", "answered": "", "label": ""}
        return row | {"cluster": 1 + len(about) % 6, "state": "new", "by": "", "asked_at": self._at()}

    def _report(self, number: int) -> dict[str, Any]:
        state, at = ("open", "mended", "right")[number % 3], self._at()
        row = {"entry": "transfer.time_limit", "reason": "数字过期", "by": "wang", "state": state, "at": at}
        return row | {"outcome": "", "closed_by": "", "closed_at": None if state == "open" else at + 3600}

    def _callback(self, number: int, people: int) -> dict[str, Any]:
        row = {"conversation_id": number % people + 1, "number": "x", "shown": "138****1234", "about": ""}
        at = self._at()
        state = ("open", "done", "failed")[number % 3]
        return row | {"state": state, "by": "", "outcome": "", "asked_at": at, "changed_at": at}

    def _line(self, number: int) -> dict[str, Any]:
        who, action = self._random.choice(("wang", "li", "boss")), self._random.choice(("login", "answer.copied"))
        about = "entry:transfer.how" if action == "answer.copied" else ""
        return {"at": self._at(), "who": who, "action": action, "about": about, "detail": {}}


def bodies(knowledge: Knowledge) -> dict[str, list[dict[str, Any]]]:
    """What the robot says, by kind: real replies of the real knowledge base."""
    day, ids = today(), list(knowledge.entries)
    makers: dict[str, Callable[[], list[Any]]] = {
        "answer": lambda: [answer(knowledge, id, day) for id in ids[:-8]],
        "clarify": lambda: [clarify(knowledge, ids[n : n + 3], day) for n in range(0, 30, 3)],
        "unsupported": lambda: [unanswered(knowledge, id, day) for id in knowledge.unanswered],
        "handoff": lambda: [hand_over(knowledge, "two_misses", day)],
    }
    made = {name: [of_robot(reply) for reply in make()] for name, make in makers.items()}
    made["handoff"].append(replies.HUMAN)
    return made | {"error": [replies.TROUBLE], "smalltalk": [of_robot(small_talk(knowledge, "chitchat.greet", day))]}


def of_robot(reply: Any) -> dict[str, Any]:
    """A reply of the library as the outbox holds it."""
    return replies.body(reply.text, reply.sms, reply.as_custom())
