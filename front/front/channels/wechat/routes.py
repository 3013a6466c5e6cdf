"""WeChat's webhook: GET to verify the address, POST for every message and event."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Coroutine, Mapping
from typing import Any

import structlog
from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from front.channels.wechat.client import WeChatApi
from front.channels.wechat.codec import MOST_BYTES, WINDOW, Codec, Opened, Signed, WeChatError, write_xml
from front.channels.wechat.messages import NAME, to_inbound
from front.channels.wechat.render import render
from front.inbox import replies
from front.inbox.protocol import Delivery, Inbound, Inbox, Received, Unavailable

PATH = "/channels/wechat"
WAIT = 4.0  # seconds from arrival until we answer `success` and push later; WeChat hangs up at five
LATE = range(4, 61)  # seconds after which WeChat may have hung up on the try before: it makes three, five seconds apart
LAST = 4.5  # seconds from arrival until we answer whatever happens
_UNANSWERED = {"view", "location", ""}  # events nobody expects an answer to; not stored either
_UNDER_WAY: set[asyncio.Task[Any]] = set()  # the loop itself holds tasks weakly
_LOG = structlog.get_logger("wechat")


class Webhook:
    """Verifies, stores, waits for the answer as long as WeChat does, and answers in the response if it can."""

    def __init__(self, codec: Codec, inbox: Inbox, api: WeChatApi, *, says: Mapping[str, str], wait: float) -> None:
        """`says`: what each key of the menu stands for; `wait`: seconds from arrival to `success`."""
        self._codec, self._inbox, self._api = codec, inbox, api
        self._says, self._wait = says, wait

    def routes(self) -> list[BaseRoute]:
        """The two routes of the one path."""
        return [
            Route(PATH, self.verify, methods=["GET"], name="wechat_verify"),
            Route(PATH, self.receive, methods=["POST"], name="wechat_receive"),
        ]

    async def verify(self, request: Request) -> Response:
        """WeChat asks whether the address is ours: echo what it sent, if it knows the token."""
        try:
            self._codec.check(Signed.of(request.query_params), time.time())
        except WeChatError as error:
            return _refused(error)
        return PlainTextResponse(request.query_params.get("echostr", "")[:200])

    async def receive(self, request: Request) -> Response:
        """One message or event: the answer, or `success` if it will be pushed, or the phone if it cannot be stored."""
        arrived, signed = _now(), Signed.of(request.query_params)
        try:
            opened = self._codec.open(await _by(arrived + LAST, _read(request)), signed, time.time())
            inbound = to_inbound(opened.fields, self._says)
            if inbound.kind == "event" and inbound.event in _UNANSWERED:
                return PlainTextResponse("success")
            received = await self._store(signed, opened, inbound, arrived)
        except WeChatError as error:
            return _refused(error)
        except (ClientDisconnect, TimeoutError):
            return PlainTextResponse("消息没有在几秒内收完，请重新发送", 408)
        except Unavailable as error:
            if not self._inbox.withdraw(inbound):  # a COMMIT under way may still succeed: two answers are one too many
                return PlainTextResponse("success")
            _LOG.error("not_stored", why=str(error))
            return Response(self._xml(opened, replies.TROUBLE["text"]), media_type="application/xml")
        return await self._answer(request, opened, inbound, received, arrived)

    async def _store(self, signed: Signed, opened: Opened, inbound: Inbound, arrived: float) -> Received:
        async def store() -> Received:
            await self._refuse_replay(signed, opened, inbound)
            return await self._inbox.receive(inbound)

        try:
            return await _by(arrived + LAST, store())
        except TimeoutError:
            raise Unavailable("数据库太慢，没有存下") from None

    async def _answer(
        self, request: Request, opened: Opened, inbound: Inbound, received: Received, arrived: float
    ) -> Response:
        """The answer if it is there in time. From here on nothing is lost: the sender worker delivers what is not."""
        try:
            response = await _by(arrived + LAST, self._reply(request, opened, inbound, received, arrived))
        except (Unavailable, TimeoutError) as error:
            _LOG.warning("pushed_later", why=type(error).__name__)
            response = None
        late = _now() - arrived >= self._wait and not received.duplicate
        typing = BackgroundTask(self._api.typing, inbound.person) if late else None
        return response or PlainTextResponse("success", background=typing)

    async def _reply(
        self, request: Request, opened: Opened, inbound: Inbound, received: Received, arrived: float
    ) -> Response | None:
        if inbound.event == "unsubscribe":  # WeChat's rule: the person's data must go, to the last row
            await self._inbox.erase(NAME, inbound.person)
            return None
        left = max(0.0, arrived + self._wait - _now())
        delivery = await self._inbox.wait_reply(received.id, left, received.duplicate and _asked_late(opened))
        return await self._passive(request, opened, delivery) if delivery else None

    async def _passive(self, request: Request, opened: Opened, delivery: Delivery) -> Response:
        if await request.is_disconnected():
            await self._inbox.passive_failed(delivery, "微信已经断开")
            return PlainTextResponse("微信已经断开", 408)
        shown = render(delivery.body)
        if shown.rest:
            await self._inbox.keep_rest(delivery, shown.rest)
        return _Passive(self._xml(opened, shown.text), delivery, self._inbox)

    async def _refuse_replay(self, signed: Signed, opened: Opened, inbound: Inbound) -> None:
        """In plaintext mode the signature does not cover the body: bind it to the one message it first came with.

        An encrypted message needs no such memory: its signature covers it, and its MsgId is answered once.
        """
        if opened.encrypted:
            return
        message = hashlib.sha256(inbound.key.encode()).hexdigest()[:40]
        if not await self._inbox.first_time(f"{NAME}.message", f"{signed.signature}.{message}", 2 * WINDOW):
            return  # WeChat's own second or third try
        if not await self._inbox.first_time(f"{NAME}.nonce", signed.signature, 2 * WINDOW):
            raise WeChatError("同一个签名用在了另一条消息上：请求是重放的", 403)

    def _xml(self, opened: Opened, text: str) -> str:
        now = str(int(time.time()))
        citizen, account = opened.fields["FromUserName"], opened.fields.get("ToUserName", "")
        names = {"ToUserName": citizen, "FromUserName": account, "CreateTime": now}
        reply = write_xml({**names, "MsgType": "text", "Content": text})
        return self._codec.seal(reply, now, str(time.time_ns())) if opened.encrypted else reply


class _Passive(Response):
    """The answer in the response; the inbox is told whether it went out."""

    media_type = "application/xml"

    def __init__(self, xml: str, delivery: Delivery, inbox: Inbox) -> None:
        super().__init__(xml)
        self._delivery, self._inbox = delivery, inbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except (OSError, ClientDisconnect):
            await self._inbox.passive_failed(self._delivery, "微信已经断开")
            return
        await self._inbox.passive_sent(self._delivery)


async def _read(request: Request) -> bytes:
    """The body, refused as soon as it is known to be too large."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise WeChatError(f"消息太大：最多 {MOST_BYTES} 字节", 413)
    return body


def _refused(error: WeChatError) -> Response:
    _LOG.warning("refused", status=error.status, reason=str(error))
    return PlainTextResponse(str(error), error.status)


def _asked_late(opened: Opened) -> bool:
    """Whether this is WeChat's second or third try: it hangs up after five seconds, and makes none after a response.

    By the time of the message itself, in whole seconds: on a busy machine ours begins when it is read.
    """
    created = opened.fields.get("CreateTime", "")
    return created.isdecimal() and int(time.time()) - int(created) in LATE


async def _by[T](moment: float, work: Coroutine[Any, Any, T]) -> T:
    """The result of work, or TimeoutError at that moment of the loop's clock, to the second.

    asyncio.timeout would wait for the work to be cancelled, and a statement under way in SQLite cannot be.
    """
    task = asyncio.create_task(work)
    _UNDER_WAY.add(task)
    task.add_done_callback(_ended)
    done, _ = await asyncio.wait({task}, timeout=max(0.0, moment - _now()))
    if not done:
        task.cancel()
        raise TimeoutError
    return task.result()


def _ended(task: asyncio.Task[Any]) -> None:
    _UNDER_WAY.discard(task)
    if not task.cancelled() and (error := task.exception()):
        _LOG.debug("ended", why=type(error).__name__)


def _now() -> float:
    return asyncio.get_running_loop().time()
