"""A guided dialogue as data: questions with choices, the outcomes they lead to, and every way through it."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

# What a citizen who does not know, or does not want to say, answers.
UNSURE = "unsure"
Answers = dict[str, str]
# A condition: for each question it names, the answers that meet it.
When = dict[str, list[str]]

# The lines of a card, in the order they are read.
CARD = {
    "need": "要不要办",
    "who": "谁能办",
    "when": "什么时候办",
    "where": "在哪里办",
    "bring": "带什么",
    "settle": "费用怎么结算",
    "progress": "怎么查进度",
    "otherwise": "没办会怎样",
}


@attrs.frozen
class Choice:
    """One answer to choose. `says` are other ways to say it; `short` is how the outcome repeats it."""

    value: str
    title: str
    short: str
    says: list[str] = attrs.field(factory=list)


@attrs.frozen
class Question:
    """One question of a guide; asked where `when` holds. Its id is a facet where a message may say it unasked."""

    id: str
    ask: str
    about: str
    choices: list[Choice]
    when: When = attrs.field(factory=dict)

    def choice(self, value: str) -> Choice | None:
        """The choice with this value, or None."""
        return next((choice for choice in self.choices if choice.value == value), None)


@attrs.frozen
class Outcome:
    """Where a guide ends: a card of what to do in this case, resting on entries."""

    id: str
    title: str
    when: When
    card: dict[str, str]
    sms: str
    entries: list[str]
    assumes: list[str] = attrs.field(factory=list)


@attrs.frozen
class Checklist:
    """One matter on one card: who, where, with what, by when, how to follow it."""

    id: str
    title: str
    entries: list[str]
    card: dict[str, str]
    sms: str


@attrs.frozen
class Guide:
    """A guided dialogue. The first outcome whose `when` holds is where it ends."""

    id: str
    title: str
    opening: str
    questions: list[Question]
    outcomes: list[Outcome]
    follow_ups: list[str] = attrs.field(factory=list)


def meets(when: When, answers: Answers) -> bool:
    """Whether the answers meet every condition; a question not asked or not known meets only its own UNSURE."""
    return all(answers.get(question, UNSURE) in values for question, values in when.items())


@attrs.frozen
class Path:
    """One way through a guide: the answers in the order they were asked for, and the outcome, or None at a dead end."""

    answers: tuple[tuple[str, str], ...]
    outcome: Outcome | None


def next_question(guide: Guide, answers: Answers) -> Question | None:
    """The first question that applies and is not answered yet; None where nothing is left to ask."""
    applying = (question for question in guide.questions if meets(question.when, answers))
    return next((question for question in applying if question.id not in answers), None)


def outcome(guide: Guide, answers: Answers) -> Outcome | None:
    """The outcome for the answers so far; what was not answered counts as not known. None at a dead end."""
    return next((outcome for outcome in guide.outcomes if meets(outcome.when, answers)), None)


def walk(guide: Guide) -> Iterator[Path]:
    """Every way through a guide, `UNSURE` included at each question, nothing known beforehand."""
    yield from _walk(guide, ())


def _walk(guide: Guide, so_far: tuple[tuple[str, str], ...]) -> Iterator[Path]:
    question = next_question(guide, dict(so_far))
    if question is None:
        yield Path(so_far, outcome(guide, dict(so_far)))
        return
    for value in [*(choice.value for choice in question.choices), UNSURE]:
        yield from _walk(guide, (*so_far, (question.id, value)))
