"""What is fed with arbitrary bytes, and what has to hold then. Anything raised is a fault found.

hypothesis (test_targets.py) and atheris (dig.py) feed the same functions.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Callable

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from front.brain import Brain, BrainFailure
from front.channels.sms import aliyun, kannel, segments, tencent
from front.channels.sms.optout import Keywords, plain
from front.channels.sms.uplink import Unreadable, Uplink
from front.channels.web.limits import Buckets, Places, network_of
from front.channels.wechat import render
from front.channels.wechat.codec import Codec, Signed, WeChatError, carried, read_xml, write_xml
from front.channels.wechat.messages import to_inbound
from front.inbox import words
from front.masking import mask

TOKEN, APPID = "weihai5190857", "wx0123456789abcdef"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
CODEC = Codec(TOKEN, AES_KEY, APPID)
_KEY = base64.b64decode(AES_KEY + "=")
_BRAIN = Brain(["http://127.0.0.1:9"])
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_PERSON = re.compile(r"\+861[3-9][0-9]{9}")


def text_of(data: bytes) -> str:
    """Any text at all, lone surrogates and NUL among it."""
    return data.decode("utf-8", "surrogateescape") if data[:1] < b"\x80" else data.decode("utf-16-le", "replace")


def wechat_xml(data: bytes) -> None:
    """Any body is fields that are text, or refused."""
    try:
        fields = read_xml(data)
    except WeChatError as error:
        assert error.status in (400, 413) and str(error)
        return
    assert all(isinstance(value, str) for value in fields.values())
    assert {n: v for n, v in read_xml(write_xml(fields).encode()).items() if n in fields}.keys() == fields.keys()


def wechat_ciphertext(data: bytes) -> None:
    """Any ciphertext, and any plaintext under our own key, is a message or refused."""
    whole = data + bytes(-len(data) % 32)
    encryptor = Cipher(AES(_KEY), CBC(_KEY[:16])).encryptor()
    ours = encryptor.update(whole) + encryptor.finalize()
    for sealed in (data, whole, ours):
        try:
            assert isinstance(CODEC.decrypt(base64.b64encode(sealed).decode()), bytes)
        except WeChatError as error:
            assert error.status in (400, 403) and str(error)


def wechat_message(data: bytes) -> None:
    """A properly signed and sealed message of any content becomes something the inbox can store, or is refused."""
    sealed = CODEC.encrypt(data)
    now, nonce = "1800000000", "n"
    query = Signed(now, nonce, CODEC.sign(now, nonce), CODEC.sign(now, nonce, sealed), "aes")
    try:
        opened = CODEC.open(write_xml({"Encrypt": sealed}).encode(), query, 1_800_000_000.0)
        inbound = to_inbound(opened.fields, {})
    except WeChatError as error:
        assert error.status in (400, 403, 413)
        return
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", inbound.person) and 0 < len(inbound.key) <= 160
    assert all(len(value) <= 200 for value in inbound.extra.values())


def _storable(uplinks: list[Uplink]) -> None:
    for uplink in uplinks:
        assert uplink.person is None or _PERSON.fullmatch(uplink.person)
        assert 0 < len(uplink.key) <= 110 and uplink.key.isascii()
        (uplink.text + uplink.to).encode()  # no lone surrogates: no database takes them
        assert "\x00" not in uplink.text + uplink.to


def _read(read: Callable[[], list[Uplink]]) -> None:
    try:
        _storable(read())
    except Unreadable as error:
        assert str(error)


def kannel_callback(data: bytes) -> None:
    """Both forms of Kannel's callback, and its report."""
    _read(lambda: [kannel.read(data)])
    first, _, rest = data.partition(b"\n")
    headers = {"content-type": first.decode("latin-1"), "x-kannel-from": "+8613800000000", "x-kannel-to": "1069"}
    _read(lambda: [kannel.read_post(b"id=a1", headers, rest)])
    _read(lambda: [kannel.read_post(first, {**headers, "content-type": "text/plain; charset=UTF-16BE"}, rest)])
    try:
        delivery, status = kannel.report(data)
        assert 0 <= delivery < 10**18 and status in (1, 2, 4, 8, 16)
    except Unreadable as error:
        assert str(error)


def aliyun_callback(data: bytes) -> None:
    """Aliyun's batch."""
    _read(lambda: aliyun.read(data))


def tencent_callback(data: bytes) -> None:
    """Tencent's message."""
    _read(lambda: tencent.read(data))


def masking(data: bytes) -> None:
    """Masking is done after once, and a number in any surroundings does not survive it."""
    text = text_of(data)
    once = mask(text)
    assert mask(once) == once
    for number in ("11010519491231002X", "13800138000"):
        for around in (f"{text} {number} {text}", f"{text}号{number}，{text}", f"{text}:tel{number}"):
            assert not re.search(rf"(?<![0-9]){number}(?![0-9])", mask(around))


def reading(data: bytes) -> None:
    """Words as they are stored and as Rasa gets them."""
    text = text_of(data)
    seen, line = words.visible(text), words.clean(text)
    assert words.visible(seen) == seen and len(seen) <= 4 * words.LONGEST
    assert not any(unicodedata.category(c) in _HIDDEN and c not in "\n\t" for c in seen)
    assert not line.startswith("/") and not any(unicodedata.category(c) in _HIDDEN for c in line)
    line.encode()
    number = words.option_number(text)
    assert number is None or 0 <= number <= 99
    for asked in (words.wants_human, words.wants_more, words.wants_erasure):
        assert isinstance(asked(text), bool)


def wechat_text(data: bytes) -> None:
    """A reply fits WeChat, and cutting it loses nothing but blanks."""
    text = carried(text_of(data[1:]))
    most = 30 + 10 * (data[0] if data else 0)
    head, rest = render.cut(text, most)
    assert render.size(head) <= most
    assert re.sub(r"\s", "", head + rest) == re.sub(r"\s", "", text)
    titles = [part for part in text.split("\n") if part][:12]
    shown = render.render({"text": text, "options": [{"title": title} for title in titles]})
    assert render.size(shown.text) <= render.BUDGET
    read_xml(write_xml({"Content": shown.text}).encode())


def sms_text(data: bytes) -> None:
    """A reply fits the gateways, and cutting it loses nothing but blanks."""
    text = segments.clean(text_of(data))
    text.encode()
    shown, rest = segments.cut(text, "威海医保")
    assert segments.units(segments.signed(shown, "威海医保")) <= segments.MOST
    assert re.sub(r"\s", "", shown.removesuffix(segments.MORE) + rest if rest else shown) == re.sub(r"\s", "", text)
    parts = segments.parts(shown, "威海医保")
    assert "".join(parts) == (segments.signed(shown, "威海医保") if shown else "")
    # A part never ends inside an emoji, so a text of many may take one part more than is billed for.
    assert 0 <= len(parts) - segments.segments(shown, "威海医保") <= 1
    assert plain(plain(text)) == plain(text)
    Keywords.of().wish(text)


def web_limits(data: bytes) -> None:
    """Buckets never ask to wait longer than one takes to fill; places are given back."""
    buckets, places, inside = Buckets(2.0, 3.0), Places(2, 5), list[str]()
    for byte in data:
        key = network_of(f"2001:db8::{byte:x}" if byte % 2 else f"k{byte % 5}")
        assert 0.0 <= buckets.take(key) <= 0.5
        if places.enter(key):
            inside.append(key)
        elif inside:
            places.leave(inside.pop())
        assert len(inside) <= 5 and all(inside.count(one) <= 2 for one in inside)
    network_of(text_of(data))


def rasa_reply(data: bytes) -> None:
    """Whatever Rasa answers is a reply with words, or a named failure."""
    try:
        answer = _BRAIN._read(data)
    except BrainFailure as failure:
        assert failure.why in ("wrong", "empty")
        return
    assert answer.text and answer.custom["kind"]


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target
    for target in (
        wechat_xml,
        wechat_ciphertext,
        wechat_message,
        kannel_callback,
        aliyun_callback,
        tencent_callback,
        masking,
        reading,
        wechat_text,
        sms_text,
        web_limits,
        rasa_reply,
    )
}
MESSAGE = {"ToUserName": "gh", "FromUserName": "o1", "CreateTime": "1", "MsgType": "event", "Event": "SCAN"}
SEEDS: dict[str, list[bytes]] = {
    "wechat_xml": [write_xml(MESSAGE).encode()],
    "wechat_message": [
        write_xml(MESSAGE).encode(),
        write_xml({**MESSAGE, "MsgType": "text", "MsgId": "7", "Content": "怎么备案"}).encode(),
    ],
    "kannel_callback": [b"from=%2B8613800000000&to=1069&id=a1&charset=UTF-16BE&text=%53%3B", b"delivery=7&status=8"],
    "aliyun_callback": [b'[{"phone_number": "13800000000", "content": "TD", "sequence_id": "1", "dest_code": "1"}]'],
    "tencent_callback": [b'{"mobile": "13800000000", "nationcode": "86", "text": "TD", "time": 1457336869}'],
    "masking": ["我身份证11010519491231002X，电话 138-0013 8000，2026.01.20".encode()],
    "reading": ["／restart 第二个。".encode(), b"\x00/more"],
    "wechat_text": ["答案。\n\n您可能还想了解：\n1. 怎么备案\n2. 多久".encode() * 9],
    "sms_text": ["请您带上身份证到窗口办理。".encode() * 60],
    "rasa_reply": [
        '[{"text":"答","custom":{"kind":"smalltalk","full":"答","sms":"答",'
        '"entries":[],"citation":[],"options":[]}}]'.encode()
    ],
}
