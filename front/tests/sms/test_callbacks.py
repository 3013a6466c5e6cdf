"""What the gateways send us, from their documents, and anything at all."""

from __future__ import annotations

import json
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from front.channels.sms import aliyun, kannel, tencent
from front.channels.sms.uplink import Unreadable, Uplink

KANNEL_ID = "0d7fd654-d6a2-405a-b53b-34671d2847ae"
# help.aliyun.com/zh/sms/developer-reference/smsup-http, with a whole number
ALIYUN = [
    {
        "phone_number": "13811110000",
        "content": "内容",
        "send_time": "2017-09-01 00:00:00",
        "dest_code": "1234",
        "sequence_id": "1234567890",
    }
]
# cloud.tencent.com/document/product/382/5809, with a whole number
TENCENT = {
    "extend": "扩展码",
    "mobile": "13811110000",
    "nationcode": "86",
    "sign": "短信签名",
    "text": "用户回复的内容",
    "time": 1457336869,
}

json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=5),
    max_leaves=12,
)


def query(**values: str) -> bytes:
    return urlencode(values).encode()


def test_kannel_plain_text() -> None:
    got = kannel.read(query(**{"from": "+8613800000002"}, to="106900", text="a b", id=KANNEL_ID, charset="UTF-8"))
    assert got == Uplink("kannel", KANNEL_ID, "+8613800000002", "a b", "106900")
    assert got.key == f"kannel:{KANNEL_ID}"


def test_kannel_chinese_arrives_as_utf_16_bytes() -> None:
    raw = quote("异地就医\n2😀".encode("utf-16-be"))
    got = kannel.read(f"from=13800000002&to=1&text={raw}&id={KANNEL_ID}&charset=UTF-16BE".encode())
    assert (got.text, got.readable) == ("异地就医\n2😀", True)


@pytest.mark.parametrize(
    ("kind", "body", "text", "readable"),
    [
        ('text/plain; charset="UTF-16BE"', "异地😀".encode("utf-16-be"), "异地😀", True),
        ('text/plain; charset="UTF-8"', b"hello", "hello", True),
        ("text/plain", b"", "", True),
        ("application/octet-stream", b"\xc4\xe3", "", False),
    ],
)
def test_kannel_by_post(kind: str, body: bytes, text: str, readable: bool) -> None:
    headers = {"content-type": kind, "x-kannel-from": "+8613800000002", "x-kannel-to": "106900"}
    got = kannel.read_post(f"id={KANNEL_ID}".encode(), headers, body)
    assert got == Uplink("kannel", KANNEL_ID, "+8613800000002", text, "106900", readable)


@given(st.text(max_size=30), st.binary(max_size=60), st.text(max_size=20))
def test_any_kannel_post(kind: str, body: bytes, sender: str) -> None:
    got = kannel.read_post(f"id={KANNEL_ID}".encode(), {"content-type": kind, "x-kannel-from": sender}, body)
    got.text.encode("utf-8")


@pytest.mark.parametrize("charset", ["8-BIT", "UTF-16BE", "nonsense"])
def test_kannel_binary_is_not_guessed_at(charset: str) -> None:
    got = kannel.read(f"from=13800000002&text=%C4%E3%00&id={KANNEL_ID}&charset={charset}".encode())
    assert (got.text, got.readable, got.inbound().kind) == ("", False, "other")


def test_kannel_report() -> None:
    assert kannel.report(b"delivery=42&status=8") == (42, kannel.ACCEPTED)


@pytest.mark.parametrize(
    "bad", [b"", b"delivery=42", b"delivery=x&status=1", b"delivery=1&status=3", b"delivery=%FF&status=1"]
)
def test_kannel_report_that_is_none(bad: bytes) -> None:
    with pytest.raises(Unreadable, match="回执"):
        kannel.report(bad)


def test_aliyun_document_sample() -> None:
    assert aliyun.read(json.dumps(ALIYUN).encode()) == [
        Uplink("aliyun", "1234567890", "+8613811110000", "内容", "1234")
    ]


def test_aliyun_older_document_has_a_number_as_sequence_id() -> None:
    older = [{**ALIYUN[0], "sequence_id": 1234567890, "sign_name": "签名"}]
    assert aliyun.read(json.dumps(older).encode())[0].key == "aliyun:1234567890"


def test_tencent_document_sample() -> None:
    [got] = tencent.read(json.dumps(TENCENT).encode())
    assert (got.person, got.text, got.gateway) == ("+8613811110000", "用户回复的内容", "tencent")


@pytest.mark.parametrize("change", [{"time": 1457336870}, {"text": "别的"}, {"mobile": "13811110001"}])
def test_tencent_messages_are_told_apart_by_who_when_and_what(change: dict[str, object]) -> None:
    keys = {tencent.read(json.dumps({**TENCENT, **change}).encode())[0].key for change in ({}, {}, change)}
    assert len(keys) == 2


def test_tencent_foreign_number_is_nobody() -> None:
    assert tencent.read(json.dumps({**TENCENT, "nationcode": "852", "mobile": "91234567"}).encode())[0].person is None


@given(st.binary(max_size=300))
def test_any_bytes_are_a_message_or_unreadable(raw: bytes) -> None:
    for read in (kannel.read, kannel.report, aliyun.read, tencent.read):
        try:
            read(raw)  # type: ignore[operator]
        except Unreadable as error:
            assert str(error)


@given(st.dictionaries(st.sampled_from(["from", "to", "text", "id", "charset"]), st.binary(max_size=60)))
def test_any_kannel_fields(values: dict[str, bytes]) -> None:
    raw = b"&".join(f"{name}={quote(value)}".encode() for name, value in values.items())
    try:
        got = kannel.read(raw)
    except Unreadable:
        return
    got.text.encode("utf-8")


@given(json_values, st.sampled_from([aliyun.read, tencent.read]))
def test_any_json_is_messages_or_unreadable(value: object, read: object) -> None:
    try:
        got = read(json.dumps(value).encode())  # type: ignore[operator]
    except Unreadable:
        return
    assert isinstance(got, list)


@given(st.fixed_dictionaries({}, optional={name: json_values for name in [*ALIYUN[0], *TENCENT]}))
def test_any_values_of_the_right_fields(item: dict[str, object]) -> None:
    for read, value in ((aliyun.read, [item]), (tencent.read, item)):
        try:
            for got in read(json.dumps(value).encode()):
                got.text.encode("utf-8")
                assert len(got.key) <= 120
        except Unreadable:
            continue


def test_deep_nesting_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        aliyun.read(b"[" * 60_000)
