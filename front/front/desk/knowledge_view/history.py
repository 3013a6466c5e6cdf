"""How a piece of a knowledge file changed, out of git: read only, bounded in time and size, remembered."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

_SECONDS = 5.0
_MOST_CHANGES, _MOST_BYTES, _MOST_KEPT = 30, 400_000, 300
_HEAD_SECONDS = 10.0  # how long a look at the newest commit holds
_ENVIRONMENT = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_PAGER": "cat", "LC_ALL": "C.UTF-8"}
_MARK = "\x1e"  # begins a commit in what git prints
_FORMAT = f"--format={_MARK}%h%x1f%as%x1f%an%x1f%s"


class NoHistory(Exception):
    """There is no history to show; the message says why, kindly, in Chinese."""


@dataclass(frozen=True)
class DiffLine:
    """One line of a change: sign "+" new, "-" old, " " the same."""

    sign: str
    text: str


@dataclass(frozen=True)
class Change:
    """One commit that touched the piece. `day` is its date, such as 2026-11-22."""

    commit: str
    day: str
    author: str
    subject: str
    lines: tuple[DiffLine, ...]


class History:
    """The history of things that a YAML list item with `id: …` writes, in one folder of a git repository."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._git = shutil.which("git")
        self._kept: dict[tuple[str, str, str], list[Change]] = {}
        self._head = (float("-inf"), "")

    async def of(self, file: str, id_: str) -> list[Change]:
        """The changes of an item in a file below the folder, newest first. Raises NoHistory."""
        return await asyncio.to_thread(self._of, file, id_)

    def _of(self, file: str, id_: str) -> list[Change]:
        key = (self._newest(), file, id_)
        if key not in self._kept:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[key] = self._read(file, id_)
        return self._kept[key]

    def _newest(self) -> str:
        """The newest commit, so that what was remembered before it is not shown after it."""
        at, head = self._head
        if time.monotonic() - at > _HEAD_SECONDS:
            head = self._run("rev-parse", "--verify", "HEAD").strip()
            self._head = (time.monotonic(), head)
        return head

    def _read(self, file: str, id_: str) -> list[Change]:
        first, last = span(self._run("show", f"HEAD:./{file}"), id_)
        if not first:
            raise NoHistory("这一条还没有提交到 git，所以没有更改记录。")
        trace = f"-L{first},{last}:{file}"
        return parsed(self._run("log", f"-n{_MOST_CHANGES}", "--no-color", "--no-ext-diff", _FORMAT, trace))

    def _run(self, *arguments: str) -> str:
        """What git prints. Raises NoHistory."""
        if not self._git:
            raise NoHistory("这台机器没有装 git，看不了更改记录。请管理员安装：apt-get install git")
        command = [self._git, "-c", "core.quotepath=off", "--no-pager", *arguments]
        clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        try:
            ran = subprocess.run(  # noqa: S603 - no shell; files and ids come from the checked knowledge base
                command, cwd=self._folder, env=clean | _ENVIRONMENT, capture_output=True, timeout=_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            raise NoHistory("git 没有及时应答，请稍后再看。") from None
        if ran.returncode:
            raise NoHistory(_why(ran.stderr.decode("utf-8", "replace")))
        return ran.stdout[:_MOST_BYTES].decode("utf-8", "replace")


def _why(said: str) -> str:
    if "not a git repository" in said:
        return "知识库不在 git 仓库里，没有更改记录。请管理员用 git clone 安装，或者在知识库的文件夹执行 git init。"
    if "dubious ownership" in said:
        return (
            "git 不信任这个文件夹的主人，看不了更改记录。请管理员执行 git config --global --add safe.directory 文件夹。"
        )
    if "does not exist" in said or "exists on disk, but not in" in said:
        return "这个文件还没有提交到 git，所以没有更改记录。"
    return "git 没有给出更改记录，请管理员在知识库的文件夹执行 git log 看看。"


def span(text: str, id_: str) -> tuple[int, int]:
    """The first and the last line (from 1) of the list item that begins `- id: …`; (0, 0) where there is none."""
    lines = text.splitlines()
    begins = re.compile(rf"( *)- (?:\{{)?id: {re.escape(id_)}(?:\s*$|,)")
    for number, line in enumerate(lines):
        found = begins.match(line)
        if found:
            return number + 1, _last(lines, number, len(found[1]))
    return (0, 0)


def _last(lines: list[str], first: int, indent: int) -> int:
    """The last line of an item: before the next that is indented as little; blank lines at the end left out."""
    end = first + 1
    while end < len(lines) and (not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > indent):
        end += 1
    while not lines[end - 1].strip():
        end -= 1
    return end


def parsed(printed: str) -> list[Change]:
    """The changes in what `git log -L` printed."""
    return [_change(part) for part in printed.split(_MARK)[1:]]


def _change(part: str) -> Change:
    head, _, diff = part.partition("\n")
    commit, day, author, subject = head.split("\x1f", 3)
    lines: list[DiffLine] = []
    inside = False
    for line in diff.splitlines():
        inside = line.startswith("@@") or inside
        if inside and line[:1] in ("+", "-", " "):
            lines.append(DiffLine(line[0], line[1:]))
    return Change(commit, day, author, subject, tuple(lines))
