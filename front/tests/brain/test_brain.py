"""The client of Rasa: the same replica for a person, the next one when it is down, rest for one that is frozen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest
from rasa_peer import Rasa

from front.brain import Brain, BrainFailure


@pytest.fixture
def pair(rasa: Rasa) -> Iterator[list[Rasa]]:
    other = Rasa()
    yield [rasa, other]
    other.stop()


async def test_a_person_always_meets_the_same_replica(pair: list[Rasa]) -> None:
    urls = [peer.url for peer in pair]
    first, second = Brain(urls), Brain(list(reversed(urls)))  # two front processes
    for number in range(30):
        await first.ask(f"p{number}", "你好")
        await second.ask(f"p{number}", "你好")
    senders = [{body["sender"] for body in peer.asked} for peer in pair]
    assert senders[0] and senders[1] and not senders[0] & senders[1]


async def test_the_next_replica_answers_for_one_that_is_down(pair: list[Rasa]) -> None:
    pair[0].stop()
    brain = Brain([peer.url for peer in pair])
    for number in range(6):
        assert (await brain.ask(f"p{number}", "你好")).text == "答：你好"


async def test_a_frozen_rasa_is_left_alone_and_tried_again(rasa: Rasa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("front.brain._ALONE", 0.5)
    brain = Brain([rasa.url], deadline=0.2)
    rasa.delay = 1.0
    for _ in range(3):
        with pytest.raises(BrainFailure, match="slow"):
            await brain.ask("p1", "你好")
    started = time.monotonic()
    for _ in range(50):
        with pytest.raises(BrainFailure, match="resting"):
            await brain.ask("p1", "你好")
    assert time.monotonic() - started < 0.4
    rasa.delay = 0.0
    await asyncio.sleep(0.6)
    assert (await brain.ask("p1", "你好")).text == "答：你好"


@pytest.mark.parametrize(
    ("mode", "why"), [("empty", "empty"), ("error", "wrong"), ("garbage", "wrong"), ("wrong", "wrong")]
)
async def test_what_breaks_the_contract_is_a_failure(rasa: Rasa, mode: str, why: str) -> None:
    rasa.mode = mode
    with pytest.raises(BrainFailure, match=why):
        await Brain([rasa.url]).ask("p1", "你好")
    assert await Brain([rasa.url]).probe() == {rasa.url: why}
