"""接下一位 in several processes at once, on one PostgreSQL: nobody is taken twice, nobody is forgotten."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest
from conftest import running, settings_for
from rasa_peer import Rasa

from desk.staffed import Staffed
from front.inbox import replies

PEOPLE, AGENTS = 120, 15
_TESTS = Path(__file__).parents[1]
Claims = list[tuple[str, int]]


class Office:
    """A process full of members of staff (desk/claiming.py)."""

    def __init__(self, url: str, name: str) -> None:
        command = [sys.executable, "-m", "desk.claiming", url, name, str(AGENTS)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(_TESTS), str(_TESTS.parent)])}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen(command, env=environment, **pipes)
        assert self.line() == "ready"

    def line(self) -> str:
        """The next line it writes."""
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def begin(self) -> None:
        """Now."""
        assert self.process.stdin
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def claims(self) -> Claims:
        """What was claimed, when it has ended."""
        assert self.process.stdout
        said = [json.loads(line) for line in self.process.stdout.read().splitlines() if line.endswith("]")]
        self.process.wait(60)
        return [(agent, taken) for agent, taken in said]


@contextmanager
def offices(url: str, *names: str) -> Iterator[list[Office]]:
    """Both are open before the first claim."""
    opened: list[Office] = []
    try:
        opened.extend(Office(url, name) for name in names)
        yield opened
    finally:
        for office in opened:
            office.process.kill()
            office.process.wait()


@pytest.fixture
async def staffed(postgres_url: str, rasa: Rasa) -> AsyncIterator[Staffed]:
    async with running(settings_for(postgres_url, rasa)) as inbox:
        yield Staffed(inbox)


async def queue_up(staffed: Staffed, people: int) -> list[int]:
    """So many citizens ask for a person; the conversations, in the queue's order."""
    for first in range(0, people, 20):
        await asyncio.gather(*(staffed.says("转人工", f"o-{first + n}") for n in range(min(20, people - first))))
    waiting = await staffed.inbox.desk.queue()
    assert len(waiting) == people
    return waiting


async def settled(staffed: Staffed, waiting: list[int]) -> dict[int, str]:
    """Who has whom by the database, where a claim, its note and its greeting are all there or none of them is."""
    rows = await staffed.rows("SELECT id, state, agent, queued_at FROM conversations ORDER BY id")
    assert [row["id"] for row in rows] == sorted(waiting)
    taken = {row["id"]: row["agent"] for row in rows if row["state"] == "human"}
    assert sorted(await staffed.inbox.desk.queue()) == sorted(set(waiting) - taken.keys())
    noted = await staffed.rows("SELECT conversation_id AS id, by FROM handoff_events WHERE event = 'taken'")
    assert sorted((row["id"], row["by"]) for row in noted) == sorted(taken.items())
    said = await staffed.rows("SELECT conversation_id AS id, body FROM outbox WHERE inbound_id IS NULL")
    greeted = Counter(row["id"] for row in said if replies.TAKEN["text"] in str(row["body"]))
    assert greeted == Counter(taken.keys())
    return taken


async def test_two_processes_empty_one_queue_and_nobody_is_taken_twice(staffed: Staffed, postgres_url: str) -> None:
    waiting = await queue_up(staffed, PEOPLE)
    with offices(postgres_url, "east", "west") as both:
        for office in both:
            office.begin()
        east, west = await asyncio.gather(*(asyncio.to_thread(office.claims) for office in both))
        claims = east + west
        assert [office.process.returncode for office in both] == [0, 0]
    assert sorted(taken for _, taken in claims) == sorted(waiting)
    assert await settled(staffed, waiting) == {taken: agent for agent, taken in claims}
    assert min(len(east), len(west)) > PEOPLE / 10  # they did race


async def test_a_process_killed_while_it_claims_leaves_everybody_taken_or_waiting(
    staffed: Staffed, postgres_url: str
) -> None:
    waiting = await queue_up(staffed, PEOPLE)
    with offices(postgres_url, "east", "west") as (east, west):
        west.begin()
        east.begin()
        told = [json.loads(await asyncio.to_thread(east.line)) for _ in range(3)]
        east.process.kill()
        claims = told + await asyncio.to_thread(east.claims) + await asyncio.to_thread(west.claims)
    left = await staffed.inbox.desk.queue()  # what the killed one had in hand is free again
    while await staffed.inbox.desk.take_next("late"):
        pass
    taken = await settled(staffed, waiting)
    assert len(taken) == PEOPLE
    assert {told: taken[told] for _, told in claims} == {told: agent for agent, told in claims}
    assert all(taken[one] == "late" for one in left)


async def test_whoever_is_being_claimed_elsewhere_is_passed_over_without_waiting(
    staffed: Staffed, postgres_url: str
) -> None:
    first, second = await queue_up(staffed, 2)
    other = await asyncpg.connect(postgres_url)
    async with other.transaction():
        await other.execute("SELECT 1 FROM conversations WHERE id = $1 FOR UPDATE", first)
        started = time.monotonic()
        assert await staffed.inbox.desk.take_next("wang") == second
        assert time.monotonic() - started < 1
    await other.close()
    assert await staffed.inbox.desk.take_next("wang") == first


async def test_the_only_one_who_waits_is_found_though_he_is_writing_just_now(
    staffed: Staffed, postgres_url: str
) -> None:
    (only,) = await queue_up(staffed, 1)
    other = await asyncpg.connect(postgres_url)
    async with other.transaction():
        await other.execute("SELECT 1 FROM conversations WHERE id = $1 FOR UPDATE", only)
        taking = asyncio.create_task(staffed.inbox.desk.take_next("wang"))
        done, _ = await asyncio.wait([taking], timeout=0.5)
        assert not done, taking.result()  # not "没有人在排队"
    assert await taking == only
    assert await staffed.inbox.desk.take_next("li") == 0
    await other.close()
