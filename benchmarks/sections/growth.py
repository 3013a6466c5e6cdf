"""What a message costs as the number of entries grows."""

from __future__ import annotations

import contextlib
import itertools
import time
from typing import Any

from benchmarks.limits import Limits
from benchmarks.load import Burst, burst, traffic, warm_up
from benchmarks.make_growth import grow
from benchmarks.make_vanilla import make
from benchmarks.nlu import entries
from benchmarks.places import OURS, VANILLA, growth
from benchmarks.sections.accuracy import judge
from benchmarks.sections.common import Rows, summary
from benchmarks.servers import Server, ours, vanilla
from benchmarks.training import trained

_VANILLA_UP_TO = 500
_FROM = 50_000  # in the traffic


def measure(limits: Limits, stock: bool = True) -> dict[str, Any]:
    """Grow, train where the limits allow, then let all that could be trained take turns; `stock`: vanilla too."""
    real = len(list(entries(OURS)))
    servers, training = {f"ours {real}": ours(OURS)}, {f"ours {real}": trained("ours", OURS)}
    if stock:
        servers[f"vanilla {real}"] = vanilla(VANILLA, OURS)
        training[f"vanilla {real}"] = trained("vanilla", VANILLA)
    for size in limits.sizes:
        _grown(size, limits, servers, training)
        if stock and size <= _VANILLA_UP_TO:
            _grown_stock(size, limits, servers, training)
    ready = {name: server for name, server in servers.items() if training[name]["ok"]}
    with contextlib.ExitStack() as running:
        for server in ready.values():
            running.enter_context(server)
        figures = _measure(ready, limits)
        rss = {name: server.rss() for name, server in ready.items()}
    systems = {name: {**figures.get(name, {}), "rss_mb": rss.get(name), "training": training[name]} for name in servers}
    return {"systems": systems}


def rows(result: dict[str, Any]) -> tuple[tuple[str, ...], Rows]:
    """Header and lines."""
    header = ("entries", "CPU ms a message", "p50 ms", "resident MB", "training", "training peak MB")
    lines = []
    for name, one in sorted(result["systems"].items(), key=lambda item: (item[0].split()[0], int(item[0].split()[1]))):
        training, rss = one["training"], one["rss_mb"]
        cost = f"{training['cpu_seconds']} CPU s" if training["ok"] else training["why"].splitlines()[-1][:60]
        memory = str(sum(rss.values())) if rss else "–"
        figures = (str(one.get("cpu_ms", "–")), str(one.get("p50_ms", "–")))
        lines.append((name, *figures, memory, cost, str(training["peak_mb"])))
    return header, lines


def _grown(size: int, limits: Limits, servers: dict[str, Server], training: dict[str, Any]) -> None:
    folder = growth("ours", size)
    grow(OURS, folder, size)
    name = f"ours {size}"
    servers[name], training[name] = ours(folder, name), trained("ours", folder, limits.training_minutes)


def _grown_stock(size: int, limits: Limits, servers: dict[str, Server], training: dict[str, Any]) -> None:
    folder = growth("ours", size)
    stock, name = growth("vanilla", size), f"vanilla {size}"
    make(folder, stock)
    training[name] = trained("vanilla", stock, limits.vanilla_growth_minutes)
    servers[name] = vanilla(stock, folder, name)


def _measure(servers: dict[str, Server], limits: Limits) -> dict[str, Any]:
    until = time.monotonic() + limits.section_seconds
    bursts: dict[str, list[Burst]] = {name: [] for name in servers}
    questions = traffic(_FROM)
    for server in servers.values():
        warm_up(server)
    for _ in range(limits.rounds):
        asked = list(itertools.islice(questions, limits.growth_messages))
        for name, server in servers.items():
            bursts[name].append(burst(server, asked, 1, until))
    return {name: {**summary(some), "right": _right(some)} for name, some in bursts.items()}


def _right(bursts: list[Burst]) -> str:
    inside = [answer for some in bursts for answer in some.answers if not _outside(answer.question.labels)]
    return f"{sum(judge(answer) == 'right' for answer in inside)} of {len(inside)}"


def _outside(labels: tuple[str, ...]) -> bool:
    return labels[0].startswith("out_of_scope")
