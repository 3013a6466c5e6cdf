"""Rasa's memory of a conversation: bounded, and never worth dying for."""

import asyncio
import os
import sqlite3
from pathlib import Path

import pytest

pytest.importorskip("rasa", reason="这个环境没有 Rasa")

import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from brain.tracker_cache import TURNS_KEPT, TrackerCache
from tests.running import ROOT

DOMAIN = Domain.load(str(ROOT / "domain.yml"))
POSTGRES = os.environ.get("LUEBAO_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/test")


def conversation(turns: int, sender: str = "a") -> DialogueStateTracker:
    tracker = DialogueStateTracker(sender, DOMAIN.slots)
    tracker.update(ActionExecuted("action_listen"))
    for turn in range(turns):
        tracker.update(UserUttered(f"问题{turn}", intent={"name": "transfer", "confidence": 1.0}))
        tracker.update(ActionExecuted("action_answer"))
        tracker.update(BotUttered(f"答案{turn}"))
        tracker.update(SlotSet("offered", [f"/show{turn}"]))
        tracker.update(ActionExecuted("action_listen"))
    return tracker


def saved_and_read(cache: TrackerCache, tracker: DialogueStateTracker) -> DialogueStateTracker:
    asyncio.run(cache.save(tracker))
    read = asyncio.run(cache.retrieve(tracker.sender_id))
    assert read is not None
    return read


def test_slots_and_the_last_turns_come_back(tmp_path: Path) -> None:
    read = saved_and_read(TrackerCache(DOMAIN, host=f"sqlite:///{tmp_path / 't.db'}"), conversation(5))
    assert read.get_slot("offered") == ["/show4"]
    assert [event.text for event in read.events if isinstance(event, UserUttered)] == ["问题3", "问题4"]
    assert read.latest_action_name == "action_listen"


def test_a_slot_set_long_ago_comes_back(tmp_path: Path) -> None:
    tracker = conversation(1)
    tracker.update(SlotSet("misses", 1))
    for event in conversation(TURNS_KEPT + 3).events:
        tracker.update(event)
    assert saved_and_read(TrackerCache(DOMAIN, host=f"sqlite:///{tmp_path / 't.db'}"), tracker).get_slot("misses") == 1


def test_a_thousand_turns_take_the_room_of_a_few(tmp_path: Path) -> None:
    cache = TrackerCache(DOMAIN, host=f"sqlite:///{tmp_path / 't.db'}")
    few = len(saved_and_read(cache, conversation(TURNS_KEPT, "few")).events)
    assert len(saved_and_read(cache, conversation(1000, "many")).events) <= few + 2


def test_a_corrupt_row_costs_the_context_only(tmp_path: Path) -> None:
    file = tmp_path / "t.db"
    cache = TrackerCache(DOMAIN, host=f"sqlite:///{file}")
    asyncio.run(cache.save(conversation(1)))
    for broken in ("{", "null", "[]", '{"slots": {}}', '{"slots": {}, "events": [{"event": "user"}]}'):
        with sqlite3.connect(file) as database:
            database.execute("UPDATE dialogues SET snapshot = ?", (broken,))
        assert asyncio.run(cache.retrieve("a")) is None
    assert saved_and_read(cache, conversation(1)).get_slot("offered") == ["/show0"]


def test_a_database_that_is_gone_is_logged_and_lived_with(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    cache = TrackerCache(DOMAIN, host=f"sqlite:///{tmp_path / 't.db'}")
    with sqlite3.connect(tmp_path / "t.db") as database:
        database.execute("DROP TABLE dialogues")
    asyncio.run(cache.save(conversation(1)))
    assert asyncio.run(cache.retrieve("a")) is None
    assert "会话缓存的数据库不可用" in caplog.text


def test_odd_ids_are_no_reason_to_stop(tmp_path: Path) -> None:
    cache = TrackerCache(DOMAIN, host=f"sqlite:///{tmp_path / 't.db'}")
    for sender in ("a\x00b", "\ud800", "x" * 5000, "'; DROP TABLE dialogues;--"):
        asyncio.run(cache.save(conversation(1, sender)))
        asyncio.run(cache.retrieve(sender))
    assert saved_and_read(cache, conversation(1)).sender_id == "a"


def test_postgresql_keeps_the_same() -> None:
    try:
        engine = sa.create_engine(POSTGRES, connect_args={"connect_timeout": 3})
        with engine.begin() as connection:
            connection.execute(sa.text("DROP TABLE IF EXISTS dialogues"))
    except sa.exc.OperationalError:
        pytest.skip(f"没有可用的 PostgreSQL：{POSTGRES}")
    cache = TrackerCache(DOMAIN, host=POSTGRES)
    assert saved_and_read(cache, conversation(3)).get_slot("offered") == ["/show2"]
    for sender in ("a\x00b", "\ud800", "x" * 5000):
        asyncio.run(cache.save(conversation(1, sender)))
        asyncio.run(cache.retrieve(sender))
    assert "a" in asyncio.run(cache.keys())
