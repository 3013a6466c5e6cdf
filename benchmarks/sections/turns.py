"""What a turn costs as one conversation grows longer."""

from __future__ import annotations

import itertools
import time
import uuid
from collections.abc import Iterator
from typing import Any

import attrs

from benchmarks.limits import Limits
from benchmarks.load import Burst, Question, burst, traffic
from benchmarks.sections.common import HEADER, SYSTEMS, Pair, Rows, compared, summary
from benchmarks.servers import Server

_SHORT = (1, 5)
_WINDOW = 100  # turns up to and including the one reported: a tenth of the questions costs thrice the rest
_FROM = 20_000  # in the traffic


def measure(pair: Pair, limits: Limits) -> dict[str, Any]:
    """Turns 1 and 5 as the mean of many conversations, later ones as the mean of a hundred turns of a single one."""
    turns: dict[str, dict[str, Any]] = {}
    for turn in _SHORT:
        turns[str(turn)] = {name: _short(server, turn, limits.short_conversations) for name, server in pair.items()}
    talks = {name: _Talk(server, limits.section_seconds) for name, server in pair.items()}
    for turn in limits.turns:
        turns[str(turn)] = {name: talk.up_to(turn) for name, talk in talks.items()}
    return {"turns": turns, "reached": {name: talk.turn for name, talk in talks.items()}}


def rows(result: dict[str, Any]) -> tuple[tuple[str, ...], Rows]:
    """Header and lines."""
    lines = []
    for turn, systems in result["turns"].items():
        for figure, words in (("cpu_ms", "CPU ms"), ("p50_ms", "p50 ms")):
            lines.append(compared(f"turn {turn}: {words}", *(systems.get(name, {}).get(figure) for name in SYSTEMS)))
    lines.append(
        ("turns reached in the time allowed", *(str(result["reached"].get(name, "–")) for name in SYSTEMS), "")
    )
    return HEADER, lines


@attrs.define
class _Talk:
    """One long conversation, with the seconds of its own that are left for it."""

    server: Server
    seconds: float
    sender: str = attrs.field(factory=lambda: f"talk-{uuid.uuid4().hex}")
    turn: int = 0
    questions: Iterator[Question] = attrs.field(factory=lambda: traffic(_FROM))

    def up_to(self, turn: int) -> dict[str, Any]:
        """Go on to `turn` and return the figures of the last hundred turns; empty where time ran out."""
        self._say(turn - _WINDOW - self.turn)
        last = self._say(turn - self.turn)
        return summary([last]) if self.turn == turn else {}

    def _say(self, count: int) -> Burst:
        said = [attrs.evolve(q, sender=self.sender) for q in itertools.islice(self.questions, max(0, count))]
        began = time.monotonic()
        result = burst(self.server, said, 1, began + self.seconds)
        self.seconds -= time.monotonic() - began
        self.turn += len(result.answers)
        return result


def _short(server: Server, turn: int, conversations: int) -> dict[str, Any]:
    """Lead many conversations to the turn before, then measure that turn of all."""
    senders = [f"short-{uuid.uuid4().hex}" for _ in range(conversations)]
    questions, last = traffic(_FROM + 5000 * turn), Burst([], 1, 0)
    for _ in range(turn):
        last = burst(server, [attrs.evolve(next(questions), sender=sender) for sender in senders], 1)
    return summary([last])
