"""Sending where only approved templates can be sent (Aliyun, Tencent): the reply becomes one parameter, {answer}.

Neither vendor's SendSms has a field for free text. One template with one parameter has to be approved, for example
“您问的医保问题：{answer}如需帮助请拨打5190857。” Notices to Aliyun take 35 characters in a parameter by default
(more only if the approval says so), Tencent sets no length for companies; both take 500 in all. A reply that does
not fit is never cut in the middle of a rule: the citizen is told to call instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from front.channels.sms.segments import MOST, clean, signed, units

DEFAULT = "您问的医保问题：{answer}如需帮助请拨打5190857。"
TOO_LONG = "答复较长，短信发不下，请拨打5190857。"
# 【】 would be taken for a signature; the vendors refuse or garble the others.
_SWAPPED = str.maketrans({"【": "「", "】": "」", "¥": "元", "★": "*", "☞": "", "✓": "", "※": "", "{": "（", "}": "）"})


@dataclass(frozen=True)
class Template:
    """The approved template: its text with {answer}, the signature, and how long the parameter may be."""

    text: str = DEFAULT
    signature: str = ""
    limit: int = 35

    def __post_init__(self) -> None:
        """Raises ValueError for a template that could not carry a reply."""
        if self.text.count("{answer}") != 1 or self.text.strip() == "{answer}":
            raise ValueError("短信模板里应当恰有一个 {answer}，并且不能只有它（厂商不批准全变量模板）")
        if len(TOO_LONG) > self.limit or units(self.filled(TOO_LONG)) > MOST:
            raise ValueError(f"短信模板放不下 {len(TOO_LONG)} 个字的“{TOO_LONG}”，请把参数长度或模板改一改")

    def filled(self, answer: str) -> str:
        """What the phone shows."""
        return signed(self.text.replace("{answer}", answer), self.signature)

    def answer(self, text: str) -> str:
        """The parameter for a reply: in one line, without what vendors refuse; TOO_LONG if it does not fit."""
        line = re.sub(r"\s*\n\s*", " ", clean(text)).translate(_SWAPPED)
        fits = len(line) <= self.limit and units(self.filled(line)) <= MOST
        return line if fits else TOO_LONG
