"""Ask the running brain: what the front does, in thirty lines, for people at a terminal."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from typing import Any

import attrs

from scripts.settings import webhook


class BrainDown(Exception):
    """Nothing (sensible) answers at the brain's address."""


@attrs.frozen
class Answer:
    """One reply as it arrived."""

    text: str
    custom: dict[str, Any]

    @property
    def kind(self) -> str:
        """The kind of reply, as reply.schema.json names it."""
        return str(self.custom.get("kind", ""))


def ask(message: str, sender: str, timeout: float = 15, at: str = "", **more: Any) -> Answer:
    """Send one message and return the reply. `more` goes into the request (payload, metadata). Raises BrainDown.

    `at`: the address of a certain Rasa; by default the one that serves.
    """
    body = json.dumps({"sender": sender, "message": message, **more}).encode()
    request = urllib.request.Request(webhook(at), body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:
            items = json.load(response)
    except (OSError, urllib.error.URLError, ValueError) as error:
        raise BrainDown(str(error)) from error
    if not items:
        raise BrainDown("没有收到回复")
    return Answer(items[0]["text"], items[0]["custom"])


def main() -> None:
    """make ask Q="…" [AS_OF=2027-01-31]"""
    question = sys.argv[1] if len(sys.argv) > 1 else ""
    metadata = {"metadata": {"as_of": sys.argv[2]}} if len(sys.argv) > 2 and sys.argv[2] else {}
    if not question:
        sys.exit('请写上问题，例如：make ask Q="医保转移多久能办好"')
    try:
        print(ask(question, sender="make-ask", **metadata).text)
    except BrainDown:
        sys.exit("机器人没有在运行。请先在另一个终端执行 make run，等它显示“已就绪”。")


if __name__ == "__main__":
    main()
