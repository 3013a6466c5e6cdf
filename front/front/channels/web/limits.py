"""Token buckets in memory: how fast one session and one address may go. They say how long to wait."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict

_MOST = 50_000  # keys remembered; the one not seen for longest is forgotten, its bucket being full again by then


class Buckets:
    """One bucket for each key: `burst` at once, `rate` a second in the long run."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> float:
        """Take one; returns 0, or the seconds until there is one again."""
        now = time.monotonic()
        level, then = self._buckets.pop(key, (self._burst, now))
        level = min(self._burst, level + (now - then) * self._rate)
        self._buckets[key] = (level - 1 if level >= 1 else level, now)
        if len(self._buckets) > _MOST:
            self._buckets.popitem(last=False)
        return 0.0 if level >= 1 else (1 - level) / self._rate


def network_of(address: str) -> str:
    """Whom an address counts for: itself, or with IPv6 its /64, which one household has for itself alone."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv4Address):
        return address
    return str(ip.ipv4_mapped or ipaddress.ip_network((int(ip), 64), strict=False))


class Places:
    """How many things are open for each key: streams, connections."""

    def __init__(self, each: int, most: int) -> None:
        """`each`: for one key; `most`: in all."""
        self._each = each
        self._most = most
        self._open: dict[str, int] = {}
        self._all = 0

    @property
    def full(self) -> bool:
        """Whether there is no place for anybody."""
        return self._all >= self._most

    def enter(self, key: str) -> bool:
        """Take a place; False when there is none."""
        if self.full or self._open.get(key, 0) >= self._each:
            return False
        self._open[key] = self._open.get(key, 0) + 1
        self._all += 1
        return True

    def leave(self, key: str) -> None:
        """Give it back."""
        self._all -= 1
        self._open[key] -= 1
        if not self._open[key]:
            del self._open[key]
