"""Nothing is lost and nothing doubled, whatever happens to the connection."""

import sqlite3
from pathlib import Path

import pytest
from selenium.webdriver import Chrome

from browser.page import Page, Server, wait_for

ONE_OF_EACH = "SELECT (SELECT count(*) FROM said), (SELECT count(*) FROM sent)"
NOTICE = "您说的话已经存好，会自动发出"


def test_a_reload_finds_everything_once(page: Page) -> None:
    page.open().say("异地就医备案怎么办")
    page.card("手机、网站、窗口都能办")
    page.press(".option", "哪些情况可以办")
    wait_for("两张卡片", lambda: len(page.titles()) == 2)
    before = (page.said(), page.titles())
    page.reload()
    wait_for("两张卡片", lambda: len(page.titles()) == 2)
    assert (page.said(), page.titles()) == before


def test_a_slow_answer_comes_by_the_stream(page: Page) -> None:
    page.open().say("慢医保转移多久能办好")
    page.shows("#waiting", "正在找答案")
    page.card("15个工作日")
    assert not page.one("#waiting").is_displayed()
    assert page.server.rows(ONE_OF_EACH) == [(1, 1)]


def test_a_reload_while_the_answer_is_made(page: Page) -> None:
    page.open().say("慢医保转移多久能办好")
    wait_for("服务收到", lambda: page.server.rows("SELECT * FROM said"))
    page.reload()
    page.shows("#waiting", "正在找答案")
    page.card("15个工作日")
    assert len(page.said()) == len(page.titles()) == 1


def test_asked_while_the_server_is_down(page: Page) -> None:
    page.open()
    page.server.kill()
    page.say("医保转移多久能办好")
    page.say("哪些病算急诊")
    page.shows("#state", NOTICE)
    assert "5190857" in page.one("#state").text
    page.server.start()
    page.card("急诊入院范围", seconds=30)
    assert page.titles()[0] == "医保转移多久能办好" and len(page.titles()) == 2
    wait_for("提示收起", lambda: not page.one("#state").is_displayed())
    assert page.server.rows("SELECT text FROM said ORDER BY n") == [("医保转移多久能办好",), ("哪些病算急诊",)]


def test_the_server_dies_while_it_thinks(page: Page) -> None:
    page.open().say("慢医保转移多久能办好")
    wait_for("服务收到", lambda: page.server.rows("SELECT * FROM said"))
    page.server.kill()
    page.server.start()
    page.card("15个工作日", seconds=30)
    page.reload()
    page.card("15个工作日")
    assert len(page.said()) == len(page.titles()) == 1
    assert page.server.rows(ONE_OF_EACH) == [(1, 1)]


def test_a_reload_before_the_message_could_leave(page: Page) -> None:
    page.open()
    page.run("return fetch('/test/deaf', {method: 'POST', body: 'true'})")
    page.say("医保转移多久能办好")
    page.shows("#state", NOTICE)
    page.reload()
    assert page.said() == ["医保转移多久能办好"]
    page.run("return fetch('/test/deaf', {method: 'POST', body: 'false'})")
    page.card("15个工作日", seconds=30)
    assert len(page.said()) == len(page.titles()) == 1
    assert page.server.rows(ONE_OF_EACH) == [(1, 1)]


def test_what_came_while_away_is_there_after_the_restart(page: Page) -> None:
    page.open().say("你好")
    page.card("我是鲁e宝")
    page.server.kill()
    message = '{"reply_to": null, "from": "human", "text": "补一句。", "custom": null, "at": "2026-11-22T01:00:00Z"}'
    with sqlite3.connect(page.server.state) as db:
        db.execute("INSERT INTO sent (session, said, message) SELECT session, 0, ? FROM said", (message,))
    page.server.start()
    page.card("补一句。", seconds=30)
    assert len(page.all(".card")) == 2


@pytest.mark.parametrize("stream", ["none", "held"])
def test_without_a_stream_the_long_poll_brings_the_answers(chromium: Chrome, tmp_path: Path, stream: str) -> None:
    server = Server(tmp_path)
    server.start(stream)
    try:
        chromium.execute_cdp_cmd("Network.clearBrowserCookies", {})
        page = Page(chromium, server).open()
        page.say("慢医保转移多久能办好")
        page.card("15个工作日", seconds=20)
        page.say("慢哪些病算急诊")
        page.card("急诊入院范围", seconds=20)
        assert len(page.said()) == len(page.titles()) == 2
    finally:
        chromium.get("about:blank")
        server.kill()


def test_two_windows_of_one_person_show_the_same(page: Page) -> None:
    page.open()
    first = page.browser.current_window_handle
    page.browser.switch_to.new_window("tab")
    try:
        page.open().say("医保转移多久能办好")
        page.card("15个工作日")
    finally:
        page.browser.close()
        page.browser.switch_to.window(first)
    page.card("15个工作日")
    wait_for("另一个窗口说的话", lambda: page.said() == ["医保转移多久能办好"])
