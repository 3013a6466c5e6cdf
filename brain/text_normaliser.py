"""The first component: every message is read as the same question would be typed plainly."""

from __future__ import annotations

from typing import Any, Dict, List, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from brain.text import normalise

RAW_TEXT = "raw_text"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class TextNormaliser(GraphComponent):
    """Replaces the text by its normal form; what was typed stays in `raw_text`."""

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TextNormaliser:
        """Needs nothing."""
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """Normalise each message that has text. A payload stays as it is: what a person types never begins with "/"."""
        for message in messages:
            if message.get(TEXT) and not message.get(TEXT).startswith("/"):
                message.set(RAW_TEXT, message.get(TEXT), add_to_output=True)
                message.set(TEXT, normalise(message.get(TEXT)))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The examples are read the same way."""
        for example in training_data.training_examples:
            if example.get(TEXT):
                example.set(TEXT, normalise(example.get(TEXT)))
        return training_data
