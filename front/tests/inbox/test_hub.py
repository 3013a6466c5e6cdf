"""Hints reach open pages in this process and, by a real Redis, in another; a Redis that is gone disturbs nothing."""

from __future__ import annotations

import asyncio
import os

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from front.inbox.hub import Hub

REDIS = os.environ.get("LUEBAO_TEST_REDIS", "redis://127.0.0.1:6379/9")


async def test_a_hint_reaches_the_other_process() -> None:
    try:
        async with Redis.from_url(REDIS) as probe:
            await probe.execute_command("PING")
    except (RedisError, OSError):
        pytest.skip("没有 Redis（LUEBAO_TEST_REDIS），跳过")
    here, there = Hub(REDIS), Hub(REDIS)
    here.start()
    there.start()
    event, other = there.enter(7), there.enter(8)
    for _ in range(40):  # until the other one listens
        here.wake(7)
        await asyncio.sleep(0.1)
        if event.is_set():
            break
    assert event.is_set() and not other.is_set()
    await here.stop()
    await there.stop()


async def test_without_redis_the_own_pages_are_woken() -> None:
    hub = Hub("redis://127.0.0.1:1/0")  # nobody listens there
    hub.start()
    event = hub.enter(7)
    hub.wake(7)
    assert event.is_set()
    await asyncio.sleep(0.2)
    async with asyncio.timeout(4):
        await hub.stop()
