"""From an entry, a day and a channel's rendition to the reply a citizen gets. The contract is reply.schema.json."""

from luebao.answers.answer import answer, answer_all, ask_direction, clarify, hand_over, small_talk, unanswered
from luebao.answers.reply import Option, Reply

__all__ = [
    "Option",
    "Reply",
    "answer",
    "answer_all",
    "ask_direction",
    "clarify",
    "hand_over",
    "small_talk",
    "unanswered",
]
