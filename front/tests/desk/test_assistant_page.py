"""查答案 as a clerk uses it: a real browser, real keys, no mouse while a caller waits."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Front
from rasa_peer import Rasa
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import ActionChains, Chrome, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait
from sms.peers import VendorPeer

from desk.conftest import Person, shot, types_day

Hire = Callable[..., Person]
Seat = Callable[..., Chrome]


def wait(browser: Chrome, seconds: float = 40) -> WebDriverWait[Chrome]:
    return WebDriverWait(browser, seconds, ignored_exceptions=[StaleElementReferenceException])


def words(browser: Chrome) -> str:
    return browser.find_element(By.TAG_NAME, "body").text


def press(browser: Chrome, *keys: str, held: str = "") -> None:
    """Real key presses, wherever the focus is."""
    chain = ActionChains(browser)
    if held:
        chain.key_down(held)
    chain.send_keys(*keys)
    if held:
        chain.key_up(held)
    chain.perform()


def see(browser: Chrome, text: str) -> None:
    wait(browser).until(lambda b: text in words(b), f"没有看到：{text}")


def clipboard(browser: Chrome) -> str:
    return str(browser.execute_async_script("navigator.clipboard.readText().then(arguments[0])"))


def ready(browser: Chrome) -> Chrome:
    """The page is connected, and the search box has the focus."""
    wait(browser).until(lambda b: b.execute_script("return document.activeElement?.tagName === 'INPUT'"))
    wait(browser).until(lambda b: b.execute_script("return window.socket?.connected === true"))
    permissions = {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
    browser.execute_cdp_cmd("Browser.grantPermissions", permissions)
    return browser


@pytest.fixture
def clerk(hire: Hire, seat: Seat) -> Chrome:
    """A clerk at the page, signed in."""
    return ready(seat(hire("wang", "王丽"), "/desk/"))


def test_a_caller_has_the_answer_as_a_text_message_by_keyboard_alone(clerk: Chrome) -> None:
    started = time.monotonic()
    press(clerk, "医保转移多久能办好", Keys.ENTER)
    see(clerk, "短信（")
    press(clerk, "c", held=Keys.ALT)
    see(clerk, "已复制短信版")
    took = time.monotonic() - started
    copied = clipboard(clerk)
    assert copied.startswith("医保转移办结时间：跨省15个工作日")
    assert "5190857" in copied
    print(f"从按第一个键到复制好 {took:.1f} 秒")
    shot(clerk, "assistant")


def focused(browser: Chrome) -> str:
    return str(browser.execute_script("return document.activeElement.id || document.activeElement.tagName"))


def test_the_keys_choose_open_switch_and_jump_without_a_mouse(clerk: Chrome) -> None:
    press(clerk, "15个工作日")
    see(clerk, "跨省转移接续办结时限")
    press(clerk, Keys.ARROW_DOWN)
    wait(clerk).until(lambda b: b.find_elements(By.CSS_SELECTOR, ".hit")[1].get_attribute("aria-selected") == "true")
    press(clerk, Keys.ARROW_UP, Keys.ENTER)
    see(clerk, "接下来多半会问")
    wait(clerk).until(lambda b: focused(b) == "card-title")
    title = clerk.find_element(By.ID, "card-title").text
    press(clerk, "2")
    wait(clerk).until(lambda b: b.find_element(By.ID, "card-title").text not in ("", title))
    press(clerk, "/")
    wait(clerk).until(lambda b: focused(b) != "card-title")
    press(clerk, "m.1.2", Keys.ENTER)
    wait(clerk).until(lambda b: b.find_element(By.ID, "card-title").text == "医保转移多久能办好")
    press(clerk, "s", held=Keys.ALT)
    see(clerk, "山东省内转移9个工作日办结（原为15个工作日），实行“免申即享”。")
    press(clerk, "k", held=Keys.CONTROL)
    wait(clerk).until(lambda b: focused(b) != "card-title")
    press(clerk, "ydjy")
    see(clerk, "异地就医备案怎么办")


def guide(browser: Chrome) -> str:
    """What the guide says now, in one look."""
    return str(browser.execute_script("return document.querySelector('.guide')?.innerText || ''"))


def test_inside_words_are_marked_and_no_copy_has_them(clerk: Chrome) -> None:
    press(clerk, "医保转移多久能办好", Keys.ENTER)
    see(clerk, "内部，不要发给市民")
    inside = clerk.find_element(By.CSS_SELECTOR, ".inside").text
    assert "不要替群众推算" in inside
    for key, title in (("f", "完整"), ("w", "微信"), ("h", "话术")):
        press(clerk, key, held=Keys.ALT)
        see(clerk, f"已复制{title}版")
        assert "不要替群众推算" not in clipboard(clerk)
        assert "15个工作日" in clipboard(clerk)


def test_a_guide_is_gone_through_with_digits_and_a_day_is_counted(clerk: Chrome) -> None:
    press(clerk, "医保关系怎么转", Keys.ENTER)
    see(clerk, "一步步问")
    press(clerk, "g", held=Keys.ALT)
    wait(clerk).until(lambda b: b.find_elements(By.CSS_SELECTOR, ".guide [data-digit='1']"))
    for _ in range(4):
        before = guide(clerk)
        if "依据：" in before:
            break
        press(clerk, "1")
        wait(clerk).until(lambda b, before=before: guide(b) != before)
    assert "依据：" in guide(clerk)
    shot(clerk, "assistant-guide")
    press(clerk, "/", "在外地突发急诊没有备案怎么办", Keys.ENTER)
    see(clerk, "哪天住的院")
    types_day(clerk.find_elements(By.CSS_SELECTOR, ".day-input input")[-1], "20260120")
    see(clerk, "请最晚在2026年1月22日")


def test_another_day_is_said_and_pins_stay_for_the_next_visit(hire: Hire, seat: Seat) -> None:
    wang = hire("wang", "王丽")
    browser = ready(seat(wang, "/desk/", dark=True))
    press(browser, "医保转移多久能办好", Keys.ENTER)
    see(browser, "短信（")
    press(browser, "p", held=Keys.ALT)
    see(browser, "常用")
    types_day(browser.find_element(By.CSS_SELECTOR, ".day-input input"), "20310504")
    see(browser, "现在看的是2031年5月4日的规定，不是今天的。")
    shot(browser, "assistant-dark")
    browser = ready(seat(wang, "/desk/"))
    shelves = browser.find_element(By.CSS_SELECTOR, ".assistant-left").text
    assert shelves.count("医保转移多久能办好") == 2  # 常用 and 最近打开


def test_the_robots_own_answer_comes_beside_and_its_silence_is_said(clerk: Chrome, rasa: Rasa) -> None:
    press(clerk, "我想知道医保转移要多久")
    see(clerk, "答：我想知道医保转移要多久")
    rasa.mode = "empty"
    press(clerk, "呢")
    see(clerk, "机器人没有给出可用的回答")
    assert clerk.find_elements(By.CSS_SELECTOR, ".hit")


def test_without_a_gateway_the_card_says_so_and_with_one_the_caller_gets_the_message(
    start_front: Callable[..., Front], hire: Hire, seat: Seat, tmp_path: Path
) -> None:
    with VendorPeer() as gateway:
        gateway.answers(202, b"0: Accepted for delivery")
        kannel = {"PATH": "k" * 24, "PASSWORD": "pw", "URL": f"{gateway.url}/cgi-bin/sendsms"}
        sms = {f"LUEBAO_SMS_KANNEL_{name}": value for name, value in kannel.items()}
        front = start_front(f"sqlite:///{tmp_path / 'sms.db'}", LUEBAO_SMS_NUMBER="106900", **sms)
        browser = ready(seat(hire("wang", "王丽", at=front), "/desk/"))
        press(browser, "医保转移多久能办好", Keys.ENTER)
        see(browser, "填号码")
        press(browser, "m", held=Keys.ALT)
        press(browser, "5190857", Keys.ENTER)
        see(browser, "这不是大陆手机号")
        press(browser, "m", held=Keys.ALT)
        press(browser, "13812345678", Keys.ENTER)
        see(browser, "短信网关已收下，发往 138****5678")
        assert [headers["x-kannel-to"][-11:] for _, headers, _ in gateway.asked] == ["13812345678"]


def test_a_reported_entry_waits_for_the_lead_who_closes_it(hire: Hire, seat: Seat) -> None:
    browser = ready(seat(hire("wang", "王丽"), "/desk/"))
    press(browser, "医保转移多久能办好", Keys.ENTER)
    see(browser, "没有设置短信网关")
    press(browser, "x", held=Keys.ALT)
    see(browser, "哪里不对")
    wait(browser).until(lambda b: focused(b) and b.switch_to.active_element.tag_name == "textarea")
    press(browser, "群众说已经改成10个工作日")
    browser.find_element(By.XPATH, "//button[contains(., '报给班长')]").click()
    see(browser, "已报给班长")
    lead = seat(hire("li", "李明", "lead"), "/desk/reports")
    see(lead, "群众说已经改成10个工作日")
    see(lead, "王丽")
    shot(lead, "reports")
    wait(lead).until(lambda b: b.execute_script("return window.socket?.connected === true"))
    lead.find_element(By.XPATH, "//button[contains(., '已经改好')]").click()
    see(lead, "现在没有要处理的。")
    agent = hire("zhao", "赵敏")
    assert "不能看“纠错”" in agent.http.get("/desk/reports", headers={"accept": "text/html"}).text
