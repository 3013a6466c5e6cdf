"""`front lessons`: how `make learn`, which has no driver for the database, reads and settles what was accepted."""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from luebao.knowledge.live import LiveKnowledge

from front.desk.learning.collect import Collector
from front.desk.learning.lessons import Lessons
from front.desk.learning.sense import Sense
from front.inbox.database import Database
from front.settings import Settings

WithDatabase = Callable[[Callable[[Database], Awaitable[Any]]], Any]
_CHINA = timedelta(hours=8)


def lessons(with_database: WithDatabase, settings: Callable[[], Settings]) -> click.Group:
    """The group of commands, given how to reach the database."""

    def sense() -> Sense:
        knowledge = settings().knowledge
        return Sense(LiveKnowledge(knowledge), knowledge.resolve().parent)

    @click.group("lessons")
    def group() -> None:
        """市民没被听懂的问法：收集、导出、记下学没学"""

    @group.command("collect")
    def collect() -> None:
        """马上收集一遍（服务运行时会自动收集）"""
        count = with_database(lambda database: Collector(database, sense(), settled=0).collect())
        click.echo(f"新收集 {count} 句")

    @group.command("accepted")
    def accepted() -> None:
        """已接受、还没学的，写成 JSON"""
        rows = with_database(lambda database: Lessons(database, sense()).accepted())
        click.echo(json.dumps([{**row, "at": _day(row.pop("decided_at"))} for row in rows], ensure_ascii=False))

    @group.command("settle")
    def settle() -> None:
        """从标准输入读 JSON：哪些学了，哪些没学、为什么"""
        said = json.load(sys.stdin)
        unlearned = {int(id): why for id, why in said["unlearned"].items()}
        with_database(lambda database: Lessons(database, sense()).settle(said["by"], said["learned"], unlearned))

    return group


def _day(seconds: float) -> str:
    return (datetime.fromtimestamp(seconds, UTC) + _CHINA).date().isoformat()
