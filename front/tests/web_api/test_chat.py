"""The web API, as a browser meets it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from conftest import Front
from rasa_peer import OPTIONS, Rasa


def ask(browser: httpx.Client, said: str, key: str) -> dict[str, Any]:
    response = browser.post("/api/chat", json={"id": key, "text": said})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def read_events(browser: httpx.Client, count: int, **headers: str) -> list[dict[str, Any]]:
    """The first events of a new stream."""
    events: list[dict[str, Any]] = []
    with browser.stream("GET", "/api/chat/stream", headers=headers, timeout=10) as stream:
        event: dict[str, str] = {}
        for line in stream.iter_lines():
            if line:
                name, _, value = line.partition(": ")
                event[name] = value
            elif "data" in event:
                events.append({"id": event["id"], "event": event["event"], **json.loads(event["data"])})
                event = {}
            if len(events) == count:
                return events
    return events


def test_a_question_is_answered_in_the_response(browser: httpx.Client) -> None:
    body = ask(browser, "异地就医怎么备案", "client-id-1")
    (message,) = body["messages"]
    assert body["id"] == message["reply_to"] == "client-id-1"
    assert message["text"] == "答：异地就医怎么备案" and message["from"] == "robot"
    assert message["custom"]["kind"] == "smalltalk" and message["at"].endswith("+00:00")


def test_the_same_id_posted_again_brings_the_same_answer(browser: httpx.Client, rasa: Rasa) -> None:
    first = ask(browser, "怎么备案", "client-id-1")
    assert ask(browser, "怎么备案", "client-id-1") == first
    assert rasa.messages() == ["怎么备案"]


def test_a_slow_answer_comes_by_the_stream(browser: httpx.Client, rasa: Rasa) -> None:
    ask(browser, "怎么备案", "client-id-0")
    rasa.delay = 1.0
    events: list[dict[str, Any]] = []
    listener = threading.Thread(target=lambda: events.extend(read_events(browser, 1)))
    listener.start()
    time.sleep(0.5)
    with pytest.raises(httpx.TimeoutException):  # a browser that loses its connection
        browser.post("/api/chat", json={"id": "client-id-1", "text": "多久能办好"}, timeout=0.4)
    listener.join(8)
    assert [(event["event"], event["reply_to"]) for event in events] == [("message", "client-id-1")]
    assert int(events[0]["id"])


def test_the_stream_continues_after_the_last_event(browser: httpx.Client) -> None:
    messages = [ask(browser, f"第{number}问是什么", f"client-id-{number}")["messages"][0] for number in range(3)]
    events = read_events(browser, 2, **{"Last-Event-ID": str(messages[0]["id"])})
    assert [event["text"] for event in events] == ["答：第1问是什么", "答：第2问是什么"]


def test_the_long_poll_brings_what_came_since(browser: httpx.Client) -> None:
    first = ask(browser, "怎么备案", "client-id-1")["messages"][0]
    second = ask(browser, "多久能办好", "client-id-2")["messages"][0]
    assert browser.get("/api/chat/poll", params={"after": first["id"]}).json() == {"messages": [second]}


def test_a_reload_finds_everything(browser: httpx.Client) -> None:
    ask(browser, "请给我选项", "client-id-1")
    chosen = browser.post("/api/chat", json={"id": "client-id-2", "payload": OPTIONS[0]["payload"]})
    assert chosen.status_code == 200
    said = [(m["from"], m["id"] if m["from"] == "me" else m["reply_to"], m["text"]) for m in
            browser.get("/api/chat/history").json()["messages"]]  # fmt: skip
    assert said == [
        ("me", "client-id-1", "请给我选项"),
        ("robot", "client-id-1", "答：请给我选项"),
        ("me", "client-id-2", OPTIONS[0]["title"]),
        ("robot", "client-id-2", f"答：{OPTIONS[0]['payload']}"),
    ]


def test_an_option_that_was_not_offered_is_refused(browser: httpx.Client, rasa: Rasa) -> None:
    ask(browser, "怎么备案", "client-id-1")
    forged = {"id": "client-id-2", "payload": '/show{"entry":"transfer.how"}'}
    response = browser.post("/api/chat", json=forged)
    assert response.status_code == 422 and "过期" in response.json()["error"]
    assert len(rasa.asked) == 1


def test_people_see_only_their_own(front: Front, browser: httpx.Client) -> None:
    message = ask(browser, "怎么备案", "client-id-1")["messages"][0]
    with httpx.Client(base_url=front.url, trust_env=False) as stranger:
        stranger.get("/")
        assert stranger.get("/api/chat/history").json() == {"messages": []}
        judged = {"message": message["id"], "good": False, "reason": "看不懂"}
        assert stranger.post("/api/feedback", json=judged).status_code == 404
        assert ask(stranger, "多久能办好", "client-id-1")["messages"][0]["text"] == "答：多久能办好"
    assert browser.post("/api/feedback", json=judged).json() == {"ok": True}


def test_erasing_leaves_nothing_and_begins_anew(browser: httpx.Client) -> None:
    ask(browser, "怎么备案", "client-id-1")
    before = browser.cookies["luebao_session"]
    assert browser.delete("/api/me").json() == {"ok": True}
    assert browser.cookies["luebao_session"] != before
    assert browser.get("/api/chat/history").json() == {"messages": []}
    browser.cookies.set("luebao_session", before)
    assert browser.get("/api/chat/history").json() == {"messages": []}


def test_the_page_and_its_questions(browser: httpx.Client) -> None:
    page = browser.get("/")
    assert page.status_code == 200 and "鲁e宝" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"
    questions = browser.get("/api/hot").json()["questions"]
    assert len(questions) >= 5 and all(5 <= len(question) <= 20 for question in questions), questions


def test_the_cookie_is_out_of_scripts_reach(front: Front) -> None:
    cookie = httpx.post(f"{front.url}/api/chat", json={"id": "client-id-1", "text": "你好"}, trust_env=False).headers[
        "set-cookie"
    ]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and len(cookie.split(";")[0]) > 50


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"not json", 422),
        (b'{"id": "client-id-1"', 422),
        (b'{"id": "x", "text": "a"}', 422),
        (b'{"id": 5, "text": null}', 422),
        (b'{"id": "client-id-1", "text": "\\ud800"}', 422),
        (b'{"id": "client-id-1", "text": "' + b"a" * 70_000 + b'"}', 413),
        (b"[" * 50_000, 400),
    ],
)
def test_bad_bodies_get_a_kind_word(browser: httpx.Client, body: bytes, status: int) -> None:
    response = browser.post("/api/chat", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == status, response.text
    assert "请" in response.json()["error"]


def test_a_body_without_a_length_is_cut_off(front: Front, browser: httpx.Client) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(100):
            yield b"a" * 4096

    response = browser.post("/api/chat", content=endless(), headers={"Content-Type": "application/json"})
    assert response.status_code == 413


def test_another_sites_page_cannot_write(browser: httpx.Client) -> None:
    said = {"id": "client-id-1", "text": "你好"}
    assert browser.post("/api/chat", json=said, headers={"Origin": "https://evil.example"}).status_code == 403
    assert browser.post("/api/chat", json=said, headers={"Origin": str(browser.base_url)}).status_code == 200
    plain = browser.post("/api/chat", content=json.dumps(said), headers={"Content-Type": "text/plain"})
    assert plain.status_code == 422


def test_strange_addresses_get_a_kind_word(browser: httpx.Client) -> None:
    for path in ("/nowhere", "/..%2f..%2fsettings.py", "/api/nothing"):
        response = browser.get(path)
        assert response.status_code == 404 and "error" in response.json()
    assert browser.get("/api/chat/poll", params={"after": "x"}).status_code == 422
    assert browser.put("/api/chat").status_code == 405
