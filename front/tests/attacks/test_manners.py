"""What is said to whoever is refused, and what strangers can and cannot learn or leave behind."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from conftest import Front
from rasa_peer import Rasa

from .conftest import CHANNELS, PATH


@pytest.fixture
def visitor(front: Front) -> httpx.Client:
    """A browser that has opened the page."""
    client = httpx.Client(base_url=front.url, trust_env=False, timeout=10)
    client.get("/")
    return client


def ask(browser: httpx.Client, said: str) -> httpx.Response:
    return browser.post("/api/chat", json={"id": secrets.token_hex(8), "text": said})


REFUSALS = [
    ("GET", "/nowhere", b"", 404),
    ("PUT", "/api/chat", b"", 405),
    ("POST", "/api/chat", b"{", 422),
    ("POST", "/api/chat", b"a" * 70_000, 413),
    ("GET", "/api/chat/poll?after=x", b"", 422),
    ("POST", "/api/feedback", b'{"message": 1, "good": true}', 404),
    ("GET", "/channels/wechat", b"", 403),
    ("POST", "/channels/wechat", b"<xml/>", 403),
    ("POST", "/channels/wechat", b"a" * 70_000, 413),
    ("GET", f"/channels/sms/kannel/{PATH}?from=1", b"", 400),
    ("POST", f"/channels/sms/kannel/{PATH}?id=1", b"a" * 70_000, 413),
    ("GET", f"/channels/sms/kannel/{'x' * 24}", b"", 404),
    ("DELETE", "/channels/wechat", b"", 405),
]


@pytest.mark.parametrize(("method", "path", "body", "status"), REFUSALS)
def test_every_refusal_says_what_to_do(visitor: httpx.Client, method: str, path: str, body: bytes, status: int) -> None:
    response = visitor.request(method, path, content=body, headers={"Content-Type": "application/json"})
    said = response.text
    assert response.status_code == status, said
    assert any("一" <= character <= "鿿" for character in said) and "Traceback" not in said


def test_who_has_to_wait_is_told_how_long(tmp_path: Path, rasa: Rasa, start_front: Callable[..., Front]) -> None:
    front = start_front(f"sqlite:///{tmp_path / 'front.db'}", LUEBAO_ADDRESS_RATE="1", LUEBAO_PERSON_RATE="1")
    with httpx.Client(base_url=front.url, trust_env=False, timeout=10) as browser:
        answers = [browser.get("/api/hot") for _ in range(6)]
        assert answers[-1].status_code == 429 and int(answers[-1].headers["retry-after"]) >= 1
        rasa.stop()
        ready = browser.get("/readyz")
        assert ready.status_code == 503 and int(ready.headers["retry-after"]) >= 1
        assert "/livez" in ready.json()["note"] and "5190857" in ready.json()["note"]
        assert browser.get("/livez").status_code == 200  # it goes on to answer people: with the phone


def test_head_is_answered_like_get_without_a_body(visitor: httpx.Client) -> None:
    for path in ("/livez", "/readyz", "/", "/app.js"):
        response = visitor.head(path)
        assert (response.status_code, response.content) == (200, b""), path


@pytest.mark.parametrize("path", ["/app.js", "/app.css", "/icon.svg"])
def test_an_old_phone_sees_an_update(visitor: httpx.Client, path: str) -> None:
    first = visitor.get(path)
    assert first.headers["cache-control"] == "no-cache"
    again = visitor.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == "no-cache"


def test_the_page_brings_a_session_so_nothing_between_may_keep_it(front: Front) -> None:
    page = httpx.get(front.url, trust_env=False)
    assert "set-cookie" in page.headers and page.headers["etag"]
    assert page.headers["cache-control"] == "private, no-cache"


def test_a_planted_session_is_not_taken_over_https(front: Front) -> None:
    planted = "f" * 43
    headers = {"X-Forwarded-Proto": "https", "Cookie": f"luebao_session={planted}"}
    cookie = httpx.get(front.url, headers=headers, trust_env=False).headers["set-cookie"]
    assert cookie.startswith("__Host-luebao_session=") and planted not in cookie
    assert "Secure" in cookie and "Path=/" in cookie and "Domain" not in cookie
    mine = cookie.split(";")[0]
    again = httpx.get(front.url, headers={"X-Forwarded-Proto": "https", "Cookie": mine}, trust_env=False)
    assert "set-cookie" not in again.headers


@pytest.mark.parametrize("cookie", ["x", "../../etc/passwd", "a" * 42 + '"', "a" * 44, "ａ" * 43])
def test_what_cannot_be_a_session_becomes_a_new_one(front: Front, cookie: str) -> None:
    headers = {b"Cookie": b"luebao_session=" + cookie.encode()}
    given = httpx.get(front.url, headers=headers, trust_env=False).headers["set-cookie"]
    assert len(given.split(";")[0].partition("=")[2]) == 43


def test_what_is_typed_cannot_break_the_record(visitor: httpx.Client) -> None:
    """NUL ends a text in PostgreSQL; the others end a line of a log or a column of a table."""
    said = "\u0000怎么\u2028备案\r\nSet-Cookie: a=b\u202e,=HYPERLINK(1)"
    message = ask(visitor, said).json()["messages"][0]
    reason = {"message": message["id"], "good": False, "reason": "\u0000我的电话13800138000"}
    assert visitor.post("/api/feedback", json=reason).status_code == 200
    kept = visitor.get("/api/chat/history").json()["messages"][0]["text"]
    assert "\u0000" not in kept and "\u202e" not in kept and "备案" in kept


def test_a_wrong_secret_looks_like_no_page_at_all(visitor: httpx.Client) -> None:
    nothing = visitor.get("/channels/nothing")
    wrong = visitor.get(f"/channels/sms/kannel/{'x' * 24}")
    assert (wrong.status_code, wrong.content) == (nothing.status_code, nothing.content)
    assert wrong.headers["content-type"] == nothing.headers["content-type"]


@pytest.mark.parametrize(
    "path", ["/../settings.py", "/..%2fsettings.py", "/%2e%2e/settings.py", "/..%5csettings.py", "//etc/passwd", "/%00"]
)
def test_files_outside_the_page_cannot_be_reached(front: Front, path: str) -> None:
    with httpx.Client(trust_env=False) as client:
        request = client.build_request("GET", front.url)
        request.url = request.url.copy_with(raw_path=path.encode())
        response = client.send(request)
    assert response.status_code == 404 and "import" not in response.text


def test_metrics_are_for_this_machine_whatever_a_stranger_claims(front: Front) -> None:
    """nginx on this machine names the client last; what the client itself claims stands before."""
    forwarded = {"X-Forwarded-For": "127.0.0.1, 203.0.113.7"}
    assert httpx.get(f"{front.url}/metrics", headers=forwarded, trust_env=False).status_code == 403


def test_logs_hold_one_event_a_line_whatever_is_sent(tmp_path: Path, start_front: Callable[..., Front]) -> None:
    front = start_front(f"sqlite:///{tmp_path / 'front.db'}", **CHANNELS)
    forged = '\n{"event":"forged"}\r\n13800138000'
    httpx.post(f"{front.url}/channels/wechat", params={"signature": forged, "nonce": forged}, trust_env=False)
    httpx.get(f"{front.url}/channels/sms/kannel/{PATH}", params={"from": forged, "id": forged}, trust_env=False)
    httpx.get(f"{front.url}/%0a%7b%22event%22:%22forged%22%7d", trust_env=False)
    assert front.stop() == 0
    assert front.process.stderr
    lines = front.process.stderr.read().decode().splitlines()
    assert lines and not any("forged" in json.loads(line)["event"] or "1380013" in line for line in lines)
    assert PATH not in "".join(lines)
