"""A sentence vector for each message, from a pluggable encoder."""

from __future__ import annotations

from typing import Any, Dict, List, Text

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from brain.encoders import encoder


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceFeaturizer(DenseFeaturizer, GraphComponent):
    """Adds the encoder's vector to each training example as its sentence feature; nothing where it is missing."""

    @classmethod
    def required_components(cls) -> List[type]:
        """Rasa wants tokens before features."""
        return [Tokenizer]

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """Any name is allowed: an encoder that cannot be loaded is lived without."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """`encoder`: use, e5, none, or package.module.Class; also the name of the features it makes."""
        return {**DenseFeaturizer.get_default_config(), "encoder": "use"}

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceFeaturizer:
        """Loads the encoder at once, so that the first citizen does not wait for it."""
        return cls(execution_context.node_name, config)

    def __init__(self, name: Text, config: Dict[Text, Any]) -> None:
        super().__init__(name, {**config, "alias": config["encoder"]})
        self._encoder = encoder(config["encoder"])

    def process(self, messages: List[Message]) -> List[Message]:
        """Nothing: most messages need no vector, and the classifier asks the encoder about the rest (decision 12)."""
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the vectors of all examples, encoded in batches."""
        examples = [example for example in training_data.training_examples if example.get(TEXT)]
        if self._encoder and examples:
            for example, vector in zip(examples, self._encoder.many([e.get(TEXT) for e in examples]), strict=True):
                self._add(example, vector)
        return training_data

    def _add(self, message: Message, vector: np.ndarray) -> None:
        sentence = vector.reshape(1, -1)
        message.add_features(Features(sentence, FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
