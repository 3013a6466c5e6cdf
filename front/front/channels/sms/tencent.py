"""Tencent Cloud SMS (腾讯云短信): the reply callback, and SendSms signed with TC3-HMAC-SHA256.

Callback: cloud.tencent.com/document/product/382/5809. SendSms 2021-01-11: cloud.tencent.com/document/api/382/55981.
Signature v3: cloud.tencent.com/document/api/382/38767 (the worked example and a request of Tencent's own SDK are in
the tests). Free text cannot be sent: templates.py.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx

from front.channels.sms.templates import Template
from front.channels.sms.uplink import Unreadable, Uplink, uplink
from front.channels.sms.vendor import CallFailed, call, connect, judge, parse
from front.inbox.protocol import SendResult

NAME = "tencent"
RECEIVED = {"result": 0, "errmsg": "OK"}
_EXAMPLE = '{"mobile": "13800000000", "nationcode": "86", "text": "…", "time": 1457336869}'
_JSON = "application/json"
_PASSING = ("InternalError", "RequestLimitExceeded", "LimitExceeded.DeliveryFrequencyLimit", "ResourceUnavailable")


def read(body: bytes) -> list[Uplink]:
    """The message of one callback. It has no id: who, when and what tell it from others. Raises Unreadable."""
    data = parse(body, _EXAMPLE)
    if not isinstance(data, dict):
        raise Unreadable(f"腾讯云的回复回调应当是 JSON 对象，例如 {_EXAMPLE}")
    mobile, text, when = data.get("mobile"), data.get("text"), data.get("time")
    if not isinstance(mobile, str) or not isinstance(text, str) or isinstance(when, bool) or not isinstance(when, int):
        raise Unreadable(f"腾讯云的回复回调应有 mobile、text、time，例如 {_EXAMPLE}")
    same = f"{mobile}\n{when}\n{text}".encode("utf-8", "surrogatepass")
    return [uplink(NAME, hashlib.sha256(same).hexdigest(), _sender(mobile, data.get("nationcode")), text)]


def _sender(mobile: str, nation: object) -> str:
    """The number with its country, where Tencent says which; a foreign one stays unanswered."""
    country = str(nation if nation not in (None, "") else "86").lstrip("+")
    return mobile if country == "86" else f"+{country}{mobile}"


def authorization(
    id_: str, secret: str, headers: Mapping[str, str], body: bytes, *, when: int, service: str = "sms"
) -> str:
    """The Authorization of a POST to /; `headers` has lower-case names, all are signed; `when` in Unix seconds."""
    names = sorted(headers)
    lines = "".join(f"{name}:{headers[name].strip().lower()}\n" for name in names)
    signed = ";".join(names)
    request = "\n".join(("POST", "/", "", lines, signed, hashlib.sha256(body).hexdigest()))
    day = datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%d")
    scope = f"{day}/{service}/tc3_request"
    to_sign = "\n".join(("TC3-HMAC-SHA256", str(when), scope, hashlib.sha256(request.encode()).hexdigest()))
    key = f"TC3{secret}".encode()
    for step in (day, service, "tc3_request"):
        key = hmac.new(key, step.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    return f"TC3-HMAC-SHA256 Credential={id_}/{scope}, SignedHeaders={signed}, Signature={signature}"


@dataclass(frozen=True)
class Tencent:
    """A Tencent account: its key, the SMS application, and the approved template every reply goes through."""

    secret_id: str
    secret_key: str
    app_id: str
    template_id: str
    template: Template = field(default_factory=lambda: Template(limit=450))
    region: str = "ap-guangzhou"
    url: str = "https://sms.tencentcloudapi.com"
    client: httpx.AsyncClient = field(default_factory=connect)

    async def close(self) -> None:
        """Close the connections."""
        await self.client.aclose()

    async def send(self, person: str, text: str, delivery: int | None = None) -> tuple[SendResult, str]:
        """Send one reply through the template; SessionContext carries our outbox id."""
        if not text.strip():
            return SendResult.DEAD, "没有可发的文字"
        request = {
            "PhoneNumberSet": [person],
            "SmsSdkAppId": self.app_id,
            "SignName": self.template.signature,
            "TemplateId": self.template_id,
            "TemplateParamSet": [self.template.answer(text)],
            "SessionContext": "" if delivery is None else str(delivery),
        }
        try:
            answer = await self._call(json.dumps(request).encode())
        except CallFailed as failed:
            return SendResult.RETRY, f"连不上腾讯云（{failed}）"
        return judge("腾讯云", _code(answer), "Ok", _PASSING)

    async def _call(self, body: bytes) -> dict[str, object]:
        when = int(time.time())
        signed = {"content-type": _JSON, "host": httpx.URL(self.url).netloc.decode()}
        headers = {
            **signed,
            "authorization": authorization(self.secret_id, self.secret_key, signed, body, when=when),
            "x-tc-action": "SendSms",
            "x-tc-version": "2021-01-11",
            "x-tc-timestamp": str(when),
            "x-tc-region": self.region,
        }
        return await call(self.client, f"{self.url}/", headers, body)


def _code(answer: Mapping[str, object]) -> str:
    """The one code of a SendSms answer: of the request if that failed, else of the number."""
    response = answer.get("Response")
    if not isinstance(response, dict):
        return "InternalError.NoResponse"
    if isinstance(error := response.get("Error"), dict):
        return str(error.get("Code"))
    statuses = response.get("SendStatusSet")
    first = statuses[0] if isinstance(statuses, list) and statuses else None
    return str(first.get("Code")) if isinstance(first, dict) else "InternalError.NoStatus"
