"""Whom the SMS channel answers: opt-outs, repeats, pace; all of it in the database."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from front.channels.sms.guards import SAME_AGAIN, TOO_MANY, Door
from front.channels.sms.optout import GOODBYE, WELCOME_BACK
from front.channels.sms.uplink import Uplink
from front.inbox.inbox import Inbox

ids = itertools.count(1)


@pytest.fixture
def door(inbox: Inbox) -> Door:
    return Door(inbox)


def said(text: str, person: str | None = "+8613800000002", id_: str = "") -> Uplink:
    return Uplink("kannel", id_ or str(next(ids)), person, text)


async def outcome(door: Door, uplink: Uplink) -> str:
    ruling = await door.judge(uplink)
    assert not (ruling.admitted and ruling.notice)
    if ruling.admitted:
        await door.inbox.receive(uplink.inbound())
    return "in" if ruling.admitted else ruling.notice


async def test_short_codes_are_not_answered(door: Door) -> None:
    assert await outcome(door, said("您的话费余额为12元", person=None)) == ""


async def test_opt_out_is_confirmed_once_and_holds_until_resumed(door: Door) -> None:
    assert await outcome(door, said("TD")) == GOODBYE
    assert await outcome(door, said("td")) == ""
    assert await outcome(door, said("异地就医怎么备案")) == ""
    assert await outcome(door, said("恢复")) == WELCOME_BACK
    assert await outcome(door, said("异地就医怎么备案")) == "in"


async def test_an_opt_out_survives_a_restart(inbox: Inbox) -> None:
    await Door(inbox).judge(said("退订"))
    assert await Door(inbox).stopped("+8613800000002")
    assert not await Door(inbox).stopped("+8613800000003")


async def test_two_machines_do_not_talk_for_ever(door: Door) -> None:
    notices = [await outcome(door, said(text)) for text in ("TD", "恢复") * 10]
    assert [notice for notice in notices if notice] == [GOODBYE, WELCOME_BACK]


async def test_resume_without_an_opt_out_is_an_ordinary_message(door: Door) -> None:
    assert await outcome(door, said("恢复")) == "in"


async def test_the_same_question_three_times_gets_the_phone_once(door: Door) -> None:
    got = [await outcome(door, said(text)) for text in ("怎么备案", "怎么备案？", "怎么备案。", "怎么备案")]
    assert got == ["in", "in", SAME_AGAIN, ""]


async def test_five_questions_in_ten_minutes(door: Door) -> None:
    got = [await outcome(door, said(f"问题{number}怎么办")) for number in range(7)]
    assert got == ["in"] * 5 + [TOO_MANY, ""]


async def test_others_are_not_affected(door: Door) -> None:
    for number in range(7):
        await outcome(door, said(f"问题{number}怎么办"))
    assert await outcome(door, said("问题", person="+8613800000003")) == "in"


async def test_a_guide_may_be_answered_quickly(door: Door) -> None:
    assert await outcome(door, said("我在外地急诊怎么报销")) == "in"
    assert [await outcome(door, said("1")) for _ in range(9)] == ["in"] * 9
    assert await outcome(door, said("人工")) == "in"


async def test_even_numbers_have_an_end(door: Door) -> None:
    got = [await outcome(door, said("1")) for _ in range(24)]
    assert got == ["in"] * 20 + [TOO_MANY] + [""] * 3


async def test_a_message_delivered_again_is_judged_the_same_and_counted_once(door: Door) -> None:
    for _ in range(8):
        assert await outcome(door, said("怎么备案", id_="first")) == "in"
    for number in range(6):
        await outcome(door, said(f"问题{number}"))
    assert await outcome(door, said("怎么备案", id_="first")) == "in"


async def test_the_window_passes(inbox: Inbox) -> None:
    door = Door(inbox, window=0.2)
    for _ in range(4):
        await outcome(door, said("怎么备案"))
    await asyncio.sleep(0.25)
    assert await outcome(door, said("怎么备案")) == "in"
