"""CPU, latency and throughput for citizens who each ask one question, some at once."""

from __future__ import annotations

import itertools
import time
from typing import Any

from benchmarks.limits import Limits
from benchmarks.load import Burst, burst, traffic
from benchmarks.sections.common import HEADER, SYSTEMS, Pair, Rows, compared, summary

FIGURES = {
    "cpu_ms": "CPU ms a message",
    "p50_ms": "p50 ms",
    "p95_ms": "p95 ms",
    "p99_ms": "p99 ms",
    "per_second": "messages a second",
}


def measure(pair: Pair, limits: Limits) -> dict[str, Any]:
    """The systems take turns, round by round, at each number of citizens at once."""
    until = time.monotonic() + limits.section_seconds
    before, levels = {name: pair[name].rss() for name in SYSTEMS}, {}
    questions = traffic()
    for at_once, messages in limits.at_once:
        bursts: dict[str, list[Burst]] = {name: [] for name in SYSTEMS}
        for _ in range(limits.rounds):
            asked = list(itertools.islice(questions, messages))
            for name in SYSTEMS:
                bursts[name].append(burst(pair[name], asked, at_once, until))
        levels[str(at_once)] = {name: summary(bursts[name]) for name in SYSTEMS}
    after = {name: pair[name].rss() for name in SYSTEMS}
    return {"levels": levels, "rss_mb": {"before": before, "after": after}}


def rows(result: dict[str, Any]) -> tuple[tuple[str, ...], Rows]:
    """Header and lines."""
    lines = []
    for at_once, level in result["levels"].items():
        for figure, words in FIGURES.items():
            vanilla, ours = (level[name].get(figure) for name in SYSTEMS)
            lines.append(compared(f"{at_once} at once: {words}", vanilla, ours))
    for process in ("rasa", "actions"):
        vanilla, ours = (result["rss_mb"]["after"][name][process] for name in SYSTEMS)
        lines.append(compared(f"resident MB, {process}", vanilla, ours, 0))
    errors = [sum(level[name].get("errors", 0) for level in result["levels"].values()) for name in SYSTEMS]
    lines.append(("messages without a reply", *map(str, errors), ""))
    return HEADER, lines
