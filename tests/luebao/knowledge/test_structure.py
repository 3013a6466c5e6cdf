"""Every key of every thing in the files: left out, misspelt or with a wrong word in it, it is told by name."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

import attrs
import pytest

from luebao.knowledge import model
from luebao.knowledge.period import Since, Until
from luebao.knowledge.strict_yaml import read
from luebao.knowledge.structure import Mistake, structure
from tests.luebao.clerk import KNOWLEDGE

# One of each kind, from the real files.
THINGS = {
    model.Source: ("sources.yml", "documents", 0),
    model.Clause: ("sources.yml", "documents", 0, "clauses", "m.1.1"),
    model.Fact: ("facts/transfer.yml", "facts", 0),
    model.Value: ("facts/transfer.yml", "facts", 0, "values", 0),
    model.Route: ("routes.yml", "routes", 0),
    model.Use: ("routes.yml", "routes", 0, "can", 0),
    model.Scope: ("scopes/chronic_direct.yml",),
    model.ScopeItem: ("scopes/chronic_direct.yml", "items", 0),
    model.Entry: ("entries/benefit.yml", "entries", 0),
    model.Case: ("entries/chronic.yml", "entries", 0, "cases", 0),
    model.Effective: ("entries/benefit.yml", "entries", 0, "effective"),
    model.Conflict: ("conflicts.yml", "conflicts", 0),
    model.Side: ("conflicts.yml", "conflicts", 0, "older"),
    model.Unanswered: ("out_of_scope.yml", "classes", 0),
    model.StandardReply: ("replies.yml", "replies", 0),
}
HERE = ("somewhere", 7)
WRONG_DATES = ["2026-13-40", "2026-02-29", "2026/01/31", "2026-1-31", "20260131", "明年", ""]


@cache
def data_of(file: str) -> Any:
    return read(KNOWLEDGE / file, KNOWLEDGE).data


def written(kind: type) -> dict[str, Any]:
    """A thing of this kind as the file has it."""
    file, *steps = THINGS[kind]
    data = data_of(file)
    for step in steps:
        data = data[step]
    return dict(data)


def mistakes(data: Any, kind: type) -> list[Mistake]:
    return structure(data, kind, HERE)[1]


def keys(*types: Any) -> list[Any]:
    """(kind, key) of every key with one of these types; of every key that must be there without any."""
    return [
        pytest.param(kind, field.name.rstrip("_"), id=f"{kind.__name__}-{field.name.rstrip('_')}")
        for kind in THINGS
        for field in attrs.fields(kind)
        for hint in [get_type_hints(kind)[field.name]]
        if (hint in types or get_origin(hint) in types if types else field.default is attrs.NOTHING)
    ]


@pytest.mark.parametrize("kind", THINGS)
def test_the_thing_as_it_is_has_no_mistake(kind: type) -> None:
    assert mistakes(written(kind), kind) == []


@pytest.mark.parametrize(("kind", "key"), keys())
def test_a_key_left_out_is_told(kind: type, key: str) -> None:
    data = written(kind)
    del data[key]
    assert mistakes(data, kind) == [Mistake(HERE, f"缺少 {key}", "请补上这一项")]


@pytest.mark.parametrize("kind", THINGS)
def test_an_unknown_key_is_told_with_the_keys_there_are(kind: type) -> None:
    [mistake] = mistakes({**written(kind), "颜色": "红"}, kind)
    assert (mistake.path, mistake.wrong) == ((*HERE, "颜色"), "不认识的键 颜色")
    assert attrs.fields(kind)[0].name.rstrip("_") in mistake.todo


def test_a_misspelt_key_is_told_with_the_right_one() -> None:
    [mistake] = mistakes({**written(model.Entry), "folow_ups": []}, model.Entry)
    assert mistake.todo == "是不是想写 follow_ups"


@pytest.mark.parametrize(("kind", "key"), keys(Literal))
def test_a_word_that_is_no_choice_is_told_with_the_choices(kind: type, key: str) -> None:
    [mistake] = mistakes({**written(kind), key: "大家"}, kind)
    assert (mistake.path, mistake.wrong) == ((*HERE, key), "不认识“大家”")
    assert all(choice in mistake.todo for choice in get_args(get_type_hints(kind)[key]))


@pytest.mark.parametrize("wrong", WRONG_DATES)
@pytest.mark.parametrize(("kind", "key"), keys(Since, Until))
def test_a_wrong_date_is_told(kind: type, key: str, wrong: str) -> None:
    [mistake] = mistakes({**written(kind), key: wrong}, kind)
    assert (mistake.path, mistake.wrong) == ((*HERE, key), f"{wrong} 不是日期")


def test_a_week_is_no_date() -> None:
    assert mistakes({**written(model.Effective), "until": "2026-W05-3"}, model.Effective)


def test_the_last_day_may_be_open_unknown_or_past_but_the_first_day_only_unknown() -> None:
    for word in ("open", "unknown", "past"):
        effective, _ = structure({**written(model.Effective), "until": word}, model.Effective, HERE)
        assert effective
        assert effective.until == Until(None, word)
    assert mistakes({**written(model.Effective), "from": "open"}, model.Effective)


def test_a_date_is_read_as_that_day() -> None:
    data = {"from": "2024-02-29", "until": "2026-12-31", "last_checked": "2026-01-01"}
    effective, _ = structure(data, model.Effective, HERE)
    assert effective == model.Effective(Since(date(2024, 2, 29)), Until(date(2026, 12, 31)), Since(date(2026, 1, 1)))


@pytest.mark.parametrize(("kind", "key"), keys(str))
def test_a_list_where_a_text_should_be_is_told(kind: type, key: str) -> None:
    [mistake] = mistakes({**written(kind), key: ["一", "二"]}, kind)
    assert (mistake.path, mistake.wrong) == ((*HERE, key), "这里应当是一段文字")


@pytest.mark.parametrize("kind", [model.Entry, model.Side, model.Unanswered])
def test_a_text_where_a_list_should_be_is_told(kind: type) -> None:
    for key in [field.name for field in attrs.fields(kind) if get_type_hints(kind)[field.name] == list[str]]:
        [mistake] = mistakes({**written(kind), key: "m.1.1"}, kind)
        assert (mistake.path, mistake.wrong) == ((*HERE, key), "这里应当是一个列表")


@pytest.mark.parametrize(("kind", "key"), keys(bool))
def test_only_true_and_false_are_yes_and_no(kind: type, key: str) -> None:
    [mistake] = mistakes({**written(kind), key: "yes"}, kind)
    assert (mistake.path, mistake.wrong) == ((*HERE, key), "yes 不是 true 或 false")


def test_mistakes_deep_inside_are_told_with_the_way_to_them() -> None:
    fact = written(model.Fact)
    fact["values"] = [{**fact["values"][0], "until": "明年"}, {**fact["values"][1], "colour": "红"}]
    assert [mistake.path for mistake in mistakes(fact, model.Fact)] == [
        (*HERE, "values", 0, "until"),
        (*HERE, "values", 1, "colour"),
    ]


@pytest.mark.parametrize("data", ["一段文字", ["一", "二"], None])
def test_something_else_altogether_is_told(data: Any) -> None:
    [mistake] = mistakes(data, model.Entry)
    assert (mistake.path, mistake.wrong) == (HERE, "这里的写法不对")
