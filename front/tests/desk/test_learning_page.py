"""学习 as the staff see it, in real browsers."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable

import httpx
from conftest import Front
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.common.by import By
from sqlalchemy import select

from desk.conftest import Person, shot
from front.desk.tables import lessons
from front.inbox.database import Database

TEXTS = [
    ("余额借给我爹刷一下", "missed"),
    ("余额借给俺妈刷一下行不", "missed"),
    ("拿我的余额给老伴买药", "none_of_these"),
    ("刚出生的娃娃咋上医保", "refused"),
    ("<b>村医</b>那儿能扫码不", "voted_down"),
]


def stored(front: Front, texts: list[tuple[str, str]]) -> None:
    """Lessons in the front's database, grouped by its own command."""

    async def put() -> None:
        database = Database(front.environment["LUEBAO_DATABASE_URL"].replace("sqlite:", "sqlite+aiosqlite:"))
        async with database.write() as connection:
            for number, (said, why) in enumerate(texts):
                row = {"text": said, "why": why, "state": "new", "cluster": 0, "asked_at": time.time() - number}
                await connection.execute(lessons.insert().values(**row))
        await database.close()

    asyncio.run(put())
    subprocess.run([sys.executable, "-m", "front", "lessons", "collect"], env=front.environment, check=True)


def states(front: Front) -> dict[str, tuple[str, str]]:
    """Each question's state and label."""

    async def read() -> dict[str, tuple[str, str]]:
        database = Database(front.environment["LUEBAO_DATABASE_URL"].replace("sqlite:", "sqlite+aiosqlite:"))
        async with database.read() as connection:
            rows = (await connection.execute(select(lessons))).all()
        await database.close()
        return {row.text: (row.state, row.label) for row in rows}

    return asyncio.run(read())


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "没有等到"
        time.sleep(0.1)


def sees(browser: Chrome, words: str) -> bool:
    """Whether the page says it."""
    return words in browser.find_element(By.TAG_NAME, "body").text


def press(browser: Chrome, key: str) -> None:
    """A key, with nothing focused."""
    browser.execute_script("document.activeElement.blur()")
    browser.find_element(By.TAG_NAME, "body").send_keys(key)


def click(browser: Chrome, words: str) -> None:
    """The button or tab that says so."""
    path = f"//*[self::button or @role='tab' or contains(@class,'q-btn')][contains(., '{words}')]"
    until(lambda: bool(browser.find_elements(By.XPATH, path)))
    browser.execute_script("arguments[0].click()", browser.find_elements(By.XPATH, path)[0])


def test_a_lead_sorts_by_keyboard_and_leaves_one_out(
    front: Front, hire: Callable[..., Person], seat: Callable[..., Chrome]
) -> None:
    stored(front, TEXTS)
    browser = seat(hire("wang", "王丽", "lead"), "/desk/learning")
    until(lambda: sees(browser, "余额借给俺妈刷一下行不"))
    until(lambda: sees(browser, "家庭共济") or sees(browser, "1. "))
    shot(browser, "learning-sort")
    boxes = browser.find_elements(By.CSS_SELECTOR, ".q-checkbox")
    last = boxes[-1].get_attribute("aria-label")
    boxes[-1].click()
    first = browser.find_elements(By.CSS_SELECTOR, ".q-radio")[0].text
    press(browser, Keys.ENTER)
    until(lambda: sees(browser, "选一个条目"))  # nothing is accepted that nobody chose
    press(browser, "1")
    press(browser, Keys.ENTER)
    until(lambda: sees(browser, "已接受"))
    done = states(front)
    assert sum(state == "accepted" for state, _ in done.values()) == len(boxes) - 1
    assert last
    assert first.startswith("1. ")
    click(browser, "分好的")
    until(lambda: sees(browser, "已接受，等训练"))
    shot(browser, "learning-decided")
    click(browser, "拿回来")
    until(lambda: sum(state == "accepted" for state, _ in states(front).values()) == len(boxes) - 2)


def test_citizens_words_are_shown_as_words(
    front: Front, hire: Callable[..., Person], seat: Callable[..., Chrome]
) -> None:
    stored(front, TEXTS)
    browser = seat(hire("wang", "王丽", "lead"), "/desk/learning", dark=True)
    until(lambda: sees(browser, "<b>村医</b>那儿能扫码不"))
    shot(browser, "learning-dark")
    click(browser, "训练（")
    until(lambda: sees(browser, "没有变差才换上"))
    shot(browser, "learning-train-dark")


def test_an_agent_proposes_and_puts_what_is_missing_on_the_list(
    front: Front, hire: Callable[..., Person], seat: Callable[..., Chrome]
) -> None:
    stored(front, [("刚出生的娃娃咋上医保", "refused")])
    browser = seat(hire("li", "李强"), "/desk/learning")
    until(lambda: sees(browser, "您的提议要班长接受"))
    press(browser, "w")
    until(lambda: sees(browser, "缺的是什么"))
    field = browser.find_element(By.CSS_SELECTOR, ".q-dialog input")
    until(field.is_displayed)
    field.send_keys("新生儿参保")
    click(browser, "记下")
    until(lambda: states(front)["刚出生的娃娃咋上医保"][0] == "to_write")
    click(browser, "待写的")
    until(lambda: sees(browser, "新生儿参保") and sees(browser, "li提出"))
    shot(browser, "learning-write")
    click(browser, "训练（")
    until(lambda: sees(browser, "训练要由班长来做"))


def test_without_a_session_nothing_of_it_is_seen(front: Front) -> None:
    got = httpx.get(f"{front.url}/desk/learning", trust_env=False, headers={"accept": "text/html"})
    assert got.status_code == 303
    assert got.headers["location"] == "/desk/login"
