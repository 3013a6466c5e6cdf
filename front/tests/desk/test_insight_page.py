"""数据 in a browser: what a lead sees, chooses and takes away."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Front
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from desk.conftest import Person
from desk.plenty import Plenty
from front.inbox.database import Database

Hire, Seat = Callable[..., Person], Callable[..., Chrome]


def rows_of(front: Front) -> str:
    """The path of the front's database."""
    return front.environment["LUEBAO_DATABASE_URL"].removeprefix("sqlite:///")


@pytest.fixture
def busy(front: Front) -> Front:
    """A front with some weeks behind it."""

    async def fill() -> None:
        database = Database(f"sqlite+aiosqlite:///{rows_of(front)}")
        await Plenty(database, days=40).make(1500, people=80)
        await database.close()

    asyncio.run(fill())
    return front


def body_says(browser: Chrome, words: str) -> str:
    """The page's text once it contains some words."""
    said = lambda b: b.find_element(By.TAG_NAME, "body").text  # noqa: E731
    WebDriverWait(browser, 20).until(lambda b: words in said(b))
    return str(said(browser))


def press(browser: Chrome, name: str) -> None:
    """Click the button that says something."""
    path = f"//button[contains(., '{name}') or @aria-label='{name}']"
    button = WebDriverWait(browser, 20).until(lambda b: b.find_element(By.XPATH, path))
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)  # out from under the head
    button.click()


def test_a_lead_sees_charts_with_words_and_without_the_network(busy: Front, hire: Hire, seat: Seat) -> None:
    browser = seat(hire("wang", "王丽", "lead"), "/desk/insight")
    body_says(browser, "每天的提问")
    charts = WebDriverWait(browser, 20).until(lambda b: b.find_elements(By.CSS_SELECTOR, ".insight-chart svg"))
    WebDriverWait(browser, 20).until(lambda b: len(b.find_elements(By.CSS_SELECTOR, ".insight-chart svg path")) > 20)
    assert len(charts) >= 5
    named = [chart.get_attribute("aria-label") for chart in browser.find_elements(By.CSS_SELECTOR, ".insight-chart")]
    assert any(name and name.startswith("每天的提问。共") for name in named)
    script = "return performance.getEntriesByType('resource').map(one => one.name)"
    assert all(name.startswith((busy.url, "data:")) for name in browser.execute_script(script))


def test_another_period_and_a_channel_change_the_figures(busy: Front, hire: Hire, seat: Seat) -> None:
    browser = seat(hire("wang", "王丽", "lead"), "/desk/insight")
    week = body_says(browser, "条提问，来自")
    press(browser, "30天")
    WebDriverWait(browser, 20).until(lambda b: _questions(b) > _number(week))
    assert _questions(browser) > _number(week)


def _questions(browser: Chrome) -> int:
    return _number(browser.find_element(By.TAG_NAME, "body").text)


def _number(text: str) -> int:
    before = text.partition("条提问，来自")[0]
    return int(before.rpartition("共")[2]) if before != text else 0


def test_a_table_opens_and_an_export_arrives_and_is_noted(busy: Front, hire: Hire, seat: Seat, tmp_path: Path) -> None:
    browser = seat(hire("wang", "王丽", "lead"), "/desk/insight")
    behaviour: dict[str, Any] = {"behavior": "allow", "downloadPath": str(tmp_path)}
    browser.execute_cdp_cmd("Page.setDownloadBehavior", behaviour)
    body_says(browser, "每天的提问")
    press(browser, "导出CSV：答得怎么样")
    press(browser, "导出Excel")
    wait = WebDriverWait(browser, 15)
    csv = wait.until(lambda _: next(iter(tmp_path.glob("鲁e宝-答得怎么样-*.csv")), None))
    assert csv
    assert wait.until(lambda _: next(iter(tmp_path.glob("鲁e宝-数据-*.xlsx")), None))
    assert csv.read_bytes().startswith(b"\xef\xbb\xbf" + "结果,条数,占比".encode())
    with sqlite3.connect(rows_of(busy)) as rows:
        noted = rows.execute("SELECT who, about FROM audit WHERE action = 'insight.export' ORDER BY id").fetchall()
    assert noted == [("wang", "table:outcomes"), ("wang", "table:all")]


def test_nothing_happened_yet_is_said_as_such(front: Front, hire: Hire, seat: Seat) -> None:
    said = body_says(seat(hire("wang", "王丽", "lead"), "/desk/insight"), "每天的提问")
    assert "共0条提问，来自0人" in said
    assert "太少，不成比例" in said
    assert "NaN" not in said


def test_an_agent_does_not_see_the_figures(front: Front, hire: Hire, seat: Seat) -> None:
    body_says(seat(hire("li", "李明"), "/desk/insight"), "不能看“数据”")
