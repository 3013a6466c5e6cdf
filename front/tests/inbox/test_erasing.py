"""Who asks to be forgotten is forgotten, but never written to again against his wish."""

from __future__ import annotations

import pytest
from conftest import text

from front.channels.sms.guards import NOTICED, REFUSED, STOPPED
from front.inbox.inbox import Inbox

PERSON, OTHER = "+8613800000002", "+8613800000003"
_DAY = 86400.0


async def noted(inbox: Inbox, person: str) -> dict[str, int]:
    """How much each scope holds about a person."""
    scopes = (REFUSED, STOPPED, "wechat.push")
    marks = await inbox.marks(person, dict.fromkeys(scopes, _DAY))
    return {scope: sum(mark.scope == scope for mark in marks) for scope in scopes}


@pytest.fixture
async def known(inbox: Inbox) -> Inbox:
    """Two people whom SMS knows; one of them is known to WeChat by the same name."""
    for person in (PERSON, OTHER):
        for scope in (REFUSED, STOPPED, "wechat.push"):
            await inbox.mark(scope, person, "x")
        await inbox.first_time(f"{NOTICED}.same", person, 600)
    return inbox


async def test_asking_to_be_erased_erases_what_the_channel_noted_but_not_an_opt_out(known: Inbox) -> None:
    received = await known.receive(text("删除我的记录", person=PERSON, channel="sms"))
    delivery = await known.wait_reply(received.id, 6)
    assert delivery and "已删除" in delivery.body["text"]
    assert await noted(known, PERSON) == {REFUSED: 0, STOPPED: 1, "wechat.push": 1}
    assert await noted(known, OTHER) == {REFUSED: 1, STOPPED: 1, "wechat.push": 1}
    assert await known.first_time(f"{NOTICED}.same", PERSON, 600)
    assert not await known.first_time(f"{NOTICED}.same", OTHER, 600)


async def test_the_operator_erases_on_all_channels_but_not_an_opt_out(known: Inbox) -> None:
    await known.records.erase(None, PERSON)
    assert await noted(known, PERSON) == {REFUSED: 0, STOPPED: 1, "wechat.push": 0}
    assert await noted(known, OTHER) == {REFUSED: 1, STOPPED: 1, "wechat.push": 1}
