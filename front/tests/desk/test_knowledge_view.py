"""知识: what is shown of the knowledge base is what it says on that day; its history is that of git."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from luebao.knowledge import Knowledge, load
from luebao.knowledge.period import Holds

from desk.plenty import KNOWLEDGE
from front.desk.knowledge_view import browse
from front.desk.knowledge_view.history import Change, History, NoHistory, span

TODAY = date(2026, 11, 22)
FACT = "transfer.days.cross_province"


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    """The real one."""
    return load(KNOWLEDGE)


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """A copy of the knowledge base in which cross-province transfers take 10 working days from 2027 on."""
    folder = tmp_path / "knowledge"
    shutil.copytree(KNOWLEDGE, folder)
    new_rule(folder)
    return folder


def new_rule(folder: Path) -> None:
    """The change docs/how-to/change-a-rule.md describes."""
    file = folder / "facts" / "transfer.yml"
    old = '      - {value: "15", from: unknown, until: open, clause: m.1.2}\n'
    new = '      - {value: "10", from: 2027-01-01, until: open, clause: m.1.2}\n'
    ended = '      - {value: "15", from: unknown, until: 2026-12-31, clause: m.1.2}\n'
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new + ended, 1), encoding="utf-8")


def test_an_entry_reads_as_of_any_day_in_three_renditions(changed: Path) -> None:
    base = load(changed)
    entry = base.entries["transfer.time_limit"]
    now, then = (browse.renditions(base, entry, day) for day in (TODAY, date(2027, 1, 1)))
    for text in (now.full, now.sms, now.staff):
        assert "跨省15个工作日" in text or "跨省转移15个工作日" in text
    for text in (then.full, then.sms, then.staff):
        assert "10个工作日" in text
    assert now.citation[0].startswith("《威海医保医保服务二十四项便民措施详情》一-2")
    assert (now.sms_units, now.sms_parts) == (len(now.sms), 1)


def test_values_have_their_time(changed: Path) -> None:
    fact = load(changed).facts[FACT]
    assert [browse.value_state(value, TODAY) for value in fact.values] == [
        Holds.NOT_YET, Holds.YES, Holds.NO_LONGER,
    ]  # fmt: skip
    assert browse.since_words(fact.values[0].from_) == "从2027年1月1日起"
    assert browse.until_words(fact.values[1].until) == "到2026年12月31日止"
    assert browse.until_words(fact.values[2].until) == "已失效，哪天不详"


def test_every_clause_is_covered_and_says_by_what(knowledge: Knowledge) -> None:
    covered = browse.coverage(knowledge)
    assert len(covered) == 63
    assert all(one.entries for one in covered.values())
    assert "transfer.time_limit" in covered["m.1.2"].entries
    assert FACT in covered["m.1.2"].facts
    assert "e" in covered["m.1.2"].conflicts
    assert "national_app" in covered["m.1.3a"].routes


@pytest.mark.parametrize("words", ["transfer.time_limit", "几个工作日能办好", "跨省 多久", "M.1.2 多久", "一-2 多久"])
def test_an_entry_is_found_by_id_question_words_and_clause(knowledge: Knowledge, words: str) -> None:
    found = browse.filtered(knowledge, words)
    assert "transfer.time_limit" in [entry.id for entries in found.values() for entry in entries]


def test_nothing_wanted_is_everything_and_nonsense_is_nothing(knowledge: Knowledge) -> None:
    assert sum(map(len, browse.filtered(knowledge, " ").values())) == len(knowledge.entries)
    assert browse.filtered(knowledge, "火星") == {}


def test_the_facts_of_an_entry_are_those_its_texts_name(knowledge: Knowledge) -> None:
    facts = [fact.id for fact in browse.facts_of(knowledge, knowledge.entries["transfer.time_limit"])]
    assert facts == [FACT, "transfer.days.in_province", "phone.hotline"]


def test_how_to_mark_as_checked_opens_the_very_line(knowledge: Knowledge) -> None:
    for kind, things in (("facts", knowledge.facts), ("entries", knowledge.entries)):
        for id_ in things:
            place = browse.place(KNOWLEDGE, kind, id_)
            line = (KNOWLEDGE / place.file).read_text(encoding="utf-8").splitlines()[place.line - 1]
            assert line.strip() == f"- id: {id_}"
    said = browse.how_to_check(browse.place(KNOWLEDGE, "facts", FACT), FACT, TODAY)
    assert said.startswith("nano +4 knowledge/facts/transfer.yml ")
    assert "last_checked 写成 2026-11-22" in said
    assert said.endswith("luebao knowledge check")


def test_what_a_condition_of_a_case_is_called_is_known(knowledge: Knowledge) -> None:
    for entry in knowledge.entries.values():
        for case in entry.cases:
            words = browse.case_words(case.when).replace("，", "：").split("：")
            assert not [word for word in words if word.isascii()], words


def test_the_span_of_an_item_ends_before_the_next() -> None:
    text = "facts:\n  - id: a\n    unit: x\n\n    values:\n      - {id: b}\n\n  - id: a.b\n    unit: y\n"
    assert span(text, "a") == (2, 6)
    assert span(text, "a.b") == (8, 9)
    assert span(text, "c") == (0, 0)


Git = Callable[..., str]


@pytest.fixture
def repository(tmp_path: Path) -> tuple[Path, Git]:
    """A repository with the knowledge base in it, committed once, and how to call git there."""
    if not shutil.which("git"):
        pytest.skip("没有 git：apt-get install git")
    folder = tmp_path / "repository"
    shutil.copytree(KNOWLEDGE, folder / "knowledge")
    names = ["-c", "user.name=张主任", "-c", "user.email=zhang@example.org", "-c", "commit.gpgsign=false"]

    def git(*arguments: str) -> str:
        command = ["git", *names, *arguments]
        return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "知识库")
    return folder, git


def changes(history: History, file: str, id_: str) -> list[Change]:
    return asyncio.run(history.of(file, id_))


def test_a_change_shows_old_and_new_lines_and_only_those_of_its_item(repository: tuple[Path, Git]) -> None:
    folder, git = repository
    new_rule(folder / "knowledge")
    git("commit", "-qam", "跨省转移改为10个工作日")
    history = History(folder / "knowledge")
    newest, first = changes(history, "facts/transfer.yml", FACT)
    assert (newest.author, newest.subject) == ("张主任", "跨省转移改为10个工作日")
    values = [(line.sign, line.text.strip().partition(", clause")[0]) for line in newest.lines if line.sign != " "]
    assert sorted(values) == [
        ("+", '- {value: "10", from: 2027-01-01, until: open'),
        ("+", '- {value: "15", from: unknown, until: 2026-12-31'),
        ("-", '- {value: "15", from: unknown, until: open'),
    ]
    assert first.subject == "知识库"
    others = changes(history, "facts/transfer.yml", "transfer.days.in_province")
    assert [change.subject for change in others] == ["知识库"]


def test_what_is_committed_later_is_seen_after_the_next_look(
    repository: tuple[Path, Git], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, git = repository
    history = History(folder / "knowledge")
    assert len(changes(history, "facts/transfer.yml", FACT)) == 1
    new_rule(folder / "knowledge")
    assert len(changes(history, "facts/transfer.yml", FACT)) == 1  # not committed: no history yet, and no wrong lines
    git("commit", "-qam", "改")
    monkeypatch.setattr("front.desk.knowledge_view.history._HEAD_SECONDS", 0.0)
    assert len(changes(history, "facts/transfer.yml", FACT)) == 2


def test_a_file_that_was_renamed_keeps_its_history(repository: tuple[Path, Git]) -> None:
    folder, git = repository
    git("mv", "knowledge/facts/contact.yml", "knowledge/facts/phones.yml")
    git("commit", "-qm", "换个名字")
    history = History(folder / "knowledge")
    assert "知识库" in [change.subject for change in changes(history, "facts/phones.yml", "phone.hotline")]


@pytest.mark.parametrize(
    ("file", "id_", "says"),
    [("facts/new.yml", "new.fact", "这个文件还没有提交"), ("facts/transfer.yml", "new.fact", "还没有提交到 git")],
)
def test_what_is_not_committed_yet_is_said_kindly(repository: tuple[Path, Git], file: str, id_: str, says: str) -> None:
    folder, _ = repository
    (folder / "knowledge" / "facts" / "new.yml").write_text("facts: []\n", encoding="utf-8")
    with pytest.raises(NoHistory, match=says):
        changes(History(folder / "knowledge"), file, id_)


def test_no_repository_and_no_git_are_said_kindly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NoHistory, match="不在 git 仓库里"):
        changes(History(tmp_path), "facts/transfer.yml", FACT)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoHistory, match="没有装 git"):
        changes(History(tmp_path), "facts/transfer.yml", FACT)


def test_a_git_that_hangs_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = tmp_path / "git"
    slow.write_text("#!/bin/sh\nexec /bin/sleep 30\n", encoding="utf-8")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("front.desk.knowledge_view.history._SECONDS", 0.2)
    with pytest.raises(NoHistory, match="没有及时应答"):
        changes(History(tmp_path), "facts/transfer.yml", FACT)
