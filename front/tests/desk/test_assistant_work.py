"""Reports of wrong entries and text messages to callers, on both databases."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from conftest import Phone, running, settings_for, until
from rasa_peer import Rasa
from sms.conftest import ENVIRONMENT
from sms.peers import VendorPeer
from sqlalchemy import select

from front.channels.sms.channel import create
from front.channels.sms.guards import STOPPED
from front.desk.assistant.reports import MENDED, RIGHT, ReportError, Reports
from front.desk.assistant.robot import Robot
from front.desk.assistant.texting import CannotText, Texting, mobile, shown
from front.desk.audit import Audit
from front.inbox.inbox import Inbox
from front.inbox.tables import conversations
from front.settings import load

NUMBER = "13812345678"


@pytest.fixture
def gateway() -> Iterator[VendorPeer]:
    with VendorPeer() as peer:
        peer.answers(202, b"0: Accepted for delivery")
        yield peer


@pytest.fixture
async def texting(database_url: str, rasa: Rasa, gateway: VendorPeer) -> AsyncIterator[tuple[Inbox, Texting]]:
    """An inbox whose SMS goes out through a Kannel."""
    async with running(settings_for(database_url, rasa)) as inbox:
        url = {"LUEBAO_SMS_KANNEL_URL": f"{gateway.url}/cgi-bin/sendsms", "LUEBAO_SMS_GATEWAY": "kannel"}
        channel = create(load(ENVIRONMENT | url), inbox)
        assert channel
        inbox.channels[channel.name] = channel
        yield inbox, Texting(inbox)
        await channel.close()


async def test_the_answer_goes_to_the_callers_phone_and_no_number_to_the_log(
    texting: tuple[Inbox, Texting], gateway: VendorPeer
) -> None:
    inbox, texts = texting
    delivery = await texts.send("138 1234-5678", "跨省15个工作日", "transfer.time_limit", "wang")

    async def sent() -> bool:
        return (await texts.state(delivery))[0] == "sent"

    await until(sent)
    assert len(gateway.asked) == 1
    _, headers, body = gateway.asked[0]
    assert NUMBER in headers["x-kannel-to"]
    assert body.decode() == "【威海医保】跨省15个工作日"
    lines = await Audit(inbox.database).lines(action="answer.texted")
    assert [line["detail"] for line in lines] == [{"entry": "transfer.time_limit"}]
    assert NUMBER not in json.dumps([dict(line) for line in lines])


async def test_two_messages_to_one_caller_are_one_conversation_in_order(texting: tuple[Inbox, Texting]) -> None:
    inbox, texts = texting
    sent = await asyncio.gather(*(texts.send(NUMBER, f"第{n}条", "remote.late", "wang") for n in range(5)))
    assert len({delivery.id for delivery in sent}) == 5
    async with inbox.database.read() as connection:
        rows = (await connection.execute(select(conversations))).mappings().all()
    assert [(row["channel"], row["person"], row["state"]) for row in rows] == [("sms", f"+86{NUMBER}", "bot")]


async def test_who_has_said_stop_is_not_written_to(texting: tuple[Inbox, Texting], gateway: VendorPeer) -> None:
    inbox, texts = texting
    await inbox.mark(STOPPED, f"+86{NUMBER}")
    with pytest.raises(CannotText, match="已退订"):
        await texts.send(NUMBER, "跨省15个工作日", "transfer.time_limit", "wang")
    assert gateway.asked == []


@pytest.mark.parametrize(
    "typed", ["", "5190857", "0631-5190857", "1381234567", "12812345678", "+1 202 555 0100", "abc"]
)
def test_what_is_no_mobile_number_is_refused_with_the_reason(typed: str) -> None:
    with pytest.raises(CannotText, match="11位数字"):
        mobile(typed)


@pytest.mark.parametrize("typed", [NUMBER, "+86 138 1234 5678", "0086-138-1234-5678", "１３８１２３４５６７８"])
def test_a_mobile_number_is_one_however_it_is_typed(typed: str) -> None:
    assert mobile(typed) == f"+86{NUMBER}"
    assert shown(mobile(typed)) == "138****5678"


async def test_without_a_gateway_the_clerk_is_told_what_to_do(inbox: Inbox) -> None:
    texts = Texting(inbox)
    assert not texts.possible
    with pytest.raises(CannotText, match="没有设置短信网关"):
        await texts.send(NUMBER, "x", "remote.late", "wang")


async def test_a_report_waits_until_a_lead_closes_it_once(inbox: Inbox) -> None:
    reports = Reports(inbox.database)
    id = await reports.add("transfer.time_limit", "群众说是10个工作日，他的号码13812345678", "wang")
    waiting = await reports.open_ones()
    assert [(one["id"], one["entry"], one["by"]) for one in waiting] == [(id, "transfer.time_limit", "wang")]
    assert NUMBER not in waiting[0]["reason"]
    closed = await asyncio.gather(
        reports.close(id, RIGHT, "来源写的是15", "li"), reports.close(id, MENDED, "", "zhao"), return_exceptions=True
    )
    assert [type(one) for one in closed if one is not None] == [ReportError]
    assert await reports.open_ones() == []
    done: list[dict[str, Any]] = await reports.closed_ones()
    assert done[0]["closed_by"] in ("li", "zhao")
    actions = [line["action"] for line in await Audit(inbox.database).lines(about="entry:transfer.time_limit")]
    assert actions == ["report.closed", "report.made"]


@pytest.mark.parametrize("reason", ["", "  ", "\n"])
async def test_a_report_without_words_is_refused(inbox: Inbox, reason: str) -> None:
    with pytest.raises(ReportError, match="哪里不对"):
        await Reports(inbox.database).add("transfer.time_limit", reason, "wang")


async def test_the_robot_is_asked_as_nobody_and_hears_no_number(inbox: Inbox, rasa: Rasa) -> None:
    said, why = await Robot(inbox.brain).ask(f"医保怎么转，我的手机{NUMBER}")
    assert said
    assert why == ""
    await Robot(inbox.brain).ask("医保怎么转")
    senders = {body["sender"] for body in rasa.asked}
    assert len(senders) == 2
    assert all(sender.startswith("desk-") for sender in senders)
    assert NUMBER not in json.dumps(rasa.asked)


async def test_a_robot_that_does_not_answer_is_named_so(inbox: Inbox, rasa: Rasa) -> None:
    rasa.mode = "empty"
    assert await Robot(inbox.brain).ask("医保怎么转") == (None, "没有给出可用的回答")
    rasa.stop()
    assert await Robot(inbox.brain).ask("医保怎么转") == (None, "没有开")


async def test_a_phone_of_another_channel_is_left_alone(texting: tuple[Inbox, Texting]) -> None:
    inbox, texts = texting
    phone = inbox.channels["wechat"]
    assert isinstance(phone, Phone)
    await texts.send(NUMBER, "x", "remote.late", "wang")
    assert phone.texts() == []
