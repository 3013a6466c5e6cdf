"""Copies of one message: one storing, one outcome, also where the database is slow or another process has the other."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from conftest import Phone, running, settings_for, text, until
from rasa_peer import Rasa
from sqlalchemy import update

from front.inbox.inbox import Inbox
from front.inbox.protocol import SendResult, Unavailable
from front.inbox.tables import inbound


class SlowDatabase:
    """Every storing waits until it may go on."""

    def __init__(self, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
        self.goes_on, self.asked = asyncio.Event(), 0
        store = inbox.store.receive_leased

        async def slowly(*given: Any) -> Any:
            self.asked += 1
            await self.goes_on.wait()
            return await store(*given)

        monkeypatch.setattr(inbox.store, "receive_leased", slowly)


async def test_a_copy_of_what_is_stored_asks_no_database(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    said = text("怎么备案")
    first = await inbox.receive(said)

    def locked() -> Any:
        raise Unavailable("数据库锁着")

    monkeypatch.setattr(inbox.database, "write", locked)
    again = await inbox.receive(said)
    assert (again.id, again.duplicate) == (first.id, True)
    with pytest.raises(Unavailable):
        await inbox.receive(text("多久能办好"))


async def test_copies_that_come_at_once_are_stored_once(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    database, said = SlowDatabase(inbox, monkeypatch), text("怎么备案")
    copies = [asyncio.create_task(inbox.receive(said)) for _ in range(3)]
    await asyncio.sleep(0.1)
    database.goes_on.set()
    received = await asyncio.gather(*copies)
    assert database.asked == 1
    assert len({one.id for one in received}) == 1
    assert [one.duplicate for one in received] == [False, True, True]


async def test_where_one_copy_was_refused_all_are_and_nothing_is_answered(
    inbox: Inbox, phone: Phone, rasa: Rasa, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, said = SlowDatabase(inbox, monkeypatch), text("怎么备案")
    first, second = (asyncio.create_task(inbox.receive(said)) for _ in range(2))
    await asyncio.sleep(0.1)
    first.cancel()  # its time is over
    assert inbox.withdraw(said)
    database.goes_on.set()
    with pytest.raises(Unavailable):
        await second
    with pytest.raises(Unavailable):
        await inbox.receive(said)
    await asyncio.sleep(1.5)
    assert (rasa.asked, phone.got) == ([], [])


async def test_what_is_stored_cannot_be_refused_any_more(inbox: Inbox, phone: Phone) -> None:
    said = text("怎么备案")
    await inbox.receive(said)
    assert not inbox.withdraw(said)
    await until(lambda: phone.texts() == ["答：怎么备案"])


async def test_a_copy_of_what_could_not_be_stored_is_stored(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    said, write = text("怎么备案"), inbox.database.write

    def full() -> Any:
        raise Unavailable("磁盘满了")

    monkeypatch.setattr(inbox.database, "write", full)
    with pytest.raises(Unavailable):
        await inbox.receive(said)
    monkeypatch.setattr(inbox.database, "write", write)
    assert not (await inbox.receive(said)).duplicate


async def test_the_phone_number_given_by_another_process_takes_the_place_of_a_reply_not_sent_yet(
    inbox: Inbox, phone: Phone, rasa: Rasa, database_url: str
) -> None:
    phone.results = [(SendResult.RETRY, "微信系统繁忙")]
    said = text("怎么备案")
    received = await inbox.receive(said)
    await until(lambda: not phone.results)
    await asyncio.sleep(0.2)  # the result is written down: the reply waits for its next try
    async with running(settings_for(database_url, rasa), Phone()) as other:
        assert other.withdraw(said)
        await asyncio.sleep(2.5)
        assert phone.got == []
        _, reply, state = await other.store.reply_to(received.id)
        assert reply and "5190857" in reply.body["text"] and state == "sent"
        assert await other.wait_reply((await inbox.receive(said)).id, 1) is None


@pytest.mark.parametrize(("channel", "again"), [("wechat", True), ("sms", False)])
async def test_only_a_gateway_that_has_hung_up_by_then_is_shown_an_answer_again(
    inbox: Inbox, channel: str, again: bool
) -> None:
    said = text("怎么备案", channel=channel)
    received = await inbox.receive(said)
    shown = await inbox.wait_reply(received.id, 4)
    assert shown
    await inbox.passive_sent(shown)
    async with inbox.database.write() as connection:
        await connection.execute(update(inbound).values(received_at=inbound.c.received_at - 10.0))
    await asyncio.sleep(0.2)
    assert bool(await inbox.wait_reply((await inbox.receive(said)).id, 1)) is again
