"""The page on the real front, over a Rasa that answers with recorded replies."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa_peer import Rasa
from selenium.webdriver import Chrome

from browser.page import DESKTOP, Page, Server, wait_for

REPLIES: dict[str, Any] = json.loads((Path(__file__).parent / "replies.json").read_text(encoding="utf-8"))


class Recorded(Rasa):
    """Answers as luebao did when replies.json was made."""

    def answer(self, body: dict[str, Any]) -> bytes:
        """The recorded reply of a question or an option."""
        time.sleep(self.delay)
        said = REPLIES["payloads"].get(body.get("payload")) or REPLIES["texts"].get(body.get("message"))
        custom = said or REPLIES["other"]
        return json.dumps([{"text": custom["full"], "custom": custom}], ensure_ascii=False).encode()


class Front(Server):
    """The real front in the place of the peer."""

    def __init__(self, process: Any) -> None:
        self.real = process
        self.url = process.url + "/"

    def start(self, stream: str = "open") -> None:
        """Start again, on the same port and database."""
        self.real.start()

    def kill(self) -> None:
        """kill -9."""
        self.real.kill()


@pytest.fixture
def rasa() -> Iterator[Recorded]:
    """A Rasa that answers with recorded replies."""
    peer = Recorded()
    yield peer
    peer.stop()


@pytest.fixture
def server(front: Any) -> Iterator[Front]:
    """The real front, on SQLite."""
    yield Front(front)


def test_asked_clicked_and_reloaded(page: Page) -> None:
    page.open().say("异地就医备案怎么办")
    page.press(".option", "哪些情况可以办异地就医备案")
    wait_for("两张卡片", lambda: len(page.titles()) == 2)
    before = (page.said(), page.titles())
    assert before[0] == ["异地就医备案怎么办", "哪些情况可以办异地就医备案"]
    page.reload()
    wait_for("两张卡片", lambda: len(page.titles()) == 2)
    assert (page.said(), page.titles()) == before


def test_the_front_dies_while_it_thinks(page: Page, rasa: Recorded) -> None:
    page.open(DESKTOP)
    rasa.delay = 0.8
    page.say("医保转移多久能办好")
    wait_for("已经问到 Rasa", rasa.messages)
    page.server.kill()
    page.say("哪些病算急诊")
    page.shows("#state", "会自动发出")
    page.server.start()
    page.card("急诊入院范围", seconds=40)
    page.card("15个工作日", seconds=40)
    page.reload()
    page.card("急诊入院范围")
    assert page.said() == ["医保转移多久能办好", "哪些病算急诊"]
    assert [title[:5] for title in page.titles()] == ["医保转移多", "哪些病算急"]


def test_without_rasa_the_person_gets_the_phone(page: Page, rasa: Recorded) -> None:
    rasa.stop()
    page.open().say("医保转移多久能办好")
    page.shows(".call-big", "拨打 5190857", seconds=30)


def test_judged_and_erased(page: Page) -> None:
    page.open().say("医保转移多久能办好")
    page.card("15个工作日")
    page.press(".tool-row button:nth-child(2)", "满意")
    page.shows(".said", "谢谢，已记下")
    page.press("#erase")
    page.press("#erase-yes")
    page.shows("#erase-said", "您的记录已经删除")
    page.say("你好")
    page.card("我是鲁e宝")
    page.reload()
    page.card("我是鲁e宝")
    assert page.said() == ["你好"]


def test_two_windows_of_one_person(page: Page, chromium: Chrome) -> None:
    page.open()
    first = chromium.current_window_handle
    chromium.switch_to.new_window("tab")
    try:
        page.open().say("医保转移多久能办好")
        page.card("15个工作日")
    finally:
        chromium.close()
        chromium.switch_to.window(first)
    page.card("15个工作日")
    wait_for("另一个窗口说的话", lambda: page.said() == ["医保转移多久能办好"])
