"""The gateways' callbacks: /channels/sms/{kannel,aliyun,tencent}/<secret>, and Kannel's delivery reports.

None of the vendors signs its callbacks (facts/channels.md C1): the secret path keeps strangers out, and a wrong one
looks like no page at all. What cannot be stored is answered so that the gateway tries again.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import structlog
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from front.channels.sms import aliyun, kannel, tencent
from front.channels.sms.uplink import MOST_BYTES, Unreadable, Uplink
from front.inbox.protocol import Delivery, Unavailable

if TYPE_CHECKING:
    from front.channels.sms.channel import SmsChannel

log = structlog.get_logger()
REPORTED = "sms.reported"
_FAILED = {kannel.FAILED, kannel.REJECTED}
Handler = Callable[[Request], Awaitable[Response]]


class TooLarge(Unreadable):
    """A callback of more than MOST_BYTES."""


class SmsRoutes:
    """The HTTP side of one SmsChannel."""

    def __init__(self, channel: SmsChannel) -> None:
        """Routes for the gateways the channel has."""
        self.channel = channel
        self.inbox = channel.inbox
        self._sending: set[asyncio.Task[None]] = set()

    def routes(self) -> list[BaseRoute]:
        """One path per configured gateway; Kannel has one more for reports."""
        made: list[BaseRoute] = []
        if "kannel" in self.channel.config.paths:
            base = "/channels/sms/kannel/{secret}"
            made.append(Route(base, self._guarded("kannel", self.kannel), methods=["GET", "POST"]))
            made.append(Route(f"{base}/report", self._guarded("kannel", self.report), methods=["GET"]))
        for name, handler in (("aliyun", self.aliyun), ("tencent", self.tencent)):
            if name in self.channel.config.paths:
                path = f"/channels/sms/{name}/{{secret}}"
                made.append(Route(path, self._guarded(name, handler), methods=["POST"]))
        return made

    def _guarded(self, gateway: str, handler: Handler) -> Handler:
        """The handler behind its secret path, with one answer for each way a callback can be wrong."""
        secret = self.channel.config.paths[gateway].encode()

        async def guarded(request: Request) -> Response:
            if not hmac.compare_digest(request.path_params["secret"].encode("utf-8", "replace"), secret):
                raise HTTPException(404)  # what any address nobody has gets
            try:
                return await handler(request)
            except Unreadable as wrong:
                log.warning("sms.unreadable", gateway=gateway)
                return PlainTextResponse(str(wrong), 413 if isinstance(wrong, TooLarge) else 400)
            except Unavailable:
                log.error("sms.unavailable", gateway=gateway)
                return PlainTextResponse("暂时存不下，请稍后重发", 503, {"Retry-After": "5"})
            except ClientDisconnect:
                return Response("连接断开了", 499)

        return guarded

    async def kannel(self, request: Request) -> Response:
        """One message from Kannel; the reply goes back in the body if it is ready in time."""
        query = request.scope["query_string"]
        posted = request.method == "POST"
        uplink = kannel.read_post(query, request.headers, await _body(request)) if posted else kannel.read(query)
        notice, received = await self._take(uplink)
        if received is None:
            return self._spoken(notice, None)
        delivery = await self.inbox.wait_reply(received, self.channel.config.patience)
        if delivery is None:
            return self._spoken("", None)
        if await request.is_disconnected():
            await self.inbox.passive_failed(delivery, "Kannel 没有等到答复")
            return Response("连接断开了", 499)
        return self._spoken(await self.channel.shown(delivery), delivery)

    def _spoken(self, text: str, delivery: Delivery | None) -> Response:
        """The body Kannel sends to the phone (empty: nothing), and the note that it went out."""
        gateway = self.channel.config.gateways["kannel"]
        body, headers = text, dict[str, str]()
        if isinstance(gateway, kannel.Kannel):
            body, headers = gateway.text(text), gateway.headers(delivery.id if delivery else None)
        sent = BackgroundTask(self.inbox.passive_sent, delivery) if delivery else None
        return Response(body.encode(), headers={**headers, "Content-Type": kannel.PLAIN}, background=sent)

    async def report(self, request: Request) -> Response:
        """A delivery report: noted for operators, never answered."""
        delivery, status = kannel.report(request.scope["query_string"])
        if status in _FAILED:
            log.warning("sms.not_delivered", delivery=delivery, status=status)
        await self.inbox.mark(REPORTED, str(delivery), str(status))
        return Response(status_code=200)

    async def aliyun(self, request: Request) -> Response:
        """A batch from Aliyun; acknowledged when every message is stored, else Aliyun sends all of it again."""
        for uplink in aliyun.read(await _body(request)):
            await self._take_later(uplink)
        return JSONResponse(aliyun.RECEIVED)

    async def tencent(self, request: Request) -> Response:
        """A message from Tencent."""
        for uplink in tencent.read(await _body(request)):
            await self._take_later(uplink)
        return JSONResponse(tencent.RECEIVED)

    async def _take(self, uplink: Uplink) -> tuple[str, int | None]:
        """Past the door and into the inbox: (notice, inbox row) of which at most one is there."""
        ruling = await self.channel.door.judge(uplink)
        if not ruling.admitted:
            log.info("sms.not_admitted", gateway=uplink.gateway, why=ruling.why)
            return ruling.notice, None
        return "", (await self.inbox.receive(uplink.inbound())).id

    async def _take_later(self, uplink: Uplink) -> None:
        """Like _take where the reply cannot go back in the response; the outbox sends it, or we the notice."""
        notice, _ = await self._take(uplink)
        if notice and uplink.person:
            task = asyncio.create_task(self._notify(uplink.gateway, uplink.person, notice))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def finish(self, seconds: float = 3.0) -> None:
        """Wait a little for the notices under way; they are courtesies, so what hangs is dropped."""
        if self._sending:
            await asyncio.wait(set(self._sending), timeout=seconds)

    async def _notify(self, gateway: str, person: str, notice: str) -> None:
        """Send a notice once: it says nothing a person could not do without."""
        result, note = await self.channel.config.gateways[gateway].send(person, notice)
        log.info("sms.notice", gateway=gateway, result=result.value, note=note)


async def _body(request: Request) -> bytes:
    """The body, refused as soon as it is too large."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise TooLarge(f"回调太大：最多 {MOST_BYTES} 字节")
    return body
