"""Rasa's memory of each conversation: one bounded row, replaceable at any time.

The record of what was said is the front's. Here a row that cannot be read, or a database that is down, costs a
conversation its context and nothing else; Rasa's own SQL store ends the process on both, and reads and writes
every event since the first.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Dict, Iterable, List, Optional, Text, TypeVar

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

logger = logging.getLogger(__name__)
T = TypeVar("T")

TURNS_KEPT = 2
DAYS_KEPT = 2
_PRUNE_EVERY = 500  # saves

_table = sa.Table(
    "dialogues",
    sa.MetaData(),
    sa.Column("sender", sa.String(255), primary_key=True),
    sa.Column("snapshot", sa.Text, nullable=False),
    sa.Column("updated", sa.Float, nullable=False, index=True),
)


class TrackerCache(TrackerStore):
    """Keeps the slots and the last two turns of each conversation in SQLite or PostgreSQL, for two days."""

    def __init__(
        self,
        domain: Optional[Domain],
        event_broker: Optional[EventBroker] = None,
        host: Text = "sqlite://",
        **kwargs: Any,
    ) -> None:
        """Open the database. `host` is Rasa's name for the `url` of endpoints.yml: a SQLAlchemy URL."""
        super().__init__(domain, event_broker, **kwargs)
        self._engine = _open(host)
        # SQLite takes one writer at a time, and in memory one connection.
        self._workers = ThreadPoolExecutor(1 if self._engine.dialect.name == "sqlite" else 8)
        self._saves = 0

    async def retrieve(self, sender_id: Text) -> Optional[DialogueStateTracker]:
        """The conversation as it was kept, or None where nothing (readable) is kept."""
        text = await self._in_thread(self._select, sender_id)
        if not text:
            return None
        try:
            return self._restore(sender_id, json.loads(text))
        except Exception as error:  # whatever is wrong with a cached row, the conversation starts afresh
            logger.warning("一条会话缓存读不出来，按新会话处理：%s", type(error).__name__)
            return None

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the conversation; a failure is logged and the turn goes on."""
        await self.stream_events(tracker)
        await self._in_thread(self._upsert, tracker.sender_id, json.dumps(_snapshot(tracker)))

    async def keys(self) -> Iterable[Text]:
        """The ids of all conversations kept."""
        return await self._in_thread(self._senders) or []

    def _restore(self, sender_id: Text, snapshot: Dict[Text, Any]) -> DialogueStateTracker:
        tracker = self.init_tracker(sender_id)
        started = snapshot["events"][0]["timestamp"] if snapshot["events"] else time.time()
        tracker.update(ActionExecuted(ACTION_LISTEN_NAME, timestamp=started))
        for name, value in snapshot["slots"].items():
            tracker.update(SlotSet(name, value, timestamp=started))
        for event in snapshot["events"]:
            restored = Event.from_parameters(event)
            if restored is not None:
                tracker.update(restored)
        return tracker

    async def _in_thread(self, work: Callable[..., T], *arguments: Text) -> Optional[T]:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._workers, work, *arguments)
        except (sa.exc.SQLAlchemyError, ValueError) as error:
            logger.error("会话缓存的数据库不可用，本轮不带上文：%s", type(error).__name__)
            return None

    def _select(self, sender: Text) -> Optional[Text]:
        with self._engine.connect() as connection:
            query = sa.select(_table.c.snapshot).where(_table.c.sender == sender)
            return connection.execute(query).scalar_one_or_none()

    def _upsert(self, sender: Text, snapshot: Text) -> None:
        row = {"snapshot": snapshot, "updated": time.time()}
        with self._engine.begin() as connection:
            changed = connection.execute(_table.update().where(_table.c.sender == sender).values(**row))
            if not changed.rowcount:
                connection.execute(_table.insert().values(sender=sender, **row))
            self._saves += 1
            if self._saves % _PRUNE_EVERY == 1:
                oldest = time.time() - DAYS_KEPT * 86400
                connection.execute(_table.delete().where(_table.c.updated < oldest))

    def _senders(self) -> List[Text]:
        with self._engine.connect() as connection:
            return list(connection.execute(sa.select(_table.c.sender)).scalars())


def _open(url: Text) -> sa.engine.Engine:
    if sa.engine.make_url(url).get_backend_name() == "sqlite":  # one connection, kept: a new one each time costs 1 ms
        engine = sa.create_engine(url, poolclass=sa.pool.StaticPool, connect_args={"check_same_thread": False})
        sa.event.listen(engine, "connect", _relaxed)
    else:
        engine = sa.create_engine(url, pool_pre_ping=True)
    _table.create(engine, checkfirst=True)
    return engine


def _relaxed(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=OFF")  # a cache: a power cut may cost the last turns


def _snapshot(tracker: DialogueStateTracker) -> Dict[Text, Any]:
    events = list(tracker.events)
    said = [index for index, event in enumerate(events) if isinstance(event, UserUttered)]
    kept = events[said[-TURNS_KEPT:][0] :] if said else []
    slots = {name: slot.value for name, slot in tracker.slots.items() if slot.value != slot.initial_value}
    return {"slots": slots, "events": [event.as_dict() for event in kept]}
