"""`make run` on a machine without any account: credentials of its own making, and the two simulators."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from conftest import Front
from rasa_peer import Rasa

from front import simulated
from front.app import create_app
from front.settings import load


@pytest.fixture
def run(tmp_path: Path) -> dict[str, str]:
    """An environment with a folder of its own and nothing else."""
    return {"LUEBAO_RUN": str(tmp_path / "run")}


def test_they_are_made_once_and_for_this_user_only(run: dict[str, str]) -> None:
    assert simulated.added(run) == run  # reading makes nothing
    made = simulated.added(run, make=True)
    assert simulated.added(run, make=True) == simulated.added(run) == made
    kept = simulated.file(run)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600 and [kept] == list(kept.parent.iterdir())
    assert made["LUEBAO_WECHAT_APPID"].startswith("wx") and len(made["LUEBAO_WECHAT_AES_KEY"]) == 43
    assert {name for name, value in made.items() if name.endswith(("_API", "_URL")) and "//127.0.0.1:9" in value} == {
        "LUEBAO_WECHAT_API",
        "LUEBAO_SMS_KANNEL_URL",
    }


@pytest.mark.parametrize(("name", "left"), [("LUEBAO_WECHAT_TOKEN", "SMS"), ("LUEBAO_SMS_ALIYUN_PATH", "WECHAT")])
def test_a_real_channel_takes_nothing_from_the_file(run: dict[str, str], name: str, left: str) -> None:
    real = simulated.added({**run, name: "real"}, make=True)
    assert real[name] == "real"
    assert {other.split("_")[1] for other in real if other not in (name, "LUEBAO_RUN")} == {left}


def test_a_damaged_file_is_as_none(run: dict[str, str]) -> None:
    simulated.added(run, make=True)
    simulated.file(run).write_bytes(b"\xff\x00=PATH\nPATH=/tmp\n=x\nLUEBAO_DATABASE_URL=x\n")
    assert simulated.added(run) == run
    simulated.file(run).write_text("PATH=/tmp\nLUEBAO_DATABASE_URL=x\nLUEBAO_SMS_NUMBER=1069\n", encoding="utf-8")
    assert simulated.added(run) == {**run, "LUEBAO_SMS_NUMBER": "1069"}  # the file can set nothing else


def test_the_front_takes_them(run: dict[str, str]) -> None:
    paths = {getattr(route, "path", "") for route in create_app(load(simulated.added(run, make=True))).routes}
    assert {"/channels/wechat", "/channels/sms/kannel/{secret}"} <= paths


@pytest.fixture
def service(rasa: Rasa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Front]:
    """A front as `make run` starts it."""
    monkeypatch.setattr(Front, "more", ["--simulated"])
    front = Front(f"sqlite:///{tmp_path / 'front.db'}", rasa, LUEBAO_RUN=str(tmp_path))
    yield front
    front.kill()


@pytest.mark.parametrize(("channel", "more"), [("wechat", ""), ("sms", "计 1 条短信")])
def test_simulate_shows_an_answer_without_any_setting(service: Front, channel: str, more: str) -> None:
    known = {**service.environment, "LUEBAO_FRONT_PORT": str(service.port)}
    command = [sys.executable, "-m", "front", "simulate", channel, "医保转移多久"]
    done = subprocess.run(command, env=known, capture_output=True, text=True, check=False)
    assert "答：医保转移多久" in done.stdout and more in done.stdout, done.stderr
    for wrong in ("x" * 24, "y" * 24):
        assert httpx.get(f"{service.url}/channels/sms/kannel/{wrong}", trust_env=False).status_code == 404
