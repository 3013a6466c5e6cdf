"""`front --help` is quick, and says of each command what the command says of itself."""

from __future__ import annotations

import subprocess
import sys

import click
from click.testing import CliRunner

from front.cli import main

_HEAVY = ("sqlalchemy", "fastapi", "aiohttp", "alembic", "httpx", "nicegui", "uvicorn", "structlog", "yaml")


def test_the_list_of_commands_says_what_each_says_of_itself() -> None:
    context = click.Context(main)
    names = main.list_commands(context)
    assert names == sorted(names)
    commands = {name: main.get_command(context, name) for name in names}
    said = {name: command.get_short_help_str(200) for name, command in commands.items() if command}
    shown = CliRunner(env={"COLUMNS": "200"}).invoke(main, ["--help"], terminal_width=200, max_content_width=200).output
    assert [tuple(line.split(maxsplit=1)) for line in shown.split("Commands:\n")[1].splitlines()] == list(said.items())
    assert all(command and command.name == name for name, command in commands.items())


def test_what_a_command_needs_is_not_imported_for_the_list() -> None:
    code = "import sys; from front.cli import main; main(['--help'], standalone_mode=False); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert "serve" in done.stdout and not {*done.stdout.split()} & {*_HEAVY}


def test_a_command_there_is_not_is_named() -> None:
    done = CliRunner().invoke(main, ["fly"])
    assert done.exit_code == 2 and "No such command 'fly'" in done.output
