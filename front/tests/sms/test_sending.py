"""Sending: signatures against the vendors' own, results against a server that speaks their replies."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from front.channels.sms import aliyun, tencent
from front.channels.sms.kannel import Kannel
from front.channels.sms.segments import units
from front.channels.sms.templates import TOO_LONG, Template
from front.inbox.protocol import SendResult

from .peers import VendorPeer

CAUGHT = json.loads((Path(__file__).parent / "vendor_requests.json").read_text("utf-8"))
SIGNED = Template(signature="威海医保", limit=35)
PERSON = "+8613800000002"


@pytest.fixture
def peer() -> Iterator[VendorPeer]:
    with VendorPeer() as peer:
        yield peer


def lower(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def test_aliyun_signature_of_the_document() -> None:
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }
    query = aliyun.canonical_query(
        {"RegionId": "cn-shanghai", "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"}
    )
    made = aliyun.authorization("YourAccessKeyId", "YourAccessKeySecret", query, headers)
    assert made.endswith("Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0")


def test_aliyun_signature_of_its_own_sdk() -> None:
    theirs = lower(CAUGHT["aliyun"]["headers"])
    names = theirs["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    query = aliyun.canonical_query(dict(parse_qsl(urlsplit(CAUGHT["aliyun"]["path"]).query)))
    made = aliyun.authorization("LTAIexample", "secret-of-aliyun", query, {name: theirs[name] for name in names})
    assert made == theirs["authorization"]


def test_tencent_signature_of_the_document() -> None:
    body = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
    headers = {"content-type": "application/json; charset=utf-8", "host": "cvm.tencentcloudapi.com"}
    made = tencent.authorization(
        "AKIDz8krbsJ5yKBZQpn74WFkmLPx3*******",
        "Gu5t9xGARNpq86cd98joQYCN3*******",
        headers,
        body,
        when=1551113065,
        service="cvm",
    )
    assert made.endswith("Signature=2230eefd229f582d8b1b891af7107b91597240707d778ab3738f756258d7652c")


def test_tencent_signature_of_its_own_sdk() -> None:
    theirs = lower(CAUGHT["tencent"]["headers"])
    signed = {name: theirs[name] for name in ("content-type", "host")}
    made = tencent.authorization(
        "AKIDexample",
        "secret-of-tencent",
        signed,
        CAUGHT["tencent"]["body"].encode(),
        when=int(theirs["x-tc-timestamp"]),
    )
    assert made == theirs["authorization"]


def send_aliyun(peer: VendorPeer, text: str) -> tuple[SendResult, str]:
    account = aliyun.Aliyun("LTAIexample", "secret-of-aliyun", "SMS_123", SIGNED, peer.url)
    return asyncio.run(account.send(PERSON, text, 77))


def send_tencent(peer: VendorPeer, text: str) -> tuple[SendResult, str]:
    template = Template(signature="威海医保", limit=450)
    account = tencent.Tencent("AKIDexample", "secret-of-tencent", "1400006666", "1110", template, url=peer.url)
    return asyncio.run(account.send(PERSON, text, 77))


def test_aliyun_asks_for_the_same_as_its_sdk(peer: VendorPeer) -> None:
    peer.answers(200, {"Code": "OK", "Message": "OK", "BizId": "1^0", "RequestId": "r"})
    assert send_aliyun(peer, "可以报销 50% ~*。")[0] is SendResult.SENT
    [(path, headers, body)] = peer.asked
    theirs = dict(parse_qsl(urlsplit(CAUGHT["aliyun"]["path"]).query))
    assert dict(parse_qsl(urlsplit(path).query)) == theirs
    assert (body, headers["x-acs-action"], headers["x-acs-version"]) == (b"", "SendSms", "2017-05-25")
    names = headers["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    query = urlsplit(path).query
    signed = {name: headers[name] for name in names}
    assert aliyun.authorization("LTAIexample", "secret-of-aliyun", query, signed) == headers["authorization"]


def test_tencent_asks_for_the_same_as_its_sdk(peer: VendorPeer) -> None:
    peer.answers(200, {"Response": {"SendStatusSet": [{"Code": "Ok", "SerialNo": "5000:1"}], "RequestId": "r"}})
    assert send_tencent(peer, "可以报销。")[0] is SendResult.SENT
    [(_, headers, body)] = peer.asked
    assert json.loads(body) == json.loads(CAUGHT["tencent"]["body"])
    theirs = lower(CAUGHT["tencent"]["headers"])
    for name in ("x-tc-action", "x-tc-version", "x-tc-region", "content-type"):
        assert headers[name] == theirs[name]
    signed = {name: headers[name] for name in ("content-type", "host")}
    when = int(headers["x-tc-timestamp"])
    made = tencent.authorization("AKIDexample", "secret-of-tencent", signed, body, when=when)
    assert made == headers["authorization"]


@pytest.mark.parametrize(
    ("status", "answer", "result"),
    [
        (400, {"Code": "isv.MOBILE_NUMBER_ILLEGAL", "Message": "13800000002"}, SendResult.DEAD),
        (400, {"Code": "SignatureDoesNotMatch"}, SendResult.DEAD),
        (200, {"Code": "isv.BUSINESS_LIMIT_CONTROL"}, SendResult.RETRY),
        (500, {"Code": "isp.SYSTEM_ERROR"}, SendResult.RETRY),
        (503, {"Code": "ServiceUnavailable"}, SendResult.RETRY),
        (502, b"<html>bad gateway</html>", SendResult.RETRY),
        (200, [], SendResult.RETRY),
        (200, {}, SendResult.RETRY),
    ],
)
def test_aliyun_results(peer: VendorPeer, status: int, answer: Any, result: SendResult) -> None:
    peer.answers(status, answer)
    got, note = send_aliyun(peer, "可以。")
    assert got is result
    assert "可以" not in note
    assert "138" not in note


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ({"Response": {"Error": {"Code": "AuthFailure.SignatureExpire", "Message": "m"}}}, SendResult.DEAD),
        ({"Response": {"Error": {"Code": "RequestLimitExceeded", "Message": "m"}}}, SendResult.RETRY),
        ({"Response": {"SendStatusSet": [{"Code": "FailedOperation.PhoneNumberInBlacklist"}]}}, SendResult.DEAD),
        ({"Response": {"SendStatusSet": [{"Code": "LimitExceeded.DeliveryFrequencyLimit"}]}}, SendResult.RETRY),
        ({"Response": {"SendStatusSet": []}}, SendResult.RETRY),
        ({}, SendResult.RETRY),
    ],
)
def test_tencent_results(peer: VendorPeer, answer: Any, result: SendResult) -> None:
    peer.answers(200, answer)
    assert send_tencent(peer, "可以。")[0] is result


@pytest.mark.parametrize("send", [send_aliyun, send_tencent])
def test_a_vendor_that_is_down_is_tried_again(send: Any) -> None:
    with VendorPeer() as gone:
        pass
    assert send(gone, "可以。")[0] is SendResult.RETRY


@pytest.mark.parametrize("send", [send_aliyun, send_tencent])
def test_nothing_to_say_is_not_sent(peer: VendorPeer, send: Any) -> None:
    assert send(peer, " \n")[0] is SendResult.DEAD
    assert peer.asked == []


@pytest.mark.parametrize(
    ("status", "result"),
    [(202, SendResult.SENT), (503, SendResult.RETRY), (403, SendResult.DEAD), (400, SendResult.DEAD)],
)
def test_kannel_results(peer: VendorPeer, status: int, result: SendResult) -> None:
    peer.answers(status, b"0: Accepted for delivery")
    kannel = Kannel(f"{peer.url}/cgi-bin/sendsms", "luebao", "pw", "106900", signature="威海医保")
    got, note = asyncio.run(kannel.send(PERSON, "转移需要45个工作日", 7))
    assert (got, "工作日" in note) == (result, False)
    [(path, headers, body)] = peer.asked
    assert path == "/cgi-bin/sendsms"  # neither password nor words in the address
    assert body.decode() == "【威海医保】转移需要45个工作日"
    assert headers["x-kannel-to"] == PERSON


def test_a_reply_too_long_for_the_template_becomes_the_phone() -> None:
    assert SIGNED.answer("可在线办理。") == "可在线办理。"
    assert SIGNED.answer("可在线办理。" * 10) == TOO_LONG
    assert "5190857" in TOO_LONG


def test_a_parameter_is_one_line_without_brackets_that_look_like_a_signature() -> None:
    assert SIGNED.answer("【转移】请选：\n1. 省内\n2. 省外") == "「转移」请选： 1. 省内 2. 省外"


def test_the_whole_message_stays_within_five_hundred() -> None:
    roomy = Template(text="回" * 400 + "{answer}", signature="威海医保", limit=450)
    assert units(roomy.filled(roomy.answer("医" * 94))) == 500
    assert roomy.answer("医" * 95) == TOO_LONG


@pytest.mark.parametrize("text", ["没有变量", "{answer}", "{answer}和{answer}", "回" * 490 + "{answer}"])
def test_a_template_that_cannot_carry_a_reply_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="模板"):
        Template(text=text, signature="威海医保")
