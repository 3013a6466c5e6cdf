"""The real channel on the real inbox over real HTTP, between a Rasa and a WeChat that are servers on loopback too."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp
from wechatpy.crypto import WeChatCrypto
from wechatpy.replies import deserialize_reply

from front import settings
from front.brain import Brain
from front.channels.wechat.channel import WeChatChannel
from front.channels.wechat.client import WeChatApi, connect
from front.channels.wechat.codec import Codec, read_xml
from front.inbox.inbox import Inbox
from wechat.weixin import Weixin

TOKEN, APPID, AES_KEY = "weihai5190857", "wx0123456789abcdef", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
ASK = "医保转移多久能办好"
SAYS = {"transfer_time": "医保转移多久能办好"}


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[str]:
    """An app on a free port of loopback, started and stopped with its lifespan."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical"))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  uvicorn has no event for it
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = server.force_exit = True
    await task


class Rasa:
    """Speaks the reply contract; says back what it was asked, or what it is told to say, when it is told to."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.slow = 0.0
        self.down = False
        self.full = ""
        self.titles: list[str] = []

    async def webhook(self, request: Request) -> JSONResponse:
        """One turn."""
        asked = await request.json()
        self.asked.append(asked)
        await asyncio.sleep(self.slow)
        if self.down:
            return JSONResponse([])
        full = self.full or f"您问的是：{asked.get('message') or asked.get('payload')}"
        payloads = [f'/show{{"entry":"transfer.n{n}"}}' for n, _ in enumerate(self.titles, 1)]
        options = [{"title": t, "payload": p, "clauses": ["m.1.2"]} for t, p in zip(self.titles, payloads, strict=True)]
        lines = "\n".join(f"{n}. {title}" for n, title in enumerate(self.titles, 1))
        text = full + (f"\n\n您可能还想了解（回复数字）：\n{lines}" if lines else "")
        custom = {"kind": "smalltalk", "full": full, "sms": full, "entries": [], "citation": [], "options": options}
        return JSONResponse([{"recipient_id": asked["sender"], "text": text, "custom": custom}])

    def app(self) -> Starlette:
        """Its one route."""
        return Starlette(routes=[Route("/webhooks/rest/webhook", self.webhook, methods=["POST"])])


class WeChatServer:
    """WeChat's servers as they call us: wechatpy encrypts what is posted and reads what is replied."""

    def __init__(self, url: str, mode: str = "safe") -> None:
        self.url, self.mode = url + "/channels/wechat", mode
        self.http = httpx.AsyncClient(timeout=8, trust_env=False)
        self._ids = itertools.count(6_054_768_590_064_713_000)

    def sign(self, xml: str, at: float | None = None, nonce: str = "") -> tuple[bytes, dict[str, str]]:
        """The body and the query of one delivery."""
        timestamp, nonce = str(int(at or time.time())), nonce or str(next(self._ids))
        query = {"signature": Codec(TOKEN).sign(timestamp, nonce), "timestamp": timestamp, "nonce": nonce}
        if self.mode == "plain":
            return xml.encode(), query
        envelope = read_xml(WeChatCrypto(TOKEN, AES_KEY, APPID).encrypt_message(xml, nonce, timestamp).encode())
        query |= {"encrypt_type": "aes", "msg_signature": envelope["MsgSignature"]}
        inner = xml.removeprefix("<xml>").removesuffix("</xml>") if self.mode == "compatible" else ""
        return f"<xml>{inner}<Encrypt><![CDATA[{envelope['Encrypt']}]]></Encrypt></xml>".encode(), query

    def message(self, person: str = "oA", **fields: str) -> str:
        """The XML of a message or event; a text unless told otherwise."""
        if "Event" not in fields:
            fields = {"MsgType": "text", "MsgId": str(next(self._ids)), **fields}
        named = {"ToUserName": "gh_1", "FromUserName": person, "CreateTime": str(int(time.time())), **fields}
        inner = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in named.items())
        return f"<xml>{inner}</xml>"

    async def deliver(self, xml: str, **signing: Any) -> httpx.Response:
        """Post one message, signed now unless told otherwise."""
        body, query = self.sign(xml, **signing)
        return await self.http.post(self.url, params=query, content=body)

    async def say(self, text: str, person: str = "oA", **fields: str) -> str:
        """What a citizen sees at once when he says something; "" for `success`."""
        return self.seen(await self.deliver(self.message(person, Content=text, **fields)))

    async def event(self, name: str, person: str = "oA", **fields: str) -> str:
        """What a citizen sees at once after an event."""
        return self.seen(await self.deliver(self.message(person, MsgType="event", Event=name, **fields)))

    def seen(self, response: httpx.Response) -> str:
        """The text of a passive reply, decrypted and parsed by wechatpy."""
        assert response.status_code == 200, response.text
        if response.text == "success":
            return ""
        xml = response.text
        if self.mode != "plain":
            fields = read_xml(response.content)
            signed = fields["MsgSignature"], fields["TimeStamp"], fields["Nonce"]
            xml = WeChatCrypto(TOKEN, AES_KEY, APPID).decrypt_message(xml, *signed)
        reply = deserialize_reply(xml)
        assert (reply.type, reply.source) == ("text", "gh_1")
        return str(reply.content)


class Front:
    """What the tests hold in their hands."""

    def __init__(self, inbox: Inbox, rasa: Rasa, weixin: Weixin, wechat: WeChatServer, url: str) -> None:
        self.inbox, self.rasa, self.weixin, self.wechat, self.url = inbox, rasa, weixin, wechat, url

    async def until(self, what: Any, seconds: float = 6.0) -> Any:
        """Wait until something holds, and return it."""
        end = time.monotonic() + seconds
        while True:
            result = what()
            if result := await result if asyncio.iscoroutine(result) else result:
                return result
            assert time.monotonic() < end, "did not happen"
            await asyncio.sleep(0.02)


@asynccontextmanager
async def front(tmp: Path, weixin: Weixin, mode: str = "safe", wait: float = 4.0) -> AsyncIterator[Front]:
    """The channel on an inbox of its own."""
    rasa = Rasa()
    async with serving(rasa.app()) as rasa_url, connect(weixin.url) as http:
        env = {"LUEBAO_DATABASE_URL": f"sqlite:///{tmp / 'front.db'}", "LUEBAO_RASA_URLS": rasa_url}
        known = settings.load(env)
        brain = Brain(known.rasa_urls, known.brain_deadline)
        inbox = Inbox(known, brain)
        codec = Codec(TOKEN, "" if mode == "plain" else AES_KEY, APPID)
        channel = WeChatChannel(codec, WeChatApi(APPID, "secret", http), inbox, says=SAYS, wait=wait)
        inbox.channels["wechat"] = channel
        await inbox.start()
        try:
            async with serving(Starlette(routes=channel.routes())) as url:
                wechat = WeChatServer(url, mode)
                yield Front(inbox, rasa, weixin, wechat, url)
                await wechat.http.aclose()
        finally:
            await inbox.stop()
            await brain.close()
