"""Backup and restore, with a front that runs while it is backed up, on both databases."""

from __future__ import annotations

import json
import os
import tarfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from front.desk.tables import audit
from front.inbox.tables import conversations, inbound, outbox
from ops.conftest import Office

Change = Callable[[dict[str, object]], None]


def learned(office: Office) -> Path:
    return Path(office.front.environment["LUEBAO_KNOWLEDGE"]).parent / "data" / "nlu" / "learned.yml"


def test_what_was_there_at_the_backup_is_there_after_the_restore_and_nothing_else(
    office: Office, tmp_path: Path
) -> None:
    office.says("zhang", "医保转移多久")
    office.says("li", "异地就医")
    file = tmp_path / "backup.tar.gz"
    said = office.run("backup", str(file))
    assert said.returncode == 0, said.stderr
    assert "其中会话 2" in said.stdout
    office.says("zhao", "这句在备份之后")
    learned(office).write_text("nlu: [changed]\n", encoding="utf-8")
    office.front.stop()
    said = office.run("restore", str(file), "--yes")
    assert said.returncode == 0, said.stderr
    assert "已恢复，行数核对无误" in said.stdout
    assert "make train" in said.stdout
    assert (office.count(conversations), office.count(inbound), office.count(outbox)) == (2, 2, 2)
    assert learned(office).read_text(encoding="utf-8") == "nlu: []\n"
    assert office.ask(text("SELECT action FROM audit ORDER BY id DESC LIMIT 1")) == [("database.restore",)]
    office.front.start()  # and the service works on what was restored
    office.says("zhang", "还在吗")
    assert office.count(inbound) == 3


def test_what_was_there_before_a_restore_is_backed_up_first(office: Office, tmp_path: Path) -> None:
    office.says("zhang", "第一句")
    first = tmp_path / "first.tar.gz"
    office.run("backup", str(first))
    office.says("li", "第二句")
    office.front.stop()
    assert office.run("restore", str(first), "--yes").returncode == 0
    assert office.count(conversations) == 1
    before = next(tmp_path.glob("before-restore-*.tar.gz"))
    assert office.run("restore", str(before), "--yes", "--no-backup").returncode == 0
    assert office.count(conversations) == 2


def test_nothing_is_restored_under_a_running_front(office: Office, tmp_path: Path) -> None:
    office.says("zhang", "医保转移多久")
    file = tmp_path / "backup.tar.gz"
    office.run("backup", str(file))
    said = office.run("restore", str(file), "--yes")
    assert said.returncode == 1
    assert "请先停掉" in said.stderr
    office.says("zhang", "还在吗")
    assert office.count(inbound) == 2
    assert not list(tmp_path.glob("before-restore-*"))


def test_a_backup_made_while_people_write_is_one_moment(office: Office, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            office.says("zhang", "医保转移多久")

    writer = threading.Thread(target=write)
    writer.start()
    files = [tmp_path / f"{number}.tar.gz" for number in range(3)]
    try:
        for file in files:
            assert office.run("backup", str(file)).returncode == 0
    finally:
        stop.set()
        writer.join()
    written = office.count(inbound)
    office.front.stop()
    restored = []
    for file in files:
        assert office.run("restore", str(file), "--yes", "--no-backup").returncode == 0
        restored.append(office.count(inbound))
        assert office.count(outbox) in (restored[-1], restored[-1] - 1)  # at most the one being answered then
    assert restored == sorted(restored)
    assert 0 < restored[0] < written


def test_the_audit_log_refuses_changes_after_a_restore_too(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar.gz"
    assert office.run("staff", "add", "boss", "--name", "张主任", "--role", "admin").returncode == 0
    office.run("backup", str(file))
    office.front.stop()
    assert office.run("restore", str(file), "--yes").returncode == 0
    assert office.count(audit) == 2
    with pytest.raises(Exception, match="数据库没有应答"):
        office.ask(text("UPDATE audit SET who = 'x'"), write=True)


def test_a_backup_is_for_its_owner_alone_and_holds_no_secret(office: Office, tmp_path: Path) -> None:
    secret = "a-secret-key-that-must-not-be-in-the-backup"
    file = tmp_path / "backup.tar.gz"
    assert office.run("backup", str(file), LUEBAO_SECRET_KEY=secret).returncode == 0
    assert file.stat().st_mode & 0o777 == 0o600
    with tarfile.open(file) as archive:
        assert sorted(archive.getnames()) == ["database", "learned.yml", "manifest.json"]
        contents = b"".join(archive.extractfile(member).read() for member in archive)  # type: ignore[union-attr]
    assert secret.encode() not in contents
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".luebao")] == []
    assert "已经有了" in office.run("backup", str(file)).stderr


def changed(file: Path, change: Change, to: Path) -> Path:
    """The backup with another manifest."""
    room = to / "room"
    room.mkdir()
    with tarfile.open(file) as archive:
        archive.extractall(room, filter="data")
    manifest = json.loads((room / "manifest.json").read_text(encoding="utf-8"))
    change(manifest)
    (room / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with tarfile.open(to / "changed.tar.gz", "w:gz") as archive:
        for part in room.iterdir():
            archive.add(part, part.name)
    return to / "changed.tar.gz"


def a_row_more(manifest: dict[str, object]) -> None:
    rows = manifest["rows"]
    assert isinstance(rows, dict)
    rows["conversations"] += 1


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda manifest: manifest.update(schema="9999"), "更新的版本"),
        (lambda manifest: manifest.update(kind="oracle"), "两种不能互相恢复"),
        (lambda manifest: manifest["sha256"].update(database="0" * 64), "已损坏或被改过"),
        (a_row_more, "对不上"),
    ],
)
def test_a_backup_that_does_not_fit_changes_nothing(office: Office, tmp_path: Path, change: Change, why: str) -> None:
    office.says("zhang", "医保转移多久")
    file = tmp_path / "backup.tar.gz"
    office.run("backup", str(file))
    office.says("zhang", "备份之后")
    office.front.stop()
    said = office.run("restore", str(changed(file, change, tmp_path)), "--yes")
    assert said.returncode == 1
    assert why in said.stderr
    assert office.count(inbound) == 2


def test_a_file_that_is_no_backup_is_refused(office: Office, tmp_path: Path) -> None:
    for name, content in (("empty", b""), ("other", os.urandom(200))):
        (tmp_path / name).write_bytes(content)
        said = office.run("restore", str(tmp_path / name), "--check")
        assert said.returncode == 1
        assert "不是完整的备份" in said.stderr
