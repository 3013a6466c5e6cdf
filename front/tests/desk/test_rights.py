"""Who sees what: every address of the desk for every kind of person, and every handler in the desk's source."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from conftest import Front

import front.desk
import front.inbox
from desk.conftest import Person

HTML = {"accept": "text/html"}
PEOPLE = ("agent", "lead", "admin")
# Written by hand, not taken from rights.py: a right that moves by mistake must be seen here.
PAGES = {
    "/": PEOPLE,
    "/conversations": PEOPLE,
    "/callbacks": PEOPLE,
    "/learning": PEOPLE,
    "/knowledge": PEOPLE,
    "/insight": ("lead", "admin"),
    "/reports": ("lead", "admin"),
    "/office": ("lead", "admin"),
    "/staff": ("admin",),
    "/audit": ("admin",),
}
_ROUTES = """
import tempfile
from front.app import create_app
from front.settings import load
create_app(load({"LUEBAO_RUN": tempfile.mkdtemp()}), desk=True)
from nicegui import app
print("\\n".join(route.path for route in app.routes if not route.path.startswith("/_nicegui")))
"""


def test_the_table_has_every_address_of_the_desk() -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LUEBAO_")}
    command = [sys.executable, "-c", _ROUTES]
    served = subprocess.run(command, check=True, capture_output=True, text=True, env=clean).stdout.split()
    assert {path for path in served if not path.startswith("/files")} == set(PAGES)


def test_strangers_and_citizens_get_nothing_at_any_address(front: Front, browser: httpx.Client) -> None:
    """`browser` is a citizen with a session of the public page."""
    with httpx.Client(base_url=front.url, trust_env=False) as stranger:
        for path in [*PAGES, "/_nicegui_ws/socket.io/", "/_nicegui/3/components/x", "/files/x", "/insight/export.csv"]:
            for person in (stranger, browser):
                assert person.get(f"/desk{path}").status_code == 401, path
                sent = person.get(f"/desk{path}", headers=HTML)
                assert (sent.status_code, sent.headers.get("location")) == (303, "/desk/login"), path
                for write in ("POST", "PUT", "DELETE"):
                    assert person.request(write, f"/desk{path}").status_code == 403, (write, path)


@pytest.mark.parametrize("role", PEOPLE)
def test_each_role_sees_the_pages_of_its_own_and_no_other(hire: Callable[..., Person], role: str) -> None:
    person = hire("wang", "王丽", role)
    for path, roles in PAGES.items():
        shown = person.http.get(f"/desk{path}")
        assert shown.status_code == 200, path
        refused = "需要的话请找管理员" in shown.text.encode().decode("unicode_escape", "ignore") + shown.text
        assert refused == (role not in roles), path
        for other, others in PAGES.items():
            if other != "/":  # the name of the desk leads there, too
                assert (f"/desk{other}\\u0022" in shown.text or f"/desk{other}&quot;" in shown.text or
                        f'/desk{other}"' in shown.text) == (role in others), (path, other)  # fmt: skip


ROOM = Path(next(iter(front.desk.__path__)))
INBOX = Path(next(iter(front.inbox.__path__)))
_HANDLERS = {"on_click", "on_change", "on_select", "on_value_change", "on_upload", "on_key", "on_submit", "handler"}
_ATTACH = {"on_click", "on_value_change", "on_select", "on_key", "on"}


def trees() -> list[tuple[Path, ast.Module]]:
    return [(file, ast.parse(file.read_text(encoding="utf-8"))) for file in sorted(ROOM.rglob("*.py"))]


def is_checked(node: ast.AST) -> bool:
    """me.does(Right.X, …), or a page's own _does, which a test asks to be the same."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("does", "_does")


def given(call: ast.Call) -> Iterator[ast.expr]:
    """The handlers a call is given."""
    yield from (word.value for word in call.keywords if word.arg in _HANDLERS)
    if isinstance(call.func, ast.Attribute) and call.func.attr in _ATTACH:
        yield from call.args[1:2] if call.func.attr == "on" else call.args[:1]
    if isinstance(call.func, ast.Attribute) and call.func.attr in ("menu_item", "timer"):
        yield from call.args[1:2]


def handlers() -> list[tuple[str, ast.expr, ast.Module]]:
    found = []
    for file, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                where = f"{file.relative_to(ROOM)}:{node.lineno}"
                found += [(where, handler, tree) for handler in given(node)]
    return found


def named(tree: ast.Module, name: str) -> list[ast.AST]:
    """What a name stands for in a module: functions, and values it is given."""
    found: list[ast.AST] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
            found.append(node)
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
            found.append(node.value)
    return found


def asynchronous() -> set[str]:
    """The names of everything that waits: whatever reads or changes a record does."""
    rooms = [*ROOM.rglob("*.py"), *INBOX.rglob("*.py")]
    parsed = [ast.parse(file.read_text(encoding="utf-8")) for file in rooms]
    return {node.name for tree in parsed for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef)}


WAITING = asynchronous()
_OF_ELEMENTS = {"on", "mark", "refresh"}  # what NiceGUI's elements have by the same name


def calls(node: ast.AST) -> Iterator[ast.Call]:
    """The calls a piece of code makes itself: not those of functions it defines, nor of a checked handler it makes."""
    if isinstance(node, ast.Call):
        if is_checked(node):
            return
        yield node
    for part in ast.iter_child_nodes(node):
        if not isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from calls(part)


def waits(node: ast.AST, tree: ast.Module, depth: int = 3) -> list[str]:
    """The waiting functions a piece of code calls. A name of its own file means that file's function."""
    used = []
    for call in calls(node):
        function = call.func
        name = getattr(function, "id", "") or getattr(function, "attr", "")
        own = isinstance(function, ast.Name) or getattr(getattr(function, "value", None), "id", "") == "self"
        defined = [one for one in named(tree, name) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
        if own and defined:
            used += [why for one in defined for why in looked_at(one, tree, depth - 1)] if depth else []
        elif name in WAITING - _OF_ELEMENTS and not (isinstance(function, ast.Attribute) and is_ui(function.value)):
            used.append(name)
    return used


def is_ui(node: ast.expr) -> bool:
    """Something on the screen, by its name."""
    return isinstance(node, ast.Name) and node.id in {"ui", "dialog", "menu", "dark", "window"}


def unchecked(handler: ast.expr, tree: ast.Module, depth: int = 3) -> list[str]:
    """What a handler does without asking for a right; empty where it only moves things on the screen."""
    if is_checked(handler) or not depth:
        return []
    if isinstance(handler, ast.IfExp):
        return unchecked(handler.body, tree) + unchecked(handler.orelse, tree)
    if isinstance(handler, ast.Lambda):
        return waits(handler.body, tree)
    name = getattr(handler, "id", "") or getattr(handler, "attr", "")
    own = isinstance(handler, ast.Name) or getattr(getattr(handler, "value", None), "id", "") == "self"
    return [why for one in named(tree, name) for why in looked_at(one, tree, depth - 1)] if own else []


def looked_at(bound: ast.AST, tree: ast.Module, depth: int) -> list[str]:
    if not isinstance(bound, ast.FunctionDef | ast.AsyncFunctionDef):
        return unchecked(bound, tree, depth) if isinstance(bound, ast.expr) else []
    made = [call.func for statement in bound.body for call in calls(statement)]
    if any(isinstance(function, ast.Attribute) and function.attr == "check" for function in made):
        return []
    return [why for statement in bound.body for why in waits(statement, tree, depth)]


# What a handler may call without a right, with the reason.
KNOWN = {"learning/training_part.py": {"state"}}  # how far a training is, read from a file: nothing about people


def test_every_handler_asks_for_its_right_or_only_moves_things_on_the_screen() -> None:
    faults = {}
    for where, handler, tree in handlers():
        if why := set(unchecked(handler, tree)) - KNOWN.get(where.partition(":")[0], set()):
            faults[where] = why
    assert faults == {}
    assert len(handlers()) > 50  # it finds them


def test_a_pages_own_does_is_the_desks() -> None:
    for file, tree in trees():
        for one in named(tree, "_does"):
            assert isinstance(one, ast.FunctionDef), file
            returned = [part.value for part in ast.walk(one) if isinstance(part, ast.Return)]
            assert returned, file
            for value in returned:
                assert isinstance(value, ast.Call), file
                assert isinstance(value.func, ast.Attribute), file
                assert value.func.attr == "does", file


def test_the_check_finds_a_handler_that_does_not_ask() -> None:
    source = """
async def reset(): await accounts.reset("x")
def quick(): background_tasks.create(accounts.reset("x"))
checked = me.does(Right.STAFF, reset)
"""
    tree = ast.parse(source)
    for bad in ("reset", "quick", "lambda: accounts.reset('x')", "lambda: reset()"):
        assert unchecked(ast.parse(bad, mode="eval").body, tree), bad
    for good in (
        "checked",
        "me.does(Right.STAFF, reset)",
        "dialog.close",
        "lambda: dialog.close()",
        "lambda: ui.notify('x')",
    ):
        assert not unchecked(ast.parse(good, mode="eval").body, tree), good
