"""From the command to the first answer."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from benchmarks.limits import Limits
from benchmarks.sections.common import HEADER, SYSTEMS, Rows, compared
from benchmarks.servers import Server


def measure(makers: dict[str, Callable[[], Server]], limits: Limits) -> dict[str, Any]:
    """Start each system alone, in turn, a few times."""
    starts: dict[str, list[dict[str, Any]]] = {name: [] for name in SYSTEMS}
    until = time.monotonic() + limits.section_seconds
    for _ in range(limits.cold_starts):
        for name in SYSTEMS:
            if time.monotonic() < until:
                starts[name].append(_start(makers[name]()))
    return {"starts": starts}


def rows(result: dict[str, Any]) -> tuple[tuple[str, ...], Rows]:
    """Header and lines."""
    words = {"seconds": "seconds to the first answer", "cpu_seconds": "CPU seconds until then"}
    lines = []
    for figure, what in words.items():
        lines.append(compared(what, *(_median(result["starts"][name], figure) for name in SYSTEMS)))
    return HEADER, lines


def _start(server: Server) -> dict[str, Any]:
    started = time.monotonic()
    with server:
        return {
            "seconds": round(time.monotonic() - started, 1),
            "cpu_seconds": round(server.cpu(), 1),
            "rss_mb": server.rss(),
        }


def _median(starts: list[dict[str, Any]], figure: str) -> float | None:
    return statistics.median(start[figure] for start in starts) if starts else None
