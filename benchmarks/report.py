"""Results as files, as tables on the screen and as the table of the README."""

from __future__ import annotations

import json
import os
import platform
import re
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.make_vanilla import is_made_of
from benchmarks.places import HERE, OURS, RESULTS, VANILLA
from benchmarks.sections import accuracy, cold, growth, latency, length, turns
from benchmarks.sections.common import Rows
from benchmarks.snapshot import fingerprint

console = Console()
SECTIONS: dict[str, Any] = {
    "latency": latency,
    "turns": turns,
    "cold": cold,
    "accuracy": accuracy,
    "length": length,  # after all that need both servers alive
    "growth": growth,
}
_TITLES = {
    "latency": "One question a citizen",
    "turns": "One long conversation",
    "cold": "Cold start",
    "accuracy": "Answers to held-out questions",
    "length": "Long messages",
    "growth": "Growth",
    "training": "Training",
}
_BETWEEN = re.compile(r"(<!-- results -->\n).*(<!-- end of results -->)", re.DOTALL)


def about() -> dict[str, Any]:
    """When and where this was measured, and on which state of the project."""
    names = (path.name for path in sorted(OURS.iterdir()) if path.name in ("brain", "actions", "data", "knowledge"))
    return {
        "date": datetime.now().astimezone().isoformat(timespec="minutes"),
        "machine": f"{os.cpu_count()} shared cores, {_cpu()}, Python {platform.python_version()}",
        "load_average": [round(load, 1) for load in os.getloadavg()],
        "project": fingerprint(OURS, names),
        "same_examples": is_made_of(VANILLA, OURS),
    }


def save(section: str, result: dict[str, Any], folder: Path = RESULTS) -> None:
    """Write <section>.json to the folder and show it as a table."""
    folder.mkdir(exist_ok=True)
    text = json.dumps({"about": about(), **result}, ensure_ascii=False, indent=1)
    (folder / f"{section}.json").write_text(text + "\n", encoding="utf-8")
    header, rows = _rows(section, result)
    table = Table(title=_TITLES[section])
    for number, name in enumerate(header):
        table.add_column(name, justify="right" if number else "left")
    for row in rows:
        table.add_row(*row)
    console.print(table)


def write_readme(readme: Path = HERE / "README.md") -> None:
    """Put the tables of all results there are into the README."""
    parts = []
    for section, title in _TITLES.items():
        file = RESULTS / f"{section}.json"
        if file.exists():
            result = json.loads(file.read_text(encoding="utf-8"))
            header, rows = _rows(section, result)
            parts.append(f"### {title}\n\n{_when(result['about'])}\n\n{_markdown(header, rows)}\n")
    text = readme.read_text(encoding="utf-8")
    readme.write_text(_BETWEEN.sub(lambda m: m[1] + "\n".join(parts) + m[2], text), encoding="utf-8")


def _when(about: dict[str, Any]) -> str:
    stale = "" if about["same_examples"] else "; vanilla was trained on earlier examples"
    return f"{about['date'][:10]}, {about['machine']}, state of the project {about['project']}{stale}."


def _rows(section: str, result: dict[str, Any]) -> tuple[tuple[str, ...], Rows]:
    header, rows = SECTIONS[section].rows(result) if section in SECTIONS else _training(result)
    return header, rows


def _training(result: dict[str, Any]) -> tuple[tuple[str, ...], Rows]:
    header = ("", "seconds (nice 19)", "CPU seconds", "peak MB")
    rows = [(name, *(str(one[key]) for key in ("seconds", "cpu_seconds", "peak_mb"))) for name, one in _systems(result)]
    return header, rows


def _systems(result: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(name, one) for name, one in result.items() if name != "about"]


def _markdown(header: tuple[str, ...], rows: Rows) -> str:
    lines = [header, ("---", *("---:" for _ in header[1:])), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cpu() -> str:
    text = Path("/proc/cpuinfo").read_text()
    return next((line.partition(": ")[2] for line in text.splitlines() if line.startswith("model name")), "unknown CPU")
