"""The whole database into one file and back: SQLite by its own backup, PostgreSQL by pg_dump and pg_restore."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import asyncpg
from sqlalchemy import URL, make_url

_ASIDE = "luebao_before_restore"  # where PostgreSQL's old tables wait until the new ones are proven
_LOCK = 5190857  # what a front that starts waits for before it migrates (front.inbox.database)
_SCHEMA = "SELECT version_num FROM alembic_version"
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND application_name = 'luebao-front' AND pid <> pg_backend_pid()"
)


class OpsError(Exception):
    """A backup or a restore cannot be done; the message says why and what to do, in Chinese."""


@dataclass(frozen=True)
class Copied:
    """What a copy holds: the rows of each table, and the revision of its form."""

    rows: Mapping[str, int]
    schema: str


class Dumped(Protocol):
    """A database that can be written to a file and read back."""

    kind: str

    def dump(self, file: Path) -> Copied:
        """Write everything as of one moment, whoever else is writing."""
        ...

    def restore(self, file: Path, rows: Mapping[str, int]) -> None:
        """Put the file in the place of what is there, if it has these rows; else all stays as it was."""
        ...

    def require_idle(self) -> None:
        """Raises OpsError while a front is running on it."""
        ...


def dumped(url: str) -> Dumped:
    """The database of an asynchronous URL."""
    parsed = make_url(url)
    return SqliteDump(Path(parsed.database or "front.db")) if url.startswith("sqlite") else PostgresDump(parsed)


class SqliteDump:
    """A file. In WAL mode whoever has it open holds a lock on it, which tells a running front."""

    kind = "sqlite"

    def __init__(self, path: Path) -> None:
        self._path = path

    def dump(self, file: Path) -> Copied:
        """See Dumped."""
        if not self._path.exists():
            raise OpsError(f"没有数据库文件 {self._path}。请检查 LUEBAO_DATABASE_URL 或 LUEBAO_RUN")
        address = f"file:{self._path}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=30)) as source, closing(sqlite3.connect(file)) as copy:
            try:
                source.backup(copy)
            except sqlite3.DatabaseError as error:
                raise OpsError(f"数据库 {self._path} 读不出来：{error}") from None
            copy.execute("PRAGMA journal_mode=DELETE")
        return _examined(file)

    def restore(self, file: Path, rows: Mapping[str, int]) -> None:
        """See Dumped."""
        if _examined(file).rows != dict(rows):
            raise OpsError("备份里的行数和清单对不上，没有恢复。请换一份备份")
        self.require_idle()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = self._path.with_name(f"{self._path.name}.restoring")
        new.unlink(missing_ok=True)
        new.touch(0o600)
        shutil.copyfile(file, new)
        with closing(sqlite3.connect(new)) as copy:
            copy.execute("PRAGMA journal_mode=WAL")
        new.replace(self._path)

    def require_idle(self) -> None:
        """See Dumped. Folds the write-ahead log into the file, so that no old one is left beside a new file."""
        if not self._path.exists():
            return
        with closing(sqlite3.connect(self._path, timeout=0.5, isolation_level=None)) as alone:
            try:
                if alone.execute("PRAGMA journal_mode=DELETE").fetchone()[0] == "delete":
                    return
            except sqlite3.OperationalError:
                pass
            except sqlite3.DatabaseError:  # damaged: that is what the restore is for
                return
        raise OpsError("有 front 正在用这个数据库。请先停掉它（systemctl stop luebao-front，或结束 make run），再恢复")


def _examined(file: Path) -> Copied:
    """What a sound SQLite file holds. Raises OpsError for one that is damaged or not ours."""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as copy:
            if copy.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                raise OpsError("数据库文件已损坏（integrity_check 不通过），请换一份备份")
            if broken := copy.execute("PRAGMA foreign_key_check").fetchall():
                raise OpsError(f"数据库里有 {len(broken)} 行指向不存在的行，请换一份备份")
            names = copy.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            tables = sorted(name for (name,) in names)
            rows = {name: copy.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}  # noqa: S608
            return Copied(rows, copy.execute(_SCHEMA).fetchone()[0])
    except sqlite3.DatabaseError as error:
        raise OpsError(f"数据库文件读不出来：{error}") from None


class PostgresDump:
    """A database on a server; pg_dump and pg_restore do the copying, of a version not older than the server's."""

    kind = "postgresql"

    def __init__(self, url: URL) -> None:
        self._url = url.set(drivername="postgresql")

    def dump(self, file: Path) -> Copied:
        """See Dumped: the rows are counted in the very snapshot that pg_dump copies."""
        return asyncio.run(self._dump(file))

    def restore(self, file: Path, rows: Mapping[str, int]) -> None:
        """See Dumped."""
        asyncio.run(self._restore(file, rows))

    def require_idle(self) -> None:
        """See Dumped."""
        asyncio.run(self._require_idle())

    async def _require_idle(self) -> None:
        connection = await self._connect()
        try:
            await _idle(connection)
        finally:
            await connection.close()

    async def _dump(self, file: Path) -> Copied:
        connection = await self._connect()
        try:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                snapshot = await connection.fetchval("SELECT pg_export_snapshot()")
                copied = Copied(await _rows(connection), await connection.fetchval(_SCHEMA))
                what = ["--format=custom", "--schema=public", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
                await asyncio.to_thread(self._run, "pg_dump", [*what, f"--file={file}"])
                return copied
        except asyncpg.UndefinedTableError:
            raise OpsError("这个数据库里没有鲁e宝的表。请检查 LUEBAO_DATABASE_URL") from None
        finally:
            await connection.close()

    async def _restore(self, file: Path, rows: Mapping[str, int]) -> None:
        connection = await self._connect()
        try:
            await _idle(connection)
            await connection.execute(f"SELECT pg_advisory_lock({_LOCK})")
            await _put_back(connection)
            await connection.execute(f"ALTER SCHEMA public RENAME TO {_ASIDE}")
            try:
                await connection.execute("CREATE SCHEMA public")
                what = ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
                what += ["--use-list", str(await asyncio.to_thread(self._contents, file)), str(file)]
                await asyncio.to_thread(self._run, "pg_restore", what)
                if (found := await _rows(connection)) != dict(rows):
                    raise OpsError(f"恢复出来的行数和清单对不上，已退回原样。{_differences(rows, found)}")
            except BaseException:
                await _put_back(connection)
                raise
            await connection.execute(f"DROP SCHEMA {_ASIDE} CASCADE")
        finally:
            await connection.close()

    def _contents(self, file: Path) -> Path:
        """What to restore: all but the schema itself, which is there."""
        listed = self._run("pg_restore", ["--list", str(file)], connect=False)
        kept = [line for line in listed.splitlines() if " SCHEMA - " not in line and " COMMENT - SCHEMA " not in line]
        contents = file.with_name("contents.list")
        contents.write_text("\n".join(kept) + "\n", encoding="utf-8")
        return contents

    def _run(self, program: str, arguments: Sequence[str], *, connect: bool = True) -> str:
        """Run one of PostgreSQL's programs; the password goes by the environment, where `ps` does not show it."""
        if not shutil.which(program):
            raise OpsError(f"没有 {program}。请安装：apt-get install postgresql-client，版本不低于服务器的")
        url = self._url.set(password=None).render_as_string()
        where = ["--no-password", f"--dbname={url}"] if connect else []
        environment = {**os.environ, "PGPASSWORD": self._url.password or os.environ.get("PGPASSWORD", "")}
        done = subprocess.run(  # noqa: S603 - a program of PostgreSQL's by its name
            [program, *where, *arguments], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise OpsError(f"{program} 没有成功：{done.stderr.strip()[-600:]}")
        return done.stdout

    async def _connect(self) -> Any:
        try:
            return await asyncpg.connect(self._url.render_as_string(hide_password=False), timeout=5)
        except (OSError, asyncpg.PostgresError, TimeoutError) as error:
            raise OpsError(f"连不上数据库：{type(error).__name__}。请检查 LUEBAO_DATABASE_URL") from None


async def _idle(connection: Any) -> None:
    if running := await connection.fetchval(_OTHERS):
        raise OpsError(f"有 front 正在用这个数据库（{running} 个连接）。请先停掉所有 front，再恢复")


async def _rows(connection: Any) -> dict[str, int]:
    tables = [row[0] for row in await connection.fetch(_TABLES)]
    return {table: await connection.fetchval(f'SELECT count(*) FROM public."{table}"') for table in tables}  # noqa: S608


async def _put_back(connection: Any) -> None:
    """The tables that a restore which did not end put aside."""
    if await connection.fetchval(f"SELECT to_regnamespace('{_ASIDE}') IS NOT NULL"):
        async with connection.transaction():
            await connection.execute("DROP SCHEMA IF EXISTS public CASCADE")
            await connection.execute(f"ALTER SCHEMA {_ASIDE} RENAME TO public")


def _differences(wanted: Mapping[str, int], found: Mapping[str, int]) -> str:
    names = sorted({*wanted, *found})
    wrong = [name for name in names if wanted.get(name) != found.get(name)]
    return "；".join(f"{name} 应有 {wanted.get(name, 0)} 行，实有 {found.get(name, 0)} 行" for name in wrong)
