"""bot → queued → human → bot, in the front's database."""

from __future__ import annotations

import asyncio

from conftest import Phone, text, until
from rasa_peer import Rasa

from front.inbox.inbox import Inbox


async def ask(inbox: Inbox, said: str) -> str | None:
    received = await inbox.receive(text(said))
    delivery = await inbox.wait_reply(received.id, 3)
    if delivery:
        await inbox.passive_sent(delivery)
    return str(delivery.body["text"]) if delivery else None


async def test_a_person_is_taken_served_and_given_back(inbox: Inbox, phone: Phone, rasa: Rasa) -> None:
    assert "已为您登记转人工" in str(await ask(inbox, "转人工"))
    (conversation,) = await inbox.desk.queue()
    assert await inbox.desk.take(conversation, "kf01")
    assert await ask(inbox, "我的报销单被退回来了") is None
    assert rasa.asked == []  # while a person has it, Rasa is not asked
    assert await inbox.desk.say(conversation, "kf01", "请带上发票原件")
    assert await inbox.desk.close(conversation, "kf01")
    await until(lambda: len(phone.got) == 2)
    assert phone.texts()[0] == "请带上发票原件" and "人工服务已结束" in phone.texts()[1]
    assert phone.got[0].body["from"] == "human"
    assert await ask(inbox, "怎么备案") == "答：怎么备案"


async def test_the_robot_helps_while_nobody_has_come_yet(inbox: Inbox) -> None:
    await ask(inbox, "人工")
    assert await ask(inbox, "怎么备案") == "答：怎么备案"
    assert len(await inbox.desk.queue()) == 1


async def test_one_member_of_staff_only_gets_a_person(inbox: Inbox) -> None:
    await ask(inbox, "人工")
    (conversation,) = await inbox.desk.queue()
    won = await asyncio.gather(*(inbox.desk.take(conversation, f"kf{number}") for number in range(5)))
    assert sorted(won) == [False, False, False, False, True]
    loser = f"kf{won.index(False)}"
    assert await inbox.desk.say(conversation, loser, "您好") is None
    assert not await inbox.desk.close(conversation, loser)


async def test_a_person_taken_during_an_answer_stays_taken(inbox: Inbox, rasa: Rasa) -> None:
    await ask(inbox, "人工")
    (conversation,) = await inbox.desk.queue()
    rasa.delay = 0.4
    question = asyncio.create_task(ask(inbox, "怎么备案"))
    await until(lambda: len(rasa.asked) == 1)
    assert await inbox.desk.take(conversation, "kf01")
    assert await question == "答：怎么备案"
    assert await inbox.desk.renew(conversation, "kf01")
