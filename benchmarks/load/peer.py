"""A Rasa that costs nothing: answers every question at once with a long answer in the contract's form.

`python benchmarks/load/peer.py PORT`. For measuring what the front adds; the load run asks the real Rasa.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys

_FULL = (
    "跨省转移15个工作日办结（原为45个工作日）；山东省内转移9个工作日办结（原为15个工作日）。从外省转入威海，也是15个工作日。"
    "省内转移实行“免申即享”。\n来源没有写明从哪一天起算。想知道办到哪一步，或者过了时间还没办好，请拨打5190857。\n"
    "依据：《威海医保医保服务二十四项便民措施详情》一-2、三-1、拓展二 线上（文件未载明日期）。\n"
    "您可能还想了解（回复数字）：1. 医保关系怎么转  2. 办医保转移要什么材料  3. 网上怎么办医保转移"
)
_CUSTOM = {
    "kind": "answer",
    "full": _FULL,
    "sms": "跨省转移15个工作日办结，山东省内转移9个工作日办结。详询5190857",
    "entries": [{"id": "transfer.time_limit", "title": "多久能办好", "clauses": ["m.1.2", "m.3.1"], "dated": False}],
    "citation": ["《威海医保医保服务二十四项便民措施详情》一-2、三-1、拓展二 线上（文件未载明日期）"],
    "options": [
        {"title": "医保关系怎么转", "payload": '/show{"entry":"transfer.how"}', "clauses": ["m.1.1"]},
        {"title": "办医保转移要什么材料", "payload": '/show{"entry":"transfer.papers"}', "clauses": ["m.1.3"]},
        {"title": "网上怎么办医保转移", "payload": '/show{"entry":"transfer.online"}', "clauses": ["m.1.4"]},
    ],
}
_BODY = json.dumps([{"recipient_id": "p", "text": _FULL, "custom": _CUSTOM}], ensure_ascii=False).encode()
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(_BODY), _BODY)
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


class Peer(asyncio.Protocol):
    """One connection: a request at a time, whole or in pieces."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody connects."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101
        self._out, self._got = transport, b""

    def data_received(self, data: bytes) -> None:
        """Answer when the request is complete."""
        self._got += data
        head, end, body = self._got.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if end and len(body) >= int(length[1] if length else 0):
            self._got = b""
            self._out.write(_ANSWER)


async def main(port: int) -> None:
    """Serve on loopback until ended."""
    server = await asyncio.get_running_loop().create_server(Peer, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
