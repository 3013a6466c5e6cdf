"""The classifier: which entry, out-of-scope class or small talk a message is about."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from brain.ngram_model import NgramModel

LABEL_RANKING = "label_ranking"
_KEPT = 10


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class FaqClassifier(GraphComponent):
    """Ranks the full labels (transfer/time_limit); the intent Rasa sees is the part before the slash."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """`regularisation`: scikit-learn's C; smaller trusts single characters less."""
        return {"regularisation": 30.0}

    def __init__(
        self, config: Dict[Text, Any], storage: ModelStorage, resource: Resource, model: Optional[NgramModel] = None
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FaqClassifier:
        """A classifier still to be trained."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> FaqClassifier:
        """A classifier as it was trained."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, NgramModel.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the intent examples and store the model."""
        examples = [(example.get(TEXT), example.get_full_intent()) for example in training_data.intent_examples]
        texts, labels = zip(*examples, strict=True)
        self._model = NgramModel.fit(texts, labels, self._config["regularisation"])
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Set the intent and, as `label_ranking`, the best labels with their probabilities."""
        if self._model is None:
            return messages
        for message in messages:
            if not message.get(TEXT):
                continue
            ranking = [{"name": name, "confidence": p} for name, p in self._model.rank(message.get(TEXT))]
            intent = {"name": ranking[0]["name"].split("/")[0], "confidence": ranking[0]["confidence"]}
            message.set(INTENT, intent, add_to_output=True)
            message.set(LABEL_RANKING, ranking[:_KEPT], add_to_output=True)
        return messages
