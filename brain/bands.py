"""Answer, offer, or hand over: how sure is sure enough."""

from __future__ import annotations

from typing import Any, Dict, List, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message

from brain.facet_extractor import FACETS, elsewhere
from brain.faq_classifier import IN_CONTEXT, LABEL_RANKING, QUESTIONS

NOT_SURE = "nlu_fallback"
NEEDS_DIRECTION = "needs_direction"
CANDIDATES = "candidates"
_NO_ENTRY = ("out_of_scope", "chitchat")
# 威海参保人 elsewhere, and 外地参保人 in 威海.
_DIRECTIONS = ("remote", "inbound")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Bands(GraphComponent):
    """Keeps the intent of a sure message, sets `nlu_fallback` on the rest, and lists the entries worth offering.

    Like Rasa's FallbackClassifier, with two bands below "sure": candidates to offer, or none.
    """

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """`answer`: least probability to answer; `labels`: the same for single labels; `offer`: least to offer.

        `opposite`: how likely both directions must be for the citizen to be asked.
        """
        return {"answer": 0.35, "labels": {}, "offer": 0.06, "opposite": 0.12}

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
            opposite = self._opposite(ranking, message.get(FACETS) or {})
            if opposite and not message.get(QUESTIONS) and not message.get(IN_CONTEXT):
                message.set(INTENT, {"name": NEEDS_DIRECTION, "confidence": 1.0}, add_to_output=True)
                message.set(CANDIDATES, opposite, add_to_output=True)
                continue
            if not self._sure(ranking[0]):
                intent = {"name": NOT_SURE, "confidence": 1.0 - ranking[0]["confidence"]}
                message.set(INTENT, intent, add_to_output=True)
            message.set(CANDIDATES, self._worth_offering(ranking), add_to_output=True)
        return messages

    def _sure(self, best: Dict[Text, Any]) -> bool:
        return bool(best["confidence"] >= self._config["labels"].get(best["name"], self._config["answer"]))

    def _opposite(self, ranking: List[Dict[Text, Any]], facets: Dict[Text, Any]) -> List[Text]:
        """The best entry of each direction, where the message fits both and does not say which it means."""
        if "direction" in facets or ranking[0]["name"].split("/")[0] not in _DIRECTIONS:
            return []
        best = [
            next((label for label in ranking if label["name"].startswith(f"{name}/")), None) for name in _DIRECTIONS
        ]
        # Who says nothing of another place is more likely from 威海: 没备案怎么办 alone is no visitor's.
        visitor = ranking[0]["name"].startswith("inbound/") and not elsewhere(facets)
        least = 0.0 if visitor else self._config["opposite"]
        if all(label and label["confidence"] >= least for label in best):
            return [label["name"] for label in best if label]
        return []

    def _worth_offering(self, ranking: List[Dict[Text, Any]]) -> List[Text]:
        return [
            label["name"]
            for label in ranking
            if "/" in label["name"]
            and label["name"].split("/")[0] not in _NO_ENTRY
            and label["confidence"] >= self._config["offer"]
        ][:3]
