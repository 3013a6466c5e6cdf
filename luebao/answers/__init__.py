"""From an entry, a day and a channel's rendition to the reply a citizen gets. The contract is reply.schema.json."""

from luebao.answers.answer import (
    answer,
    answer_all,
    ask_direction,
    ask_region,
    clarify,
    hand_over,
    resolve,
    small_talk,
    unanswered,
)
from luebao.answers.guide import choose_guide, choose_matter, guide, resume
from luebao.answers.reply import Option, Reply

__all__ = [
    "Option",
    "Reply",
    "answer",
    "answer_all",
    "ask_direction",
    "ask_region",
    "choose_guide",
    "choose_matter",
    "clarify",
    "guide",
    "hand_over",
    "resolve",
    "resume",
    "small_talk",
    "unanswered",
]
