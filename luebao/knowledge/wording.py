"""Fill the names in a text: {{ transfer.days.cross_province }}, {{ route.weihai_mini }}, {{ scope.chronic_direct }}.

A fact renders as value and unit, `| former` as the value before; a route as its label, `.url` as its address;
a scope as a numbered list, `| inline` as one phrase, `| count` as the number of its items.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from luebao.knowledge.model import Knowledge, Scope

NAME = re.compile(r"\{\{\s*([\w.]+)(?:\s*\|\s*(\w+))?\s*\}\}")


class UnknownName(KeyError):
    """A text names something the knowledge base does not have."""


class NotInForce(LookupError):
    """A text names a fact that has no value on the day asked for; `not_yet` where one is to come."""

    def __init__(self, message: str, not_yet: bool) -> None:
        super().__init__(message)
        self.not_yet = not_yet


def names(text: str) -> Iterator[tuple[str, str]]:
    """Every (name, filter) a text asks for."""
    for match in NAME.finditer(text):
        yield match[1], match[2] or ""


def fill_reply(text: str, knowledge: Knowledge, as_of: date) -> str:
    """A standard reply with its names filled in; it must always be said, so an ended fact gives its last value.

    Raises UnknownName.
    """
    try:
        return fill(text, knowledge, as_of)
    except NotInForce:
        return NAME.sub(lambda match: _last(match[1], knowledge), text)


def fill(text: str, knowledge: Knowledge, as_of: date, case: dict[str, str] | None = None) -> str:
    """The text with every name filled in as of a day; `case` holds the citizen's own words for {{ case.… }}.

    Raises UnknownName or NotInForce.
    """
    return NAME.sub(lambda match: _value(match[1], match[2] or "", knowledge, as_of, case or {}), text)


def _value(name: str, how: str, knowledge: Knowledge, as_of: date, case: dict[str, str]) -> str:
    kind, _, rest = name.partition(".")
    if kind == "case":
        return case.get(rest) or _unknown(name)
    if kind == "route" and not how:
        return _route(rest, knowledge)
    if kind == "scope" and how in ("", "inline", "count"):
        return _scope(knowledge.scopes[rest], how) if rest in knowledge.scopes else _unknown(name)
    if name not in knowledge.facts or how not in ("", "former"):
        return _unknown(f"{name} | {how}" if how else name)
    fact = knowledge.facts[name]
    value = fact.former(as_of) if how else fact.value(as_of)
    if value is None:
        not_yet = not how and any(v.from_.day and v.from_.day > as_of for v in fact.values)
        raise NotInForce(f"{name} 在 {as_of} 没有{'更早的' if how else '生效的'}数值", not_yet)
    return value.value + fact.unit


def _last(name: str, knowledge: Knowledge) -> str:
    fact = knowledge.facts.get(name)
    return fact.last().value + fact.unit if fact else _unknown(name)


def _route(name: str, knowledge: Knowledge) -> str:
    id_, _, field = name.partition(".")
    route = knowledge.routes.get(id_)
    if not route or field not in ("", "name", "url", "find") or not getattr(route, field or "label"):
        return _unknown(f"route.{name}")
    return str(getattr(route, field or "label"))


def _scope(scope: Scope, how: str) -> str:
    if how == "inline":
        return "、".join(item.text for item in scope.items)
    if how == "count":
        return str(len(scope.items))
    return "\n".join(f"{number}. {item}" for number, item in enumerate(scope.items, 1))


def _unknown(name: str) -> str:
    raise UnknownName(name)
