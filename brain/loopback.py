"""The one channel: POST /webhooks/rest/webhook on loopback, for the front and for people trying things out.

It speaks Rasa's REST form and is stricter: whatever arrives, the caller gets a reply with the hotline or a clear
error, and Rasa is never handed anything it has been seen to fail on (docs/decisions/0004-loopback-channel.md).
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import re
import secrets
from pathlib import Path
from typing import Any, Awaitable, Callable, Dict, List, Optional, Text

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.core.tracker_store import TrackerStore
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from brain import action_validation
from brain.text import clean
from luebao.answers import Reply, hand_over, small_talk
from luebao.knowledge.guide import next_question
from luebao.knowledge.live import LiveKnowledge
from luebao.today import today

logger = logging.getLogger(__name__)
action_validation.install()  # the channel is the one part of ours that every `rasa run` loads

MOST_BYTES = 1024 * 1024
MOST_CHARACTERS = 500
DEADLINE = float(os.environ.get("LUEBAO_TURN_DEADLINE", "8"))  # seconds
_PLAIN_ID = re.compile(r"[A-Za-z0-9_.:@-]{1,128}")
_PAYLOAD = re.compile(
    r'/(show\{"entry":"[a-z0-9_.]{1,100}"(,"region":"\w{1,4}","place":"\w{1,20}")?\}|none_of_these'
    r'|guide\{"guide":"[a-z0-9_]{1,60}"(,"question":"[a-z0-9_]{1,60}","answer":"[\w]{1,60}")?\})'
)

Handler = Callable[[UserMessage], Awaitable[Any]]


class BadRequest(Exception):
    """The caller's request cannot be read; the message says what to send instead."""

    def __init__(self, message: Text, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class LoopbackOutput(CollectingOutputChannel):
    """Collects each reply as one item with its text and its custom object."""

    async def send_response(self, recipient_id: Text, message: Dict[Text, Any]) -> None:
        """Keep the text whole; Rasa's own channels would split it at blank lines."""
        item = {"recipient_id": recipient_id, "text": message.get("text") or ""}
        await self._persist_message({**item, "custom": message.get("custom") or {}})


class LoopbackInput(InputChannel):
    """Takes {"sender", "message"}; a chosen option as {"sender", "payload"}; "metadata" as Rasa does."""

    @classmethod
    def name(cls) -> Text:
        """The path Rasa users know."""
        return "rest"

    @classmethod
    def from_credentials(cls, credentials: Optional[Dict[Text, Any]]) -> LoopbackInput:
        """Needs no options."""
        return cls()

    def __init__(self) -> None:
        """Load the knowledge for the replies that must work without the actions."""
        self._live = LiveKnowledge(Path(os.environ.get("LUEBAO_KNOWLEDGE", "knowledge")))

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """GET / for health and POST /webhook."""
        loopback = Blueprint("loopback", "loopback")

        @loopback.route("/", methods=["GET"])
        async def health(_: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @loopback.post("/webhook", stream=True)
        async def receive(request: Request) -> HTTPResponse:
            try:
                body = _parse(await _read(request))
                return _json(await self._answer(body, on_new_message, request.app.ctx.agent.tracker_store))
            except BadRequest as error:
                return _json({"error": str(error)}, error.status)

        return loopback

    async def _answer(
        self, body: Dict[Text, Any], on_new_message: Handler, trackers: TrackerStore
    ) -> List[Dict[Text, Any]]:
        sender = _sender(body)
        said = _said(body)
        if not said:
            return [self._item(sender, small_talk(self._live.current(), "empty", today()))]
        if len(said) > MOST_CHARACTERS:
            return [self._item(sender, small_talk(self._live.current(), "too_long", today()))]
        output = LoopbackOutput()
        metadata = body["metadata"] if isinstance(body.get("metadata"), dict) else {}
        metadata = {**metadata, **await self._dialogue(sender, trackers)}
        message = UserMessage(said, output, sender, input_channel=self.name(), metadata=metadata)
        await self._think(on_new_message, message)
        return output.messages or [self._item(sender, hand_over(self._live.current(), "error", today()))]

    async def _dialogue(self, sender: Text, trackers: TrackerStore) -> Dict[Text, Any]:
        """What the last turns were about: Rasa's classifiers see a message and its metadata, not the dialogue."""
        tracker = await trackers.retrieve(sender)
        if not tracker:
            return {"context": None, "guide": None}
        return {"context": self._context(tracker.get_slot("topic")), "guide": self._guide(tracker.get_slot("guide"))}

    def _context(self, topic: Optional[Dict[Text, Any]]) -> Optional[Dict[Text, Any]]:
        """The entry answered last, what its answer depends on, and whose insurance it is about, if that was said."""
        knowledge = self._live.current()
        entry = knowledge.entries.get(topic["entry"]) if topic else None
        if not topic or not entry:
            return None
        counted = [deadline.when for deadline in knowledge.deadlines.values() if entry.id in deadline.entries]
        facets = {facet for case in entry.cases for facet in case.when} | {facet for when in counted for facet in when}
        facets |= {"date"} if counted else set()
        direction = topic["facets"].get("direction")
        return {"entry": entry.id, "facets": sorted(facets), "ask": topic.get("ask"), "direction": direction}

    def _guide(self, state: Optional[Dict[Text, Any]]) -> Optional[Dict[Text, Any]]:
        """The guide under way: the words of every choice, and the question that waits; none where it has just ended."""
        guide = self._live.current().guides.get(state["id"]) if state else None
        if not guide or not state:
            return None
        question = next_question(guide, state["answers"])
        words = {q.id: {c.value: [c.title, *c.says] for c in q.choices} for q in guide.questions}
        return {"waiting": question.id if question else "", "questions": words}

    async def _think(self, on_new_message: Handler, message: UserMessage) -> None:
        """Let Rasa work up to the deadline; the work itself goes on, so that the turn is not lost half-way."""
        work = asyncio.ensure_future(on_new_message(message))
        work.add_done_callback(_log_failure)
        try:
            await asyncio.wait_for(asyncio.shield(work), DEADLINE)
        except asyncio.TimeoutError:
            logger.error("一轮对话超过 %s 秒没有答完，已改答咨询电话", DEADLINE)
        except Exception:
            logger.debug("由回调记录；市民会得到咨询电话")

    @staticmethod
    def _item(sender: Text, reply: Reply) -> Dict[Text, Any]:
        return {"recipient_id": sender, "text": reply.text, "custom": reply.as_custom()}


async def _read(request: Request) -> bytes:
    """The body, refused as soon as it is known to be too large."""
    if int(request.headers.get("content-length") or 0) > MOST_BYTES:
        raise BadRequest(f"请求体太大：最多 {MOST_BYTES} 字节", 413)
    body = b""
    while True:
        chunk = await request.stream.read()
        if chunk is None:
            return body
        body += chunk
        if len(body) > MOST_BYTES:
            raise BadRequest(f"请求体太大：最多 {MOST_BYTES} 字节", 413)


def _parse(raw: bytes) -> Dict[Text, Any]:
    try:
        body = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        raise BadRequest('请求体不是 UTF-8 的 JSON，请发送 {"sender": "会话编号", "message": "问题"}') from None
    if not isinstance(body, dict):
        raise BadRequest('请求体应当是 JSON 对象，例如 {"sender": "会话编号", "message": "问题"}')
    return body


def _sender(body: Dict[Text, Any]) -> Text:
    """An id that is safe everywhere: the caller's own if it is plain, else a hash of it, else a new one."""
    sender = body.get("sender")
    if sender is None or sender == "":
        return "anonymous-" + secrets.token_hex(8)
    text = sender if isinstance(sender, str) else json.dumps(sender)
    if _PLAIN_ID.fullmatch(text):
        return text
    return "hashed-" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _said(body: Dict[Text, Any]) -> Text:
    payload = body.get("payload")
    if payload is not None:
        if isinstance(payload, str) and _PAYLOAD.fullmatch(payload):
            return payload
        raise BadRequest("payload 不是机器人给出的选项，请原样发回 options 里的 payload")
    message = body.get("message")
    if message is not None and not isinstance(message, str):
        raise BadRequest("message 应当是文字")
    # What is far too long stays too long however it is cleaned, and need not be read to the end.
    return clean((message or "")[: 4 * MOST_CHARACTERS])


def _log_failure(work: "asyncio.Future[Any]") -> None:
    error = None if work.cancelled() else work.exception()
    if error:
        logger.error("一轮对话出错，已改答咨询电话", exc_info=error)


def _json(data: Any, status: int = 200) -> HTTPResponse:
    return response.json(data, status=status, dumps=json.dumps, ensure_ascii=False)
