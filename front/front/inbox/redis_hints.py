"""Hints between processes by Redis. Loaded only where LUEBAO_REDIS_URL is set."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

_CHANNEL = "luebao:wake"
_GONE = (RedisError, OSError, TimeoutError)
_LOG = structlog.get_logger("redis")


class RedisHints:
    """Sends conversation ids to all processes, this one too, and calls `wake` with those that come."""

    def __init__(self, url: str, wake: Callable[[int], None]) -> None:
        self._redis = Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
        self._wake = wake
        self._outgoing: asyncio.Queue[int] = asyncio.Queue(10_000)
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to send and to listen."""
        self._tasks = [asyncio.create_task(self._publish()), asyncio.create_task(self._listen())]

    async def stop(self) -> None:
        """Stop; a Redis that does not answer is not waited for."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with suppress(*_GONE):
            await asyncio.wait_for(self._redis.aclose(), 2)

    async def probe(self) -> str:
        """Whether it answers within two seconds: "ok" or what that means for people."""
        try:
            async with asyncio.timeout(2):
                await self._redis.ping()
        except _GONE as error:
            return f"Redis 没有应答（{type(error).__name__}）：网页上的回复会晚几秒出现"
        return "ok"

    def put(self, conversation_id: int) -> None:
        """Send a hint, some time soon; dropped when thousands wait."""
        with suppress(asyncio.QueueFull):
            self._outgoing.put_nowait(conversation_id)

    async def _publish(self) -> None:
        while True:
            conversation_id = await self._outgoing.get()
            try:
                await self._redis.publish(_CHANNEL, str(conversation_id))
            except _GONE as error:
                _LOG.warning("redis_publish_failed", error=type(error).__name__)

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear()
            except _GONE as error:
                _LOG.warning("redis_listen_failed", error=type(error).__name__)
                await asyncio.sleep(2)

    async def _hear(self) -> None:
        async with self._redis.pubsub() as pubsub:
            await pubsub.subscribe(_CHANNEL)
            while True:
                message = await pubsub.get_message(ignore_subscribe_messages=True, timeout=1.0)
                if message and bytes(message["data"]).isdigit():
                    self._wake(int(message["data"]))
