"""The pictures of docs/tutorial/first-day.md, from the real desk, the real front and the real robot.

Run by hand when the pages change: cd front && .venv/bin/python -m pytest tests/desk/pictures.py (needs the trained
model and chromium). Everything in them is made up here: no citizen's words.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from conftest import Front
from selenium.webdriver import Chrome, Keys

from desk.conftest import Person
from desk.plenty import Plenty
from desk.test_assistant_page import press as keys
from desk.test_assistant_page import ready, see
from desk.test_conversations_browser import Citizen, press, sees, types
from front.inbox.database import Database
from front.settings import ROOT

PICTURES = ROOT / "docs" / "pictures"
_PYTHON = ROOT / ".venv" / "bin" / "python"


class Robot:
    """The real Rasa and its actions, on ports of their own."""

    def __init__(self, folder: Path, port: int, actions: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        told = {"LUEBAO_ACTIONS_PORT": str(actions), "LUEBAO_TRACKER_URL": f"sqlite:///{folder / 'tracker.db'}"}
        told |= {"LUEBAO_KNOWLEDGE": str(ROOT / "knowledge"), "SANIC_HOST": "127.0.0.1", "PYTHONPATH": str(ROOT)}
        self._environment = os.environ | told | {"RASA_TELEMETRY_ENABLED": "false", "OMP_NUM_THREADS": "1"}
        model = ["run", "--model", "models/luebao.tar.gz", "--interface", "127.0.0.1", "--port", str(port)]
        with (folder / "robot.log").open("ab") as log:
            self._running = [
                subprocess.Popen([_PYTHON, "-m", *command], cwd=ROOT, env=self._environment, stdout=log, stderr=log)
                for command in (["rasa_sdk", "--actions", "actions", "--port", str(actions)], ["rasa", *model])
            ]

    def wait(self) -> None:
        """Until it greets."""
        for _ in range(180):
            time.sleep(1)
            try:
                said = {"sender": "warm-up", "message": "医保转移多久能办好"}
                said = httpx.post(f"{self.url}/webhooks/rest/webhook", json=said, timeout=20, trust_env=False).json()
                if said[0]["custom"]["kind"] == "answer":
                    return
            except httpx.HTTPError:
                continue
        raise AssertionError("机器人没有启动")

    def stop(self) -> None:
        """End both."""
        for process in self._running:
            process.terminate()
        for process in self._running:
            process.wait(20)


@pytest.fixture
def rasa(tmp_path: Path, unused_ports: Callable[[], int]) -> Iterator[Robot]:
    """The real robot instead of the tests' own."""
    if not (ROOT / "models" / "luebao.tar.gz").exists():
        pytest.skip("没有模型：make train")
    robot = Robot(tmp_path, unused_ports(), unused_ports())
    try:
        robot.wait()
        yield robot
    finally:
        robot.stop()


@pytest.fixture
def unused_ports() -> Callable[[], int]:
    import socket

    def port() -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])

    return port


def picture(browser: Chrome, name: str) -> None:
    time.sleep(1.5)  # what moves comes to rest
    assert browser.save_screenshot(str(PICTURES / f"desk-{name}.png"))


def test_the_pictures_of_the_first_day(front: Front, hire: Callable[..., Person], seat: Callable[..., Chrome]) -> None:
    browser = seat(hire("wang", "王丽", "lead"), "/desk/")
    ready(browser)
    keys(browser, "补备案", Keys.ENTER)
    see(browser, "短信（")
    time.sleep(4)  # the robot is asked, too
    picture(browser, "answer")
    citizens = [Citizen(front) for _ in range(3)]
    for citizen, question in zip(citizens, ("医保转移多久能办好", "异地就医怎么备案", "住院能报多少"), strict=True):
        citizen.says(question)
        citizen.says("转人工")
    citizens[1].says("13812345678")
    browser.get(f"{front.url}/desk/callbacks")
    sees(browser, "138****5678")
    picture(browser, "callbacks")
    browser.get(f"{front.url}/desk/conversations")
    press(browser, "接下一位")
    sees(browser, "您在接待")
    citizens[0].says("我是从青岛转过来的，要自己申请吗")
    sees(browser, "要自己申请吗")
    types(browser, "青岛在省内，实行“免申即享”，9个工作日办结。")
    sees(browser, "9个工作日办结。")
    picture(browser, "conversation")
    browser.get(f"{front.url}/desk/office")
    sees(browser, "办公时间")
    picture(browser, "office")
    for citizen in citizens:
        citizen.http.close()


def test_the_picture_of_the_figures(front: Front, hire: Callable[..., Person], seat: Callable[..., Chrome]) -> None:
    asyncio.run(busy(front))
    browser = seat(hire("wang", "王丽", "lead"), "/desk/insight")
    sees(browser, "提问")
    time.sleep(4)  # the charts are drawn
    picture(browser, "insight")


async def busy(front: Front) -> None:
    """Some weeks of made-up questions."""
    database = Database(front.environment["LUEBAO_DATABASE_URL"].replace("sqlite://", "sqlite+aiosqlite://"))
    await Plenty(database, days=40).make(1500, people=80)
    await database.close()
