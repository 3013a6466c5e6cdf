"""What a channel is to the app: it sends deliveries, and brings the routes it receives on."""

from __future__ import annotations

from typing import Protocol

from starlette.routing import BaseRoute

from front.inbox.protocol import Channel


class Mounted(Channel, Protocol):
    """A channel that also receives over HTTP."""

    def routes(self) -> list[BaseRoute]:
        """The routes to mount at the root of the app, with their full paths."""
        ...

    async def close(self) -> None:
        """Let go of connections; called once, when nothing is received or sent any more."""
        ...
