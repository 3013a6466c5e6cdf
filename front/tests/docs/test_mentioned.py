"""Every command, file and link the documents mention exists."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from luebao.__main__ import main as luebao

from front.cli import main as front
from front.settings import ROOT

DOCS = [
    ROOT / "README.md",
    ROOT / "benchmarks" / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted(ROOT.glob("benchmarks/*/README.md")),
]
_FENCE = re.compile(r"^```[a-z]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
_MADE = re.compile(r"^(\.run|models|(front/)?\.(venv(-library)?|hypothesis)|\.tools|data/nlu/learned\.yml)(/|$)")
_ROOMS = ("data", "knowledge", "luebao", "brain", "actions", "front", "scripts", "evaluation", "benchmarks", "tests",
          "docs", "deploy", "models")  # fmt: skip
_PATH = re.compile(rf"(?:{'|'.join(_ROOMS)})/[\w./-]*[\w/]")
_USERS = (["-u"], ["-n"], ["-o"], ["-g"], ["namespace"])  # luebao is also a user and a namespace
_PROGRAMS = {"front": front, "luebao": luebao}


def pieces(document: Path) -> Iterator[str]:
    """Every line of a block of code and every inline piece of code."""
    text = document.read_text(encoding="utf-8")
    for block in _FENCE.findall(text):
        yield from block.splitlines()
    yield from _CODE.findall(_FENCE.sub("", text))


def documents() -> list[object]:
    return [pytest.param(document, id=str(document.relative_to(ROOT))) for document in DOCS]


@pytest.mark.parametrize("document", documents())
def test_every_link_leads_somewhere(document: Path) -> None:
    links = [link for link in _LINK.findall(document.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", documents())
def test_every_path_of_the_repository_exists(document: Path) -> None:
    missing = []
    for piece in pieces(document):
        for word in re.split(r"[\s=:,;，；、'\"()|<>]+", piece):
            named = word.removeprefix("/opt/luebao/").rstrip("…*").rstrip("/")
            whole = _PATH.fullmatch(named) and not _MADE.match(named) and "类别" not in named  # any category's file
            if whole and not any((base / named).exists() for base in (ROOT, document.parent, ROOT / "front")):
                missing.append(word)
    assert missing == []


@pytest.mark.parametrize("document", documents())
def test_every_make_target_exists(document: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    lines = [piece.split("#")[0] for piece in pieces(document)]
    said = [words for line in lines for words in re.findall(r"(?:^|&& )make((?: [a-z-]+)+)", line)]
    named = {name for words in said for name in words.split() if not name.startswith("-")}
    assert named - targets == set()


def arguments(piece: str, program: str) -> list[str] | None:
    """What follows the program in a line of a shell; None where the line does not call it."""
    try:
        words = shlex.split(re.split(r" [#>|] ?| && ", f"{piece} ")[-1 if " && " in piece else 0])
    except ValueError:  # half a quotation: prose
        words = piece.split()
    calls = [at for at, word in enumerate(words) if Path(word).name == program and words[at - 1 : at] not in _USERS]
    rest = words[calls[-1] + 1 :] if calls else []
    return rest if rest and re.fullmatch(r"-{0,2}[a-z][a-z-]*", rest[0]) else None


def wrong(group: click.Command, words: list[str]) -> str:
    """What of the words the program does not know: a command or an option; "" where all is known."""
    command, options = group, {"--help"}
    for word in words:
        if word.startswith("--") and word != "--":
            options |= {name for param in command.params for name in param.opts + param.secondary_opts}
            if word.split("=")[0] not in options:
                return word
        elif isinstance(command, click.Group):
            found = command.get_command(click.Context(command), word)
            if found is None:
                return "" if word in ("|", "…") or not word.isascii() else word
            command = found
    return ""


@pytest.mark.parametrize("program", ["front", "luebao"])
@pytest.mark.parametrize("document", documents())
def test_every_command_and_option_is_known(document: Path, program: str) -> None:
    calls = [words for piece in pieces(document) if (words := arguments(piece.strip(), program))]
    assert [words for words in calls if wrong(_PROGRAMS[program], words)] == []


def test_the_check_itself_finds_what_is_not_there() -> None:
    assert wrong(front, ["staff", "fly"]) == "fly"
    assert wrong(front, ["robot", "off", "--why"]) == "--why"
    assert wrong(front, ["staff", "add", "zhang", "--name", "张", "--role", "admin"]) == ""
    assert arguments("docker compose exec front front staff list", "front") == ["staff", "list"]
    assert arguments("kubectl -n luebao exec deploy/front -- front staff list", "front") == ["staff", "list"]
    assert arguments("/opt/luebao/front/.venv/bin/front backup a.tar.gz", "front") == ["backup", "a.tar.gz"]
