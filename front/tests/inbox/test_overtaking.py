"""What benchmarks/faults found: replies that overtook each other, came twice, or waited for a clock."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from conftest import Phone, text, until
from rasa_peer import Rasa
from sqlalchemy import update

from front.inbox import sending, store
from front.inbox.inbox import Inbox
from front.inbox.protocol import Delivery, SendResult, Unavailable
from front.inbox.tables import outbox


async def test_a_reply_in_the_response_does_not_overtake_one_still_on_its_way(
    inbox: Inbox, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "SHOW_SECONDS", 2.0)
    first = await inbox.receive(text("怎么备案"))
    assert await inbox.wait_reply(first.id, 4)  # claimed by a process that dies before it is shown
    second = await inbox.receive(text("多久能办好"))
    assert await inbox.wait_reply(second.id, 4) is None
    await until(lambda: len(phone.got) == 2)
    assert phone.texts() == ["答：怎么备案", "答：多久能办好"]


async def test_a_retried_message_does_not_overtake_either(
    inbox: Inbox, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "SHOW_SECONDS", 2.0)
    first = await inbox.receive(text("怎么备案"))
    assert await inbox.wait_reply(first.id, 4)
    second = await inbox.receive(text("多久能办好", "message-2"))
    assert await inbox.wait_reply(second.id, 0.0) is None
    await asyncio.sleep(0.5)  # answered by now, and waiting behind the first
    again = await inbox.receive(text("多久能办好", "message-2"))
    assert again.duplicate and await inbox.wait_reply(again.id, 4) is None
    await until(lambda: len(phone.got) == 2)
    assert phone.texts() == ["答：怎么备案", "答：多久能办好"]


async def test_a_push_that_waits_for_its_next_try_holds_nobody_up(inbox: Inbox, phone: Phone) -> None:
    phone.results = [(SendResult.RETRY, "客服消息用完了")] * 5
    first = await inbox.receive(text("怎么备案"))
    await inbox.wait_reply(first.id, 0.0)
    await until(lambda: len(phone.results) <= 2)  # its pauses are seconds by now
    second = await inbox.receive(text("多久能办好"))
    assert await inbox.wait_reply(second.id, 4)


async def test_who_begins_to_wait_while_the_reply_is_written_does_not_make_it_two(
    inbox: Inbox, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    complete, waiting = inbox.store.complete, list[asyncio.Task[Delivery | None]]()

    async def slowly(*given: Any) -> Any:
        waiting.append(asyncio.create_task(inbox.wait_reply(given[0].inbound_id, 4)))
        await asyncio.sleep(0.1)
        return await complete(*given)

    monkeypatch.setattr(inbox.store, "complete", slowly)
    await inbox.receive(text("怎么备案"))  # found by the worker that looks every second: nobody waits
    await until(lambda: bool(waiting))
    passive = await waiting[0]
    await asyncio.sleep(1.5)
    assert len(phone.got) + bool(passive) == 1


async def test_a_message_said_not_to_be_taken_is_not_answered_when_it_turns_out_stored(
    inbox: Inbox, phone: Phone, rasa: Rasa
) -> None:
    rasa.delay = 0.5
    refused = text("怎么备案")
    received, _ = await inbox.store.receive(refused)  # by a COMMIT nobody waits for any more, or by another process
    waiting = asyncio.create_task(inbox.wait_reply(received.id, 3))
    await asyncio.sleep(0.2)  # Rasa is thinking about it already
    inbox.withdraw(refused)
    assert await waiting is None
    other = await inbox.receive(text("多久能办好"))
    assert await inbox.wait_reply(other.id, 3)
    assert phone.got == []


async def test_what_was_answered_already_stays_answered(inbox: Inbox) -> None:
    said = text("怎么备案")
    received, _ = await inbox.store.receive(said)
    assert await inbox.wait_reply(received.id, 3)
    inbox.withdraw(said)
    await asyncio.sleep(0.3)
    conversation = await inbox.records.conversation("wechat", "o-zhang")
    assert conversation and len(await inbox.records.history(conversation)) == 2


async def test_a_reply_written_before_the_clock_jumped_back_does_not_wait_for_it(inbox: Inbox, phone: Phone) -> None:
    phone.results = [(SendResult.RETRY, "微信系统繁忙")]
    received = await inbox.receive(text("怎么备案"))
    await inbox.wait_reply(received.id, 0.0)
    await until(lambda: not phone.results)
    await asyncio.sleep(0.2)  # the result is written down: it waits for its next try
    async with inbox.database.write() as connection:
        later = {"created_at": outbox.c.created_at + 240.0, "next_at": outbox.c.next_at + 240.0}
        await connection.execute(update(outbox).values(**later))
    await until(lambda: phone.texts() == ["答：怎么备案"], 4)


async def test_what_is_just_being_shown_is_not_sent_when_the_clock_jumps_ahead(inbox: Inbox, phone: Phone) -> None:
    received = await inbox.receive(text("怎么备案"))
    delivery = await inbox.wait_reply(received.id, 4)
    assert delivery
    async with inbox.database.write() as connection:  # four minutes later, by the database's clock
        await connection.execute(update(outbox).values(claimed_until=outbox.c.claimed_until - 240.0))
    await asyncio.sleep(1.5)  # the sender has looked
    await inbox.passive_sent(delivery)
    await asyncio.sleep(1.5)
    assert phone.got == []


async def test_what_was_shown_while_the_database_failed_is_not_sent_again(
    inbox: Inbox, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "SHOW_SECONDS", 1.0)
    received = await inbox.receive(text("怎么备案"))
    delivery = await inbox.wait_reply(received.id, 4)
    assert delivery
    write = inbox.database.write

    def full() -> Any:
        raise Unavailable("磁盘满了")

    monkeypatch.setattr(inbox.database, "write", full)
    await inbox.passive_sent(delivery)
    await asyncio.sleep(2.5)  # the claim lapses meanwhile
    monkeypatch.setattr(inbox.database, "write", write)
    await asyncio.sleep(3.0)
    assert phone.got == []
    assert await inbox.store.reply_to(received.id) == (True, delivery, "sent")


async def test_a_gateway_that_asks_again_after_its_patience_gets_the_answer_it_missed(
    inbox: Inbox, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = text("怎么备案")
    first = await inbox.receive(said)
    shown = await inbox.wait_reply(first.id, 4)
    assert shown
    await inbox.passive_sent(shown)  # into a connection WeChat had closed
    again = await inbox.receive(said)
    assert await inbox.wait_reply(again.id, 1) is None  # a copy at the same moment is no proof
    monkeypatch.setitem(sending._HANGS_UP, "wechat", 0.0)
    later = await inbox.receive(said)
    missed = await inbox.wait_reply(later.id, 1)
    assert missed and (missed.id, missed.attempt) == (shown.id, 2)
    await inbox.passive_sent(missed)
    await asyncio.sleep(1.5)
    assert phone.got == []
