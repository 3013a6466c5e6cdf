"""When something breaks or somebody tries something, the citizen gets the phone number and nothing else happens."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import pytest

from tests.running import ROOT, RunningBrain

HOTLINE = "5190857"


def test_killed_actions_server_still_gives_the_phone(tmp_path: Path, citizen: str) -> None:
    running = RunningBrain(tmp_path)
    try:
        assert running.say("医保码怎么领", citizen)["custom"]["kind"] == "answer"
        running.kill_actions()
        answer = running.say("医保转移多久能办好", citizen)
        assert answer["custom"]["handoff"] == {"reason": "error"}
        assert HOTLINE in answer["text"]
        running.start_actions()
        assert running.say("医保转移多久能办好", citizen)["custom"]["kind"] == "answer"
    finally:
        running.stop()


def test_frozen_actions_server_still_gives_the_phone(tmp_path: Path, citizen: str) -> None:
    running = RunningBrain(tmp_path, LUEBAO_TURN_DEADLINE="2")
    try:
        assert running.actions
        running.actions.send_signal(19)  # SIGSTOP
        started = time.monotonic()
        answer = running.say("医保转移多久能办好", citizen)
        assert answer["custom"]["handoff"] == {"reason": "error"}
        assert time.monotonic() - started < 10
        running.actions.send_signal(18)  # SIGCONT
    finally:
        running.stop()


def test_office_changes_a_rule_and_the_next_answer_says_so(tmp_path: Path, citizen: str) -> None:
    knowledge = tmp_path / "knowledge"
    shutil.copytree(ROOT / "knowledge", knowledge)
    running = RunningBrain(tmp_path, knowledge)
    try:
        assert "15个工作日" in running.say("跨省转移医保多久办结", citizen)["text"]
        facts = knowledge / "facts" / "transfer.yml"
        facts.write_text(
            facts.read_text(encoding="utf-8").replace(
                'value: "15", from: unknown, until: open', 'value: "7", from: unknown, until: open'
            ),
            encoding="utf-8",
        )
        time.sleep(2.5)
        assert "跨省转移7个工作日" in running.say("跨省转移医保多久办结", citizen)["text"]
        facts.write_text("facts: [", encoding="utf-8")
        time.sleep(2.5)
        assert "跨省转移7个工作日" in running.say("跨省转移医保多久办结", citizen)["text"]
    finally:
        running.stop()


def test_expired_entry_is_not_answered_through_rasa(tmp_path: Path, citizen: str) -> None:
    knowledge = tmp_path / "knowledge"
    shutil.copytree(ROOT / "knowledge", knowledge)
    entries = knowledge / "entries" / "transfer.yml"
    text = entries.read_text(encoding="utf-8")
    at = text.index("id: transfer.time_limit")
    entries.write_text(text[:at] + text[at:].replace("until: open", "until: 2026-12-31", 1), encoding="utf-8")
    running = RunningBrain(tmp_path, knowledge)
    try:
        before = running.say("医保转移多久能办好", citizen, metadata={"as_of": "2026-12-31"})
        assert before["custom"]["kind"] == "answer"
        after = running.say("医保转移多久能办好", citizen, metadata={"as_of": "2027-01-01"})
        assert after["custom"]["kind"] == "unsupported"
        assert "已过有效期" in after["text"]
        assert HOTLINE in after["text"]
        assert "15个工作日" not in after["text"]
    finally:
        running.stop()


@pytest.mark.parametrize(
    "message",
    [
        *(
            "",
            "   ",
            "\u3000",
            "\u200b\u200d",
            "\x00\x01\x02",
            "\ud83d",
            "😀😀",
            "。。。",
            "？",
            "{}",
            "{{ phone.hotline }}",
        ),
        *("/restart", "/session_start", "/back", "　/restart", "\x1c/restart", "\u200b/restart", "／restart"),
        *('/show{"entry":"x"}', '/show{"entry":"transfer.how"}', "/none_of_these", "/nlu_fallback", "EXTERNAL: x"),
        *("'; DROP TABLE dialogues;--", "<script>alert(1)</script>", "../../etc/passwd", "0[", "%s%s%n", "医" * 500),
        *("医" * 501, "a" * 10_000, "医保" * 10_000, "🏥" * 600),
    ],
)
def test_odd_message_gets_a_clear_reply_and_changes_nothing(brain: RunningBrain, citizen: str, message: str) -> None:
    assert brain.say("医保码是什么", citizen)["custom"]["options"]
    answer = brain.say(message, citizen)
    assert answer["custom"]["kind"] in ("smalltalk", "unsupported", "handoff", "clarify")
    assert HOTLINE in answer["text"] or answer["custom"]["kind"] == "clarify"
    assert brain.say("医保转移多久能办好", citizen)["custom"]["entries"][0]["id"] == "transfer.time_limit"


def test_typed_restart_does_not_forget_the_options(brain: RunningBrain, citizen: str) -> None:
    """/restart sent by a person is text; had it been obeyed, the slot of options would be gone."""
    brain.say("没有听懂的话怎么弄", citizen)
    brain.say("/restart", citizen)
    assert "restart" not in [item for item in brain.log().split() if item == "action_restart"]


class TestProcessKillers:
    """K1 to K6 of our notes on how Rasa 3.6.21 dies. After each the server is still there."""

    @pytest.fixture(autouse=True)
    def _still_there(self, brain: RunningBrain, citizen: str):
        yield
        assert brain.rasa.poll() is None, brain.log()[-2000:]
        assert brain.say("医保码怎么领", citizen)["custom"]["kind"] == "answer"

    def test_k1_sender_with_a_lone_surrogate(self, brain: RunningBrain) -> None:
        status, items = brain.post(b'{"sender": "\\ud800", "message": "\\u4f60\\u597d"}')
        assert status == 200
        assert items[0]["custom"]["kind"] == "smalltalk"

    def test_k2_sender_with_a_nul(self, brain: RunningBrain) -> None:
        status, items = brain.post({"sender": "a\u0000b", "message": "你好"})
        assert status == 200
        assert items[0]["custom"]["kind"] == "smalltalk"

    def test_k3_corrupt_event_row(self, brain: RunningBrain, citizen: str) -> None:
        import sqlite3

        brain.say("医保码是什么", citizen)
        with sqlite3.connect(brain.folder / "tracker.db") as database:
            changed = database.execute("UPDATE dialogues SET snapshot = '{\"events\": [' WHERE sender = ?", (citizen,))
            assert changed.rowcount == 1
        for _ in range(2):
            assert brain.say("医保转移多久能办好", citizen)["custom"]["kind"] == "answer"

    def test_k4_a_hundred_thousand_characters(self, brain: RunningBrain, citizen: str) -> None:
        started = time.monotonic()
        assert "一次读不完" in brain.say("医" * 100_000, citizen)["text"]
        assert time.monotonic() - started < 5

    @pytest.mark.parametrize("message", [123, None, ["x"], {"a": 1}, True])
    def test_k5_stream_with_a_message_that_is_no_text(self, brain: RunningBrain, citizen: str, message: object) -> None:
        status, body = brain.post(
            {"sender": citizen, "message": message}, "/webhooks/rest/webhook?stream=true", timeout=8
        )
        assert status in (200, 400)
        assert HOTLINE in body[0]["text"] if status == 200 else "message 应当是文字" in body["error"]

    def test_k6_ninety_megabytes(self, brain: RunningBrain, citizen: str) -> None:
        body = json.dumps({"sender": citizen, "message": "a" * 90_000_000}).encode()
        status, answer = brain.post(body)
        assert status == 413
        assert "请求体太大" in answer["error"]


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"\xff\xfe", "你好".encode("gbk"), b"[" * 100_000, b'"x"'])
def test_unreadable_request_is_told_what_to_send(brain: RunningBrain, body: bytes) -> None:
    status, answer = brain.post(body)
    assert status == 400
    assert "sender" in answer["error"]


def test_payload_is_taken_only_from_what_was_offered(brain: RunningBrain, citizen: str) -> None:
    offered = brain.say("医保码是什么", citizen)["custom"]["options"][0]
    status, items = brain.post({"sender": citizen, "payload": offered["payload"]})
    assert (status, items[0]["custom"]["entries"][0]["title"]) == (200, offered["title"])
    for payload in ("/restart", "/session_start", '/show{"entry":"a","role":"admin"}', "医保码", 5):
        status, answer = brain.post({"sender": citizen, "payload": payload})
        assert status == 400
        assert "payload" in answer["error"]


def test_callers_without_a_sender_do_not_share_a_conversation(brain: RunningBrain) -> None:
    first = brain.post({"message": "医保码是什么"})[1][0]
    second = brain.post({"message": "1"})[1][0]
    assert first["recipient_id"] != second["recipient_id"]
    assert "没有这个编号" in second["text"]


def test_nothing_but_the_webhook_is_served(brain: RunningBrain) -> None:
    import http.client

    for method, path in [
        ("GET", "/conversations/x/tracker"),
        ("GET", "/domain"),
        ("GET", "/status"),
        ("PUT", "/model"),
        ("POST", "/model/train"),
        ("POST", "/conversations/x/trigger_intent"),
    ]:
        connection = http.client.HTTPConnection("127.0.0.1", brain.port, timeout=10)
        connection.request(method, path, b"{}")
        assert connection.getresponse().status == 404, path
