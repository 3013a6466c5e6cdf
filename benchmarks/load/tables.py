"""README's tables, from results/*.json."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

_README = Path(__file__).with_name("README.md")
_SETUPS = {
    "sqlite-1": "SQLite，1 front，1 Rasa",
    "postgresql-1": "PostgreSQL + Redis，1 front，1 Rasa",
    "postgresql-2": "PostgreSQL + Redis，2 front，2 Rasa",
}


def fill_readme(results: Path) -> None:
    """Put the tables between README's marks."""
    text = "\n\n".join([*_cpu(results / "cpu.json"), *_loads(results)])
    readme = _README.read_text(encoding="utf-8")
    filled = re.sub(r"(<!-- results -->\n).*(<!-- end -->)", lambda m: f"{m[1]}{text}\n{m[2]}", readme, flags=re.DOTALL)
    _README.write_text(filled, encoding="utf-8")


def _when(result: dict[str, Any]) -> str:
    return f"{result['date']} UTC，{result['cores']} 核，量完时的系统负荷 {result['load_average'][0]}"


def _cpu(file: Path) -> Iterable[str]:
    if not file.exists():
        return
    result = json.loads(file.read_text(encoding="utf-8"))
    names = list(dict.fromkeys(row["front"] for row in result["rows"]))
    found = {(row["database"], row["kind"], row["front"]): row for row in result["rows"]}
    keys = list(dict.fromkeys((row["database"], row["kind"]) for row in result["rows"]))
    rows = [[*key, *(f"{found[(*key, name)]['median_ms']:.1f}" for name in names)] for key in keys]
    said = {"now": "现在", "before": "优化前"}
    rounds = f"{result['rounds']}轮的中位数，每轮{result['messages']}条"
    yardstick = f"标尺（空转一百万次的CPU）{result['yardstick_ms']:.0f}毫秒"
    yield f"### front 自己：每条消息的CPU毫秒\n\n{_when(result)}；{rounds}；{yardstick}。"
    yield _table(["数据库", "渠道", *(said[name] for name in names)], rows)


def _loads(results: Path) -> Iterable[str]:
    for name, title in _SETUPS.items():
        file = results / f"{name}.json"
        if not file.exists():
            continue
        result = json.loads(file.read_text(encoding="utf-8"))
        memory = "，".join(f"{who} {mb:.0f}" for who, mb in result["memory_mb"].items())
        yield f"### {title}\n\n{_when(result)}。内存（MB）：{memory}。"
        yield _table(
            ["同时几人", "渠道", "条", "p50 毫秒", "p95", "p99", "当场答复", "稍后送到", "没有答到"], _people(result)
        )
        head = ["同时几人", "条/秒", *result["phases"][0]["cpu_ms_a_message"], "合计"]
        yield "每条消息的CPU毫秒：\n\n" + _table(head, [_processes(phase) for phase in result["phases"]])


def _people(result: dict[str, Any]) -> list[list[Any]]:
    rows = []
    for phase in result["phases"]:
        for channel, one in phase["channels"].items():
            times = [one.get(f"p{n}_ms", "–") for n in (50, 95, 99)]
            ways = [one["ways"].get(way, 0) for way in ("response", "later", "lost")]
            rows.append([phase["at_once"], channel, one["messages"], *times, *ways])
    return rows


def _processes(phase: dict[str, Any]) -> list[Any]:
    cpu = phase["cpu_ms_a_message"]
    return [phase["at_once"], phase["a_second"], *(f"{ms:.1f}" for ms in cpu.values()), f"{sum(cpu.values()):.1f}"]


def _table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
