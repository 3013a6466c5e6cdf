"""Processes die; accepted messages do not. Real front processes, killed with -9."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from conftest import Front, Phone, running, settings_for, text, until
from rasa_peer import Rasa
from sqlalchemy import text as sql

from front.inbox.inbox import Inbox
from front.inbox.store import LeaseLost


def post(front: Front, client: httpx.Client, said: str, key: str) -> None:
    with contextlib.suppress(httpx.TransportError):
        client.post(f"{front.url}/api/chat", json={"id": key, "text": said})


def history(front: Front, client: httpx.Client) -> list[dict[str, str]]:
    messages: list[dict[str, str]] = client.get(f"{front.url}/api/chat/history").json()["messages"]
    return messages


@pytest.mark.parametrize("again", [False, True], ids=["client stays silent", "client posts again"])
def test_a_front_killed_in_the_middle_answers_once_after_its_restart(front: Front, rasa: Rasa, again: bool) -> None:
    with httpx.Client(trust_env=False, timeout=1.0) as client:
        client.get(front.url)
        rasa.delay = 2.0
        post(front, client, "怎么备案", "message-1")  # times out: the answer is still being thought about
        front.kill()
        rasa.delay = 0.0
        front.start()
        if again:
            post(front, client, "怎么备案", "message-1")
        end = time.monotonic() + 8
        while time.monotonic() < end and len(history(front, client)) < 2:
            time.sleep(0.1)
        time.sleep(1.5)
        assert [(m["from"], m["text"]) for m in history(front, client)] == [
            ("me", "怎么备案"),
            ("robot", "答：怎么备案"),
        ]


def test_another_front_takes_over_from_a_dead_one(
    postgres_url: str, rasa: Rasa, start_front: Callable[..., Front]
) -> None:
    first, second = start_front(postgres_url), start_front(postgres_url)
    with httpx.Client(trust_env=False, timeout=1.0) as client:
        client.get(first.url)
        rasa.delay = 3.0
        post(first, client, "怎么备案", "message-1")
        first.kill()
        rasa.delay = 0.0
        post(second, client, "多久能办好", "message-2")  # cookies know no port: the same person, the other process
        end = time.monotonic() + 10
        while time.monotonic() < end and len(history(second, client)) < 4:
            time.sleep(0.1)
        said = [m["text"] for m in history(second, client) if m["from"] == "robot"]
        assert said == ["答：怎么备案", "答：多久能办好"]


def test_a_front_that_is_stopped_finishes_its_answer(front: Front, rasa: Rasa) -> None:
    with httpx.Client(trust_env=False, timeout=0.5) as client:
        client.get(front.url)
        rasa.delay = 1.0
        post(front, client, "怎么备案", "message-1")
        assert front.stop() in (0, -15)  # uvicorn ends by the signal it was sent
        rasa.delay, asked = 0.0, len(rasa.messages())
        front.start()
        client.timeout = httpx.Timeout(5)
        assert [m["text"] for m in history(front, client)] == ["怎么备案", "答：怎么备案"]
        assert len(rasa.messages()) == asked == 1


async def test_two_fronts_keep_one_persons_order(postgres_url: str, rasa: Rasa) -> None:
    rasa.delay = 0.05
    phone = Phone()
    settings = settings_for(postgres_url, rasa)
    async with running(settings, phone) as first, running(settings, phone) as second:
        said = [f"第{number}问是什么" for number in range(10)]
        for number, one in enumerate(said):
            front = (first, second)[number % 2]
            received = await front.receive(text(one))
            waiting = asyncio.create_task(front.wait_reply(received.id, 0.01))
            await waiting
        await until(lambda: len(phone.got) == 10, 20)
        assert phone.texts() == [f"答：{one}" for one in said]
        assert rasa.messages() == said


async def test_the_same_message_to_two_fronts_is_one_answer(postgres_url: str, rasa: Rasa) -> None:
    rasa.delay = 0.3
    settings = settings_for(postgres_url, rasa)
    phone = Phone()

    async def deliver(front: Inbox) -> str | None:
        received = await front.receive(text("怎么备案", key="MsgId-1"))
        delivery = await front.wait_reply(received.id, 4)
        if delivery:
            await front.passive_sent(delivery)
        return str(delivery.body["text"]) if delivery else None

    async with running(settings, phone) as first, running(settings, phone) as second:
        answers = await asyncio.gather(*(deliver(front) for front in (first, second, first, second)))
        await asyncio.sleep(1.5)
        assert [answer for answer in answers if answer] + phone.texts() == ["答：怎么备案"]
        assert rasa.messages() == ["怎么备案"]


async def test_who_has_lost_the_lease_cannot_write(inbox: Inbox, rasa: Rasa) -> None:
    from front.inbox import replies
    from front.inbox.decide import Decision

    inbox.answering._stopping = True
    for task in inbox._tasks:
        task.cancel()
    received, conversation = await inbox.store.receive(text("怎么备案"))
    (old,) = await inbox.store.lease(1, conversation)
    turn = await inbox.store.next_turn(old)
    assert turn and turn.inbound_id == received.id
    assert await inbox.store.lease(1, conversation) == []
    async with inbox.database.write() as connection:
        await connection.execute(sql("UPDATE conversations SET lease_until = 1"))  # its time is over
    (new,) = await inbox.store.lease(1, conversation)
    with pytest.raises(LeaseLost):
        await inbox.store.complete(turn, Decision(replies.TROUBLE), False)
    later = await inbox.store.next_turn(new)
    assert later and later.takeovers == 1
    await inbox.store.complete(later, Decision(replies.EMPTY), False)
    assert (await inbox.store.reply_to(received.id))[1].body == replies.EMPTY  # type: ignore[union-attr]


async def test_a_message_that_kills_every_process_gets_the_phone(inbox: Inbox, rasa: Rasa) -> None:
    received, _ = await inbox.store.receive(text("怎么备案"))
    async with inbox.database.write() as connection:
        lost = "UPDATE conversations SET takeovers = 2, lease_owner = 'dead', lease_until = 1"
        await connection.execute(sql(lost))
    delivery = await inbox.wait_reply(received.id, 4)
    assert delivery and delivery.body["custom"]["handoff"] == {"reason": "error"}
    assert rasa.asked == []


async def test_a_clock_that_jumped_back_blocks_nobody(inbox: Inbox) -> None:
    received, _ = await inbox.store.receive(text("怎么备案"))
    async with inbox.database.write() as connection:
        ahead = "UPDATE conversations SET lease_owner = 'dead', lease_until = lease_until + 9e9"
        await connection.execute(sql(ahead))
    assert await inbox.wait_reply(received.id, 4)


async def test_a_locked_database_refuses_and_recovers(tmp_path: Path, rasa: Rasa) -> None:
    import sqlite3

    from front.inbox.protocol import Unavailable

    file = tmp_path / "front.db"
    async with running(settings_for(f"sqlite:///{file}", rasa)) as inbox:
        with sqlite3.connect(file, isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(Unavailable):
                await inbox.receive(text("怎么备案"))
            other.execute("ROLLBACK")
        received = await inbox.receive(text("怎么备案"))
        assert await inbox.wait_reply(received.id, 4)
