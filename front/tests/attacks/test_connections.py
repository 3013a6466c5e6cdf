"""Connections that are slow, endless or not HTTP at all."""

from __future__ import annotations

import json
import socket
import time

import httpx
import pytest
from conftest import Front

from front.connections import HEAD_SECONDS, MOST_HEAD
from front.doors import BODY_SECONDS


def connect(front: Front, sent: bytes = b"") -> socket.socket:
    """A connection on which something was sent."""
    made = socket.create_connection(("127.0.0.1", front.port), timeout=60)
    made.sendall(sent)
    return made


def answer(connection: socket.socket) -> tuple[int, str]:
    """Status and body of the one answer, after which the server hangs up."""
    with connection:
        got = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = got.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)["error"]


def held(connection: socket.socket) -> float:
    """Seconds until the server hangs up."""
    started = time.monotonic()
    with connection:
        while connection.recv(65536):
            pass
    return time.monotonic() - started


ENDLESS = {
    "a header": b"GET / HTTP/1.1\r\nX: " + b"a" * 65536,
    "headers": b"GET / HTTP/1.1\r\n" + b"X: aaaaaaaaaa\r\n" * 4096,
    "an address": b"GET /" + b"a" * 65536,
    "a trailer": b"POST /api/chat HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: " + b"a" * 65536,
}


@pytest.mark.parametrize("what", ENDLESS)
def test_what_never_ends_is_hung_up_on(front: Front, what: str) -> None:
    connection = connect(front)
    sent = 0
    with pytest.raises(OSError), connection:  # the server closes while we are still sending
        for _ in range(1000):
            connection.sendall(ENDLESS[what] if not sent else b"a" * 65536)
            sent += 65536
            time.sleep(0.01)
    assert sent < 4 * 1024 * 1024


def test_a_long_head_is_refused_with_a_kind_word(front: Front) -> None:
    status, said = answer(connect(front, b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * (MOST_HEAD + 100) + b"\r\n\r\n"))
    assert status == 431 and "5190857" in said


@pytest.mark.parametrize("sent", [b"\x16\x03\x01\x02\x00\x01\x00", b"hello\r\n\r\n", b"GET / HTTP/1.1\r\nA\r\n\r\n"])
def test_what_is_no_http_gets_a_kind_word(front: Front, sent: bytes) -> None:
    status, said = answer(connect(front, sent))
    assert status == 400 and "5190857" in said


@pytest.mark.parametrize(
    "smuggled",
    [
        b"Content-Length: 3\r\nContent-Length: 5\r\n",
        b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: -1\r\n",
        b"Content-Length: " + b"9" * 5000 + b"\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"A: b\r\n Content-Length: 3\r\n",
    ],
)
def test_a_body_of_two_lengths_is_refused(front: Front, smuggled: bytes) -> None:
    post = b"POST /api/chat HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
    status, said = answer(connect(front, post + smuggled + b"\r\n{}\r\n"))
    assert status in (400, 413, 422) and "请" in said


def test_slow_clients_do_not_hold_connections(front: Front) -> None:
    """All at once, because each of them is waited for."""
    started = time.monotonic()
    post = b"POST /api/chat HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    silent, half, body = connect(front), connect(front, b"GET / HTTP/1.1\r\nHo"), connect(front, post)
    for _ in range(int(HEAD_SECONDS) - 1):  # a byte a second does not help
        time.sleep(1)
        half.sendall(b"o")
        body.sendall(b" ")
    held(silent)
    held(half)
    assert time.monotonic() - started < HEAD_SECONDS + 3
    status, said = answer(body)
    assert status == 408 and "再发一次" in said
    assert BODY_SECONDS - 2 < time.monotonic() - started < BODY_SECONDS + 3
    assert httpx.get(f"{front.url}/livez", trust_env=False).status_code == 200


def test_a_second_request_may_take_its_time_to_begin_but_not_to_end(front: Front) -> None:
    connection = connect(front, b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b"200 OK" in connection.recv(65536)
    time.sleep(1)
    connection.sendall(b"GET /livez HT")
    assert held(connection) < HEAD_SECONDS + 3
