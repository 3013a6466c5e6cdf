"""Each message one answer, in order, whatever is sent twice."""

from __future__ import annotations

import asyncio

from conftest import Phone, text, until
from rasa_peer import Rasa

from front.inbox.inbox import Inbox
from front.inbox.protocol import Inbound


async def test_a_message_is_answered_within_the_request(inbox: Inbox, phone: Phone) -> None:
    received = await inbox.receive(text("异地就医怎么备案"))
    delivery = await inbox.wait_reply(received.id, 4)
    assert delivery and delivery.body["text"] == "答：异地就医怎么备案"
    await inbox.passive_sent(delivery)
    await asyncio.sleep(1.2)  # the sender looks once a second
    assert phone.got == []


async def test_three_deliveries_of_one_message_are_one_answer(inbox: Inbox, phone: Phone, rasa: Rasa) -> None:
    rasa.delay = 0.4

    async def deliver() -> str | None:
        received = await inbox.receive(text("怎么备案", key="MsgId-1"))
        delivery = await inbox.wait_reply(received.id, 4)
        if delivery:
            await inbox.passive_sent(delivery)
        return str(delivery.body["text"]) if delivery else None

    answers = await asyncio.gather(deliver(), deliver(), deliver())
    assert sorted(filter(None, answers)) == ["答：怎么备案"]
    assert await deliver() is None
    await asyncio.sleep(1.2)
    assert rasa.messages() == ["怎么备案"]
    assert phone.got == []


async def test_an_answer_that_comes_too_late_for_the_request_is_sent(inbox: Inbox, phone: Phone, rasa: Rasa) -> None:
    rasa.delay = 0.5
    received = await inbox.receive(text("怎么备案"))
    assert await inbox.wait_reply(received.id, 0.1) is None
    await until(lambda: phone.texts() == ["答：怎么备案"])


async def test_an_answer_nobody_waits_for_is_sent(inbox: Inbox, phone: Phone) -> None:
    await inbox.receive(text("怎么备案"))
    await until(lambda: phone.texts() == ["答：怎么备案"])


async def test_a_response_that_failed_is_sent_again(inbox: Inbox, phone: Phone) -> None:
    received = await inbox.receive(text("怎么备案"))
    delivery = await inbox.wait_reply(received.id, 4)
    assert delivery
    await inbox.passive_failed(delivery, "对方断开")
    await until(lambda: phone.texts() == ["答：怎么备案"])
    assert phone.got[0].attempt == 2


async def test_quick_messages_of_one_person_are_answered_in_order(inbox: Inbox, phone: Phone, rasa: Rasa) -> None:
    rasa.delay = 0.05
    said = [f"第{number}问是什么" for number in range(8)]
    for one in said:
        await inbox.receive(text(one))
    await until(lambda: phone.texts() == [f"答：{one}" for one in said], 15)
    assert rasa.messages() == said


async def test_people_do_not_wait_for_each_other(inbox: Inbox, phone: Phone, rasa: Rasa) -> None:
    rasa.delay = 0.5
    received = [await inbox.receive(text("怎么备案", person=f"o-{number}")) for number in range(10)]
    async with asyncio.timeout(4):  # one after another it would be five seconds
        answers = await asyncio.gather(*(inbox.wait_reply(one.id, 4) for one in received))
    assert all(answers)


async def test_a_clients_hanging_up_loses_nothing(inbox: Inbox, phone: Phone, rasa: Rasa) -> None:
    rasa.delay = 0.3
    received = await inbox.receive(text("怎么备案"))
    request = asyncio.create_task(inbox.wait_reply(received.id, 4))
    await asyncio.sleep(0.1)
    request.cancel()
    await until(lambda: phone.texts() == ["答：怎么备案"])


async def test_unsubscribing_erases_and_says_nothing(inbox: Inbox, phone: Phone) -> None:
    first = await inbox.receive(text("怎么备案"))
    await inbox.wait_reply(first.id, 4)
    left = await inbox.receive(Inbound("wechat", "o-zhang", "event-1", "event", event="unsubscribe"))
    assert await inbox.wait_reply(left.id, 4) is None
    conversation = await inbox.records.conversation("wechat", "o-zhang")
    assert conversation and await inbox.records.history(conversation) == []


async def test_asking_to_erase_erases_and_confirms(inbox: Inbox, rasa: Rasa) -> None:
    for said in ("怎么备案", "删除我的记录", "怎么备案"):
        received = await inbox.receive(text(said))
        delivery = await inbox.wait_reply(received.id, 4)
        assert delivery
        await inbox.passive_sent(delivery)
        if said == "删除我的记录":
            assert "已删除" in delivery.body["text"]
            conversation = await inbox.records.conversation("wechat", "o-zhang")
            assert conversation
            assert [m["text"] for m in await inbox.records.history(conversation)] == [delivery.body["text"]]
    first, second = (body["sender"] for body in rasa.asked)
    assert first != second  # Rasa meets a new person


async def test_what_is_old_is_forgotten(inbox: Inbox) -> None:
    received = await inbox.receive(text("怎么备案"))
    delivery = await inbox.wait_reply(received.id, 4)
    assert delivery
    await inbox.passive_sent(delivery)
    await inbox.sending.stop()
    assert await inbox.records.forget_old(180) == 0
    assert await inbox.records.forget_old(0) == 2


async def test_a_nonce_is_new_once_and_again_when_it_has_lapsed(inbox: Inbox) -> None:
    tries = await asyncio.gather(*(inbox.first_time("wechat", "nonce-1", 0.3) for _ in range(5)))
    assert sorted(tries) == [False, False, False, False, True]
    await asyncio.sleep(0.35)
    assert await inbox.first_time("wechat", "nonce-1", 60)


async def test_marks_are_counted_by_age_and_forgotten(inbox: Inbox) -> None:
    await inbox.mark("wechat.push", "o-zhang", "1")
    await inbox.mark("wechat.push", "o-zhang", "2")
    assert [mark.value for mark in await inbox.marks("o-zhang", {"wechat.push": 60})] == ["2", "1"]
    await asyncio.sleep(0.05)
    assert await inbox.marks("o-zhang", {"wechat.push": 0.01}) == []
    await inbox.unmark("wechat.push", "o-zhang")
    assert await inbox.marks("o-zhang", {"wechat.push": 60}) == []
