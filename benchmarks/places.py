"""Where the benchmarks keep things. Everything that is made lies in .work/, which is not committed."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
WORK = HERE / ".work"
RESULTS = HERE / "results"
QUICK_RESULTS = WORK / "quick-results"
HELD_OUT = ROOT / "tests" / "held_out"

OURS = WORK / "ours"
INCOMING = WORK / "incoming"
VANILLA = WORK / "vanilla"


def growth(system: str, size: int) -> Path:
    """The folder of a grown project: .work/growth/ours-500."""
    return WORK / "growth" / f"{system}-{size}"
