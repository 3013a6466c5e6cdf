"""Send messages to a server, some at once, and note what came back, how soon and at what CPU."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import aiohttp
import attrs

from benchmarks.places import HELD_OUT
from benchmarks.servers import Server

_TIMEOUT = aiohttp.ClientTimeout(total=60)
_BEFORE = (
    "",
    "请问",
    "你好，",
    "您好，",
    "想问一下，",
    "麻烦问下，",
    "那个，",
    "问下",
    "咨询一下，",
    "同志，",
    "打听个事，",
)
_AFTER = ("", "？", "，谢谢", "，急", "呢", "啊", "，麻烦了", "，多谢", "，请回复", "，在线等")
_WARM_UP = 90_000  # where in the traffic nobody else is


@attrs.frozen
class Question:
    """One message, with the labels that are right for it."""

    text: str
    labels: tuple[str, ...] = ()
    sender: str = ""


@attrs.frozen
class Answered:
    """What came back for one message: the `custom` objects, and the seconds it took."""

    question: Question
    ok: bool
    seconds: float
    custom: dict[str, Any]


@attrs.frozen
class Burst:
    """A number of messages to one server."""

    answers: list[Answered]
    seconds: float
    cpu_seconds: float

    @property
    def cpu_ms(self) -> float:
        """CPU milliseconds of the server a message."""
        return 1000 * self.cpu_seconds / max(1, len(self.answers))

    @property
    def errors(self) -> int:
        """How many were not answered with 200 and something to say."""
        return sum(not answer.ok for answer in self.answers)


def held_out(name: str) -> list[Question]:
    """The questions of tests/held_out/<name>.jsonl."""
    rows = map(json.loads, (HELD_OUT / f"{name}.jsonl").read_text(encoding="utf-8").splitlines())
    return [Question(row["q"], (row["label"], *row.get("also", ()))) for row in rows]


def traffic(start: int = 0) -> Iterator[Question]:
    """Held-out questions of both kinds, mixed, from the one numbered `start` on; no two of 100,000 are alike.

    Alike messages would measure a cache. So they differ in what people say before and after the question.
    """
    questions = [*held_out("in_scope"), *held_out("out_of_scope")]
    random.Random(7).shuffle(questions)  # noqa: S311
    for number in itertools.count(start):
        round_, index = divmod(number, len(questions))
        after, before = divmod(round_, len(_BEFORE))
        text = _BEFORE[before] + questions[index].text + _AFTER[after % len(_AFTER)]
        yield attrs.evolve(questions[index], text=text)


def burst(server: Server, questions: Iterable[Question], at_once: int, until: float = float("inf")) -> Burst:
    """Send the questions, `at_once` at a time, until all are answered or the clock (monotonic) says `until`."""
    return asyncio.run(_burst(server, list(questions), at_once, until))


def warm_up(server: Server, messages: int = 30) -> None:
    """Let it load what it loads late."""
    burst(server, itertools.islice(traffic(_WARM_UP), messages), 2)


async def _burst(server: Server, questions: Sequence[Question], at_once: int, until: float) -> Burst:
    waiting, answers = iter(questions), []
    connector = aiohttp.TCPConnector(limit=at_once)
    async with aiohttp.ClientSession(connector=connector, timeout=_TIMEOUT) as session:

        async def citizen() -> None:
            for question in waiting:
                if time.monotonic() > until:
                    return
                answers.append(await _ask(session, server.url, question))

        cpu, started = server.cpu(), time.monotonic()
        await asyncio.gather(*(citizen() for _ in range(at_once)))
        seconds = time.monotonic() - started
        await asyncio.sleep(0.2)  # what is still to be written
        return Burst(answers, seconds, server.cpu() - cpu)


async def _ask(session: aiohttp.ClientSession, url: str, question: Question) -> Answered:
    body = {"sender": question.sender or f"bench-{uuid.uuid4().hex}", "message": question.text}
    started = time.monotonic()
    try:
        async with session.post(url, json=body) as response:
            items = await response.json()
            ok = response.status == 200 and bool(items)
    except (aiohttp.ClientError, asyncio.TimeoutError, ValueError):
        items, ok = [], False
    seconds = time.monotonic() - started
    found = [item["custom"] for item in items if isinstance(item, dict) and item.get("custom")]
    return Answered(question, ok, seconds, found[0] if found else {})
