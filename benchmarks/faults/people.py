"""People on three channels. Each sends as its channel really does: retries, patience and all."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from front.channels.web.session import COOKIE, Session
from front.channels.wechat.codec import Codec, read_xml, write_xml

from benchmarks.faults.edges import AES_KEY, APPID, SMS_PATH, TOKEN
from benchmarks.faults.history import History

_PAGE_SECONDS = 8.0  # a page waits for its POST
_WECHAT_TRIES = 3
_PATIENT = 120.0  # seconds a page and Kannel go on trying
_FIRST_ID = 6_054_768_590_064_713_000


@dataclass
class World:
    """What everybody shares: the history, the fronts' addresses (used in turn), the client, WeChat's codec."""

    history: History
    fronts: Sequence[str]
    http: httpx.AsyncClient
    codec: Codec = field(default_factory=lambda: Codec(TOKEN, AES_KEY, APPID))
    turn: Any = field(default_factory=itertools.count)

    def front(self) -> str:
        """The next front, as a load balancer without memory has it."""
        return self.fronts[next(self.turn) % len(self.fronts)]


class Person:
    """Sends messages under ids of its channel. `id` is how the channel knows the person."""

    channel = ""

    def __init__(self, world: World, number: int) -> None:
        self.world, self.number = world, number
        self.id = ""

    async def say(self, message: str, text: str, copies: int = 1) -> None:
        """Send one message, `copies` times at once and, where that is more than one, once again later."""
        self.world.history.say(message, self.id, self.channel, text)
        await asyncio.gather(*(self.send(message, text) for _ in range(copies)))
        if copies > 1:
            await asyncio.sleep(1.0)
            await self.send(message, text)

    async def send(self, message: str, text: str) -> None:
        """Deliver one message, trying again as the channel does."""
        raise NotImplementedError

    def refused(self, message: str, answer: httpx.Response) -> None:
        """Note a refusal and whether it said something."""
        said = answer.text
        kind = "5190857" in said or "稍后" in said or "重发" in said
        self.world.history.refuse(message, answer.status_code, kind)


class Web(Person):
    """A browser: posts again with the same id until it is taken; watches a stream or reads the history at the end."""

    channel = "web"

    def __init__(self, world: World, number: int) -> None:
        super().__init__(world, number)
        session = Session(secrets.token_urlsafe(32), False)
        self.id, self._cookie = session.person, {"cookie": f"{COOKIE}={session.token}"}
        self._last = 0

    async def send(self, message: str, text: str) -> None:
        end = time.monotonic() + _PATIENT
        while time.monotonic() < end:
            try:
                answer = await self.world.http.post(
                    f"{self.world.front()}/api/chat",
                    json={"id": message, "text": text},
                    headers=self._cookie,
                    timeout=_PAGE_SECONDS,
                )
            except httpx.TransportError:
                await asyncio.sleep(0.5)
                continue
            if answer.status_code in (200, 202):
                self.world.history.accept(message)
                self._see("response", answer.json()["messages"])
                return
            self.refused(message, answer)
            await asyncio.sleep(float(answer.headers.get("retry-after", "1")))

    async def watch(self) -> None:
        """The page's stream, opened again wherever it ends, after the last reply it brought."""
        while True:
            with contextlib.suppress(httpx.TransportError):
                await self._stream()
            await asyncio.sleep(1.0)

    async def _stream(self) -> None:
        where = {"last-event-id": str(self._last), **self._cookie}
        patience = httpx.Timeout(5.0, read=40.0)
        url = f"{self.world.front()}/api/chat/stream"
        async with self.world.http.stream("GET", url, headers=where, timeout=patience) as stream:
            async for line in stream.aiter_lines():
                if line.startswith("data: "):
                    message = json.loads(line.removeprefix("data: "))
                    self._last = max(self._last, message["id"])
                    self._see("stream", [message])

    async def read_history(self) -> None:
        """Open the page again."""
        for _ in range(10):
            try:
                answer = await self.world.http.get(
                    f"{self.world.front()}/api/chat/history", headers=self._cookie, timeout=15
                )
            except httpx.TransportError:
                await asyncio.sleep(0.5)
                continue
            if answer.status_code == 200:
                self._see("history", [one for one in answer.json()["messages"] if one["from"] != "me"])
                return
            await asyncio.sleep(1.0)

    def _see(self, path: str, messages: list[dict[str, Any]]) -> None:
        for one in messages:
            self.world.history.see(self.id, "web", path, one["text"], one["reply_to"], one["id"])


class WeChat(Person):
    """WeChat's servers for one person: five seconds' patience, three tries of the same MsgId, safe mode."""

    channel = "wechat"

    def __init__(self, world: World, number: int) -> None:
        super().__init__(world, number)
        self.id = f"o-person-{number:04d}"
        self._ids: dict[str, str] = {}

    async def send(self, message: str, text: str) -> None:
        fields = {
            "ToUserName": "gh_1",
            "FromUserName": self.id,
            "CreateTime": str(int(time.time())),
            "MsgType": "text",
            "Content": text,
            "MsgId": str(_FIRST_ID + self.number * 100 + int(message.rpartition("x")[2])),
        }
        for _ in range(_WECHAT_TRIES):
            hang_up = time.monotonic() + 5.0
            try:
                answer = await self._post(fields)
            except httpx.TransportError:
                await asyncio.sleep(max(1.0, hang_up - time.monotonic()))
                continue
            if answer.status_code == 200:
                self.world.history.accept(message)
                if answer.text not in ("", "success"):
                    self.world.history.see(self.id, "wechat", "passive", self._open(answer), message)
                return
            self.refused(message, answer)
            await asyncio.sleep(1.0)

    async def _post(self, fields: dict[str, str]) -> httpx.Response:
        codec, now, nonce = self.world.codec, str(int(time.time())), secrets.token_hex(8)
        sealed = codec.encrypt(write_xml(fields).encode())
        query = {"signature": codec.sign(now, nonce), "timestamp": now, "nonce": nonce, "encrypt_type": "aes"}
        query["msg_signature"] = codec.sign(now, nonce, sealed)
        body = write_xml({"ToUserName": "gh_1", "Encrypt": sealed}).encode()
        url = f"{self.world.front()}/channels/wechat"
        return await self.world.http.post(url, params=query, content=body, timeout=5.0)

    def _open(self, answer: httpx.Response) -> str:
        fields = read_xml(answer.content)
        inner = read_xml(self.world.codec.decrypt(fields["Encrypt"])) if "Encrypt" in fields else fields
        if inner.get("ToUserName") != self.id:
            return f"给别人的：{inner.get('ToUserName')}"
        return inner["Content"]


class Sms(Person):
    """Kannel for one person's phone: asks again every second, with the same id, until somebody says 200."""

    channel = "sms"

    def __init__(self, world: World, number: int) -> None:
        super().__init__(world, number)
        self.id = f"+86138{number:08d}"

    async def send(self, message: str, text: str) -> None:
        headers = {
            "x-kannel-from": self.id,
            "x-kannel-to": "106900",
            "content-type": 'text/plain; charset="UTF-16BE"',
        }
        end = time.monotonic() + _PATIENT
        while time.monotonic() < end:
            url = f"{self.world.front()}/channels/sms/kannel/{SMS_PATH}"
            body = text.encode("utf-16-be")
            try:
                answer = await self.world.http.post(
                    url, params={"id": message}, headers=headers, content=body, timeout=30
                )
            except httpx.TransportError:
                await asyncio.sleep(1.0)
                continue
            if answer.status_code == 200:
                self.world.history.accept(message)
                if answer.text:
                    self.world.history.see(self.id, "sms", "passive", answer.text, message)
                return
            self.refused(message, answer)
            await asyncio.sleep(1.0)


CHANNELS: dict[str, type[Person]] = {"web": Web, "wechat": WeChat, "sms": Sms}
