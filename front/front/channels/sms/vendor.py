"""What the two cloud vendors' SMS gateways share: calling their API over HTTP, and telling retries from refusals."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx

from front.channels.sms.uplink import Unreadable
from front.inbox.protocol import SendResult


class CallFailed(Exception):
    """The vendor could not be asked, or answered with something that is not JSON: worth another try."""


def connect() -> httpx.AsyncClient:
    """A client for a vendor's API; the machine's proxy settings hold."""
    return httpx.AsyncClient(timeout=10)


async def call(client: httpx.AsyncClient, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """POST to a vendor's API; returns the JSON object of whatever status, raises CallFailed."""
    try:
        answer = await client.post(url, content=body, headers=dict(headers))
        data = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise CallFailed(type(error).__name__) from None
    if not isinstance(data, dict):
        raise CallFailed(f"HTTP {answer.status_code}")
    return data


def judge(vendor: str, code: object, ok: str, passing: tuple[str, ...]) -> tuple[SendResult, str]:
    """What a vendor's result code means; codes that begin like one of `passing` are worth another try."""
    name = str(code)[:80]
    if name == ok:
        return SendResult.SENT, f"{vendor}已接收"
    if name.startswith(passing):
        return SendResult.RETRY, f"{vendor}暂时不收（{name}）"
    return SendResult.DEAD, f"{vendor}拒收（{name}）"


def parse(body: bytes, example: str) -> Any:
    """The JSON of a callback. Raises Unreadable, showing what was expected."""
    try:
        return json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Unreadable(f"回调应当是 UTF-8 的 JSON，例如 {example}") from None
