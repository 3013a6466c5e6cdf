"""What every request passes: size, headers, measuring, and a kind word instead of a stack trace."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from front.inbox.protocol import Unavailable
from front.inbox.replies import PHONE
from front.metrics import ERRORS, HTTP_SECONDS, REFUSED

MOST_BYTES = 64 * 1024  # also the desk's: nothing is uploaded there, and 2000 characters are 8 KiB at most
BODY_SECONDS = 15.0  # from the end of the headers until the whole body is here
_PASSING = {408, 429, 500, 502, 503, 504}  # troubles that pass: whoever meets one is told when to come again
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = [
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=()"),
]
_LOG = structlog.get_logger("http")


class TooLarge(HTTPException):
    """The body is larger than anything we take."""

    def __init__(self) -> None:
        super().__init__(413)


class TooSlow(HTTPException):
    """The body does not come."""

    def __init__(self) -> None:
        super().__init__(408, headers={"Connection": "close"})


class Doors:
    """Wraps the whole app."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.monotonic(), 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given = {name for name, _ in message["headers"]}
                ours = [*_HEADERS, (b"retry-after", b"5")] if status in _PASSING else _HEADERS
                message["headers"] = [*message["headers"], *(pair for pair in ours if pair[0] not in given)]
            await send(message)

        try:
            await self.app(scope, _Limited(scope, receive), answer)
        except Exception as error:
            response = _kind_word(error, scope)
            if status:
                raise
            await response(scope, receive, answer)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            HTTP_SECONDS.labels(str(route), str(status)).observe(time.monotonic() - started)


class _Limited:
    """The body, refused as soon as it is known to be too large, or takes too long."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._receive = receive
        self._left = MOST_BYTES
        self._complete = False
        self._until = asyncio.get_running_loop().time() + BODY_SECONDS
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        self._refused = not declared.isdigit() or int(declared) > MOST_BYTES

    async def __call__(self) -> Message:
        if self._refused:
            raise TooLarge
        message = await self._in_time()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise TooLarge
        return message

    async def _in_time(self) -> Message:
        if self._complete:  # what is waited for now is that the client hangs up
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError:
            REFUSED.labels("slow").inc()
            raise TooSlow from None
        self._complete = not message.get("more_body", False)
        return message


def _kind_word(error: Exception, scope: Scope) -> JSONResponse:
    if isinstance(error, TooLarge):
        return too_large()
    if isinstance(error, Unavailable):
        _LOG.warning("unavailable", error=str(error))
        wait = {"Retry-After": "2"}
        return JSONResponse({"error": f"系统正忙，没能收下，请稍后再发一次，着急请拨打{PHONE}。"}, 503, headers=wait)
    ERRORS.labels("http").inc()
    _LOG.error("request_failed", route=str(getattr(scope.get("route"), "path", "")), exc_info=error)
    return JSONResponse({"error": f"出了点问题，请稍后再试，着急请拨打{PHONE}。"}, 500)


def too_large() -> JSONResponse:
    """The answer to a body that is too large, which is not read to its end."""
    REFUSED.labels("size").inc()
    return JSONResponse({"error": "内容太长了，请分开发送。"}, 413, headers={"Connection": "close"})


def invalid(_: Any, __: Exception) -> JSONResponse:
    """A request that is not what the API describes."""
    REFUSED.labels("form").inc()
    return JSONResponse({"error": "请求的内容不对，请刷新页面后再试。"}, 422)
