"""From plain YAML data to the classes of model.py, with every mistake told by field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches
from typing import Any, Literal, TypeVar, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.errors import (
    ClassValidationError,
    ForbiddenExtraKeysError,
    IterableValidationError,
    IterableValidationNote,
)
from cattrs.gen import make_dict_structure_fn, override

from luebao.knowledge import model
from luebao.knowledge.period import OPEN, PAST, UNKNOWN, Since, Until
from luebao.knowledge.strict_yaml import Path_

T = TypeVar("T")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


@attrs.frozen
class Mistake:
    """Where in the data (path), what is wrong, what to do."""

    path: Path_
    wrong: str
    todo: str


class _Wrong(ValueError):
    """A value that cannot be what its field asks for."""

    def __init__(self, wrong: str, todo: str) -> None:
        super().__init__(wrong)
        self.wrong, self.todo = wrong, todo


def structure(data: Any, kind: type[T], path: Path_) -> tuple[T | None, list[Mistake]]:
    """Make a `kind` of plain data, or list every mistake in it; `path` is where the data stands in its file."""
    try:
        return _converter.structure(data, kind), []
    except Exception as error:
        return None, list(_mistakes(error, kind, path))


def _text(value: Any, _: Any) -> str:
    if not isinstance(value, str):
        raise _Wrong("这里应当是一段文字", "请改成一行文字，含冒号时加引号")
    return value.rstrip("\n")


def _day(value: Any) -> date:
    try:
        return date(*map(int, _DAY.fullmatch(value).groups()))  # type: ignore[union-attr]
    except (AttributeError, TypeError, ValueError):
        raise _Wrong(f"{value} 不是日期", "请写成 2026-01-31 这样的日期，不知道就写 unknown") from None


def _since(value: Any, _: Any) -> Since:
    return Since(None) if value == UNKNOWN else Since(_day(value))


def _until(value: Any, _: Any) -> Until:
    return Until(None, value) if value in (OPEN, UNKNOWN, PAST) else Until(_day(value))


def _bool(value: Any, _: Any) -> bool:
    if value not in ("true", "false"):
        raise _Wrong(f"{value} 不是 true 或 false", "请写 true（是）或 false（否）")
    return bool(value == "true")


def _literal(value: Any, kind: Any) -> Any:
    if value not in get_args(kind):
        raise _Wrong(f"不认识“{value}”", f"这里只能写：{'、'.join(get_args(kind))}")
    return value


def _list(value: Any, kind: Any) -> Any:
    if not isinstance(value, list):
        raise _Wrong("这里应当是一个列表", "请每项一行、前面加“- ”，或写成 [a, b]")
    return _plain_converter_list(value, kind)


def _is_literal(kind: Any) -> bool:
    return bool(get_origin(kind) is Literal)


def _is_list_of_text(kind: Any) -> bool:
    return bool(get_origin(kind) is list and get_args(kind) == (str,))


def _converter_for_yaml() -> Converter:
    converter = Converter(forbid_extra_keys=True)
    converter.register_structure_hook(str, _text)
    converter.register_structure_hook(bool, _bool)
    converter.register_structure_hook(Since, _since)
    converter.register_structure_hook(Until, _until)
    converter.register_structure_hook_func(_is_literal, _literal)
    for kind in (model.Value, model.Effective):
        hook = make_dict_structure_fn(kind, converter, _cattrs_forbid_extra_keys=True, from_=override(rename="from"))
        converter.register_structure_hook(kind, hook)
    return converter


_converter = _converter_for_yaml()
_plain_converter_list = _converter.get_structure_hook(list[str])
_converter.register_structure_hook_func(_is_list_of_text, _list)


def _mistakes(error: BaseException, kind: Any, path: Path_) -> Iterator[Mistake]:
    """Walk the tree of errors cattrs raises; its leaves carry the field or the index they belong to."""
    if isinstance(error, (ClassValidationError, IterableValidationError)):
        noted, bare = error.group_exceptions()
        for inner, note in noted:
            step: str | int = note.index if isinstance(note, IterableValidationNote) else note.name.rstrip("_")
            yield from _mistakes(inner, note.type, (*path, step))
        for inner in bare:
            yield from _mistakes(inner, kind, path)
    elif isinstance(error, ForbiddenExtraKeysError):
        known = [field.name.rstrip("_") for field in attrs.fields(error.cl)]
        for key in sorted(error.extra_fields):
            near = get_close_matches(key, known, 1)
            todo = f"是不是想写 {near[0]}" if near else f"这里可以写：{'、'.join(known)}"
            yield Mistake((*path, key), f"不认识的键 {key}", todo)
    elif isinstance(error, KeyError):
        yield Mistake(path[:-1], f"缺少 {error.args[0]}", "请补上这一项")
    elif isinstance(error, _Wrong):
        yield Mistake(path, error.wrong, error.todo)
    else:
        yield Mistake(path, "这里的写法不对", "请对照 docs/reference/knowledge.md 检查这一项的结构")
