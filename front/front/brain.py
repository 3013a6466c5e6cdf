"""The one client of Rasa: a question in, a checked reply out, or a named failure within the deadline.

A person always meets the same replica (rendezvous hashing), because the dialogue state lives there. A replica that
refuses the connection is replaced by the next one in the person's own order; one that keeps failing is left alone for
some seconds, so that a frozen Rasa costs the queue behind it nothing.

Where a new model takes over, its Rasa is another replica: the addresses are read again from the file that says so.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import jsonschema_rs

from front.addresses import Addresses
from front.masking import without_labels
from front.metrics import BRAIN_FAILURES, BRAIN_SECONDS

_SCHEMA = Path(__file__).with_name("reply.schema.json")
_MOST_BYTES = 1024 * 1024
_FAILURES = 3  # in a row, before a replica is left alone
_QUEUE = 500  # questions that may wait for one replica: about 15 seconds' work
_PROBE = 2.5  # seconds for a greeting
_ALONE = 5.0  # seconds until one question tries it again


class BrainFailure(Exception):
    """Rasa gave no usable reply. `why`: "down", "slow", "empty", "wrong", "resting" or "busy"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Answer:
    """One reply: the whole text for any channel, and the object of reply.schema.json."""

    text: str
    custom: Mapping[str, Any]


class _Replica:
    """One Rasa: how many questions it works on at once, and whether it is being left alone."""

    def __init__(self, url: str, slots: int) -> None:
        self.url = url
        self.slots = asyncio.Semaphore(slots)
        self.queued = 0
        self._failures = 0
        self._alone_until = 0.0

    @property
    def resting(self) -> bool:
        """Whether to leave it alone now; when the time is over, the caller is the one to try."""
        if self._failures < _FAILURES:
            return False
        if time.monotonic() < self._alone_until:
            return True
        self._alone_until = time.monotonic() + _ALONE
        return False

    def went(self, well: bool) -> None:
        """Note how a question went."""
        self._failures = 0 if well else self._failures + 1
        if not well:
            self._alone_until = time.monotonic() + _ALONE


class Brain:
    """Asks Rasa. One instance serves the whole process."""

    def __init__(self, urls: Sequence[str], deadline: float = 3.0, slots: int = 16, file: Path | None = None) -> None:
        """`deadline`: seconds for one question; `slots`: questions a replica works on at once.

        `file`: {"urls": […]} takes the place of `urls` while it is there.
        """
        self._addresses = Addresses(urls, file)
        self._slots = slots
        self._replicas = [_Replica(url, slots) for url in self._addresses.urls()]
        self._deadline = deadline
        self._validator = jsonschema_rs.validator_for(json.loads(_SCHEMA.read_text(encoding="utf-8")))
        self._http: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections."""
        if self._http:
            await self._http.close()

    @property
    def _client(self) -> aiohttp.ClientSession:
        """Made at the first question, because it belongs to the event loop. httpx cost 2 ms of CPU a question more."""
        if self._http is None:
            self._http = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0),  # the slots limit
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None),  # the deadline does
            )
        return self._http

    async def ask(self, sender: str, message: str = "", payload: str | None = None) -> Answer:
        """The reply to a masked message or to a chosen option. Raises BrainFailure."""
        said = {"payload": payload} if payload is not None else {"message": without_labels(message)}
        try:
            return await self._of_any(sender, said)
        except BrainFailure as failure:
            if failure.why != "down" or not self._moved(at_once=True):
                raise
            return await self._of_any(sender, said)  # it waited for a Rasa that has gone since

    async def _of_any(self, sender: str, said: Mapping[str, Any]) -> Answer:
        failure = BrainFailure("resting")
        for replica in self._order(sender):
            if replica.resting:
                continue
            try:
                return await self._ask(replica, {"sender": sender, **said})
            except BrainFailure as error:
                failure = error
                BRAIN_FAILURES.labels(error.why).inc()
                if error.why != "down":
                    break
        raise failure

    async def probe(self) -> dict[str, str]:
        """Each replica's state, "ok" or why it fails a greeting: a Rasa with a wrong model does not greet."""
        self._moved(at_once=True)
        states = await asyncio.gather(*(self._probe(replica) for replica in self._replicas))
        return {replica.url: state for replica, state in zip(self._replicas, states, strict=True)}

    async def _probe(self, replica: _Replica) -> str:
        try:
            answer = await self._call(replica.url, {"sender": "front-probe", "message": "你好"}, _PROBE)
        except BrainFailure as error:
            return error.why
        return "ok" if answer.custom["kind"] == "smalltalk" else "wrong"

    def _order(self, sender: str) -> list[_Replica]:
        """The replicas in this person's own order, the same in every process."""
        self._moved()
        return sorted(
            self._replicas, key=lambda r: hashlib.blake2b(f"{sender} {r.url}".encode(), digest_size=8).digest()
        )

    def _moved(self, *, at_once: bool = False) -> bool:
        """Take over new addresses, if there are; a replica that stays keeps its queue."""
        urls = self._addresses.urls(at_once=at_once)
        if urls == [replica.url for replica in self._replicas]:
            return False
        known = {replica.url: replica for replica in self._replicas}
        self._replicas = [known.get(url) or _Replica(url, self._slots) for url in urls]
        return True

    async def _ask(self, replica: _Replica, body: Mapping[str, Any]) -> Answer:
        if replica.queued >= _QUEUE:
            raise BrainFailure("busy")
        replica.queued += 1
        async with replica.slots:
            replica.queued -= 1
            started = time.monotonic()
            try:
                answer = await self._call(replica.url, body, self._deadline)
            except BrainFailure as error:
                replica.went(error.why not in ("down", "slow"))
                raise
            BRAIN_SECONDS.observe(time.monotonic() - started)
            replica.went(True)
            return answer

    async def _call(self, url: str, body: Mapping[str, Any], seconds: float) -> Answer:
        try:
            async with asyncio.timeout(seconds):
                async with self._client.post(f"{url}/webhooks/rest/webhook", json=body) as response:
                    content = await response.read()
        except TimeoutError:
            raise BrainFailure("slow") from None
        except (aiohttp.ClientError, OSError):
            raise BrainFailure("down") from None
        if response.status != 200 or len(content) > _MOST_BYTES:
            raise BrainFailure("wrong")
        return self._read(content)

    def _read(self, content: bytes) -> Answer:
        """The reply in a response's body: the items' texts and the first `custom`, as the contract has them."""
        try:
            items = json.loads(content)
        except (ValueError, RecursionError):
            raise BrainFailure("wrong") from None
        if items == []:
            raise BrainFailure("empty")
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise BrainFailure("wrong")
        text = "\n\n".join(item["text"] for item in items if isinstance(item.get("text"), str) and item["text"])
        custom = next((item["custom"] for item in items if item.get("custom")), None)
        if not text or custom is None or not self._validator.is_valid(custom):
            raise BrainFailure("wrong")
        return Answer(text, custom)
