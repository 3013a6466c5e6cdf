"""A lead sorts: `lead.py LOGIN LABEL` accepts the waiting questions it reads as JSON. Run by the front's Python."""

from __future__ import annotations

import json
import sys

from front.desk.learning.lessons import Lessons
from front.desk.learning.sense import Sense
from front.inbox.database import Database
from front.working import settings, with_database

from luebao.knowledge.live import LiveKnowledge


async def accept(database: Database) -> int:
    """Group by group, as the page does; returns how many."""
    (_, by, label), texts, knowledge = sys.argv, set(json.load(sys.stdin)), settings().knowledge
    lessons = Lessons(database, Sense(LiveKnowledge(knowledge), knowledge.resolve().parent))
    count = 0
    for group in await lessons.groups():
        ids = [row["id"] for row in await lessons.of_group(group.id) if row["text"] in texts]
        if ids:
            count += await lessons.accept(by, ids, label)
    return count


if __name__ == "__main__":
    print(with_database(accept))
