"""A front that runs on each database, with people who have said things and staff who have noted things."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from conftest import Front, settings_for
from sqlalchemy import Table, func, select

from front.desk.tables import callbacks, lessons, notes
from front.inbox.database import Database
from front.inbox.tables import clock, conversations, handoff_events, inbound


@dataclass
class Office:
    """One front on one database, and its operator."""

    front: Front
    url: str
    start: Callable[..., Front]
    people: dict[str, httpx.Client] = field(default_factory=dict)

    def says(self, who: str, text: str) -> None:
        """A citizen asks on the web page and waits for the answer."""
        if who not in self.people:
            self.people[who] = httpx.Client(base_url=self.front.url, trust_env=False, timeout=20)
            self.people[who].get("/")
        sent = {"id": f"{who}-{time.monotonic_ns()}", "text": text}
        reply = self.people[who].post("/api/chat", json=sent)
        assert reply.status_code in (200, 202), reply.text
        end = time.monotonic() + 20  # 202: it is stored, and the machine is busy
        while reply.status_code == 202 and time.monotonic() < end:
            time.sleep(0.2)
            reply = self.people[who].post("/api/chat", json=sent)
        assert reply.status_code == 200, reply.text

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """`front …` as the operator types it."""
        return subprocess.run(
            [sys.executable, "-m", "front", *arguments],
            env={**self.front.environment, **more},
            capture_output=True,
            text=True,
            check=False,
        )

    def count(self, table: Table) -> int:
        """The rows of a table."""
        return int(self.ask(select(func.count()).select_from(table))[0][0])

    def ask(self, statement: object, write: bool = False) -> list[tuple]:  # type: ignore[type-arg]
        """Ask the database itself."""

        async def run() -> list[tuple]:  # type: ignore[type-arg]
            database = Database(settings_for(self.url, None).database_url)
            try:
                async with database.write() if write else database.read() as connection:
                    result = await connection.execute(statement)  # type: ignore[arg-type]
                    return [tuple(row) for row in result] if result.returns_rows else []
            finally:
                await database.close()

        return asyncio.run(run())

    def person(self, number: int = 0) -> tuple[int, str, str]:
        """A conversation's id, person and Rasa's sender id, in the order they came."""
        columns = (conversations.c.id, conversations.c.person, conversations.c.brain_id)
        return self.ask(select(*columns).order_by(conversations.c.id))[number]  # type: ignore[return-value]

    def desk_writes(self, conversation: int) -> None:
        """One row in every table where the desk keeps something about a conversation."""
        about = {"conversation_id": conversation}
        said = self.ask(select(inbound.c.id).where(inbound.c.conversation_id == conversation))[0][0]
        self.ask(notes.insert().values(**about, by="wang", text="很着急", at=clock()), True)
        call = {"number": "x", "shown": "138****1234", "about": "", "state": "open", "by": "", "outcome": ""}
        self.ask(callbacks.insert().values(**about, **call, asked_at=clock(), changed_at=clock()), True)
        event = {"event": "asked", "by": "", "detail": {}, "at": clock()}
        self.ask(handoff_events.insert().values(**about, **event), True)
        lesson = {"inbound_id": said, "text": "怎么办", "why": "missed", "answered": "", "cluster": 0, "state": "new"}
        self.ask(lessons.insert().values(**about, **lesson, label="", by="", asked_at=clock()), True)


@pytest.fixture
def office(database_url: str, start_front: Callable[..., Front], tmp_path: Path) -> Iterator[Office]:
    """A running front; LUEBAO_KNOWLEDGE in a folder of its own, with a learned.yml beside it."""
    knowledge = tmp_path / "house" / "knowledge"
    (knowledge.parent / "data" / "nlu").mkdir(parents=True)
    real = Path(__file__).resolve().parents[3] / "knowledge"
    knowledge.symlink_to(real)
    (knowledge.parent / "data" / "nlu" / "learned.yml").write_text("nlu: []\n", encoding="utf-8")
    tracker = f"sqlite:///{tmp_path / 'tracker.db'}"
    front = start_front(database_url, LUEBAO_KNOWLEDGE=str(knowledge), LUEBAO_TRACKER_URL=tracker)
    made = Office(front, database_url, start_front)
    yield made
    for client in made.people.values():
        client.close()
