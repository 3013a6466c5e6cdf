"""Reading a message in the light of the last answer: what "那跨省呢", "支付宝呢" or "不对，是烟台" is about."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Optional, Text

import attrs

from brain.text import fold
from luebao.knowledge.canonical import label
from luebao.policy.places import places

_SHORT, _VERY_SHORT = 18, 9  # folded characters
# Words that carry no question of their own beside a place, a stage or a disease.
_FILLERS = re.compile(
    "那么|那要|那|呢|吗|么|啊|呀|吧|了|的|是|在|去|到|我|俺|你|他|她|们|妈|爸|爹|娘|婆|公|老|家|孩子|对象|老伴|儿子|闺女|女儿|要是|如果|假如|"
    "不对|说错|打错|应该|更正|换成|改成|改了|改去|等下|等等|大夫|医生|让|"
    "也|还|又|就|都|得|有|怎么办|怎么样|咋办|咋样|怎么|人|这个|这种|病|地方|已经|情况|说|问|看|住|搬|转|要|打算|这边|那边|里|做|得了|"
    "哎|唉|哦|噢|嗯|咱|记错|弄错|搞错|说的|上|坐船|阳历|公历|农历|阴历|那个|市|省"
)
# What may be said of a day that is named.
_OF_A_DAY = re.compile(
    "住院|入院|住进|住的院|进的医院|发病|受理|提交|申请|交的|办的|补办|再补|若|倘若|号|那天|当天|才|早上|晚上|夜里"
)
_CHINESE = re.compile("[\u4e00-\u9fff]")
# What is said to the robot itself stands alone; so does what leans on the last answer by its own label.
_SAID_TO_IT = ("chitchat", "menu", "human", "none_of_these")
_STANDS = (*_SAID_TO_IT, "guide", "checklist", "change", "out_of_scope")
# Shares and odds of `blend`; chosen on held-out dialogues (docs/decisions/0015-follow-ups.md).
_ELLIPTICAL, _PERHAPS, _NAMED = 0.75, 0.65, 0.45
_LINKED, _ITSELF, _SAME, _OUTSIDE, _OTHER, _FREE = 1.0, 0.8, 0.8, 0.8, 0.4, 0.2
# A message that is surely none of ours (几点上班) is that after any answer.
_SURELY_OUTSIDE = 0.98
_UNSEEN = 0.001
_CASE = ("place", "region", "stage", "term", "disease", "direction", "date")


@attrs.frozen
class Context:
    """The last answer: its entry, its topic in two words, the facets its cases know, the labels that often follow."""

    entry: Text
    topic: Text
    facets: List[Text]
    linked: List[Text] = attrs.field(factory=list)
    ask: Optional[Dict[Text, Text]] = None

    @classmethod
    def of(cls, metadata: Optional[Dict[Text, Any]]) -> Optional[Context]:
        """The context the channel put into the message's metadata, if there is one."""
        told = (metadata or {}).get("context")
        if not told:
            return None
        return cls(told["entry"], told["topic"], list(told["facets"]), list(told.get("linked", [])), told.get("ask"))

    def answered(self, text: Text, facets: Dict[Text, Any]) -> Optional[Text]:
        """The entry of the direction the citizen names when asked for it, or None."""
        if not self.ask or len(fold(text)) > 2 * _SHORT:
            return None
        direction = facets.get("direction")
        if not direction and facets.get("region") in ("省内", "跨省") and re.search("我是|俺是|参保|医保在", text):
            direction = "in"
        return self.ask.get(direction or "")


def weight(text: Text, facets: Dict[Text, Any], alone: Dict[Text, Any], sure: float) -> float:
    """How much a message is read with the last answer: 0 (stands alone) to 1 (means nothing without it)."""
    if len(fold(text)) > _SHORT or not _CHINESE.search(text):
        return 0.0
    category = alone["name"].split("/")[0]
    if alone["confidence"] >= (_SURELY_OUTSIDE if category == "out_of_scope" else sure) and category in _STANDS:
        return 0.0
    if "topic" in facets:
        return _NAMED
    return _ELLIPTICAL if "marker" in facets or _is_very_short(text) else _PERHAPS


def blend(
    alone: List[Dict[Text, Any]], together: List[Dict[Text, Any]], context: Context, share: float
) -> List[Dict[Text, Any]]:
    """One ranking of a message read alone and read with the last answer, which makes what usually follows likelier."""
    first = {label["name"]: label["confidence"] for label in alone}
    second = {label["name"]: label["confidence"] for label in together}
    second = {name: value for name, value in second.items() if not free(name)}
    second.update({name: value for name, value in first.items() if free(name)})
    scores = {
        name: first.get(name, _UNSEEN) ** (1 - share) * second.get(name, _UNSEEN) ** share * _prior(name, context)
        for name in {*first, *second}
    }
    whole = sum(scores.values())
    ranked = sorted(scores.items(), key=lambda item: -item[1])
    best, sure = ranked[0][0], ranked[0][1] / whole
    # What one reading alone is sure of, and the other does not contradict, is not less sure for being read twice.
    sure = max([sure, *(row[0]["confidence"] for row in (alone, together) if row[0]["name"] == best)])
    return [{"name": best, "confidence": sure}, *({"name": n, "confidence": p / whole} for n, p in ranked[1:])]


def free(name: Text) -> bool:
    """Whether a label means the same after any answer: what is said to the robot."""
    return name.split("/")[0] in _SAID_TO_IT


def _prior(name: Text, context: Context) -> float:
    if free(name):
        return _FREE
    if name == label(context.entry):
        return _ITSELF
    if name in context.linked:
        return _LINKED
    category = name.split("/")[0]
    if category == context.entry.split(".")[0]:
        return _SAME
    return _OUTSIDE if category == "out_of_scope" else _OTHER


def _is_very_short(text: Text) -> bool:
    return len(fold(text)) <= _VERY_SHORT


def only_the_case(text: Text, facets: Dict[Text, Any], spans: List[Any], context: Context) -> bool:
    """Whether a message names nothing but a place, stage, disease …, and the last answer has an answer for that."""
    if {"aspect", "app", "channel", "topic"} & set(facets) or len(fold(text)) > _SHORT:
        return False
    if not any(facet in context.facets for facet in _CASE if facet in facets):
        return False
    rest = list(text)
    spans = [*spans, *(("place", place.name, place.start, place.start + len(place.name)) for place in places(text))]
    for facet, _, start, end in spans:
        if facet in _CASE or facet == "marker":
            rest[start:end] = " " * (end - start)
    said = "".join(rest)
    if "date" in facets:
        said = _OF_A_DAY.sub("", said)
    return len(fold(_FILLERS.sub("", said))) <= 1


def counts_on(facets: Dict[Text, Any], context: Context) -> bool:
    """Whether a message asks for a day (最晚哪天) that can be counted beside the last answer."""
    return "date" in context.facets and facets.get("aspect") == "deadline" and "topic" not in facets


def said_in_full(text: Text, topic: Text) -> Text:
    """The message as it would be said in full: what it is about, and then what it asks."""
    asked = re.sub(r"^(?:不对|不是|那么|那要|那|要是|如果)[，, ]*|[呢啊呀]+[？?]?$", "", text)
    return f"{topic}{asked}"
