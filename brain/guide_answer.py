"""A message that answers the question a guide has just asked."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Optional, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from brain.bands import NOT_SURE
from brain.facet_extractor import FACETS
from brain.faq_classifier import IN_CONTEXT, LABEL_RANKING
from brain.questions import asks
from brain.text import fold
from luebao.knowledge.guide import Choice, Question
from luebao.policy.guides import GO_ON, START_AGAIN, answered, goes_on, heard_unasked, starts_again, unsure

GUIDE = "guide"
GUIDE_ANSWER = "guide_answer"
_LONGEST = 40  # folded characters; a longer message is a story, and understood as one
_UNCLEAR = ("unclear", NOT_SURE)
_GIBBERISH = "out_of_scope/gibberish"
# What is said to the robot itself is never an answer.
_COMMANDS = ("human", "menu", "none_of_these")
_GIVES_UP = re.compile("^算了|不问了|不弄了|不用问|退出|太麻烦")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class GuideAnswer(GraphComponent):
    """Sets the intent `guide` where a guide waits for an answer and gets one, or nothing that can be understood.

    The channel puts the guide's questions and the one that waits into the metadata. What answers another of them is
    heard too. A question of the citizen's own, and a word to the robot itself, stay what they are.
    """

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """`own`: how likely a label must be for a message that asks something to be a question of its own."""
        return {"own": 0.5}

    def __init__(self, config: Dict[Text, Any]) -> None:
        self._config = config

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> GuideAnswer:
        """Needs no training."""
        return cls(config)

    def process(self, messages: List[Message]) -> List[Message]:
        """Mark the messages that answer; `guide_answer` holds the choice, or nothing where none was named."""
        for message in messages:
            guide = (message.get("metadata") or {}).get("guide")
            said = self._said(message, guide) if guide and message.get(TEXT) else None
            if said is not None:
                message.set(INTENT, {"name": GUIDE, "confidence": 1.0}, add_to_output=True)
                message.set(GUIDE_ANSWER, said, add_to_output=True)
        return messages

    def _said(self, message: Message, guide: Dict[Text, Any]) -> Optional[Text]:
        """The choice named, GO_ON, an empty string where an answer was due and none understood, or None: no answer."""
        text, facets = message.get(TEXT), message.get(FACETS) or {}
        if len(fold(text)) > _LONGEST:
            return None
        asked = {id: _question(id, choices) for id, choices in guide["questions"].items()}
        if starts_again(text):
            return START_AGAIN
        if _puts_right(facets, asked) or (guide["waiting"] and goes_on(text)):
            return GO_ON
        if not guide["waiting"] or (self._is_own(message) and not unsure(text)):
            return None
        said = answered(asked[guide["waiting"]], text, facets)
        if said or any(heard_unasked(question, text, facets) for question in asked.values()):
            return said or GO_ON
        return "" if self._weak(message) else None

    def _is_own(self, message: Message) -> bool:
        """Whether the message asks something of its own, or wants out of the guide."""
        best, text = _best(message), message.get(TEXT)
        name = best["name"].split("/")[0]
        sure = best["confidence"] >= self._config["own"]
        return bool(_GIVES_UP.search(text)) or (
            sure and (name in _COMMANDS or (name not in ("unclear", "chitchat") and asks(text)))
        )

    def _weak(self, message: Message) -> bool:
        """Whether nothing can be made of the message, but by leaning on an earlier answer."""
        unclear = message.get(INTENT, {}).get("name") in _UNCLEAR or _best(message)["name"] == _GIBBERISH
        return unclear or bool(message.get(IN_CONTEXT))


def _best(message: Message) -> Dict[Text, Any]:
    return (message.get(LABEL_RANKING) or [{"name": "", "confidence": 0.0}])[0]


def _question(id: Text, choices: Dict[Text, List[Text]]) -> Question:
    return Question(id, "", "", [Choice(value, words[0], "", words[1:]) for value, words in choices.items()])


def _puts_right(facets: Dict[Text, Any], asked: Dict[Text, Question]) -> bool:
    """Whether a message takes something back (不对，是烟台) that the guide asks for."""
    named = any(question.choice(facets.get(id, "")) for id, question in asked.items())
    return facets.get("marker") == "correct" and named
