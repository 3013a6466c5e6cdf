"""One search for all desks of a process, up to date with the knowledge and the day."""

from __future__ import annotations

import asyncio
import functools
import multiprocessing
from datetime import date
from multiprocessing.connection import Connection

import structlog
from luebao.knowledge.live import LiveKnowledge
from luebao.knowledge.model import Knowledge
from luebao.today import today

from front.desk.assistant.examples import examples
from front.desk.assistant.search import Hit, Search
from front.settings import ROOT

EXAMPLES = ROOT / "data" / "nlu"
_LOG = structlog.get_logger("desk")


class LiveSearch:
    """Finds in the newest knowledge. The index is made anew beside the work, and the old one serves meanwhile."""

    def __init__(self, knowledge: LiveKnowledge) -> None:
        self._knowledge = knowledge
        self._search: Search | None = None
        self._made_for: tuple[Knowledge, date] | None = None
        self._making: asyncio.Task[None] | None = None
        self._find = functools.lru_cache(maxsize=512)(self._look)

    def warm(self) -> None:
        """Begin to get ready: to be called when a page is opened."""
        self._refresh()

    def find(self, query: str, limit: int = 8) -> list[Hit]:
        """What a query may mean, best first: a few milliseconds."""
        self._refresh()
        return list(self._find(query, limit))

    async def ready(self) -> None:
        """Wait until whole sentences are understood too: some seconds after the first page was opened."""
        self._refresh()
        if self._making:
            await self._making

    def _look(self, query: str, limit: int) -> tuple[Hit, ...]:
        assert self._search
        return tuple(self._search.find(query, limit))

    def _refresh(self) -> None:
        wanted = (self._knowledge.current(), today())
        if self._made_for and self._made_for[0] is wanted[0] and self._made_for[1] == wanted[1]:
            return
        self._made_for = wanted
        if self._search is None:  # titles and questions at once; the examples take seconds
            self._search = Search(*wanted)
        self._making = asyncio.get_running_loop().create_task(self._make(*wanted))

    async def _make(self, knowledge: Knowledge, day: date) -> None:
        try:
            made = await asyncio.to_thread(_made_aside, knowledge, day)
        except Exception:
            _LOG.exception("search_not_made")
            return
        self._search = made
        self._find.cache_clear()


def _made_aside(knowledge: Knowledge, day: date) -> Search:
    """Made in a process of its own: in a thread its seconds of Python kept everybody's messages and clicks waiting."""
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe(duplex=False)
    process = spawn.Process(target=_make_here, args=(there, knowledge, day), daemon=True)
    process.start()
    there.close()  # so that a process that dies is an EOFError here
    try:
        made: Search = here.recv()
        return made
    finally:
        process.join()


def _make_here(there: Connection, knowledge: Knowledge, day: date) -> None:
    there.send(Search(knowledge, day, examples(EXAMPLES)))


@functools.lru_cache(maxsize=4)
def live_search(knowledge: LiveKnowledge) -> LiveSearch:
    """The process's one search over this knowledge."""
    return LiveSearch(knowledge)
