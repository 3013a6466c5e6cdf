"""A message that answers the question a guide has just asked."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from brain.bands import NOT_SURE
from brain.facet_extractor import FACETS
from brain.faq_classifier import LABEL_RANKING
from brain.questions import asks
from brain.text import fold
from luebao.knowledge.guide import Choice, Question
from luebao.policy.guides import answered

GUIDE = "guide"
GUIDE_ANSWER = "guide_answer"
_LONGEST = 40  # folded characters; a longer message is a story, and understood as one
_UNCLEAR = ("unclear", NOT_SURE)
# What is said to the robot itself is never an answer.
_COMMANDS = ("human", "menu", "none_of_these", "chitchat")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class GuideAnswer(GraphComponent):
    """Sets the intent `guide` where a guide waits for an answer and gets one, or nothing that can be understood.

    The channel puts the question that waits into the metadata, as `guide`. A question of the citizen's own, and a word
    to the robot itself, stay what they are.
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
            waiting = _waiting(message.get("metadata"))
            text = message.get(TEXT)
            if not waiting or not text:
                continue
            said = answered(waiting, text, message.get(FACETS) or {}) if len(fold(text)) <= _LONGEST else None
            if self._is_own(message) or (not said and message.get(INTENT, {}).get("name") not in _UNCLEAR):
                continue
            message.set(INTENT, {"name": GUIDE, "confidence": 1.0}, add_to_output=True)
            message.set(GUIDE_ANSWER, said or "", add_to_output=True)
        return messages

    def _is_own(self, message: Message) -> bool:
        best = (message.get(LABEL_RANKING) or [{"name": "", "confidence": 0.0}])[0]
        sure = best["confidence"] >= self._config["own"]
        name = best["name"].split("/")[0]
        return sure and (name in _COMMANDS or (name != "unclear" and asks(message.get(TEXT))))


def _waiting(metadata: Optional[Dict[Text, Any]]) -> Optional[Question]:
    told = (metadata or {}).get("guide")
    if not told:
        return None
    choices = [Choice(value, words[0], "", words[1:]) for value, words in told["choices"].items()]
    return Question(told["question"], "", "", choices)
