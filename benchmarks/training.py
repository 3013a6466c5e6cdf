"""Train what is not trained yet, at the lowest priority, within limits, and note what it cost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.processes import available_mb, family, rss_mb
from benchmarks.snapshot import fingerprint

console = Console(stderr=True)
MINUTES = 400.0
MOST_MEMORY = 18_000.0  # MB
LEAST_LEFT = 2_000.0  # MB for everybody else on the machine
# What a model is made from, beside the data.
_MADE_FROM = {
    "ours": ("config.yml", "domain.yml", "uv.lock", "data", "brain", "scripts"),
    "vanilla": ("config.yml", "domain.yml", "data"),
}
_COMMAND = {
    "ours": ["-m", "scripts.train", "--force"],
    "vanilla": ["-m", "rasa", "train", "--force", "--fixed-model-name", "vanilla"],
}


def trained(system: str, folder: Path, minutes: float = MINUTES) -> dict[str, Any]:
    """The record of the training of `folder`, after training it where it is not current.

    `ok` is False, with `why`, where the training failed or went over the limits.
    """
    made_from, note = fingerprint(folder, _MADE_FROM[system]), folder / "bench.json"
    if note.exists():
        known: dict[str, Any] = json.loads(note.read_text())
        if known["made_from"] == made_from:
            return known
    console.print(f"training {folder.name} (at most {minutes:.0f} min)…")
    record = {"system": system, "made_from": made_from, **_train(system, folder, minutes)}
    note.write_text(json.dumps(record, ensure_ascii=False, indent=1))
    console.print(f"  {record}")
    return record


def _train(system: str, folder: Path, minutes: float) -> dict[str, Any]:
    command = ["nice", "-n", "19", sys.executable, *_COMMAND[system]]
    started = time.monotonic()
    with (folder / "bench-train.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603
            command, cwd=folder, env=_environment(folder), stdout=log, stderr=log, start_new_session=True
        )
    try:
        (status, usage), why = _watch(process.pid, started + minutes * 60)
    except BaseException:
        _kill(process.pid)
        raise
    ok = not why and os.waitstatus_to_exitcode(status) == 0
    return {
        "ok": ok,
        "why": "" if ok else why or _tail(folder / "bench-train.log"),
        "date": datetime.now().astimezone().isoformat(timespec="minutes"),
        "seconds": round(time.monotonic() - started),
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime),
        "peak_mb": round(usage.ru_maxrss / 1024),
    }


def _environment(folder: Path) -> dict[str, str]:
    quiet = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": str(folder)}
    return {**os.environ, **quiet, "PYTHONWARNINGS": "ignore"}


def _watch(pid: int, until: float) -> tuple[tuple[int, Any], str]:
    """Wait for the process, ending it where it takes too long or too much memory: (its end, why it was ended)."""
    why = ""
    while True:
        ended, status, usage = os.wait4(pid, os.WNOHANG)
        if ended:
            return (status, usage), why
        memory = rss_mb(family(pid))
        if not why and time.monotonic() > until:
            why = "stopped: over the time limit"
        if not why and (memory > MOST_MEMORY or available_mb() < LEAST_LEFT):
            why = f"stopped: over {memory:,.0f} MB of memory"
        if why:
            _kill(pid)
        time.sleep(0.5)


def _kill(root: int) -> None:
    for pid in reversed(family(root)):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-500:]
