"""Many members of staff in a process of its own: `python -m desk.claiming URL NAME HOW_MANY` in front/tests.

Each has a claim of 接下一位 open all the time until nobody waits. Says "ready" first, begins at a line on stdin, and
writes a line of JSON for each claim as it succeeds: who, which conversation.
"""

from __future__ import annotations

import asyncio
import json
import sys

from front.inbox.conversations import Desk
from front.inbox.database import Database
from front.settings import load


async def claim(desk: Desk, agent: str) -> None:
    """Until nobody is left."""
    while taken := await desk.take_next(agent):
        print(json.dumps([agent, taken]), flush=True)


async def main(url: str, name: str, how_many: int) -> None:
    """Warm up the connections, wait for the word, go."""
    database = Database(load({"LUEBAO_DATABASE_URL": url}).database_url)
    desk = Desk(database)
    await asyncio.gather(*(desk.queue() for _ in range(how_many)))
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    await asyncio.gather(*(claim(desk, f"{name}-{number}") for number in range(how_many)))
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
