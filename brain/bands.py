"""Answer, offer, or hand over: how sure is sure enough."""

from __future__ import annotations

from typing import Any, Dict, List, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message

from brain.faq_classifier import LABEL_RANKING

NOT_SURE = "nlu_fallback"
CANDIDATES = "candidates"
_NO_ENTRY = ("out_of_scope", "chitchat")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Bands(GraphComponent):
    """Keeps the intent of a sure message, sets `nlu_fallback` on the rest, and lists the entries worth offering.

    Like Rasa's FallbackClassifier, with two bands below "sure": candidates to offer, or none.
    """

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """`answer`: least probability to answer; `labels`: the same for single labels; `offer`: least to offer."""
        return {"answer": 0.35, "labels": {}, "offer": 0.06}

    def __init__(self, config: Dict[Text, Any]) -> None:
        self._config = config

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Bands:
        """Needs no training."""
        return cls(config)

    def process(self, messages: List[Message]) -> List[Message]:
        """Put each message in its band."""
        for message in messages:
            ranking = message.get(LABEL_RANKING) or []
            if not ranking:
                continue
            if not self._sure(ranking[0]):
                intent = {"name": NOT_SURE, "confidence": 1.0 - ranking[0]["confidence"]}
                message.set(INTENT, intent, add_to_output=True)
            message.set(CANDIDATES, self._worth_offering(ranking), add_to_output=True)
        return messages

    def _sure(self, best: Dict[Text, Any]) -> bool:
        return bool(best["confidence"] >= self._config["labels"].get(best["name"], self._config["answer"]))

    def _worth_offering(self, ranking: List[Dict[Text, Any]]) -> List[Text]:
        return [
            label["name"]
            for label in ranking
            if "/" in label["name"]
            and label["name"].split("/")[0] not in _NO_ENTRY
            and label["confidence"] >= self._config["offer"]
        ][:3]
