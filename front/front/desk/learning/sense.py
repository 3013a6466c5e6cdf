"""What is known about a question before a person looks at it: its group, the nearest labels, whether it may be learned.

One in a process; reads the project's files again when they change. Everything here takes time and runs in a thread.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from luebao.knowledge.canonical import id_of, label
from luebao.knowledge.live import LiveKnowledge

from front.desk.learning.clusters import Clusters
from front.desk.learning.examples import exam, examples, state_of
from front.desk.learning.similar import Likeness
from front.inbox.words import fold
from front.masking import without_labels


@dataclass(frozen=True)
class _Read:
    state: tuple[tuple[str, int], ...]
    likeness: Likeness
    labels: dict[str, str]
    exam: frozenset[str]


class Sense:
    """Groups, suggestions and checks over the project at hand."""

    def __init__(self, knowledge: LiveKnowledge, project: Path) -> None:
        self._knowledge = knowledge
        self._project = project
        self._lock = threading.Lock()
        self._last: _Read | None = None

    @property
    def ready(self) -> bool:
        """Whether the examples have been read: that takes seconds, once in a process."""
        return self._last is not None

    def prepare(self) -> None:
        """Read them."""
        self._read()

    def titles(self) -> dict[str, str]:
        """Every label a question may be given, with what people call it: entries first, then out-of-scope classes."""
        knowledge = self._knowledge.current()
        titles = {label(one.id): one.title for one in knowledge.entries.values()}
        return titles | {label(one.id): f"没有收录：{one.title}" for one in knowledge.unanswered.values()}

    def suggested(self, texts: Iterable[str], most: int = 5) -> dict[str, float]:
        """The labels nearest to some questions that ask the same, best first, with how near (0 to 1)."""
        known, some = self.titles(), list(texts)
        scores: dict[str, float] = {}
        for text in some:
            for name, score in self._read().likeness.nearest(text, 12).items():
                if name in known:
                    scores[name] = scores.get(name, 0.0) + score / len(some)
        best = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[:most]
        return dict(best)

    def placed(self, known: Iterable[tuple[str, int]], new: Iterable[tuple[int, str]]) -> dict[int, int]:
        """The group of each new question (id, text), given those that have one (text, group)."""
        clusters = Clusters(self._read().likeness)
        clusters.known(known)
        return {id: clusters.place(id, text) for id, text in new}

    def refusal(self, text: str, name: str) -> str:
        """Why a question must not become an example of a label, in Chinese; "" where it may."""
        read, folded = self._read(), fold(without_labels(text))
        if not folded:
            return "去掉打码的号码以后没有字了，学不了"
        if folded in read.exam:
            return "这句是考题，学了就量不准了，请去掉勾选"
        if name not in self.titles():
            return "没有这个条目，请重新选"
        had = read.labels.get(folded, name)
        return "" if had == name else f"同样的一句已经归在“{self.title(had)}”，要先商量归哪边"

    def title(self, name: str) -> str:
        """What people call a label."""
        return self.titles().get(name, id_of(name))

    def _read(self) -> _Read:
        with self._lock:
            state = state_of(self._project)
            if self._last is None or self._last.state != state:
                found = examples(self._project, self._knowledge.current())
                labels = {fold(text): name for name, text in found}
                self._last = _Read(state, Likeness(found), labels, exam(self._project))
            return self._last
