"""日志 in a browser: narrowed to a person, an action, a subject; and looking leaves a line of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from conftest import Front
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from desk.conftest import Person
from desk.test_insight_page import body_says, press, rows_of

Hire, Seat = Callable[..., Person], Callable[..., Chrome]


def lines(browser: Chrome) -> list[str]:
    """The lines shown."""
    return [line.text for line in browser.find_elements(By.CSS_SELECTOR, ".audit-line")]


def wait_for(browser: Chrome, holds: Callable[[list[str]], bool]) -> list[str]:
    """The lines, once they are as wanted; an element that goes while it is read is read again."""
    from selenium.common.exceptions import StaleElementReferenceException

    wait = WebDriverWait(browser, 20, ignored_exceptions=[StaleElementReferenceException])
    wait.until(lambda b: holds(lines(b)))
    return lines(browser)


def test_a_click_on_a_person_shows_what_he_did(front: Front, hire: Hire, seat: Seat) -> None:
    boss, _ = hire("boss", "张主任", "admin"), hire("wang", "王丽")
    browser = seat(boss, "/desk/audit")
    wait_for(browser, lambda some: any("王丽" in line for line in some))
    press(browser, "王丽")
    some = wait_for(browser, lambda some: bool(some) and all("王丽" in line for line in some))
    assert any("改自己的密码" in line for line in some)
    assert not any("张主任" in line for line in some)


def test_looking_is_noted_with_what_was_looked_for(front: Front, hire: Hire, seat: Seat) -> None:
    browser = seat(hire("boss", "张主任", "admin"), "/desk/audit")
    wait_for(browser, bool)
    field = browser.find_element(By.CSS_SELECTOR, "input[aria-label^='对什么']")
    field.send_keys("staff:boss\n")
    wait_for(browser, lambda some: bool(some) and all("staff:boss" in line for line in some))
    with sqlite3.connect(rows_of(front)) as rows:
        noted = rows.execute("SELECT who, detail FROM audit WHERE action = 'audit.read' ORDER BY id").fetchall()
    assert noted == [("boss", "{}"), ("boss", '{"subject": "staff:boss"}')]


def test_older_lines_are_a_page_further(front: Front, hire: Hire, seat: Seat) -> None:
    boss = hire("boss", "张主任", "admin")
    with sqlite3.connect(rows_of(front)) as rows:
        statement = "INSERT INTO audit (at, who, action, about, detail) VALUES (0, 'li', 'logout', ?, '{}')"
        rows.executemany(statement, [(f"mark:{number}",) for number in range(60)])
    browser = seat(boss, "/desk/audit")
    first = wait_for(browser, lambda some: len(some) == 50)
    assert "mark:59" in first[0]
    press(browser, "较早的")
    assert "mark:9" in wait_for(browser, lambda some: bool(some) and "mark:9" in some[0])[0]
    press(browser, "较新的")
    wait_for(browser, lambda some: len(some) == 50 and any("mark:59" in line for line in some))


def test_only_the_administrator_reads_the_log(front: Front, hire: Hire, seat: Seat) -> None:
    body_says(seat(hire("wang", "王丽", "lead"), "/desk/audit"), "不能看“日志”")
