"""One file that holds what cannot be made again: the database, what the robot learned, and which knowledge it was.

Not in it: secrets (LUEBAO_SECRET_KEY or secret.key, tokens, passwords). Who finds a backup can so not read the numbers
people left to be called back; who restores one needs the key kept elsewhere. The models are trained again from data/.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.script import ScriptDirectory

from front.inbox.database import MIGRATIONS
from front.ops.dump import OpsError, dumped
from front.settings import Settings

_FORMAT = 1
_MANIFEST, _DATABASE, _LEARNED = "manifest.json", "database", "learned.yml"
Manifest = dict[str, Any]


def learned_file(settings: Settings) -> Path:
    """The examples the office accepted, beside the knowledge."""
    return settings.knowledge.parent / "data" / "nlu" / "learned.yml"


def back_up(settings: Settings, file: Path) -> Manifest:
    """Write a backup while the front may be running; the file appears whole or not at all. Raises OpsError."""
    if not file.parent.is_dir():
        raise OpsError(f"没有文件夹 {file.parent}，请先建好")
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".luebao-backup-") as folder:
        room = Path(folder)
        database = dumped(settings.database_url)
        manifest: Manifest = {"format": _FORMAT, "made_at": datetime.now(UTC).isoformat(timespec="seconds")}
        copied = database.dump(room / _DATABASE)
        manifest |= {"kind": database.kind, "rows": dict(copied.rows), "schema": copied.schema}
        manifest |= {"knowledge": _knowledge(settings.knowledge)}
        if learned_file(settings).is_file():
            (room / _LEARNED).write_bytes(learned_file(settings).read_bytes())
        members = [name for name in (_DATABASE, _LEARNED) if (room / name).is_file()]
        manifest["sha256"] = {name: _digest(room / name) for name in members}
        (room / _MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
        _pack(room, [_MANIFEST, *members], file)
    return manifest


def _pack(room: Path, members: list[str], file: Path) -> None:
    packed = room / "packed"
    with open(os.open(packed, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as out:  # for its owner alone
        with tarfile.open(fileobj=out, mode="w:gz", compresslevel=6) as archive:
            for name in members:
                archive.add(room / name, arcname=name)
        out.flush()
        os.fsync(out.fileno())
    packed.replace(file)


@contextmanager
def opened(file: Path) -> Iterator[tuple[Manifest, Path]]:
    """A backup's manifest and a folder with its parts, whose digests are right. Raises OpsError."""
    with tempfile.TemporaryDirectory(prefix="luebao-restore-") as folder:
        room = Path(folder)
        try:
            with tarfile.open(file, "r:gz") as archive:
                archive.extractall(room, filter="data")
            manifest = json.loads((room / _MANIFEST).read_text(encoding="utf-8"))
            wrong = [name for name, digest in manifest["sha256"].items() if _digest(room / name) != digest]
        except (OSError, EOFError, tarfile.TarError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise OpsError(f"{file} 不是完整的备份（{type(error).__name__}），请换一份") from None
        if wrong or manifest.get("format") != _FORMAT:
            raise OpsError(f"{file} 已损坏或被改过（校验不符：{'、'.join(wrong) or '格式'}），请换一份")
        yield manifest, room


def check(settings: Settings, manifest: Manifest) -> None:
    """Whether a backup fits this program and this database. Raises OpsError."""
    known = _schemas()
    if manifest["schema"] not in known:
        raise OpsError(f"备份来自更新的版本（表结构 {manifest['schema']}），这里只到 {known[0]}。请先升级 front")
    here = dumped(settings.database_url).kind
    if manifest["kind"] != here:
        raise OpsError(f"备份是 {manifest['kind']} 的，LUEBAO_DATABASE_URL 指的是 {here}，两种不能互相恢复")


def restore(settings: Settings, file: Path, before: Path | None) -> Manifest:
    """Replace the database by the backup's; `before`: where to back up what is there first. Raises OpsError.

    Nothing is touched unless the backup is sound, fits, and no front is running.
    """
    database = dumped(settings.database_url)
    with opened(file) as (manifest, room):
        check(settings, manifest)
        database.require_idle()
        if before:
            back_up(settings, before)
        database.restore(room / _DATABASE, manifest["rows"])
        manifest["learned_changed"] = _restore_learned(room / _LEARNED, learned_file(settings))
    return manifest


def _restore_learned(kept: Path, there: Path) -> bool:
    """Put learned.yml back; returns whether it is another one now."""
    if not kept.is_file() or (there.is_file() and there.read_bytes() == kept.read_bytes()):
        return False
    there.parent.mkdir(parents=True, exist_ok=True)
    new = there.with_name(f".{there.name}.restoring")
    new.write_bytes(kept.read_bytes())
    new.replace(there)
    return True


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _schemas() -> list[str]:
    """The revisions this program knows, newest first."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]


def _knowledge(folder: Path) -> dict[str, str]:
    """Which knowledge was in service: a digest of its files, and git's revision where there is one."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.yml")):
        digest.update(f"{file.relative_to(folder)}\n".encode() + file.read_bytes())
    command = ["git", "-C", str(folder), "rev-parse", "HEAD"]
    try:
        revision = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10).stdout  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        revision = ""
    return {"sha256": digest.hexdigest(), "revision": revision.strip()}
