"""CPU time, memory and family of processes, as the kernel tells them in /proc."""

from __future__ import annotations

import os
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


def family(root: int) -> list[int]:
    """A process and all its descendants that live now."""
    parents = {pid: _parent(pid) for pid in map(int, filter(str.isdigit, os.listdir("/proc")))}  # noqa: PTH208
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def cpu_seconds(pids: list[int]) -> float:
    """User and system time of these processes, all threads."""
    return sum(int(fields[11]) + int(fields[12]) for fields in map(_stat, pids) if fields) / _TICK


def rss_mb(pids: list[int]) -> float:
    """Resident memory of these processes; pages they share count for each."""
    return sum(_kb(Path(f"/proc/{pid}/status"), "VmRSS") for pid in pids) / 1024


def available_mb() -> float:
    """Memory the machine has left."""
    return _kb(Path("/proc/meminfo"), "MemAvailable") / 1024


def command(pid: int) -> str:
    """The command line of a process."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _stat(pid: int) -> list[str]:
    try:
        # The name before the last ")" may contain anything.
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return []


def _parent(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[1]) if fields else 0


def _kb(file: Path, name: str) -> int:
    try:
        lines = file.read_text(errors="replace").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(name)), 0)
