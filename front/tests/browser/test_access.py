"""For everybody: large type, dark, keyboard, screen reader, small and old phones."""

from typing import Any

import pytest
from selenium.webdriver.common.keys import Keys

from browser.page import DESKTOP, PHONE, Page, wait_for

QUESTIONS = [
    "住院报销比例是多少",
    "转医保要什么材料，医保码是什么",
    "在微信里怎么领医保码",
    "备案",
    "哪些病算急诊",
    "没备案就去外地看病会怎样",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def _faults(page: Page, axe: str) -> list[str]:
    page.run(axe)
    script = "const done = arguments[arguments.length - 1]; axe.run({runOnly: arguments[0]}).then(done)"
    result: dict[str, Any] = page.browser.execute_async_script(script, RULES)
    return [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for one in result["violations"]
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(page: Page, axe: str, size: tuple[int, int], dark: bool) -> None:
    page.open(size, dark)
    assert _faults(page, axe) == []
    for question in QUESTIONS:
        page.say(question)
        wait_for("答复", lambda: len(page.all(".card")) == len(page.said()))
    page.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.press(".tool-row button", "不满意")
    page.press("#erase")
    page.say("拒绝")
    page.shows(".fate", "没法处理")
    assert _faults(page, axe) == []
    page.press("#large")
    assert _faults(page, axe) == []


def test_large_type_is_remembered(page: Page) -> None:
    page.open()
    before = float(page.run("return parseFloat(getComputedStyle(document.body).fontSize)"))
    page.press("#large")
    page.reload()
    after = float(page.run("return parseFloat(getComputedStyle(document.body).fontSize)"))
    assert before >= 17 and after >= 22
    assert page.one("#large").get_attribute("aria-pressed") == "true"


def test_dark_follows_the_device_until_the_person_chooses(page: Page) -> None:
    page.open(dark=True)
    dark = "return document.documentElement.classList.contains('dark')"
    assert page.run(dark) is True
    page.press("#dark")
    page.reload()
    assert page.run(dark) is False
    assert page.one("#dark").get_attribute("aria-pressed") == "false"


@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
def test_nothing_sticks_out(page: Page, large: bool) -> None:
    page.open()
    if large:
        page.press("#large")
    page.say("没备案就去外地看病会怎样")
    page.card("先行自付30%")
    header = "return ['.name h1', '#large', '.call'].map((css) => { const box = document.querySelector(css)"
    for width in [320, 360, 390, 768, 1280]:
        page.resize((width, 640))
        assert page.run("return document.documentElement.scrollWidth") <= width
        boxes = page.run(header + ".getBoundingClientRect(); return [box.left, box.right]; })")
        assert boxes[0][1] <= boxes[1][0] and boxes[1][1] <= boxes[2][0] and boxes[2][1] <= width


def test_every_button_is_big_enough_for_a_thumb(page: Page) -> None:
    page.open().say("医保转移多久能办好")
    page.card("15个工作日")
    page.press(".tool-row button", "不满意")
    page.press("#erase")
    buttons = [one for one in page.all("button, .call, .call-big, summary, textarea") if one.is_displayed()]
    assert len(buttons) > 15
    assert [one.text for one in buttons if one.size["height"] < 44] == []


def test_with_the_keyboard_alone(page: Page) -> None:
    page.open(DESKTOP)
    keys = page.browser.switch_to.active_element
    keys.send_keys(Keys.TAB)
    assert page.browser.switch_to.active_element.text == "跳到提问框"
    page.browser.switch_to.active_element.send_keys(Keys.ENTER)
    page.run("document.getElementById('words').focus()")
    page.browser.switch_to.active_element.send_keys("异地就医备案怎么办", Keys.ENTER)
    page.card("手机、网站、窗口都能办")
    assert page.browser.switch_to.active_element.get_attribute("id") == "words"
    _back_to(page, "哪些情况可以办异地就医备案").send_keys(Keys.ENTER)
    wait_for("两张卡片", lambda: len(page.titles()) == 2)
    _back_to(page, "查看依据").send_keys(Keys.ENTER)
    page.shows(".sources li", "《威海医保医保服务")


def _back_to(page: Page, text: str) -> Any:
    """Shift+Tab until something with this text has the focus."""
    for _ in range(40):
        page.browser.switch_to.active_element.send_keys(Keys.SHIFT, Keys.TAB)
        focused = page.browser.switch_to.active_element
        if text in focused.text and focused.tag_name in ("button", "summary"):
            outline = focused.value_of_css_property("outline-style")
            assert outline == "solid", f"{text}：看不出焦点在哪里"
            return focused
    raise AssertionError(f"Tab 走不到：{text}")


def test_escape_leaves_the_question_about_erasing(page: Page) -> None:
    page.open().press("#erase")
    assert page.browser.switch_to.active_element.get_attribute("id") == "erase-no"
    page.browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert page.browser.switch_to.active_element.get_attribute("id") == "erase"
    assert not page.one("#erase-ask").is_displayed()


def test_a_screen_reader_hears_new_messages_only(page: Page) -> None:
    page.open()
    log = page.one("#log")
    assert (log.get_attribute("role"), log.get_attribute("aria-live")) == ("log", "polite")
    page.say("你好")
    assert page.card("我是鲁e宝").get_attribute("aria-label") == "鲁e宝的回复"
