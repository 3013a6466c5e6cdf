"""Kannel, the SMS gateway on our side of the carrier: its callbacks, its answers, and sending through it.

Kannel asks us with `post-url` (kannel_conf.py writes it; `get-url` is understood too) and takes the answer from the
response body; a later answer goes through its sendsms page. All of it was measured with Debian's kannel 1.4.5
(tests/sms/test_kannel.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote_to_bytes

import httpx

from front.channels.sms.segments import cut, signed
from front.channels.sms.uplink import Unreadable, Uplink, uplink
from front.inbox.protocol import SendResult

NAME = "kannel"
PLAIN = "text/plain; charset=utf-8"
DELIVERED, FAILED, BUFFERED, ACCEPTED, REJECTED = 1, 2, 4, 8, 16
_ALL_REPORTS = "31"
_FIELDS = {"from", "to", "text", "id", "charset"}
# Kannel's %C; a UCS-2 message arrives as raw UTF-16BE bytes in the address, not as UTF-8.
_CHARSETS = {"UTF-8": "utf-8", "UTF-16BE": "utf-16-be", "ISO-8859-1": "latin-1", "": "utf-8"}


def fields(query: bytes) -> dict[str, bytes]:
    """The raw values of a query string or form; the last of equal names counts."""
    pairs = (pair.partition(b"=") for pair in query.split(b"&") if pair)
    return {unquote_to_bytes(name).decode("ascii", "replace"): _value(value) for name, _, value in pairs}


def _value(raw: bytes) -> bytes:
    return unquote_to_bytes(raw.replace(b"+", b" "))


def read(query: bytes) -> Uplink:
    """The message of one get-url call: from, to, text, id, charset. Raises Unreadable."""
    return _read({name: value for name, value in fields(query).items() if name in _FIELDS})


def read_post(query: bytes, headers: Mapping[str, str], body: bytes) -> Uplink:
    """The message of one post-url call: the id in the address, who in X-Kannel headers, the words in the body.

    `headers` is case-insensitive, as Starlette's are. Raises Unreadable.
    """
    got = {name: value for name, value in fields(query).items() if name == "id"}
    kind = headers.get("content-type", "")
    charset = re.search(r'charset="?([\w-]+)', kind)
    got |= {"text": body, "charset": charset[1].encode() if charset else b"" if kind.startswith("text/") else b"8-BIT"}
    for name, header in (("from", "x-kannel-from"), ("to", "x-kannel-to")):
        if header in headers:
            got[name] = headers[header].encode("utf-8", "replace")
    return _read(got)


def _read(got: Mapping[str, bytes]) -> Uplink:
    missing = [name for name in ("from", "text", "id") if name not in got]
    if missing:
        raise Unreadable(f"Kannel 的回调缺少 {'、'.join(missing)}，请用 front sms kannel-conf 生成的设置")
    charset = _CHARSETS.get(got.get("charset", b"").decode("ascii", "replace").upper())
    text, readable = _words(got["text"], charset)
    sender, to = (got.get(name, b"").decode("ascii", "replace") for name in ("from", "to"))
    return uplink(NAME, got["id"].decode("ascii", "replace"), sender, text, to=to, readable=readable)


def _words(raw: bytes, charset: str | None) -> tuple[str, bool]:
    """The text, and whether it could be read; binary messages (8-BIT) are not guessed at."""
    if charset is None:
        return "", False
    try:
        return raw.decode(charset), True
    except UnicodeDecodeError:
        return "", False


def report(query: bytes) -> tuple[int, int]:
    """A delivery report: (outbox id, Kannel's status 1, 2, 4, 8 or 16). Raises Unreadable."""
    got = fields(query)
    delivery, status = got.get("delivery", b""), got.get("status", b"")
    if not re.fullmatch(rb"[0-9]{1,18}", delivery) or status not in {b"1", b"2", b"4", b"8", b"16"}:
        raise Unreadable("Kannel 的回执应有 delivery（发件编号）和 status（1、2、4、8、16）")
    return int(delivery), int(status)


@dataclass(frozen=True)
class Kannel:
    """Our Kannel: where its sendsms page is, as whom we send, and where it reports back to."""

    url: str  # e.g. http://127.0.0.1:13013/cgi-bin/sendsms
    user: str
    password: str
    number: str  # the access number people write to
    reports: str = ""  # e.g. http://127.0.0.1:8000/channels/sms/kannel/<secret>/report; "" asks for none
    signature: str = ""
    client: httpx.AsyncClient = field(default_factory=lambda: httpx.AsyncClient(timeout=10, trust_env=False))

    def text(self, text: str) -> str:
        """A reply as it goes on the air: short enough and signed; "" if there is nothing to say."""
        shown, _ = cut(text, self.signature)
        return signed(shown, self.signature) if shown else ""

    def headers(self, delivery: int | None) -> dict[str, str]:
        """What Kannel is told about an answer: UCS-2, and where to report on it."""
        asked = {"X-Kannel-Coding": "2"}
        if self.reports and delivery is not None:
            asked["X-Kannel-DLR-Mask"] = _ALL_REPORTS
            asked["X-Kannel-DLR-Url"] = f"{self.reports}?delivery={delivery}&status=%d"
        return asked

    async def close(self) -> None:
        """Close the connections."""
        await self.client.aclose()

    async def send(self, person: str, text: str, delivery: int | None = None) -> tuple[SendResult, str]:
        """Hand one reply to Kannel, which keeps it until the carrier has it."""
        body = self.text(text)
        if not body:
            return SendResult.DEAD, "没有可发的文字"
        try:
            answer = await self._post(person, body, delivery)
        except httpx.HTTPError as error:
            return SendResult.RETRY, f"连不上 Kannel（{type(error).__name__}）"
        if answer.status_code == 202:
            return SendResult.SENT, "Kannel 已接收"
        if answer.status_code >= 500 or answer.status_code == 408:
            return SendResult.RETRY, f"Kannel 暂时不收（{answer.status_code}）"
        return SendResult.DEAD, f"Kannel 拒收（{answer.status_code}），请检查用户名、密码和号码设置"

    async def _post(self, person: str, body: str, delivery: int | None) -> httpx.Response:
        # By POST and headers: an address would carry the password and the citizen's words into logs.
        headers = {
            "X-Kannel-Username": self.user,
            "X-Kannel-Password": self.password,
            "X-Kannel-From": self.number,
            "X-Kannel-To": quote(person, safe="+"),
            "Content-Type": PLAIN,
            **self.headers(delivery),
        }
        return await self.client.post(self.url, content=body.encode(), headers=headers)
