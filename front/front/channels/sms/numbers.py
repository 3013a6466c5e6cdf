"""Phone numbers: one spelling for each person, and who is not a person."""

from __future__ import annotations

import re
import unicodedata

_FILLING = re.compile(r"[\s\-()]")
# Mainland mobile numbers have 11 digits from 13… to 19…; 106…, 1069…, 95…, 100…, 123… are services that answer by
# machine, and landlines and foreign numbers cannot be answered with the Chinese gateways' permissions.
_MOBILE = re.compile(r"(?:\+86|0086|86)?(1[3-9][0-9]{9})")


def person(number: object) -> str | None:
    """The sender as +86…, whether it came as +86, 86, 0086 or plain; None for who is never answered (short codes, …).

    `number` is whatever the gateway sent; anything but text or a whole number is None.
    """
    if isinstance(number, bool) or not isinstance(number, str | int):
        return None
    digits = _FILLING.sub("", unicodedata.normalize("NFKC", str(number)[:40]))
    found = _MOBILE.fullmatch(digits)
    return f"+86{found[1]}" if found else None


def national(number: str) -> str:
    """The 11 digits of a +86… number, as Aliyun takes them."""
    return number.removeprefix("+86")
