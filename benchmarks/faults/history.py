"""What people did and saw: every message, every acceptance, every refusal, every answer, with times of one clock."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

Reads = Callable[[str, str], "str | None"]


@dataclass(frozen=True)
class Said:
    """A message a person began to send at `at` (seconds of the history's clock)."""

    id: str
    person: str
    channel: str
    text: str
    at: float


@dataclass(frozen=True)
class Refusal:
    """One attempt that was turned away; `kind` is whether it came with a kind word (the phone, or try again)."""

    message: str
    status: int
    kind: bool
    at: float


@dataclass(frozen=True)
class Answer:
    """One sighting of an answer.

    `under`: the message the channel showed it under (None for a push); `says`: the message whose answer the words are,
    None where they fit none; `reply`: the id by which the channel tells repeats (the web); `phone`: it names the phone.
    """

    person: str
    channel: str
    path: str  # passive, push, gateway, response, stream, history
    text: str
    at: float
    under: str | None = None
    says: str | None = None
    reply: int | None = None
    phone: bool = False


@dataclass
class History:
    """Grows while a scenario runs. `reads`: which message of a person an answer's words belong to."""

    reads: Reads = lambda _, __: None
    said: dict[str, Said] = field(default_factory=dict)
    accepted: dict[str, float] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    def say(self, id_: str, person: str, channel: str, text: str) -> None:
        """A person begins to send a message; sending it again is not another one."""
        self.said.setdefault(id_, Said(id_, person, channel, text, time.monotonic()))

    def accept(self, message: str) -> None:
        """The front took a message."""
        self.accepted.setdefault(message, time.monotonic())

    def refuse(self, message: str, status: int, kind: bool) -> None:
        """The front turned an attempt away."""
        self.refusals.append(Refusal(message, status, kind, time.monotonic()))

    def see(
        self, person: str, channel: str, path: str, text: str, under: str | None = None, reply: int | None = None
    ) -> None:
        """A person saw an answer."""
        says, phone = self.reads(person, text), "5190857" in text
        self.answers.append(Answer(person, channel, path, text, time.monotonic(), under, says, reply, phone))

    def save(self, path: Path) -> None:
        """All of it as JSON lines, to look into what went wrong."""
        with path.open("w", encoding="utf-8") as out:
            for event in [*self.said.values(), *self.refusals, *self.answers]:
                line = {"event": type(event).__name__, **asdict(event)}
                out.write(json.dumps(line, ensure_ascii=False) + "\n")
            for message, at in self.accepted.items():
                out.write(json.dumps({"event": "Accepted", "message": message, "at": at}) + "\n")
