"""Replies go out with retries and growing pauses; what cannot be sent is listed and sent again on request."""

from __future__ import annotations

import asyncio

from conftest import Phone, text, until

from front.inbox.inbox import Inbox
from front.inbox.protocol import Delivery, SendResult


async def test_a_channel_that_fails_is_tried_again_in_order(inbox: Inbox, phone: Phone) -> None:
    phone.results = [(SendResult.RETRY, "对方忙")]
    await inbox.receive(text("第一问是什么"))
    await inbox.receive(text("第二问是什么"))
    await until(lambda: len(phone.got) == 2)
    assert phone.texts() == ["答：第一问是什么", "答：第二问是什么"]
    assert [delivery.attempt for delivery in phone.got] == [2, 1]


async def test_pauses_double_with_jitter_and_end() -> None:
    from front.inbox.sending import Sending

    pauses = [[Sending.__dict__["_pause"](Sending(None, {}), attempt) for _ in range(50)] for attempt in (1, 4, 30)]  # type: ignore[arg-type]
    for of_attempt, middle in zip(pauses, (1, 8, 600), strict=True):
        assert middle * 0.5 <= min(of_attempt) < max(of_attempt) <= middle * 1.5


async def test_what_cannot_be_sent_is_listed_and_sent_again(inbox: Inbox, phone: Phone) -> None:
    phone.results = [(SendResult.DEAD, "没有关注")]
    await inbox.receive(text("怎么备案"))

    async def dead() -> bool:
        return len(await inbox.sending.letters()) == 1

    await until(dead)
    letter = (await inbox.sending.letters())[0]
    assert (letter["channel"], letter["attempts"], letter["note"]) == ("wechat", 1, "没有关注")
    assert "备案" not in str(letter)
    assert await inbox.sending.resend([letter["id"]]) == 1
    await until(lambda: phone.texts() == ["答：怎么备案"])


async def test_a_channel_that_keeps_failing_ends_in_the_dead_letters(inbox: Inbox, phone: Phone) -> None:
    inbox.sending._attempts, inbox.sending._first_pause = 3, 0.05
    phone.results = [(SendResult.RETRY, "对方忙")] * 3
    await inbox.receive(text("怎么备案"))

    async def dead() -> bool:
        return [letter["attempts"] for letter in await inbox.sending.letters()] == [3]

    await until(dead, 12)
    assert phone.got == []


async def test_a_channel_that_raises_loses_nothing(inbox: Inbox, phone: Phone) -> None:
    send, broken = phone.send, True

    async def sometimes(delivery: Delivery) -> tuple[SendResult, str]:
        nonlocal broken
        if broken:
            broken = False
            raise ConnectionResetError
        return await send(delivery)

    phone.send = sometimes  # type: ignore[method-assign]
    await inbox.receive(text("怎么备案"))
    await until(lambda: phone.texts() == ["答：怎么备案"])


async def test_a_claim_is_one_process_s_only(inbox: Inbox, phone: Phone) -> None:
    inbox.channels.pop("wechat")  # nobody sends by himself
    for number in range(5):
        received = await inbox.receive(text("怎么备案", person=f"o-{number}"))
        inbox.answering.kick(await inbox.store.conversation_of(received.id) or 0)

    async def answered() -> bool:
        return (await inbox.records.counts())["pending"] == 5

    await until(answered)
    inbox.channels["wechat"] = phone
    claims = await asyncio.gather(*(inbox.sending.claim() for _ in range(4)))
    taken = [delivery.id for claim in claims for delivery in claim]
    await until(lambda: len(phone.got) + len(taken) == 5)  # the worker may have had some
    assert len(set(taken) | {delivery.id for delivery in phone.got}) == 5
