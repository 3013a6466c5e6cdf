"""设置 in a real browser."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from conftest import Front
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from desk.conftest import Person, shot

Hire = Callable[..., Person]
Seat = Callable[..., Chrome]


def button(browser: Chrome, name: str) -> WebElement:
    find = f"//button[contains(., '{name}')]"
    return WebDriverWait(browser, 20).until(
        lambda b: next(e for e in b.find_elements(By.XPATH, find) if e.is_displayed())
    )


def says(browser: Chrome, words: str) -> None:
    WebDriverWait(browser, 20).until(lambda b: words in b.find_element(By.TAG_NAME, "body").text)


def field(browser: Chrome, label: str) -> WebElement:
    return browser.find_element(By.CSS_SELECTOR, f"[aria-label^='{label}']")


def test_a_lead_stops_the_robot_with_a_reason_and_opens_it_again(front: Front, hire: Hire, seat: Seat) -> None:
    browser = seat(hire("wang", "王丽", "lead"), "/desk/office")
    button(browser, "停下机器人").click()
    says(browser, "为什么停")
    stop = browser.find_element(By.XPATH, "//div[contains(@class,'q-dialog')]//button[contains(., '停下')]")
    stop.click()
    says(browser, "请写明为什么停")
    field(browser, "为什么停").send_keys("政策有变，正在核对")
    field(browser, "告诉市民的话").send_keys("正在更新，请稍后再来。")
    stop.click()
    says(browser, "停着，市民得到通知和咨询电话")
    says(browser, "机器人停着，原因：政策有变，正在核对")
    shot(browser, "office-off")
    button(browser, "打开机器人").click()
    says(browser, "开着，正在回答市民")
    with sqlite3.connect(front.environment["LUEBAO_DATABASE_URL"].removeprefix("sqlite:///")) as rows:
        kept = rows.execute("SELECT \"by\", json_extract(value, '$.on') FROM office ORDER BY id").fetchall()
    assert kept == [("wang", 0), ("wang", 1)]


def test_hours_are_never_made_up_and_a_slip_is_told_with_its_day(front: Front, hire: Hire, seat: Seat) -> None:
    browser = seat(hire("wang", "王丽", "lead"), "/desk/office")
    says(browser, "还没有写")
    assert [field(browser, f"星期{day}").get_attribute("value") for day in "一二三四五六日"] == [""] * 7
    field(browser, "星期一").send_keys("8:30-11:30 13:00-17:00")
    button(browser, "周二到周五和周一一样").click()
    field(browser, "星期六").send_keys("上午")
    button(browser, "保存").click()
    says(browser, "星期六的时间“上午”看不懂")
    field(browser, "星期六").send_keys(Keys.CONTROL, "a")
    field(browser, "星期六").send_keys("9:00-11:00")
    button(browser, "保存").click()
    says(browser, "星期一至星期五 08:30-11:30 13:00-17:00；星期六 09:00-11:00；星期日 休息")
    shot(browser, "office-hours")


def test_an_agent_cannot_open_the_settings(hire: Hire, seat: Seat) -> None:
    browser = seat(hire("li", "李明"), "/desk/office")
    says(browser, "不能看“设置”")
