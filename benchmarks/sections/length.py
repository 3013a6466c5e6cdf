"""What a message costs as it grows longer, up to what nobody types."""

from __future__ import annotations

import itertools
import time
from typing import Any

import attrs

from benchmarks.limits import Limits
from benchmarks.load import Burst, burst, traffic
from benchmarks.sections.common import HEADER, SYSTEMS, Pair, Rows, compared, summary

LENGTHS = (20, 100, 500, 5_000, 20_000)
_FROM = 30_000  # in the traffic
_MESSAGES = 12


def measure(pair: Pair, limits: Limits) -> dict[str, Any]:
    """Each length a few times, one message at a time, no two alike."""
    until = time.monotonic() + limits.section_seconds
    questions, lengths = traffic(_FROM), {}
    for length in LENGTHS:
        asked = [attrs.evolve(q, text=_long(q.text, length)) for q in itertools.islice(questions, _MESSAGES)]
        bursts: dict[str, list[Burst]] = {name: [burst(pair[name], asked, 1, until)] for name in SYSTEMS}
        lengths[str(length)] = {name: summary(bursts[name]) for name in SYSTEMS}
    return {"lengths": lengths}


def rows(result: dict[str, Any]) -> tuple[tuple[str, ...], Rows]:
    """Header and lines."""
    lines = []
    for length, systems in result["lengths"].items():
        for figure, words in (("cpu_ms", "CPU ms"), ("p50_ms", "p50 ms")):
            both = (systems[name].get(figure) for name in SYSTEMS)
            lines.append(compared(f"{int(length):,} characters: {words}", *both))
        lost = tuple(f"{systems[name].get('errors', 0)} of {systems[name].get('messages', 0)}" for name in SYSTEMS)
        lines.append((f"{int(length):,} characters: without a reply", *lost, ""))
    return HEADER, lines


def _long(text: str, length: int) -> str:
    return ((text + "，") * (length // (len(text) + 1) + 1))[:length]
