"""People as the front meets them: a browser with its stream open, WeChat with signed AES, Kannel with a short message.

Each says one thing at a time and waits until the answer has arrived, whichever way it comes: in the response, by the
stream, or pushed later to the `World`.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import secrets
import time
from collections.abc import Iterator

import aiohttp
import attrs
from front.channels.wechat.codec import Codec, read_xml, write_xml
from world import APPID, SMS_PATH, World

_PATIENCE = 30.0  # seconds until an answer is counted as lost
_numbers = itertools.count(int(time.time() * 1000) * 1000)


@attrs.frozen
class Heard:
    """What became of one message: seconds until its answer, by which way ("lost" where none came), and the answer."""

    channel: str
    seconds: float
    way: str
    text: str


class Citizen:
    """One person. `most`: messages until the front would say that he writes too much."""

    channel = ""
    most = 10

    def __init__(self, base: str, http: aiohttp.ClientSession, world: World) -> None:
        self.base, self.http, self.world = base, http, world

    async def arrive(self) -> None:
        """Before the first message."""

    async def leave(self) -> None:
        """After the last one."""

    async def say(self, text: str) -> Heard:
        """Say something and wait for the answer."""
        started = time.monotonic()
        try:
            async with asyncio.timeout(_PATIENCE):
                way, answer = await self._say(text)
        except (TimeoutError, aiohttp.ClientError) as error:
            way, answer = "lost", type(error).__name__
        return Heard(self.channel, time.monotonic() - started, way, answer)

    async def _say(self, text: str) -> tuple[str, str]:
        raise NotImplementedError


class Browser(Citizen):
    """The citizens' page; `most` is below what decide.PER_MINUTE allows."""

    channel = "web"
    stream = False

    def __init__(self, base: str, http: aiohttp.ClientSession, world: World) -> None:
        super().__init__(base, http, world)
        self._headers = {"Cookie": f"luebao_session={secrets.token_urlsafe(32)}"}
        self._wanted: dict[str, asyncio.Future[str]] = {}
        self._reading: asyncio.Task[None] | None = None

    async def _say(self, text: str) -> tuple[str, str]:
        said = secrets.token_hex(8)
        arrived = self._wanted[said] = asyncio.get_running_loop().create_future()
        body = {"id": said, "text": text}
        async with self.http.post(f"{self.base}/api/chat", json=body, headers=self._headers) as response:
            answer = await response.json()
            status = response.status
        if status == 200:
            return "response", str(answer["messages"][0]["text"])
        if status != 202:
            return "lost", f"HTTP {status}"
        return "later", await arrived if self.stream else ""  # without a stream nobody waits for it


class Page(Browser):
    """A browser whose stream is open all the time, as the page has it."""

    channel = "web+sse"
    stream = True

    async def arrive(self) -> None:
        """Open the stream."""
        self._reading = asyncio.create_task(self._read())

    async def leave(self) -> None:
        """Close the stream when it has brought every answer, too. Raises TimeoutError where it does not."""
        try:
            await asyncio.wait_for(asyncio.gather(*self._wanted.values()), _PATIENCE)
        finally:
            if self._reading:
                self._reading.cancel()

    async def _read(self) -> None:
        url, endless = f"{self.base}/api/chat/stream?after=0", aiohttp.ClientTimeout(None)
        async with self.http.get(url, headers=self._headers, timeout=endless) as response:
            async for line in response.content:
                if line.startswith(b"data: "):
                    message = json.loads(line[6:])
                    arrived = self._wanted.get(message["reply_to"])
                    if arrived and not arrived.done():
                        arrived.set_result(message["text"])


class Follower(Citizen):
    """A follower of the account: WeChat posts for him, signed and encrypted."""

    channel = "wechat"

    def __init__(self, base: str, http: aiohttp.ClientSession, world: World) -> None:
        super().__init__(base, http, world)
        self._openid = f"o{secrets.token_hex(13)}"
        self._codec = Codec(world.token, world.aes_key, APPID)

    async def _say(self, text: str) -> tuple[str, str]:
        pushed = self.world.expect(self._openid)
        query, body = self._sealed(text)
        async with self.http.post(f"{self.base}/channels/wechat", params=query, data=body) as response:
            answer = await response.read()
        if response.status != 200:
            return "lost", f"HTTP {response.status}"
        if answer in (b"success", b""):
            return "later", await pushed
        return "response", read_xml(self._codec.decrypt(read_xml(answer)["Encrypt"]))["Content"]

    def _sealed(self, text: str) -> tuple[dict[str, str], bytes]:
        now, nonce = str(int(time.time())), secrets.token_hex(8)
        message = {"ToUserName": "gh_load", "FromUserName": self._openid, "CreateTime": now, "MsgType": "text"}
        sealed = self._codec.encrypt(write_xml({**message, "Content": text, "MsgId": str(next(_numbers))}).encode())
        signed = {"signature": self._codec.sign(now, nonce), "msg_signature": self._codec.sign(now, nonce, sealed)}
        query = {**signed, "timestamp": now, "nonce": nonce, "openid": self._openid, "encrypt_type": "aes"}
        return query, write_xml({"ToUserName": "gh_load", "Encrypt": sealed}).encode()


class Phone(Citizen):
    """A mobile phone: Kannel posts for it and takes the answer from the body. The door lets five through at once."""

    channel = "sms"
    most = 5

    def __init__(self, base: str, http: aiohttp.ClientSession, world: World) -> None:
        super().__init__(base, http, world)
        self._number = f"+86199{next(_numbers) % 10**8:08d}"

    async def _say(self, text: str) -> tuple[str, str]:
        sent = self.world.expect(self._number)
        headers = {
            "X-Kannel-From": self._number,
            "X-Kannel-To": "10690000",
            "Content-Type": "text/plain; charset=UTF-16BE",
        }
        url = f"{self.base}/channels/sms/kannel/{SMS_PATH}?id={secrets.token_hex(16)}"
        async with self.http.post(url, data=text.encode("utf-16-be"), headers=headers) as response:
            answer = await response.text("utf-8")
        if response.status != 200:
            return "lost", f"HTTP {response.status}"
        return ("response", answer) if answer else ("later", await sent)


def texts(questions: list[str]) -> Iterator[str]:
    """The questions, round after round, each time worded a little differently: alike ones would measure a cache."""
    before = ("", "请问", "你好，", "想问一下，", "麻烦问下，", "咨询一下，", "打听个事，")
    after = ("", "？", "，谢谢", "呢", "，麻烦了", "，急")
    for end in after:
        for start in before:
            yield from (start + question + end for question in questions)
