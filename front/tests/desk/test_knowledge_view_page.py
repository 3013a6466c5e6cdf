"""知识 in a browser: an entry by its address, another day, the clauses as a picture, what changed."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Front
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from desk.conftest import Person, types_day
from desk.plenty import KNOWLEDGE
from desk.test_insight_page import body_says, press
from desk.test_knowledge_view import new_rule

Hire, Seat = Callable[..., Person], Callable[..., Chrome]
ENTRY = "/desk/knowledge?entry=transfer.time_limit"


@pytest.fixture
def front(start_front: Callable[..., Front], tmp_path: Path) -> Front:
    """A front whose knowledge base changes next year, and twice was committed."""
    folder = tmp_path / "knowledge"
    shutil.copytree(KNOWLEDGE, folder)
    for change in (lambda: None, lambda: new_rule(folder)):
        change()
        _committed(folder)
    return start_front(f"sqlite:///{tmp_path / 'front.db'}", LUEBAO_KNOWLEDGE=str(folder))


def _committed(folder: Path) -> None:
    names = ["-c", "user.name=张主任", "-c", "user.email=zhang@example.org", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "-q"], ["add", "."], [*names, "commit", "-qm", "改规定"]):
        subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def test_an_address_opens_an_entry_with_its_three_renditions(hire: Hire, seat: Seat) -> None:
    said = body_says(seat(hire("li", "李明"), ENTRY), "话务员（内部，不发给市民）")
    assert "跨省转移15个工作日办结（原为45个工作日）" in said
    assert "连签名1条短信" in said
    assert "不要替群众推算到具体某天" in said


def test_another_day_shows_what_will_be_answered_then(hire: Hire, seat: Seat) -> None:
    browser = seat(hire("li", "李明"), ENTRY)
    body_says(browser, "跨省转移15个工作日办结")
    types_day(browser.find_element(By.CSS_SELECTOR, ".day-input input"), "20270101")
    said = body_says(browser, "跨省转移10个工作日办结（原为15个工作日）")
    assert "按2027年1月1日的规定，不是今天的" in said


def test_a_day_half_typed_changes_nothing_and_the_calendar_is_in_chinese(hire: Hire, seat: Seat) -> None:
    browser = seat(hire("li", "李明"), f"{ENTRY}&as_of=2027-03-09")
    body_says(browser, "按2027年3月9日的规定")
    field = browser.find_element(By.CSS_SELECTOR, ".day-input input")
    assert field.get_property("value") == "2027-03-09"
    field.send_keys(Keys.BACKSPACE)
    WebDriverWait(browser, 20).until(lambda _: field.get_property("value") == "2027-03-0")
    press(browser, "冲突")  # and back: by then the server has heard what was typed
    WebDriverWait(browser, 20).until(lambda b: not b.find_elements(By.CSS_SELECTOR, ".kb-list"))
    press(browser, "条目")
    WebDriverWait(browser, 20).until(lambda b: b.find_elements(By.CSS_SELECTOR, ".kb-list"))
    assert "按2027年3月9日的规定" in body_says(browser, "个条目")
    field.send_keys(Keys.END, "1")
    body_says(browser, "按2027年3月1日的规定")
    press(browser, "打开日历")
    calendar = WebDriverWait(browser, 20).until(lambda b: b.find_element(By.CSS_SELECTOR, ".q-date"))
    WebDriverWait(browser, 20).until(lambda _: "三月" in calendar.text and "周日\n周一\n周二" in calendar.text)
    day = "//*[contains(@class, 'q-date')]//button[normalize-space(.)='25']"
    WebDriverWait(browser, 20).until(lambda b: b.find_element(By.XPATH, day)).click()
    body_says(browser, "按2027年3月25日的规定")
    assert field.get_property("value") == "2027-03-25"
    WebDriverWait(browser, 20).until(lambda b: not b.find_elements(By.CSS_SELECTOR, ".q-date"))


def test_the_clauses_are_a_picture_that_leads_to_entries(hire: Hire, seat: Seat) -> None:
    browser = seat(hire("li", "李明"), "/desk/knowledge?view=clauses")
    body_says(browser, "共63条条款")
    assert len(browser.find_elements(By.CSS_SELECTOR, ".kb-cell")) == 63
    browser.find_element(By.CSS_SELECTOR, ".kb-cell[aria-label^='一-2，']").click()
    body_says(browser, "引用它的条目")
    press(browser, "医保转移多久能办好")
    body_says(browser, "话务员（内部，不发给市民）")
    assert browser.current_url.endswith(ENTRY)


def test_the_list_narrows_while_one_types(hire: Hire, seat: Seat) -> None:
    browser = seat(hire("li", "李明"), "/desk/knowledge")
    body_says(browser, "65个条目")
    browser.find_element(By.CSS_SELECTOR, "input[aria-label^='找条目']").send_keys("家庭共济")
    WebDriverWait(browser, 15).until(lambda b: 0 < len(b.find_elements(By.CSS_SELECTOR, ".kb-list .q-item")) < 20)


def test_what_changed_is_shown_with_old_and_new_lines(hire: Hire, seat: Seat) -> None:
    browser = seat(hire("li", "李明"), "/desk/knowledge?fact=transfer.days.cross_province")
    body_says(browser, "从2027年1月1日起")
    press(browser, "看更改记录")
    body_says(browser, "更改记录：2次")
    wait = WebDriverWait(browser, 15)
    old = wait.until(lambda b: b.find_element(By.CSS_SELECTOR, ".kb-old"))
    assert 'value: "15", from: unknown, until: open' in old.text
    assert any('value: "10", from: 2027-01-01' in new.text for new in browser.find_elements(By.CSS_SELECTOR, ".kb-new"))


def test_conflicts_stand_side_by_side_and_what_is_due_says_how_to_check(hire: Hire, seat: Seat) -> None:
    li = hire("li", "李明")
    said = body_says(seat(li, "/desk/knowledge?view=conflicts"), "以前怎么说")
    assert said.index("自住院之日起3个工作日内") < said.index("视同已备案")
    said = body_says(seat(li, "/desk/knowledge?view=due"), "没有和现行规定核对")
    assert "从未核对" in said


def test_an_entry_that_is_not_there_is_said_kindly(hire: Hire, seat: Seat) -> None:
    browser = seat(hire("li", "李明"), "/desk/knowledge?entry=<b>x</b>")
    body_says(browser, "知识库里没有条目 <b>x</b>")
