"""The envelope: wechatpy, which we do not run in production, is the peer that encrypts, signs and parses."""

import base64
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException, InvalidSignatureException
from wechatpy.utils import check_signature

from front.channels.wechat.codec import MOST_BYTES, Codec, Signed, WeChatError, read_xml, write_xml

TOKEN, APPID = "weihai5190857", "wx0123456789abcdef"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
SAFE, PLAIN = Codec(TOKEN, AES_KEY, APPID), Codec(TOKEN)
NOW = 1_800_000_000.0
WORDS = "<xml><FromUserName>o1</FromUserName><MsgType>text</MsgType><Content>医保转移多久能办好</Content></xml>"


def signed(body: str = "", at: float = NOW, token: str = TOKEN) -> Signed:
    """The parameters WeChat sends with a body, made without our code where it is encrypted."""
    timestamp, nonce = str(int(at)), "n1"
    return Signed(timestamp, nonce, Codec(token).sign(timestamp, nonce))


def sealed_by_peer(xml: str, at: float = NOW, appid: str = APPID) -> tuple[bytes, Signed]:
    """What WeChat posts in safe mode: wechatpy's envelope and signature."""
    timestamp = str(int(at))
    envelope = read_xml(WeChatCrypto(TOKEN, AES_KEY, appid).encrypt_message(xml, "n1", timestamp).encode())
    signature = Codec(TOKEN).sign(timestamp, "n1")
    body = f"<xml><ToUserName>gh_1</ToUserName><Encrypt><![CDATA[{envelope['Encrypt']}]]></Encrypt></xml>"
    return body.encode(), Signed(timestamp, "n1", signature, envelope["MsgSignature"], "aes")


def test_our_signature_is_the_one_wechatpy_checks():
    check_signature(TOKEN, SAFE.sign("1800000000", "n1"), "1800000000", "n1")
    with pytest.raises(InvalidSignatureException):
        check_signature(TOKEN, Codec("other").sign("1800000000", "n1"), "1800000000", "n1")


def test_wechatpy_encrypts_what_we_open():
    body, query = sealed_by_peer(WORDS)
    opened = SAFE.open(body, query, NOW)
    assert opened.encrypted
    assert opened.fields["Content"] == "医保转移多久能办好"


def test_we_seal_what_wechatpy_decrypts():
    reply = SAFE.seal(write_xml({"Content": "跨省转移15个工作日"}), "1800000000", "n2")
    signature = read_xml(reply.encode())["MsgSignature"]
    decrypted = WeChatCrypto(TOKEN, AES_KEY, APPID).decrypt_message(reply, signature, "1800000000", "n2")
    assert read_xml(decrypted.encode() if isinstance(decrypted, str) else decrypted)["Content"] == "跨省转移15个工作日"


def test_wechatpy_refuses_what_we_seal_for_another_account():
    reply = Codec(TOKEN, AES_KEY, "wx_other").seal("<xml/>", "1800000000", "n2")
    with pytest.raises(InvalidAppIdException):
        WeChatCrypto(TOKEN, AES_KEY, APPID).decrypt_message(
            reply, read_xml(reply.encode())["MsgSignature"], "1800000000", "n2"
        )


def test_compatible_mode_is_read_from_its_encrypted_part():
    body, query = sealed_by_peer(WORDS)
    both = body.replace(b"</xml>", b"<MsgType>text</MsgType><Content>forged</Content></xml>")
    assert SAFE.open(both, query, NOW).fields["Content"] == "医保转移多久能办好"


def test_plaintext_mode():
    assert PLAIN.open(WORDS.encode(), signed(), NOW).fields["Content"] == "医保转移多久能办好"


def test_plaintext_is_refused_when_a_key_is_set():
    with pytest.raises(WeChatError, match="安全模式") as error:
        SAFE.open(WORDS.encode(), signed(), NOW)
    assert error.value.status == 403


def test_encrypted_message_without_a_key_says_which_setting_is_missing():
    body, query = sealed_by_peer(WORDS)
    with pytest.raises(WeChatError, match="LUEBAO_WECHAT_AES_KEY"):
        PLAIN.open(body, query, NOW)


@pytest.mark.parametrize("field", ["timestamp", "nonce", "signature", "msg_signature"])
def test_any_changed_parameter_is_refused(field):
    body, query = sealed_by_peer(WORDS)
    changed = Signed(**{**query.__dict__, field: query.__dict__[field] + "0"})
    with pytest.raises(WeChatError) as error:
        SAFE.open(body, changed, NOW)
    assert error.value.status == 403


def test_a_message_for_another_account_is_refused():
    body, query = sealed_by_peer(WORDS, appid="wx_other")
    with pytest.raises(WeChatError, match="APPID"):
        SAFE.open(body, query, NOW)


@pytest.mark.parametrize(("late", "accepted"), [(-299, True), (0, True), (299, True), (301, False), (-301, False)])
def test_a_request_lives_five_minutes_either_way(late, accepted):
    body, query = sealed_by_peer(WORDS, at=NOW)
    if accepted:
        assert SAFE.open(body, query, NOW + late).fields
    else:
        with pytest.raises(WeChatError, match="时间戳"):
            SAFE.open(body, query, NOW + late)


@pytest.mark.parametrize("timestamp", ["", "-1", "1e9", "１８００００００００", "9" * 400, "nan"])
def test_a_timestamp_that_is_no_number_is_refused_even_when_signed(timestamp):
    with pytest.raises(WeChatError, match="时间戳"):
        PLAIN.check(Signed(timestamp, "n", PLAIN.sign(timestamp, "n")), NOW)


def test_every_single_flipped_byte_of_the_ciphertext_is_refused_or_changes_nothing_else():
    """The signature already covers it; this is the padding, length and appid checks on their own."""
    sealed = SAFE.encrypt(b"x" * 40)
    raw = bytearray(base64.b64decode(sealed))
    for place in range(16, len(raw)):
        changed = bytearray(raw)
        changed[place] ^= 1
        try:
            SAFE.decrypt(base64.b64encode(bytes(changed)).decode())
        except WeChatError:
            continue
        assert 32 <= place < 48  # only the message's own bytes change: those are the signature's business


@given(st.binary(max_size=400))
def test_any_bytes_give_a_message_or_a_wechat_error(body):
    for codec, query in ((PLAIN, signed()), (SAFE, signed())):
        try:
            assert isinstance(codec.open(body, query, NOW).fields, dict)
        except WeChatError as error:
            assert str(error)


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda b: base64.b64encode(b).decode()))
def test_any_signed_ciphertext_gives_bytes_or_a_wechat_error(encrypted):
    try:
        assert isinstance(SAFE.decrypt(encrypted), bytes)
    except WeChatError as error:
        assert str(error)


@given(st.binary(max_size=300))
def test_any_encrypted_content_gives_a_message_or_a_wechat_error(content):
    sealed = SAFE.encrypt(content)
    timestamp = str(int(NOW))
    query = Signed(timestamp, "n", SAFE.sign(timestamp, "n"), SAFE.sign(timestamp, "n", sealed), "aes")
    try:
        assert SAFE.open(write_xml({"Encrypt": sealed}).encode(), query, NOW).encrypted
    except WeChatError as error:
        assert str(error)


@given(st.builds(Signed, *[st.text(max_size=30)] * 5))
def test_any_parameters_are_refused_without_another_error(query):
    with pytest.raises(WeChatError):
        SAFE.open(WORDS.encode(), query, NOW)


@given(st.text())
def test_any_text_survives_the_envelope_but_for_what_xml_cannot_carry(text):
    fields = {"Content": text, "After": "still here"}
    back = read_xml(write_xml(fields).encode())
    assert back["After"] == "still here"
    assert back["Content"].replace("\n", "") == "".join(
        c for c in text if c in "\t" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
    )


def test_the_end_of_cdata_inside_an_answer():
    assert read_xml(write_xml({"Content": "a]]>b]]]]>><x>"}).encode())["Content"] == "a]]>b]]]]>><x>"


BOMBS = {
    "billion laughs": b'<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]><xml><Content>&b;</Content></xml>',
    "external entity": b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><xml><Content>&f;</Content></xml>',
    "external dtd": b'<!DOCTYPE xml SYSTEM "http://127.0.0.1:1/x.dtd"><xml><Content>1</Content></xml>',
    "deep nesting": b"<xml>" + b"<a>" * 21_000,
    "deep and closed": b"<xml>" + b"<a>" * 9_000 + b"</a>" * 9_000 + b"</xml>",
    "many attributes": b"<xml " + b" ".join(b'a%d="1"' % i for i in range(6_000)) + b"/>",
    "utf-16": "<xml><Content>1</Content></xml>".encode("utf-16"),
    "gbk": '<?xml version="1.0" encoding="gbk"?><xml><Content>医保</Content></xml>'.encode("gbk"),
    "unknown encoding": '<?xml version="1.0" encoding="klingon"?><xml><Content>医保</Content></xml>'.encode(),
    "nul": b"<xml><Content>\x00</Content></xml>",
    "empty": b"",
    "json": b'{"MsgType": "text"}',
    "other root": b"<message><Content>1</Content></message>",
}


@pytest.mark.parametrize("name", BOMBS)
def test_xml_bombs_and_oddities_are_harmless_and_quick(name):
    start = time.process_time()
    try:
        fields = read_xml(BOMBS[name])
        assert "lol" not in fields.get("Content", "") and "root:" not in fields.get("Content", "")
    except WeChatError as error:
        assert str(error)
    assert time.process_time() - start < 1


def test_oversize_is_refused_before_it_is_parsed():
    with pytest.raises(WeChatError, match="太大") as error:
        read_xml(b"<xml>" + b"x" * MOST_BYTES + b"</xml>")
    assert error.value.status == 413


@pytest.mark.parametrize(
    ("token", "key", "appid", "named"),
    [
        ("", "", "", "LUEBAO_WECHAT_TOKEN"),
        (TOKEN, "short", APPID, "LUEBAO_WECHAT_AES_KEY"),
        (TOKEN, "!" * 43, APPID, "LUEBAO_WECHAT_AES_KEY"),
        (TOKEN, "医" * 43, APPID, "LUEBAO_WECHAT_AES_KEY"),
        (TOKEN, AES_KEY, "", "LUEBAO_WECHAT_APPID"),
    ],
)
def test_a_wrong_setting_is_named(token, key, appid, named):
    with pytest.raises(ValueError, match=named):
        Codec(token, key, appid)
