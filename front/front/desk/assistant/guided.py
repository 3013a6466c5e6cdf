"""A guide gone through in place: the answers so far, the question that comes, or the outcome."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from luebao.answers import Reply
from luebao.answers.guide import guide as guide_reply
from luebao.knowledge.guide import UNSURE, Answers, Question, next_question
from luebao.knowledge.guide_map import answer_title
from luebao.knowledge.model import Knowledge


@dataclass
class Guided:
    """One run of a guide. `answers` keeps their order."""

    id: str
    answers: Answers = field(default_factory=dict)

    def question(self, knowledge: Knowledge) -> Question | None:
        """What to ask next, None at the end. Raises KeyError where the guide is gone."""
        return next_question(knowledge.guides[self.id], self.answers)

    def choices(self, knowledge: Knowledge) -> list[tuple[str, str]]:
        """(value, title) of each answer to the question that comes, 不清楚 last."""
        question = self.question(knowledge)
        if question is None:
            return []
        return [*((choice.value, choice.title) for choice in question.choices), (UNSURE, "不清楚")]

    def reply(self, knowledge: Knowledge, as_of: date) -> Reply:
        """The question or the outcome as a citizen would read it."""
        return guide_reply(knowledge, self.id, dict(self.answers), as_of)

    def so_far(self, knowledge: Knowledge) -> list[tuple[str, str]]:
        """(what was asked about, the answer) of each step."""
        questions = {question.id: question for question in knowledge.guides[self.id].questions}
        steps = ((questions[id], value) for id, value in self.answers.items() if id in questions)
        return [(question.about, answer_title(question, value)) for question, value in steps]

    def say(self, knowledge: Knowledge, value: str) -> None:
        """Answer the question that comes; nothing at the end."""
        if question := self.question(knowledge):
            self.answers[question.id] = value

    def back(self) -> None:
        """Take the last answer back."""
        if self.answers:
            self.answers.popitem()
