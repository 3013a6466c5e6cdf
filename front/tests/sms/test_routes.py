"""The callbacks over HTTP, with the real inbox behind them."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from front.channels.sms.channel import SmsChannel
from front.channels.sms.optout import GOODBYE
from front.channels.sms.simulate import call
from front.inbox.inbox import Inbox
from front.inbox.protocol import Delivery, SendResult

from .conftest import SECRET
from .peers import RasaPeer, VendorPeer
from .test_callbacks import ALIYUN, TENCENT

PERSON = "+8613800000002"


def kannel(text: str, id_: str = "", sender: str = PERSON) -> str:
    url = call("", SECRET, text, sender)
    made = parse_qs(urlsplit(url).query, encoding="latin-1")["id"][0]
    return url.replace(made, id_ or str(uuid.uuid4()))


async def until(true: Callable[[], bool], seconds: float = 6.0) -> None:
    """Wait for something to become true; it must."""
    for _ in range(int(seconds / 0.05)):
        if true():
            return
        await asyncio.sleep(0.05)
    assert true()


async def sent(gateway: VendorPeer, count: int, seconds: float = 6.0) -> list[tuple[str, dict[str, str], bytes]]:
    """What the gateway was given, once there are `count` of them and no more follow."""
    await until(lambda: len(gateway.asked) >= count, seconds)
    await asyncio.sleep(0.3)
    return gateway.asked


async def test_kannel_gets_the_answer_in_the_body(web: httpx.AsyncClient, gateway: VendorPeer) -> None:
    answer = await web.get(kannel("转移要多久"))
    assert (answer.status_code, answer.text) == (200, "【威海医保】答：转移要多久")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-kannel-coding"] == "2"
    assert f"/channels/sms/kannel/{SECRET}/report?delivery=" in answer.headers["x-kannel-dlr-url"]
    await asyncio.sleep(1.5)
    assert gateway.asked == []  # and not a second time through sendsms


async def test_a_late_answer_goes_through_sendsms(web: httpx.AsyncClient, gateway: VendorPeer) -> None:
    answer = await web.get(kannel("慢一点"))
    assert (answer.status_code, answer.content) == (200, b"")
    [(_, headers, body)] = await sent(gateway, 1)
    assert (headers["x-kannel-to"], body.decode()) == (PERSON, "【威海医保】答：慢一点")


async def test_three_deliveries_of_one_message_get_one_answer(
    web: httpx.AsyncClient, rasa: RasaPeer, gateway: VendorPeer
) -> None:
    url = kannel("转移要多久", id_="same-id")
    answers = await asyncio.gather(*(web.get(url) for _ in range(3)))
    assert sorted(answer.text for answer in answers) == ["", "", "【威海医保】答：转移要多久"]
    assert (await web.get(url)).text == ""
    assert [asked["message"] for asked in rasa.asked] == ["转移要多久"]
    assert gateway.asked == []


async def test_numbers_choose_from_the_list_shown_last(web: httpx.AsyncClient, rasa: RasaPeer) -> None:
    assert "2. 省外" in (await web.get(kannel("选一个"))).text
    await web.get(kannel("2"))
    assert rasa.asked[-1]["payload"] == '/show{"entry":"a.out"}'


async def test_one_conversation_whatever_the_spelling_of_the_number(web: httpx.AsyncClient, rasa: RasaPeer) -> None:
    for sender in ("+8613800000002", "8613800000002", "008613800000002", "13800000002"):
        await web.get(kannel(f"来自{sender[:3]}的问题", sender=sender))
    assert len({asked["sender"] for asked in rasa.asked}) == 1


async def test_opt_out_over_http(web: httpx.AsyncClient, rasa: RasaPeer) -> None:
    assert (await web.get(kannel("退订"))).text == f"【威海医保】{GOODBYE}"
    assert (await web.get(kannel("转移要多久"))).text == ""
    assert rasa.asked == []


async def test_nothing_pending_reaches_who_has_opted_out(
    web: httpx.AsyncClient, channel: SmsChannel, inbox: Inbox, gateway: VendorPeer
) -> None:
    await web.get(kannel("慢慢说"))  # patience is over before the answer
    await web.get(kannel("TD"))
    await asyncio.sleep(3)
    letters = await inbox.sending.letters()
    assert "退订" in letters[0]["note"]
    assert gateway.asked == []


async def test_an_unreadable_message_gets_a_kind_word(web: httpx.AsyncClient, rasa: RasaPeer) -> None:
    url = f"/channels/sms/kannel/{SECRET}?from={PERSON.replace('+', '%2B')}&text=%C4%E3&id=b1&charset=8-BIT"
    assert "5190857" in (await web.get(url)).text
    assert rasa.asked == []


async def test_a_report_is_noted_and_never_answered(web: httpx.AsyncClient, inbox: Inbox, rasa: RasaPeer) -> None:
    answer = await web.get(f"/channels/sms/kannel/{SECRET}/report?delivery=42&status=1")
    assert (answer.status_code, answer.content) == (200, b"")
    assert [mark.value for mark in await inbox.marks("42", {"sms.reported": 60})] == ["1"]
    assert rasa.asked == []


@pytest.mark.parametrize("path", ["kannel/wrong", f"kannel/{SECRET}x", "kannel/", "aliyun/密", f"tencent/{SECRET}"])
async def test_a_wrong_secret_finds_nothing(web: httpx.AsyncClient, path: str) -> None:
    method = "GET" if path.startswith("kannel") else "POST"
    assert (await web.request(method, f"/channels/sms/{path}")).status_code == 404


async def test_what_cannot_be_read_is_a_400_and_too_large_a_413(web: httpx.AsyncClient) -> None:
    assert (await web.get(f"/channels/sms/kannel/{SECRET}?from=1")).status_code == 400
    assert (await web.post(f"/channels/sms/aliyun/{'a' * 24}", content=b"{}")).status_code == 400
    assert (await web.post(f"/channels/sms/tencent/{'t' * 24}", content=b"x" * 70_000)).status_code == 413


async def test_aliyun_batch_with_a_duplicate_delivered_twice(
    web: httpx.AsyncClient, rasa: RasaPeer, gateway: VendorPeer
) -> None:
    gateway.answers(200, {"Code": "OK"})
    other = {**ALIYUN[0], "phone_number": "8613811110001", "sequence_id": "2", "content": "另一个人"}
    batch = json.dumps([ALIYUN[0], other, ALIYUN[0]]).encode()
    for _ in range(2):
        answer = await web.post(f"/channels/sms/aliyun/{'a' * 24}", content=batch)
        assert (answer.status_code, answer.json()) == (200, {"code": 0, "msg": "接收成功"})
    asked = await sent(gateway, 2)
    numbers = [parse_qs(urlsplit(path).query)["PhoneNumbers"][0] for path, _, _ in asked]
    assert sorted(numbers) == ["13811110000", "13811110001"]
    assert len(rasa.asked) == 2


async def test_tencent_answers_go_back_through_tencent(web: httpx.AsyncClient, gateway: VendorPeer) -> None:
    gateway.answers(200, {"Response": {"SendStatusSet": [{"Code": "Ok"}]}})
    for _ in range(3):
        answer = await web.post(f"/channels/sms/tencent/{'t' * 24}", content=json.dumps(TENCENT).encode())
        assert answer.json() == {"result": 0, "errmsg": "OK"}
    [(_, headers, body)] = await sent(gateway, 1)
    assert headers["x-tc-action"] == "SendSms"
    assert json.loads(body)["TemplateParamSet"] == ["答：用户回复的内容"]


async def test_an_opt_out_through_aliyun_is_confirmed_through_aliyun(
    web: httpx.AsyncClient, gateway: VendorPeer
) -> None:
    gateway.answers(200, {"Code": "OK"})
    batch = json.dumps([{**ALIYUN[0], "content": "TD"}]).encode()
    for _ in range(2):
        await web.post(f"/channels/sms/aliyun/{'a' * 24}", content=batch)
    [(path, _, _)] = await sent(gateway, 1)
    assert "退订" in parse_qs(urlsplit(path).query)["TemplateParam"][0]


async def test_a_gateway_that_fails_once_gets_the_reply_again(
    web: httpx.AsyncClient, inbox: Inbox, gateway: VendorPeer
) -> None:
    gateway.answers(503, b"Temporal failure, try again later.")
    await web.get(kannel("慢一点"))
    await sent(gateway, 1)
    gateway.answers(202, b"0: Accepted for delivery")
    asked = await sent(gateway, 2)
    assert asked[0][2] == asked[1][2]
    assert await inbox.sending.letters("dead") == []


async def test_a_long_staff_reply_leaves_its_rest_for_more(
    web: httpx.AsyncClient, channel: SmsChannel, inbox: Inbox, rasa: RasaPeer
) -> None:
    await web.get(kannel("转移要多久"))
    whole = "请您带上身份证到窗口办理。" * 60
    await asyncio.sleep(0.5)
    [letter] = await inbox.sending.letters("sent")
    delivery = Delivery(letter["id"], "sms", PERSON, {"text": whole, "sms": whole}, None, 1)
    result, _ = await channel.send(delivery)
    assert result is SendResult.SENT
    more = (await web.get(kannel("更多"))).text
    assert more.removeprefix("【威海医保】") in whole
    assert len(rasa.asked) == 1
