"""What a message says about the case: place, stage, disease and so on, as entities and as one `facets` object."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any, Dict, List, Optional, Text, Tuple

import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from brain.text import fold
from luebao.policy.places import away, places, where
from luebao.policy.spoken_dates import spoken_dates
from luebao.today import today

FACETS = "facets"
Words = Dict[Text, Dict[Text, List[Text]]]
Span = Tuple[Text, Text, int, int]  # facet, value, start, end

# The diseases that can be settled across provinces; the words of each are in data/facets.yml.
_FIVE = ("hypertension", "diabetes", "tumour", "dialysis", "transplant")
_CONTRADICTION = ("stage", "direction")
# Helpers for reading follow-ups, no entities of their own.
READING_AIDS = ("aspect", "marker", "topic", "wish", "elsewhere", "unclear_region")
_REGION = re.compile(r"(省内|本省|省里[头边面]|[在咱]省里)|(跨着?省|省外|外省|外地省份|别的省|出了?省)|(市内|本市)")
_REGIONS = {1: "省内", 2: "跨省", 3: "市内"}
# 沈阳的医保, 参保地是吉林
_INSURED = (
    "(?:参保|参保地是|参保在|医保在){place}[省市]?(?:人|的|$)"
    "|{place}[省市]?的?(?:职工|居民)?(?:医保|社保|参保人|新农合|农合)"
)
# 我是河南的: insured there too, unless the text says otherwise.
_BELONGS = "是{place}[省市]?(?:人|的|$)"
_INSURED_HERE = re.compile("(?:医保|参保)[^，,。不]{0,4}威海|威海[^，,。不]{0,4}(?:医保|参保)")
# 去重庆治病, 在沈阳住院: who asks 威海 about being treated there is insured in 威海.
_TREATED = (
    "(?:去|到|上|在|回|往){place}[^，,。；;？?医参来]{{0,6}}?"
    "(?:看|治|住院|住着院|住上院|住进|手术|开刀|就医|求医|急诊|抢救|检查|化疗|透析|病)"
)
# A part of 威海 that is named is where the person is treated, or just lives, files, is insured: only the first is 市内.
_TREATED_HERE = (
    "(?:去|到|上|在|回|往|来)(?:{place})[^，,。；;？?参]{{0,8}}?"
    "(?:看|治|住院|住着院|住上院|住进|手术|开刀|就医|求医|急诊|抢救|检查|化疗|透析|病|药)"
    "|(?:{place})[^，,。；;？?]{{0,6}}(?:医院|卫生院)|(?:算|属于|是|叫)[^，,。；;？?]{{0,3}}(?:异地|外地|市内)"
)
_LEAVES = re.compile(
    "(?:去|到|上|往|转|在|回)[^，,。；;？?]{0,6}(?:外地|外省|省外|外市|市外|外面|以外|别的城市|别的地方|别处|大城市)|跨省|跨市"
)
_FOLLOWS = 8  # folded characters of 荣成呢: nothing but the place is said
# 不是青岛，是南京; 不去北京了 还是济南: the place that is taken back is not meant where another one is named.
_TAKEN_BACK = re.compile(r"不(?:是|去|到|上|在|回)[^，,。、？?！! ]{2,8}[，,。、 ]+")
_CORRECTED = re.compile("不对|说错|打错|应该|改了|改去")
# 没有微信, 不会用支付宝, 除了微信: the app is not the one that is asked about.
_WITHOUT = re.compile(r"(?:没有?|不用|不会|不使|不懂|没装|没下|除了|用不了|用不来|不想用)[^，,。；;？? ]{0,6}$")
_TEMPERATURE = re.compile(r"(3[5-9]|4[0-2])(?:\.(\d))?\s*度")


class FacetWords:
    """The words of data/facets.yml, found longest first."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self._patterns = {facet: _pattern(values) for facet, values in words.items()}
        self._values = {
            facet: {word: value for value, some in values.items() for word in some} for facet, values in words.items()
        }

    def spans(self, text: Text) -> List[Span]:
        """Every facet named in the text, with its place in it."""
        found = []
        for facet, pattern in self._patterns.items():
            for match in pattern.finditer(text.lower()):
                found.append((facet, self._values[facet][match[0]], match.start(), match.end()))
        return found + _places(text) + _dates(text)


def facets_of(text: Text, spans: List[Span]) -> Dict[Text, Any]:
    """The case as the spans of a text tell it: facet → value, with `place` and `disease_name` as they were typed."""
    facets: Dict[Text, Any] = {}
    values: Dict[Text, List[Text]] = {}
    for facet, value, start, end in spans:
        if facet == "app" and _WITHOUT.search(text[:start]):
            facets.setdefault("without", []).append(value)
            continue
        values.setdefault(facet, []).append(value)
        if facet == "disease" and "disease_name" not in facets:
            facets["disease_name"] = text[start:end]
        if facet == "place":
            facets["place"] = text[start:end]
        if facet == "wish":
            facets["wish_said"] = text[start:end]
    for facet, some in values.items():
        if facet in _CONTRADICTION and len(set(some)) > 1:
            continue
        facets.setdefault(facet, some[0])
    direction = _direction(text, facets)
    if direction:
        facets["direction"] = direction
    if "disease" in facets:
        facets["disease"] = "five" if set(values["disease"]) & set(_FIVE) else "other"
    return facets


def _direction(text: Text, facets: Dict[Text, Any]) -> Optional[Text]:
    """in, where the text says that the person belongs to, or is insured in, the place it names outside 威海.

    out, where it says no such thing and the place is where the person is, or will be, treated.
    """
    place = facets.get("place")
    if not place or facets.get("region") not in ("省内", "跨省"):
        return None
    insured, belongs, treated = (
        re.search(p.format(place=re.escape(place)), text) for p in (_INSURED, _BELONGS, _TREATED)
    )
    if insured or (belongs and not _INSURED_HERE.search(text)):
        return None if _CORRECTED.search(text) else "in"
    return "out" if treated and "direction" not in facets and "威海" not in text else None


def elsewhere(facets: Dict[Text, Any]) -> bool:
    """Whether a message says that somebody comes from, or is, somewhere else than 威海."""
    named = "elsewhere" in facets or "unclear_region" in facets or facets.get("region", "市内") != "市内"
    return named or facets.get("direction") == "in"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class FacetExtractor(GraphComponent):
    """Finds the facets; the words are read at training and live in the model."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """`words`: the file of facets and their words."""
        return {"words": "data/facets.yml"}

    @classmethod
    def fingerprint_addon(cls, config: Dict[Text, Any]) -> Optional[Text]:
        """The words are no training data to Rasa, which would take the last extractor from its cache."""
        words = Path({**cls.get_default_config(), **config}["words"])
        return hashlib.sha256(words.read_bytes()).hexdigest()

    def __init__(
        self, config: Dict[Text, Any], storage: ModelStorage, resource: Resource, words: Optional[FacetWords] = None
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._words = words

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FacetExtractor:
        """An extractor still to be trained."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> FacetExtractor:
        """An extractor with the words it was trained with."""
        with model_storage.read_from(resource) as folder:
            words = json.loads((folder / "facets.json").read_text(encoding="utf-8"))
        return cls(config, model_storage, resource, FacetWords(words))

    def train(self, training_data: TrainingData) -> Resource:
        """Read the words and store them."""
        words = yaml.safe_load(Path(self._config["words"]).read_text(encoding="utf-8"))
        self._words = FacetWords(words)
        with self._storage.write_to(self._resource) as folder:
            (folder / "facets.json").write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Set `facets` and add the entities."""
        for message in messages:
            text = message.get(TEXT)
            if not text or not self._words:
                continue
            spans = self._words.spans(text)
            message.set(FACETS, facets_of(text, spans), add_to_output=True)
            entities = [
                {"entity": facet, "value": value, "start": start, "end": end, "extractor": type(self).__name__}
                for facet, value, start, end in spans
                if facet not in READING_AIDS
            ]
            message.set(ENTITIES, message.get(ENTITIES, []) + entities, add_to_output=True)
        return messages


def _pattern(values: Dict[Text, List[Text]]) -> "re.Pattern[Text]":
    words = sorted((word for some in values.values() for word in some), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words)))


def _dates(text: Text) -> List[Span]:
    """Days as they were said; which day is meant depends on what it is said of, so that is left to the answer."""
    return [("date", day.text, day.start, day.start + len(day.text)) for day in spoken_dates(text, today())]


def _treated_here(text: Text) -> bool:
    """Whether the part of 威海 that a text names is where somebody is treated, as far as it says."""
    if _LEAVES.search(text):
        return False
    named = {re.escape(place.name) for place in places(text) if place.relation == "市内"}
    return len(fold(text)) <= _FOLLOWS or bool(re.search(_TREATED_HERE.format(place="|".join(named)), text))


def _places(text: Text) -> List[Span]:
    spans: List[Span] = []
    left = _TAKEN_BACK.sub(lambda match: " " * len(match[0]), text)
    place = where(left) or (None if _REGION.search(left) else where(text))
    if place and place.relation == "市内" and not _treated_here(text):
        place = None
    if place and place.relation:
        end = place.start + len(place.name)
        spans += [("place", place.name, place.start, end), ("region", place.relation, place.start, end)]
    elif place:
        end = place.start + len(place.name)
        spans += [
            ("place", place.name, place.start, end),
            ("unclear_region", "/".join(sorted(place.relations)), place.start, end),
        ]
    else:
        spans += [("elsewhere", "any", one.start, one.start + len(one.name)) for one in away(left)]
        spans += _regions(left)
    for match in _TEMPERATURE.finditer(text):
        spans.append(("temperature", f"{match[1]}.{match[2] or 0}", match.start(), match.end()))
    return spans


def _regions(text: Text) -> List[Span]:
    """The region a text names; who names two (省内和跨省各要几天) asks about both, and says no more than elsewhere."""
    named = [(_REGIONS[match.lastindex or 2], match) for match in _REGION.finditer(text)]
    named = [(region, match) for region, match in named if region != "市内" or not _LEAVES.search(text)]
    one = len({region for region, _ in named}) == 1
    return [
        ("region" if one else "elsewhere", region if one else "any", match.start(), match.end())
        for region, match in named
        if one or region != "市内"
    ]
