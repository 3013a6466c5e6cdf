"""What the sections share."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.load import Burst
from benchmarks.servers import Server

Rows = list[tuple[str, ...]]
Pair = dict[str, Server]
SYSTEMS = ("vanilla", "ours")
HEADER = ("", "vanilla", "ours", "vanilla ÷ ours")


def summary(bursts: Sequence[Burst]) -> dict[str, Any]:
    """Several bursts at the same load in figures: CPU, latency, throughput. Empty where nothing was sent."""
    bursts = [burst for burst in bursts if burst.answers]
    if not bursts:
        return {}
    latencies = [1000 * answer.seconds for burst in bursts for answer in burst.answers]
    p50, p95, p99 = np.percentile(latencies, (50, 95, 99))
    return {
        "messages": len(latencies),
        "errors": sum(burst.errors for burst in bursts),
        "cpu_ms": round(statistics.median(burst.cpu_ms for burst in bursts), 1),
        "cpu_ms_rounds": [round(burst.cpu_ms, 1) for burst in bursts],
        "p50_ms": round(float(p50), 1),
        "p95_ms": round(float(p95), 1),
        "p99_ms": round(float(p99), 1),
        "per_second": round(statistics.median(len(burst.answers) / burst.seconds for burst in bursts), 1),
    }


def compared(what: str, vanilla: float | None, ours: float | None, digits: int = 1) -> tuple[str, ...]:
    """One row: both figures and their ratio."""
    ratio = f"{vanilla / ours:.1f}" if vanilla is not None and ours else "–"
    return (what, *(_number(value, digits) for value in (vanilla, ours)), ratio)


def _number(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:,.{digits}f}"
