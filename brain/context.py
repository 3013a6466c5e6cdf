"""Reading a message in the light of the last answer: what "那跨省呢", "支付宝呢" or "不对，是烟台" is about."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Optional, Text

import attrs

from brain.text import fold
from luebao.policy.places import places

_SHORT = 18  # folded characters
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
_CASE = ("place", "region", "stage", "term", "disease", "direction", "date")


@attrs.frozen
class Context:
    """The last answer: its entry, the facets its cases know, what was asked back, and the direction once said."""

    entry: Text
    facets: List[Text]
    ask: Optional[Dict[Text, Text]] = None
    direction: Optional[Text] = None

    @classmethod
    def of(cls, metadata: Optional[Dict[Text, Any]]) -> Optional[Context]:
        """The context the channel put into the message's metadata, if there is one."""
        told = (metadata or {}).get("context")
        if not told:
            return None
        return cls(told["entry"], list(told["facets"]), told.get("ask"), told.get("direction"))

    def answered(self, text: Text, facets: Dict[Text, Any]) -> Optional[Text]:
        """The entry of the direction the citizen names when asked for it, or None."""
        if not self.ask or len(fold(text)) > 2 * _SHORT:
            return None
        direction = facets.get("direction")
        if not direction and facets.get("region") in ("省内", "跨省") and re.search("我是|俺是|参保|医保在", text):
            direction = "in"
        return self.ask.get(direction or "")


def only_the_case(text: Text, facets: Dict[Text, Any], spans: List[Any], context: Context) -> bool:
    """Whether a message names nothing but a place, stage, disease …, and the last answer has an answer for that."""
    if {"aspect", "app", "channel", "topic"} & set(facets) or len(fold(text)) > _SHORT:
        return False
    if not any(facet in context.facets for facet in _CASE if facet in facets):
        return False
    if "stage" in facets and "stage" not in context.facets:  # 已经出院了: what is to be done changes with that
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
    """Whether a message asks for a day (最晚哪天) that can be counted beside the last answer.

    Who is about to leave the hospital (后天出院赶得上吗) asks for something else, unless the answer knows that stage.
    """
    if "stage" in facets and "stage" not in context.facets:
        return False
    return "date" in context.facets and facets.get("aspect") == "deadline" and "topic" not in facets
