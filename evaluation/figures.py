"""Shares with their bootstrap intervals, and the gate that compares them with those of the last good model."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import attrs
import numpy as np

BASELINE = Path(__file__).parent / "baseline.json"
_DRAWS = 2000


@attrs.frozen
class Share:
    """A share of n cases, with the 95 % interval of a bootstrap."""

    name: str
    value: float
    low: float
    high: float
    n: int
    more_is_better: bool

    def __str__(self) -> str:
        return f"{self.value:.3f}  [{self.low:.3f}, {self.high:.3f}]"


def share(name: str, cases: Iterable[bool], more_is_better: bool = True) -> Share:
    """The share of true cases; the interval is repeatable (fixed seed)."""
    values = np.array(list(cases), dtype=float)
    if not len(values):
        return Share(name, float("nan"), float("nan"), float("nan"), 0, more_is_better)
    draws = np.random.default_rng(0).choice(values, (_DRAWS, len(values))).mean(axis=1)
    low, high = np.quantile(draws, [0.025, 0.975])
    return Share(name, float(values.mean()), float(low), float(high), len(values), more_is_better)


def worse(shares: Iterable[Share], baseline: Path = BASELINE) -> list[str]:
    """The shares whose whole interval is worse than the baseline: fallen by more than noise."""
    if not baseline.is_file():
        return []
    before = json.loads(baseline.read_text(encoding="utf-8"))
    lines = []
    for now in shares:
        then = before.get(now.name)
        if then is None or not now.n:
            continue
        if (now.high < then) if now.more_is_better else (now.low > then):
            lines.append(f"{now.name}：原来 {then:.3f}，现在 {now}，变差超出误差")
    return lines


def keep(shares: Iterable[Share], baseline: Path = BASELINE) -> None:
    """Write these shares as the new baseline."""
    values = {now.name: round(now.value, 4) for now in shares if now.n}
    baseline.write_text(json.dumps(values, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
