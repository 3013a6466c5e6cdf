"""What is kept, how long, and how one person's data is erased everywhere."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select

from front.desk import retention as desk
from front.desk.tables import audit, lessons
from front.inbox import retention
from front.inbox.tables import conversations, metadata
from ops.conftest import Office

BELONGING = sorted(name for name, table in metadata.tables.items() if "conversation_id" in table.c)


def remembers(tracker: Path, *senders: str, updated: float | None = None) -> None:
    """Rasa keeps these dialogues, as brain/tracker_cache.py writes them."""
    with sqlite3.connect(tracker) as rows:
        rows.execute(
            "CREATE TABLE IF NOT EXISTS dialogues (sender VARCHAR(255) PRIMARY KEY, snapshot TEXT, updated FLOAT)"
        )
        for sender in senders:
            rows.execute("INSERT INTO dialogues VALUES (?, '{}', ?)", (sender, updated or time.time()))


def senders(tracker: Path) -> set[str]:
    with sqlite3.connect(tracker) as rows:
        return {sender for (sender,) in rows.execute("SELECT sender FROM dialogues")}


def soon(true: Callable[[], bool]) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


def left(office: Office, conversation: int) -> dict[str, int]:
    tables = [metadata.tables[name] for name in BELONGING]
    found = {t.name: office.ask(select(t.c.conversation_id).where(t.c.conversation_id == conversation)) for t in tables}
    return {name: len(rows) for name, rows in found.items() if rows}


def test_every_table_has_a_rule_or_a_reason() -> None:
    ruled = {rule.table.name for rule in (*retention.RULES, *desk.RULES)}
    assert ruled | set(desk.KEPT) == set(metadata.tables)
    assert ruled & set(desk.KEPT) == set()


def test_erasing_a_person_leaves_no_row_of_his_and_every_row_of_the_others(office: Office, tmp_path: Path) -> None:
    tracker = tmp_path / "tracker.db"
    for who in ("zhang", "li"):
        office.says(who, "医保转移多久")
    (zhang, person, his), (li, _, hers) = office.person(0), office.person(1)
    for conversation in (zhang, li):
        office.desk_writes(conversation)
    remembers(tracker, his, hers)
    before = left(office, li)
    said = office.run("erase", person, "--yes")
    assert said.returncode == 0, said.stderr
    for what in ("会话1", "市民的话1", "回复1", "备注1", "回电1", "转人工的经过1", "待学的问题1", "上下文删了 1 段"):
        assert what in said.stdout
    assert left(office, zhang) == {}
    assert left(office, li) == before
    assert set(before) >= {"inbound", "outbox", "notes", "callbacks", "handoff_events", "lessons"}
    assert office.ask(select(conversations.c.id)) == [(li,)]
    assert senders(tracker) == {hers}
    (line,) = office.ask(select(audit.c.who, audit.c.about, audit.c.detail).where(audit.c.action == "person.erase"))
    assert person not in str(line)
    assert office.run("erase", person, "--yes").stdout == "没有这个人的记录\n"


def test_a_citizen_who_asks_for_it_is_forgotten_by_the_desk_and_by_rasa(office: Office, tmp_path: Path) -> None:
    tracker = tmp_path / "tracker.db"
    office.says("zhang", "医保转移多久")
    conversation, _, sender = office.person()
    office.desk_writes(conversation)
    remembers(tracker, sender, "p-other")
    office.says("zhang", "删除我的记录")
    assert left(office, conversation) == {
        "inbound": 1,
        "outbox": 1,
    }  # the wish itself, without its words, and the answer
    soon(lambda: senders(tracker) == {"p-other"})
    assert office.person()[2] != sender


def test_a_question_the_office_has_accepted_stays_without_the_person(office: Office) -> None:
    office.says("zhang", "医保转移多久")
    conversation, person, _ = office.person()
    office.desk_writes(conversation)
    learned = lessons.update().values(state="learned", conversation_id=None, inbound_id=None)
    office.ask(learned, write=True)
    office.run("erase", person, "--yes")
    assert office.ask(select(lessons.c.state)) == [("learned",)]


def test_without_the_address_the_operator_is_told_that_rasa_still_remembers(office: Office) -> None:
    office.says("zhang", "医保转移多久")
    said = office.run("erase", office.person()[1], "--yes", LUEBAO_TRACKER_URL="")
    assert "上下文没有删：请设置 LUEBAO_TRACKER_URL" in said.stdout


def test_what_is_kept_how_long_is_shown_with_what_is_due(office: Office, tmp_path: Path) -> None:
    office.says("zhang", "医保转移多久")
    office.desk_writes(office.person()[0])
    remembers(tmp_path / "tracker.db", "old", updated=time.time() - 3 * 86400)
    said = office.run("retention").stdout
    assert "市民的话\t180天\t1 行，到期 0 行" in said
    assert "同事写的备注\t180天\t1 行，到期 0 行" in said
    assert "机器人记的上下文（LUEBAO_TRACKER_URL）\t2天\t1 行，到期 1 行" in said
    office.ask(metadata.tables["notes"].update().values(at=metadata.tables["notes"].c.at - 200 * 86400), write=True)
    assert "同事写的备注\t180天\t1 行，到期 1 行" in office.run("retention").stdout


def test_a_running_service_deletes_what_is_due(office: Office, tmp_path: Path) -> None:
    tracker = tmp_path / "tracker.db"
    office.says("zhang", "医保转移多久")
    office.desk_writes(office.person()[0])
    remembers(tracker, "new")
    remembers(tracker, "old", updated=time.time() - 3 * 86400)
    notes = metadata.tables["notes"]
    office.ask(notes.update().values(at=notes.c.at - 200 * 86400), write=True)
    office.front.stop()
    office.front.start()  # it looks at once, then every hour
    soon(lambda: senders(tracker) == {"new"})
    assert (office.count(notes), office.count(conversations)) == (0, 1)
