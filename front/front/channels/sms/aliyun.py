"""Aliyun SMS (阿里云短信): the SmsUp callback, and SendSms signed with ACS3-HMAC-SHA256.

Callback: help.aliyun.com/zh/sms/developer-reference/smsup-http. Signature: help.aliyun.com/document_detail/2593177.html
(its worked example and a request of Aliyun's own SDK are in the tests). Free text cannot be sent: templates.py.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote

import httpx

from front.channels.sms.numbers import national
from front.channels.sms.templates import Template
from front.channels.sms.uplink import Unreadable, Uplink, uplink
from front.channels.sms.vendor import CallFailed, call, connect, judge, parse
from front.inbox.protocol import SendResult

NAME = "aliyun"
RECEIVED = {"code": 0, "msg": "接收成功"}
MOST_AT_ONCE = 500  # messages of one callback
_EXAMPLE = '[{"phone_number": "13800000000", "content": "…", "sequence_id": "1234567890"}]'
_EMPTY = hashlib.sha256(b"").hexdigest()
# Flow limits pass by themselves, and so do Aliyun's own troubles; a wrong template or number does not.
_PASSING = (
    "isv.BUSINESS_LIMIT_CONTROL",
    "isp.SYSTEM_ERROR",
    "SystemError",
    "Throttling",
    "ServiceUnavailable",
    "Internal",
)


def read(body: bytes) -> list[Uplink]:
    """The messages of one SmsUp callback, each told apart by its sequence_id. Raises Unreadable."""
    data = parse(body, _EXAMPLE)
    if not isinstance(data, list) or len(data) > MOST_AT_ONCE or not all(isinstance(item, dict) for item in data):
        raise Unreadable(f"阿里云的上行回调应当是 JSON 数组，例如 {_EXAMPLE}")
    return [_one(item) for item in data]


def _one(item: Mapping[str, object]) -> Uplink:
    id_, content = item.get("sequence_id"), item.get("content")
    if isinstance(id_, bool) or not isinstance(id_, str | int) or not isinstance(content, str | None):
        raise Unreadable(f"阿里云的上行短信应有 sequence_id 和 content，例如 {_EXAMPLE}")
    return uplink(NAME, str(id_), item.get("phone_number"), content or "", to=item.get("dest_code", ""))


def canonical_query(parameters: Mapping[str, str]) -> str:
    """The query in the one form that is signed: sorted, RFC 3986."""
    return "&".join(f"{quote(name, safe='~')}={quote(parameters[name], safe='~')}" for name in sorted(parameters))


def authorization(key_id: str, secret: str, query: str, headers: Mapping[str, str]) -> str:
    """The Authorization header of a POST to / without a body; `headers` has lower-case names, all are signed."""
    names = sorted(headers)
    signed = ";".join(names)
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in names)
    request = "\n".join(("POST", "/", query, lines, signed, headers["x-acs-content-sha256"]))
    to_sign = "ACS3-HMAC-SHA256\n" + hashlib.sha256(request.encode()).hexdigest()
    signature = hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return f"ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={signed},Signature={signature}"


@dataclass(frozen=True)
class Aliyun:
    """An Aliyun account: its key, and the approved template every reply goes through."""

    key_id: str
    secret: str
    template_code: str
    template: Template = field(default_factory=Template)
    url: str = "https://dysmsapi.aliyuncs.com"
    client: httpx.AsyncClient = field(default_factory=connect)

    async def close(self) -> None:
        """Close the connections."""
        await self.client.aclose()

    async def send(self, person: str, text: str, delivery: int | None = None) -> tuple[SendResult, str]:
        """Send one reply through the template; OutId carries our outbox id."""
        if not text.strip():
            return SendResult.DEAD, "没有可发的文字"
        parameters = {
            "PhoneNumbers": national(person),
            "SignName": self.template.signature,
            "TemplateCode": self.template_code,
            "TemplateParam": json.dumps({"answer": self.template.answer(text)}, ensure_ascii=False),
        }
        if delivery is not None:
            parameters["OutId"] = str(delivery)
        try:
            answer = await self._call(canonical_query(parameters))
        except CallFailed as failed:
            return SendResult.RETRY, f"连不上阿里云（{failed}）"
        return judge("阿里云", answer.get("Code", "Internal"), "OK", _PASSING)

    async def _call(self, query: str) -> dict[str, object]:
        headers = {
            "host": httpx.URL(self.url).netloc.decode(),
            "x-acs-action": "SendSms",
            "x-acs-version": "2017-05-25",
            "x-acs-date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": secrets.token_hex(16),
            "x-acs-content-sha256": _EMPTY,
        }
        headers["authorization"] = authorization(self.key_id, self.secret, query, headers)
        return await call(self.client, f"{self.url}/?{query}", headers, b"")
