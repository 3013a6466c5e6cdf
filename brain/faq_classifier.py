"""The classifier: which entry, out-of-scope class or small talk a message is about."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Text

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from brain.context import Context, counts_on, only_the_case
from brain.encoders import encoders
from brain.facet_extractor import FACETS, elsewhere
from brain.faq_model import Example, FaqModel
from brain.follow_ups import follow_ups, left_out
from brain.questions import questions
from brain.text import fold
from luebao.knowledge.canonical import id_of, label

LABEL_RANKING = "label_ranking"
IN_CONTEXT = "in_context"
QUESTIONS = "questions"
_UNCLEAR = "unclear"
_LEARNS_BY = ("faq_model", "features", "follow_ups", "network", "text")  # modules whose change changes what is learnt
# A later question this short may lean on the one before it: …怎么办？多久办好？
_LEANING = 8
# A label this likely is not overruled by the direction of the last answer.
_UNDOUBTED = 0.97
_OTHER_WAY = {"out": "inbound/", "in": "remote/"}
_DIRECTION_OF = {"remote": "out", "emergency": "out", "inbound": "in"}
# Beside a question these ask nothing of their own: whether *that* has changed (今年变了没), or small talk.
_NO_QUESTION = ("chitchat/", "change/")
_NOT_OURS = ("out_of_scope/other_service", "out_of_scope/daily")
_KEPT = 10
# Folded characters of a message that may leave out what it is about.
_SHORT = 18
# Somebody who wants to be led is led through what the message is about.
_LEADS_TO = {"emergency": "remote"}
_GUIDED = ("remote", "transfer", "chronic", "payment", "voucher", "inbound")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class FaqClassifier(GraphComponent):
    """Ranks the full labels (transfer/time_limit); the intent Rasa sees is the part before the slash."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """`width`, `networks`, `epochs`: the hidden layer of a network, how many vote, how often each sees an example.

        `temperature`: below 1 sharpens the probabilities (make eval). `encoders`: those of the featurizers; at
        prediction each is asked only in doubt. `sure`: a probability that stands alone. `follow_ups`: the file of what
        is said after an answer. `subjects`: what is left out after an answer about it.
        """
        return {
            "width": 512,
            "networks": 1,
            "epochs": 15,
            "temperature": 1.0,
            "encoders": ["use", "e5"],
            "sure": 0.5,
            "follow_ups": "data/follow_ups.yml",
            "subjects": "data/subjects.yml",
        }

    @classmethod
    def fingerprint_addon(cls, config: Dict[Text, Any]) -> Optional[Text]:
        """What it learns from and by, unknown to Rasa, which would take the last classifier from its cache."""
        options = {**cls.get_default_config(), **config}
        files = [Path(options[name]) for name in ("follow_ups", "subjects")]
        files += [Path(__file__).with_name(f"{name}.py") for name in _LEARNS_BY]
        return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()

    def __init__(
        self, config: Dict[Text, Any], storage: ModelStorage, resource: Resource, model: Optional[FaqModel] = None
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model
        self._encoders = encoders(config["encoders"])

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
            return cls(config, model_storage, resource, FaqModel.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the intent examples and store the model."""
        examples = [Example(example.get(TEXT), example.get_full_intent()) for example in training_data.intent_examples]
        later = follow_ups(Path(self._config["follow_ups"]))
        later += left_out(examples, sorted({one.after for one in later}), Path(self._config["subjects"]))
        vectors = [
            np.vstack([_vectors(training_data.intent_examples, name), encoder.many([one.text for one in later])])
            for name, encoder in self._encoders.items()
        ]
        network = (self._config[name] for name in ("width", "networks", "epochs"))
        self._model = FaqModel.fit([*examples, *later], vectors, *network)
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Set the intent and, as `label_ranking`, the best labels with their probabilities.

        A message that leans on the last answer is read with it (`in_context`); one that asks two things also gets
        `questions`, the label of each.
        """
        if self._model is None:
            return messages
        for message in messages:
            if message.get(TEXT):
                self._classify(message)
        return messages

    def _classify(self, message: Message) -> None:
        text, context = message.get(TEXT), Context.of(message.get("metadata"))
        ranking = self._read_on(message, context) if context else self._rank(text)
        ranking = self._wished(text, ranking, message.get(FACETS) or {})
        ranking = _one_way(_possible(ranking, message.get(FACETS) or {}), message.get(FACETS) or {}, context)
        ranking = ranking if context else _not_guessed(text, ranking, message.get(FACETS) or {})
        asked = [] if self._is_not_ours(ranking[0]) else self._questions(text)
        if len(asked) > 1:
            message.set(QUESTIONS, asked, add_to_output=True)
        if len(asked) > 1 or (asked and ranking[0]["confidence"] < self._config["sure"]):
            ranking = [{"name": asked[0], "confidence": 1.0}, *ranking]
        intent = {"name": ranking[0]["name"].split("/")[0], "confidence": ranking[0]["confidence"]}
        message.set(INTENT, intent, add_to_output=True)
        message.set(LABEL_RANKING, ranking, add_to_output=True)

    def _rank(self, text: Text, after: Text = "") -> List[Dict[Text, Any]]:
        asked = [encoder.one for encoder in self._encoders.values()]
        ranked = self._model.rank(text, asked, self._config["temperature"], _KEPT, after) if self._model else []
        return [{"name": name, "confidence": probability} for name, probability in ranked]

    def _read_on(self, message: Message, context: Context) -> List[Dict[Text, Any]]:
        """The ranking of a message after an answer; `in_context` where it leans on that answer."""
        text, facets = message.get(TEXT), message.get(FACETS) or {}
        alone, ranking = self._rank(text), self._rank(text, context.entry)
        spans = [(e["entity"], e["value"], e["start"], e["end"]) for e in message.get(ENTITIES) or []]
        meant = context.answered(text, facets)
        if not meant and (only_the_case(text, facets, spans, context) or counts_on(facets, context)):
            meant = context.entry
        if meant:
            ranking = [{"name": label(meant), "confidence": 1.0}, *alone]
        elided = len(fold(text)) <= _SHORT and "topic" not in facets
        if meant or elided or ranking[0]["name"] != alone[0]["name"]:
            message.set(IN_CONTEXT, True, add_to_output=True)
        return ranking

    def _wished(self, text: Text, ranking: List[Dict[Text, Any]], facets: Dict[Text, Any]) -> List[Dict[Text, Any]]:
        """The guide, where the message asks to be led step by step: the likeliest, or that of what it is about."""
        if facets.get("wish") != "guided":
            return ranking
        best = ranking[0]["name"]
        if "topic" in facets or not best.startswith("guide/"):
            about = [*self._rank(text.replace(facets["wish_said"], "")), *ranking]
            likely = (_guide_of(label["name"]) for label in about if label["name"] != "guide/which")
            best = next((guide for guide in likely if guide), "guide/which")
        return [{"name": best, "confidence": 1.0}, *ranking]

    def _leaning(self, before: Text, part: Text, asked: Text, alone: Dict[Text, Any], sure: float) -> Dict[Text, Any]:
        """What a short later question is about: what was asked before it, unless it is sure of something else alone."""
        ours = bool(asked) and not asked.startswith("out_of_scope/")
        whole = alone["name"] != _UNCLEAR and not part.startswith("那")
        if whole and alone["confidence"] >= sure and (ours or not asked):
            return alone
        return self._rank(part, id_of(asked))[0] if ours else self._rank(before + part)[0]

    def _is_not_ours(self, best: Dict[Text, Any]) -> bool:
        """Whether a message is about nothing of ours as a whole: its parts (要多少天申请) are no questions to us."""
        return best["name"] in _NOT_OURS and best["confidence"] >= self._config["sure"]

    def _questions(self, text: Text) -> List[Text]:
        """The labels of the questions in a message that asks more than once, as far as they can be sure of.

        None where no entry is among them; one where all ask the same (刷不刷得出？那潍坊的呢).
        """
        labels: List[Text] = []
        before = ""
        parts, sure = questions(text)
        for part in parts:
            best = self._rank(part)[0]
            if before and len(fold(part)) <= _LEANING:
                best = self._leaning(before, part, labels[-1] if labels else "", best, sure)
            before = part
            if "/" in best["name"] and not best["name"].startswith(_NO_QUESTION) and best["confidence"] >= sure:
                labels.append(best["name"])
        distinct = list(dict.fromkeys(labels))
        entries = [label for label in distinct if not label.startswith("out_of_scope/")]
        return [*entries, *(label for label in distinct if label not in entries)] if entries else []


def _guide_of(label: Text) -> Optional[Text]:
    """The guide for what a label is about, or None."""
    category = label.split("/")[0]
    if category == "guide":
        return label
    about = _LEADS_TO.get(category, category)
    return f"guide/{about}" if about in _GUIDED else None


def _one_way(
    ranking: List[Dict[Text, Any]], facets: Dict[Text, Any], context: Optional[Context]
) -> List[Dict[Text, Any]]:
    """Without the labels of the other direction, where this message, an earlier one or the last answer says which."""
    other = _OTHER_WAY.get(facets.get("direction", ""))
    if not other and context and ranking[0]["confidence"] < _UNDOUBTED:
        said = None if "region" in facets else context.direction
        other = _OTHER_WAY.get(said or _DIRECTION_OF.get(context.entry.split(".")[0], ""))
    return _only(ranking, lambda name: not other or not name.startswith(other))


def _not_guessed(text: Text, ranking: List[Dict[Text, Any]], facets: Dict[Text, Any]) -> List[Dict[Text, Any]]:
    """Without the answers for people insured elsewhere, where it is 威海 and nothing says so: 我在威海住院怎么报销."""
    at_home = not elsewhere(facets) and ("威海" in text or facets.get("region") == "市内")
    return _only(ranking, lambda name: not at_home or not name.startswith("inbound/"))


def _possible(ranking: List[Dict[Text, Any]], facets: Dict[Text, Any]) -> List[Dict[Text, Any]]:
    """Without the ways through an app that the citizen does not have (没有微信)."""
    gone = tuple(f"_{app}" for app in facets.get("without", []))
    return _only(ranking, lambda name: not name.endswith(gone)) if gone else ranking


def _only(ranking: List[Dict[Text, Any]], fits: Callable[[Text], bool]) -> List[Dict[Text, Any]]:
    """The labels that fit, with the probability of the others; all of them where none does."""
    kept = [label for label in ranking if fits(label["name"])]
    if not kept or len(kept) == len(ranking):
        return ranking
    lost = sum(label["confidence"] for label in ranking) - sum(label["confidence"] for label in kept)
    return [{**label, "confidence": min(1.0, label["confidence"] / max(1e-6, 1 - lost))} for label in kept]


def _vectors(examples: List[Message], name: Text) -> np.ndarray:
    """The sentence vectors that the featurizer with this encoder put on the examples."""
    return np.vstack([example.get_dense_features(TEXT, [name])[1].features for example in examples]).astype(np.float32)
