"""Copies of one message in this process: they share one storing and its outcome.

WeChat sends a message again after five seconds, Kannel until it is taken. A copy of what is stored here asks no
database, so a slow one cannot make it look refused; and where one copy was refused with the phone number, all are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from front.inbox.protocol import Inbound, Received, Unavailable

_MOST = 10_000  # messages remembered: more than come in the fifteen seconds of WeChat's three tries


class Copies:
    """Remembers what came of the newest messages, by channel and key: stored, being stored, or (cancelled) refused."""

    def __init__(self, store: Callable[[Inbound], Coroutine[Any, Any, Received]]) -> None:
        """`store` stores one message, knowing copies that came to other processes."""
        self._store = store
        self._known: dict[tuple[str, str], asyncio.Future[Received]] = {}

    async def receive(self, inbound: Inbound) -> Received:
        """Store a message, or learn what came of its copy. The storing goes on if the caller is cancelled."""
        key = inbound.channel, inbound.key
        copy_of = self._known.get(key)
        storing = copy_of or self._keep(key, asyncio.create_task(self._store(inbound)))
        await asyncio.wait([storing])
        if storing.cancelled():
            raise Unavailable("没有收下，已经答复了电话")
        received = storing.result()
        return Received(received.id, True) if copy_of else received

    def refuse(self, inbound: Inbound) -> asyncio.Future[Received] | None:
        """Let no copy of a message be taken any more; what ends when nothing is being stored. None: it is stored."""
        key = inbound.channel, inbound.key
        storing = self._known.get(key) or self._keep(key, asyncio.get_running_loop().create_future())
        if storing.done() and not storing.cancelled() and not storing.exception():
            return None
        storing.cancel()
        return storing

    def _keep(self, key: tuple[str, str], storing: asyncio.Future[Received]) -> asyncio.Future[Received]:
        if len(self._known) >= _MOST:
            del self._known[next(iter(self._known))]
        self._known[key] = storing
        storing.add_done_callback(lambda done: self._forget_failure(key, done))
        return storing

    def _forget_failure(self, key: tuple[str, str], storing: asyncio.Future[Received]) -> None:
        """What could not be stored is tried again with the next copy."""
        if not storing.cancelled() and storing.exception() and self._known.get(key) is storing:
            del self._known[key]
