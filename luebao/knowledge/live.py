"""The knowledge base as it stands in its files now: what the office changes is answered seconds later."""

from __future__ import annotations

import logging
import time
from pathlib import Path

from luebao.knowledge.load import KnowledgeError, load
from luebao.knowledge.model import Knowledge

logger = logging.getLogger(__name__)
_LOOK_EVERY = 2.0  # seconds between two looks at the files' times


class LiveKnowledge:
    """Loads the folder once (raising KnowledgeError) and again whenever a file in it changes.

    A change with problems is logged and not taken over: the last good state goes on answering.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._stamp = self._state_of_files()
        self._knowledge = load(root)
        self._looked = time.monotonic()

    def current(self) -> Knowledge:
        """The newest knowledge without problems."""
        now = time.monotonic()
        if now - self._looked >= _LOOK_EVERY:
            self._looked = now
            self._reload()
        return self._knowledge

    def _reload(self) -> None:
        stamp = self._state_of_files()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._knowledge = load(self._root)
            logger.warning("知识库已更新：%s 个条目", len(self._knowledge.entries))
        except KnowledgeError as error:
            logger.error("知识库有改动，但有 %s 处问题，暂用改动前的内容：\n%s", len(error.problems), error)

    def _state_of_files(self) -> list[tuple[str, int, int]]:
        files = sorted(self._root.rglob("*.yml"))
        return [(str(file), stat.st_mtime_ns, stat.st_size) for file in files for stat in [file.stat()]]
