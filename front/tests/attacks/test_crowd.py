"""More connections than anybody needs, from one address and from many, with no nginx in front."""

from __future__ import annotations

import base64
import json
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest
from conftest import Front
from desk.conftest import Person
from rasa_peer import Rasa

from front.crowd import Crowd

EACH, MOST = 5, 12
GET = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"
STREAM = b"GET /api/chat/stream HTTP/1.1\r\nHost: x\r\n\r\n"
POLL = b"GET /api/chat/poll HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """A front with few places. 127.0.0.1 is its proxy, as by default; the crowd comes from 127.0.0.2 and on."""
    folder, rasa = tmp_path_factory.mktemp("crowd"), Rasa()
    limits = {"LUEBAO_ADDRESS_CONNECTIONS": str(EACH), "LUEBAO_CONNECTIONS": str(MOST)}
    front = Front(f"sqlite:///{folder / 'front.db'}", rasa, **limits)
    yield front
    front.kill()
    rasa.stop()


class Comer(socket.socket):
    """A connection from one of the loopback addresses."""

    def __init__(self, front: Front, last: int, sent: bytes = b"") -> None:
        super().__init__(socket.AF_INET)
        self.bind((f"127.0.0.{last}", 0))
        self.settimeout(20)
        self.connect(("127.0.0.1", front.port))
        self.sendall(sent)

    def asks(self, sent: bytes = GET) -> int:
        """The status it is answered with."""
        self.sendall(sent)
        return int(self.recv(65536).split()[1])

    def all(self) -> bytes:
        """Everything until the server hangs up; b"" too where it does so at once."""
        try:
            return b"".join(iter(lambda: self.recv(65536), b""))
        except ConnectionError:
            return b""


@pytest.fixture
def crowd(small: Front) -> Iterator[ExitStack]:
    """Connections that end with the test; the next one begins when the front has noticed."""
    with ExitStack() as stack:
        yield stack
    end = time.monotonic() + 10
    for last in range(2, 6):
        while not all(self_free(small, last)):
            assert time.monotonic() < end, "连接没有还回来"
            time.sleep(0.05)


def self_free(front: Front, last: int) -> list[bool]:
    """Whether an address may open as many as it is allowed."""
    with ExitStack() as stack:
        comers = [stack.enter_context(Comer(front, last)) for _ in range(EACH)]
        return [comer.asks() == 200 for comer in comers]


@pytest.mark.parametrize("held", [b"", GET, STREAM, POLL], ids=["silent", "kept alive", "streams", "polls"])
def test_one_address_may_not_have_everything(small: Front, crowd: ExitStack, held: bytes) -> None:
    first = [crowd.enter_context(Comer(small, 2, held)) for _ in range(EACH)]
    with Comer(small, 2, GET) as one_more:
        head, _, body = one_more.all().partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 429 ") and b"retry-after: 30" in head
    assert "太多" in json.loads(body)["error"] and "5190857" in json.loads(body)["error"]
    with Comer(small, 3) as neighbour:
        assert neighbour.asks() == 200
    first[0].close()
    end = time.monotonic() + 10
    while True:  # until the front has noticed
        with Comer(small, 2) as again:
            if again.asks() == 200:
                return
        assert time.monotonic() < end


def test_a_websocket_holds_its_place_and_gives_it_back(small: Front, crowd: ExitStack) -> None:
    wang = Person(small, "wang", "王丽")
    key = base64.b64encode(secrets.token_bytes(16)).decode()
    upgrade = (
        f"GET /desk/_nicegui_ws/socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{small.port}\r\n"
        f"Origin: {small.url}\r\nCookie: luebao_desk={wang.cookie}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
    ).encode()
    wang.http.close()
    for _ in range(3):
        with ExitStack() as pages:
            for _ in range(EACH):
                assert pages.enter_context(Comer(small, 2)).asks(upgrade) == 101
            with Comer(small, 2) as one_more:
                assert one_more.asks(upgrade) == 429
        end = time.monotonic() + 10
        while not all(self_free(small, 2)):
            assert time.monotonic() < end, "连接没有还回来"
            time.sleep(0.05)


def test_many_addresses_may_not_have_everything_either(small: Front, crowd: ExitStack) -> None:
    for number in range(MOST):
        assert crowd.enter_context(Comer(small, 2 + number % 3)).asks() == 200
    with Comer(small, 5) as one_more:
        assert one_more.asks() == 503
    assert httpx.get(f"{small.url}/livez", trust_env=False).status_code == 200  # the proxy is ours


def test_a_flood_is_hung_up_on_and_fills_neither_memory_nor_log(small: Front, crowd: ExitStack) -> None:
    flood = [crowd.enter_context(Comer(small, 4)) for _ in range(300)]
    started = time.monotonic()
    assert [comer.all() for comer in flood[EACH:]] == [b""] * (300 - EACH)  # at once, or as they ask nothing
    assert time.monotonic() - started < 8
    metrics = httpx.get(f"{small.url}/metrics", trust_env=False).text
    (counted,) = [line for line in metrics.splitlines() if line.startswith('luebao_refused_total{why="connections"}')]
    assert float(counted.split()[1]) >= 300 - EACH


def test_the_log_says_who_was_refused_once_in_a_while(capsys: pytest.CaptureFixture[str]) -> None:
    crowd = Crowd(1, 10)
    places = [crowd.enter("10.0.0.9") for _ in range(500)]
    assert [place.open for place in places].count(True) == 1 + 8
    said = capsys.readouterr()
    lines = [line for line in (said.out + said.err).splitlines() if "connections_refused" in line]
    assert len(lines) == 1 and "10.0.0.9" in lines[0]
    for place in places * 2:
        place.leave()
    assert crowd.enter("10.0.0.9").refusal is None


@pytest.mark.parametrize("ours", ["127.0.0.1", "10.1.2.3", None])
def test_our_own_proxy_may_have_as_many_as_it_likes(ours: str | None) -> None:
    crowd = Crowd(1, 1, "127.0.0.1,10.1.0.0/16")
    assert all(crowd.enter(ours).open and crowd.enter(ours).refusal is None for _ in range(50))


def test_an_ipv6_household_counts_as_one() -> None:
    crowd = Crowd(2, 10)
    refusals = [crowd.enter(f"2001:db8:0:1::{number}").refusal for number in range(3)]
    assert [refusal and refusal[0] for refusal in refusals] == [None, None, 429]
