"""What the office changes in the files is answered at the next look; a change with a mistake waits."""

from __future__ import annotations

import logging

import pytest

from luebao.knowledge import KnowledgeError
from luebao.knowledge.live import LiveKnowledge
from tests.luebao.clerk import Clerk

ENTRIES, TITLE = "entries/office.yml", "title: 转移要多久"


@pytest.fixture(autouse=True)
def look_at_every_question(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("luebao.knowledge.live._LOOK_EVERY", 0)


def title(live: LiveKnowledge) -> str:
    return live.current().entries["office.transfer"].title


def test_a_change_is_answered_at_the_next_look(small_office: Clerk) -> None:
    live = LiveKnowledge(small_office.folder)
    before = title(live)
    small_office.change(ENTRIES, TITLE, TITLE + "呀")
    assert title(live) == before + "呀"
    assert live.current() is live.current()


def test_between_two_looks_the_files_are_left_alone(small_office: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("luebao.knowledge.live._LOOK_EVERY", 3600)
    live = LiveKnowledge(small_office.folder)
    before = live.current()
    small_office.change(ENTRIES, TITLE, TITLE + "呀")
    assert live.current() is before


def test_a_broken_change_keeps_the_old_and_is_logged_once_and_taken_over_when_mended(
    small_office: Clerk, caplog: pytest.LogCaptureFixture
) -> None:
    live = LiveKnowledge(small_office.folder)
    before = title(live)
    small_office.change(ENTRIES, TITLE, TITLE + "呀，三天办好")
    with caplog.at_level(logging.ERROR):
        assert [title(live), title(live)] == [before, before]
    [record] = caplog.records
    line = small_office.line(ENTRIES, TITLE)
    assert f"knowledge/{ENTRIES}:{line}: 正文里直接写了数字“三天”" in record.getMessage()
    small_office.change(ENTRIES, "，三天办好", "")
    assert title(live) == before + "呀"


def test_a_lost_file_keeps_the_old(small_office: Clerk) -> None:
    live = LiveKnowledge(small_office.folder)
    before = live.current()
    (small_office.folder / ENTRIES).unlink()
    assert live.current() is before


def test_a_new_file_is_seen(small_office: Clerk) -> None:
    live = LiveKnowledge(small_office.folder)
    small_office.write("scopes/new.yml", "id: new\ntitle: 新清单\nclause: r.2\nitems: []\n")
    assert live.current().scopes["new"].title == "新清单"


def test_files_that_stay_the_same_are_not_read_again(small_office: Clerk) -> None:
    live = LiveKnowledge(small_office.folder)
    assert live.current() is live.current()


def test_the_robot_does_not_start_on_broken_knowledge(small_office: Clerk) -> None:
    small_office.change(ENTRIES, TITLE, "titel: 转移要多久")
    with pytest.raises(KnowledgeError, match="不认识的键 titel"):
        LiveKnowledge(small_office.folder)


def test_an_invisible_character_keeps_the_old(small_office: Clerk) -> None:
    live = LiveKnowledge(small_office.folder)
    before = live.current()
    small_office.change(ENTRIES, TITLE, TITLE + "\x0b")
    assert live.current() is before
