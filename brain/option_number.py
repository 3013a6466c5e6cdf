"""A message that is only a number chooses an option of the list shown last."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Dict, List, Optional, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

_NUMBER = re.compile(
    r"(?:我?[选要点看]|回复|问|第)?第?\s*([0-9]|[一二三四五六七八九])\s*(?:个|项|条|号)?(?:吧|呢|的)?[。.、!]?"
)
_CHINESE = {digit: str(number) for number, digit in enumerate("一二三四五六七八九", 1)}


def option_number(text: Text) -> Optional[Text]:
    """The digit a citizen chose ("2", "２", "第二个", "选3"), or None when the message says anything else."""
    match = _NUMBER.fullmatch(unicodedata.normalize("NFKC", text).strip())
    return _CHINESE.get(match[1], match[1]) if match else None


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class OptionNumber(GraphComponent):
    """Sets the intent `choose` with the entity `number`; comes last, so it overrules the classifier."""

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> OptionNumber:
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """Mark the messages that are only a number."""
        for message in messages:
            number = option_number(message.get(TEXT) or "")
            if number:
                entity = {"entity": "number", "value": number, "start": 0, "end": len(message.get(TEXT))}
                message.set(INTENT, {"name": "choose", "confidence": 1.0}, add_to_output=True)
                message.set(ENTITIES, [entity], add_to_output=True)
        return messages
