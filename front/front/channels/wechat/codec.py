"""The envelope of WeChat's messages: signatures, AES and XML, in and out.

Whatever arrives, `Codec.open` returns the fields of one message or raises `WeChatError`; nothing else.
Format: WeChat's 消息加解密说明 (developers.weixin.qq.com/doc/…/push/encryption); wechatpy is the peer in the tests.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

MOST_BYTES = 64 * 1024
WINDOW = 300  # seconds a timestamp may differ from our clock
_BLOCK = 32  # WeChat pads to 32 bytes, not to AES's 16
_HEAD = 16 + 4  # random bytes, then the length of the message
_NUMBERS = {"CreateTime", "TimeStamp"}  # WeChat writes these without CDATA
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class WeChatError(Exception):
    """What arrived is not a message of WeChat's to us; `status` is the HTTP status to refuse it with."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Signed:
    """The query parameters WeChat signs every request with."""

    timestamp: str
    nonce: str
    signature: str
    msg_signature: str = ""
    encrypt_type: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Signed:
        """Read them from the query; what is missing is empty and will not verify."""
        return cls(**{name: query.get(name, "") for name in cls.__dataclass_fields__})


@dataclass(frozen=True)
class Opened:
    """One message: the texts of its XML elements by name, and whether it came encrypted (the reply must be then)."""

    fields: Mapping[str, str]
    encrypted: bool


class Codec:
    """Opens and seals messages for one Official Account."""

    def __init__(self, token: str, aes_key: str = "", appid: str = "") -> None:
        """`aes_key` is the console's 43-character EncodingAESKey, empty for plaintext mode. ValueError if unusable."""
        if not token:
            raise ValueError("没有设置 LUEBAO_WECHAT_TOKEN：请填公众平台“服务器配置”里的令牌(Token)")
        if aes_key and not appid:
            raise ValueError("设置了 LUEBAO_WECHAT_AES_KEY，还要设置 LUEBAO_WECHAT_APPID")
        self._token = token
        self._key = _aes_key(aes_key) if aes_key else b""
        self._appid = appid.encode()

    def check(self, signed: Signed, now: float) -> None:
        """Raise WeChatError unless the plain signature is right and the timestamp within five minutes of `now`."""
        self._compare(signed.signature, signed.timestamp, signed.nonce)
        if not re.fullmatch(r"[0-9]{1,12}", signed.timestamp) or abs(now - int(signed.timestamp)) > WINDOW:
            raise WeChatError("时间戳超出5分钟：请求是重放的，或本机时钟不准", 403)

    def open(self, body: bytes, signed: Signed, now: float) -> Opened:
        """Verify and read one POST of WeChat's; raises WeChatError. `now` in seconds since the epoch."""
        self.check(signed, now)
        fields = read_xml(body)
        if not self._key:
            if "Encrypt" in fields and "MsgType" not in fields:
                raise WeChatError("收到的是加密消息：请设置 LUEBAO_WECHAT_AES_KEY，或在公众平台改为明文模式")
            return Opened(fields, encrypted=False)
        # With a key set, plaintext is refused: its signature does not cover the body, so it could be replayed changed.
        if signed.encrypt_type != "aes" or "Encrypt" not in fields:
            raise WeChatError("收到的是明文消息：请在公众平台改为安全模式，或清空 LUEBAO_WECHAT_AES_KEY", 403)
        self._compare(signed.msg_signature, signed.timestamp, signed.nonce, fields["Encrypt"])
        return Opened(read_xml(self.decrypt(fields["Encrypt"])), encrypted=True)

    def seal(self, xml: str, timestamp: str, nonce: str) -> str:
        """The encrypted envelope of a reply (or, from the simulator, of a message)."""
        encrypted = self.encrypt(xml.encode())
        signature = sign(self._token, timestamp, nonce, encrypted)
        fields = {"Encrypt": encrypted, "MsgSignature": signature, "TimeStamp": timestamp, "Nonce": nonce}
        return write_xml(fields)

    def sign(self, timestamp: str, nonce: str, *more: str) -> str:
        """The signature WeChat would give these parameters; for the simulator and the tests."""
        return sign(self._token, timestamp, nonce, *more)

    def encrypt(self, message: bytes) -> str:
        """Base64 of AES-256-CBC over random bytes, length, message and appid."""
        plain = os.urandom(16) + len(message).to_bytes(4, "big") + message + self._appid
        missing = _BLOCK - len(plain) % _BLOCK
        encryptor = self._cipher().encryptor()
        return base64.b64encode(encryptor.update(plain + bytes([missing]) * missing) + encryptor.finalize()).decode()

    def decrypt(self, encrypted: str) -> bytes:
        """The message inside; raises WeChatError if the padding, the length or the appid is wrong."""
        try:
            sealed = base64.b64decode(encrypted.encode(), validate=True)
        except (binascii.Error, ValueError):
            raise WeChatError("密文不是 base64") from None
        if not sealed or len(sealed) % _BLOCK:
            raise WeChatError("密文长度不对")
        decryptor = self._cipher().decryptor()
        plain = _unpad(decryptor.update(sealed) + decryptor.finalize())
        end = _HEAD + int.from_bytes(plain[16:_HEAD], "big")
        if len(plain) < _HEAD or end > len(plain):
            raise WeChatError("密文解开后长度不对：请核对 LUEBAO_WECHAT_AES_KEY")
        if not hmac.compare_digest(plain[end:], self._appid):
            raise WeChatError("密文不是发给本公众号的：请核对 LUEBAO_WECHAT_APPID", 403)
        return plain[_HEAD:end]

    def _cipher(self) -> Cipher[CBC]:
        return Cipher(AES(self._key), CBC(self._key[:16]))

    def _compare(self, given: str, *parts: str) -> None:
        if not hmac.compare_digest(given.encode("utf-8", "replace"), sign(self._token, *parts).encode()):
            raise WeChatError("签名不对：请核对 LUEBAO_WECHAT_TOKEN", 403)


def sign(token: str, *parts: str) -> str:
    """SHA-1, in hex, of the token and the parts, sorted and joined."""
    joined = "".join(sorted([token, *parts])).encode("utf-8", "replace")
    return hashlib.sha1(joined).hexdigest()  # noqa: S324  WeChat's protocol names SHA-1


def read_xml(body: bytes) -> dict[str, str]:
    """The texts of the elements directly under the root (the first of each name); raises WeChatError."""
    if len(body) > MOST_BYTES:
        raise WeChatError(f"消息太大：最多 {MOST_BYTES} 字节", 413)
    try:
        root = fromstring(body.decode("utf-8"), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        raise WeChatError("消息不是规范的 UTF-8 XML：请在公众平台把数据格式选为 XML") from None
    if root.tag != "xml":
        raise WeChatError("消息的 XML 根元素应当是 xml")
    fields: dict[str, str] = {}
    for child in root:
        fields.setdefault(str(child.tag), child.text or "")
    return fields


def write_xml(fields: Mapping[str, str]) -> str:
    """A message of these fields, texts in CDATA; `]]>` is split, and what XML cannot carry is left out."""
    return "<xml>" + "".join(f"<{name}>{_value(name, text)}</{name}>" for name, text in fields.items()) + "</xml>"


def carried(text: str) -> str:
    """The text without the characters XML cannot carry (control characters, lone surrogates)."""
    return _NOT_IN_XML.sub("", text)


def _value(name: str, text: str) -> str:
    if name in _NUMBERS and text.isdecimal():
        return text
    return "<![CDATA[" + carried(text).replace("]]>", "]]]]><![CDATA[>") + "]]>"


def _unpad(padded: bytes) -> bytes:
    count = padded[-1]
    if not 1 <= count <= _BLOCK or padded[-count:] != bytes([count]) * count:
        raise WeChatError("密文的填充不对：请核对 LUEBAO_WECHAT_AES_KEY")
    return padded[:-count]


def _aes_key(encoded: str) -> bytes:
    try:
        key = base64.b64decode(encoded.encode() + b"=", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(encoded) != 43 or len(key) != 32:
        raise ValueError("LUEBAO_WECHAT_AES_KEY 应当是43个字母和数字，与公众平台的 EncodingAESKey 一致")
    return key
