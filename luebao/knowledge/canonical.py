"""The canonical questions as Rasa training data, so that a new entry can be reached at once."""

from __future__ import annotations

from luebao.knowledge.model import Knowledge

_HEAD = """\
# 由 luebao knowledge questions --write 生成：各条目的标题和标准问题。请改 knowledge/，不要改这里。
version: "3.1"

nlu:
"""


def canonical_nlu(knowledge: Knowledge) -> str:
    """The text of data/nlu/canonical.yml: each entry's title and questions under its label."""
    return _HEAD + "".join(
        f"  - intent: {label(entry.id)}\n    examples: |\n" + "".join(f"      - {question}\n" for question in questions)
        for entry in knowledge.entries.values()
        for questions in [dict.fromkeys([entry.title, *entry.questions])]
    )


def label(id: str) -> str:
    """The NLU label of an entry: transfer.time_limit is transfer/time_limit."""
    return id.replace(".", "/", 1)


def id_of(label: str) -> str:
    """The id behind an NLU label, the other way round; a label without a slash is its own id."""
    return label.replace("/", ".", 1)
