"""The reply: the only contract between the actions and whatever shows them to people."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any, Literal

import attrs

from luebao.knowledge.model import Entry

Kind = Literal["answer", "clarify", "ask", "smalltalk", "handoff", "unsupported"]
Reason = Literal["asked", "two_misses", "out_of_scope", "error"]


@attrs.frozen
class Cited:
    """An entry a reply was made from. `dated`: it rests on the 2021 documents alone."""

    id: str
    title: str
    clauses: list[str]
    dated: bool

    @classmethod
    def of(cls, entry: Entry) -> Cited:
        """An entry as a reply cites it."""
        return cls(entry.id, entry.title, entry.clauses, entry.status == "dated")


@attrs.frozen
class Option:
    """One thing the citizen may choose next; `payload` is what the channel sends back to Rasa for it."""

    title: str
    payload: str
    clauses: list[str]

    @classmethod
    def shows(cls, entry: Entry) -> Option:
        """The option that answers an entry."""
        return cls(entry.title, show(entry.id), entry.clauses)


def show(id: str, **case: str) -> str:
    """The payload that shows what an id stands for, in a case (region, place) where one was chosen."""
    return "/show" + as_json({"entry": id, **case})


def as_json(parts: dict[str, str]) -> str:
    """The parts of a payload as the channel expects them: no spaces, Chinese as it is."""
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))


def choose_in_sms(question: str, options: list[Option]) -> str:
    """A question with its options numbered, on one line."""
    lines = "；".join(f"{number}.{option.title}" for number, option in enumerate(options, 1))
    return f"{question}{lines}。请回复数字"


@attrs.frozen
class Reply:
    """One turn of the robot, complete in each rendition."""

    kind: Kind
    full: str
    sms: str
    entries: list[Cited] = attrs.field(factory=list)
    citation: list[str] = attrs.field(factory=list)
    options: list[Option] = attrs.field(factory=list)
    handoff: Reason | None = None

    @property
    def text(self) -> str:
        """The whole reply in plain text, for any channel that knows nothing of the parts."""
        parts = [self.full]
        if self.citation:
            parts.append("依据：" + "；".join(self.citation) + "。")
        if self.options:
            head = "请回复数字选择：" if self.kind in ("clarify", "ask") else "您可能还想了解（回复数字）："
            lines = [f"{number}. {option.title}" for number, option in enumerate(self.options, 1)]
            parts.append("\n".join([head, *lines]))
        return "\n\n".join(parts)

    def as_custom(self) -> dict[str, Any]:
        """The `custom` object of Rasa's reply, as reply.schema.json describes it."""
        custom = attrs.asdict(self)
        custom["handoff"] = {"reason": self.handoff} if self.handoff else None
        return {key: value for key, value in custom.items() if value is not None}


def schema() -> dict[str, Any]:
    """The JSON Schema of `as_custom()`."""
    text = files("luebao.answers").joinpath("reply.schema.json").read_text(encoding="utf-8")
    return dict(json.loads(text))
