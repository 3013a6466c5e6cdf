"""A new model's Rasa takes over at another address: nobody who asks meanwhile notices."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from rasa_peer import Rasa

from front.addresses import Addresses
from front.brain import Brain


def told(file: Path, *urls: str) -> None:
    """What `make run` writes, whole."""
    coming = file.with_suffix(".coming")
    coming.write_text(json.dumps({"urls": list(urls)}))
    coming.replace(file)


async def test_everybody_is_answered_while_another_rasa_takes_over(tmp_path: Path, rasa: Rasa) -> None:
    file, new = tmp_path / "rasa.json", Rasa()
    told(file, rasa.url)
    brain = Brain(["http://127.0.0.1:9"], deadline=3, file=file)
    try:
        answers = []

        async def citizen(number: int) -> None:
            for turn in range(20):
                answers.append((await brain.ask(f"p{number}", f"问{turn}")).text)
                await asyncio.sleep(0.1)

        async def moves() -> None:
            await asyncio.sleep(0.6)
            told(file, new.url)
            await asyncio.sleep(1.0)  # as scripts.swap waits, though longer
            rasa.stop()

        await asyncio.gather(moves(), *(citizen(number) for number in range(8)))
        assert len(answers) == 160
        assert rasa.messages()
        assert new.messages()
    finally:
        await brain.close()
        new.stop()


async def test_a_question_that_waited_for_a_rasa_that_went_is_asked_of_the_new_one(tmp_path: Path, rasa: Rasa) -> None:
    file, new = tmp_path / "rasa.json", Rasa()
    told(file, rasa.url)
    brain = Brain(["http://127.0.0.1:9"], file=file)
    try:
        await brain.ask("p1", "问")  # the addresses were read just now
        told(file, new.url)
        rasa.stop()
        assert (await brain.ask("p1", "再问")).text == "答：再问"
        assert await brain.probe() == {new.url: "ok"}
    finally:
        await brain.close()
        new.stop()


def test_without_the_file_the_settings_hold_and_a_broken_file_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "rasa.json"
    addresses = Addresses(["http://a"], file)
    assert addresses.urls(at_once=True) == ["http://a"]
    told(file, "http://b", "http://c")
    assert addresses.urls(at_once=True) == ["http://b", "http://c"]
    for broken in ("{", "[]", '{"urls": []}', '{"urls": ["ftp://x"]}', '{"urls": 3}'):
        file.write_text(broken)
        assert addresses.urls(at_once=True) == ["http://b", "http://c"]
    file.unlink()
    assert addresses.urls(at_once=True) == ["http://a"]
