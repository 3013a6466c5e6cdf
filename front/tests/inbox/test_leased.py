"""What is received is leased in the same transaction: nobody else takes it, and nobody has to come for it."""

from __future__ import annotations

from conftest import Phone, running, settings_for, text, until
from rasa_peer import Rasa

from front.inbox.inbox import Inbox


async def test_who_receives_a_message_has_the_lease_and_the_turn(inbox: Inbox) -> None:
    received, conversation, turn = await inbox.store.receive_leased(text("怎么备案"))
    assert turn and (turn.inbound_id, turn.conversation_id, turn.text) == (received.id, conversation, "怎么备案")
    assert await inbox.store.lease(1, conversation) == []
    assert await inbox.store.lease(64) == []


async def test_neither_a_repeat_nor_a_second_message_gets_another_lease(inbox: Inbox) -> None:
    first, conversation, _ = await inbox.store.receive_leased(text("怎么备案", key="MsgId-1"))
    again, _, turn = await inbox.store.receive_leased(text("怎么备案", key="MsgId-1"))
    assert again.id == first.id and again.duplicate and turn is None
    _, same, turn = await inbox.store.receive_leased(text("多久能办好"))
    assert same == conversation and turn is None


async def test_the_turn_is_the_oldest_message_that_waits(inbox: Inbox) -> None:
    older, _ = await inbox.store.receive(text("怎么备案"))
    _, _, turn = await inbox.store.receive_leased(text("多久能办好"))
    assert turn and turn.inbound_id == older.id


async def test_two_messages_of_a_person_nobody_waits_for_are_sent_in_order(inbox: Inbox, phone: Phone) -> None:
    for said in ("怎么备案", "多久能办好"):
        await inbox.receive(text(said))
    await until(lambda: len(phone.got) == 2)
    assert phone.texts() == ["答：怎么备案", "答：多久能办好"]


async def test_a_front_that_stops_gives_back_what_it_has_not_begun(database_url: str, rasa: Rasa) -> None:
    settings, phone = settings_for(database_url, rasa, LUEBAO_LEASE="60"), Phone()
    stopping = Inbox(settings, None)  # type: ignore[arg-type]  # asks nobody: it stops before
    await stopping.database.migrate()
    await stopping.receive(text("怎么备案"))
    await stopping.stop()
    async with running(settings, phone):
        await until(lambda: phone.texts() == ["答：怎么备案"])
