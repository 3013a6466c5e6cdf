"""How many connections are open, for each address and in all: open pages, long polls and WebSockets hold one each.

A proxy of ours brings everybody's connections from one address and bounds them itself, so its own are not counted.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import structlog
from uvicorn.middleware.proxy_headers import _TrustedHosts

from front.channels.web.limits import Places, network_of
from front.inbox.replies import PHONE
from front.metrics import REFUSED

REFUSED_SECONDS = 2.0  # within which whoever found no place may ask, to be told so
_TOLD_EACH, _TOLD_IN_ALL = 8, 256  # how many may be told at once; the others are hung up on
_LOG_EVERY = 10.0  # seconds between two lines: an attack must not fill the disk
_LOG = structlog.get_logger("http")
_TOO_MANY = (429, f"这个网络同时打开的连接太多了，请关掉几个页面，过一会儿再试，着急请拨打{PHONE}。")
_FULL = (503, f"现在来的人太多了，请过一会儿再试，着急请拨打{PHONE}。")


class Place:
    """What one connection got: a place (`open`), perhaps only to be told why there is none (`refusal`), or nothing."""

    def __init__(
        self, opened: bool, refusal: tuple[int, str] | None = None, given_back: Callable[[], None] | None = None
    ) -> None:
        self.open = opened
        self.refusal = refusal
        self._given_back = given_back

    def leave(self) -> None:
        """The connection is over; a second time does nothing."""
        if self._given_back:
            self._given_back()
            self._given_back = None


class Crowd:
    """The places of one process."""

    def __init__(self, each: int, most: int, proxies: str = "127.0.0.1") -> None:
        """`each`: connections of one address (with IPv6 its /64); `most`: of all; `proxies`: as for uvicorn."""
        self._places = Places(each, most)
        self._told = Places(_TOLD_EACH, _TOLD_IN_ALL)
        self._proxies: Any = _TrustedHosts(proxies)
        self._logged = float("-inf")
        self._turned_away = 0

    def enter(self, address: str | None) -> Place:
        """A connection of this address, None for a socket of this machine."""
        if address is None or address in self._proxies:
            return Place(True)
        key = network_of(address)
        if self._places.enter(key):
            return Place(True, None, partial(self._places.leave, key))
        refusal = _FULL if self._places.full else _TOO_MANY
        self._note(key, refusal[0])
        if self._told.enter(key):
            return Place(True, refusal, partial(self._told.leave, key))
        return Place(False)

    def _note(self, key: str, status: int) -> None:
        REFUSED.labels("connections").inc()
        self._turned_away += 1
        if time.monotonic() - self._logged > _LOG_EVERY:
            _LOG.warning("connections_refused", address=key, status=status, refused=self._turned_away)
            self._logged, self._turned_away = time.monotonic(), 0
