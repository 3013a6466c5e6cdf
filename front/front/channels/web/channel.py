"""The web channel: people fetch their replies, so a stored reply is a delivered one."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from front.channels.web.routes import Api
from front.inbox.inbox import Inbox
from front.inbox.protocol import Delivery, SendResult
from front.settings import PAGE, Settings


class _Files(StaticFiles):
    """The page's files: asked for anew each time (by ETag), so that no phone mixes an old script with a new page."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """One file, or 304."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response


class WebChannel:
    """`front.inbox.protocol.Channel` for the web."""

    name = "web"

    def __init__(self, settings: Settings, inbox: Inbox) -> None:
        self._router = Api(inbox, settings).router()

    async def send(self, delivery: Delivery) -> tuple[SendResult, str]:
        """Nothing to do: the page reads the outbox itself."""
        return SendResult.SENT, ""

    def routes(self) -> list[BaseRoute]:
        """The API; then the page's files, which must be the last routes of the app."""
        return [*self._router.routes, Mount("/", _Files(directory=PAGE), name="page")]

    async def close(self) -> None:
        """Nothing is held open."""


def create(settings: Settings, inbox: Inbox) -> WebChannel:
    """The channel; it needs no settings of its own."""
    return WebChannel(settings, inbox)
