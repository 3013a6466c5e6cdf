"""Two members of staff and two citizens at once, in real browsers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from conftest import Front
from rasa_peer import Rasa
from selenium.common.exceptions import ElementClickInterceptedException, StaleElementReferenceException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from desk.conftest import Person, shot
from desk.staffed import answered

Hire = Callable[..., Person]
Seat = Callable[..., Chrome]
PAGE = "/desk/conversations"


class Citizen:
    """Somebody at the web page."""

    def __init__(self, front: Front) -> None:
        self.http = httpx.Client(base_url=front.url, trust_env=False, timeout=10)
        self.http.get("/")
        self.said = 0

    def says(self, text: str) -> list[str]:
        """Send it; the replies that came at once."""
        self.said += 1
        body = {"id": f"message-{self.said:04}", "text": text}
        return [one["text"] for one in self.http.post("/api/chat", json=body).json()["messages"]]

    def read(self) -> list[tuple[str, str]]:
        """The whole conversation: who, what."""
        return [(one["from"], one["text"]) for one in self.http.get("/api/chat/history").json()["messages"]]


@pytest.fixture
def citizen(front: Front) -> Iterator[Callable[[], Citizen]]:
    """Makes citizens with a session each."""
    made: list[Citizen] = []

    def make() -> Citizen:
        made.append(Citizen(front))
        return made[-1]

    yield make
    for one in made:
        one.http.close()


def wait(browser: Chrome, seconds: float = 40) -> WebDriverWait[Chrome]:
    return WebDriverWait(browser, seconds, poll_frequency=0.1)


def sees(browser: Chrome, text: str) -> None:
    wait(browser).until(lambda b: text in b.find_element(By.TAG_NAME, "body").text, f"没有看到“{text}”")


def press(browser: Chrome, name: str) -> None:
    path = f"//button[contains(., '{name}') and not(@disabled)]"

    def pressed(b: Chrome) -> bool:
        shown = [one for one in b.find_elements(By.XPATH, path) if one.is_displayed()]
        if shown:
            shown[-1].click()
        return bool(shown)

    moving = (ElementClickInterceptedException, StaleElementReferenceException)  # a dialog that opens
    WebDriverWait(browser, 40, 0.1, ignored_exceptions=moving).until(pressed, f"没有“{name}”可按")


def types(browser: Chrome, text: str) -> None:
    def ready(b: Chrome) -> object:
        return next((one for one in b.find_elements(By.CSS_SELECTOR, "textarea") if one.is_displayed()), None)

    box = wait(browser).until(ready)
    box.send_keys(text)
    box.send_keys(Keys.ENTER)


def queued(browser: Chrome) -> list[str]:
    return [
        one.get_attribute("data-conversation") or ""
        for one in browser.find_elements(By.CSS_SELECTOR, "[aria-label='排队的市民'] .person")
    ]


def until(true: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "没有等到"
        time.sleep(0.1)


def test_two_citizens_and_two_agents_talk_at_once_live_on_both_sides(hire: Hire, seat: Seat, citizen) -> None:
    wang, li = seat(hire("wang", "王丽", "lead"), PAGE), seat(hire("li", "李明"), PAGE, dark=True)
    first, second = citizen(), citizen()
    first.says("医保转移多久")
    assert "转人工" in first.says("转人工")[0]
    second.says("人工")
    for browser in (wang, li):
        wait(browser).until(lambda b: len(queued(b)) == 2)  # without reloading
    press(wang, "接下一位")
    sees(wang, "您在接待")
    wait(li).until(lambda b: len(queued(b)) == 1)
    press(li, "接下一位")
    sees(li, "您在接待")
    until(lambda: first.read()[-1] == ("system", "工作人员已接入，请直接说您的问题。"))
    assert first.says("我的单子被退回来了") == []
    sees(wang, "我的单子被退回来了")
    assert second.says("我在北京住院") == []
    sees(li, "我在北京住院")
    types(wang, "请带上发票原件")
    types(li, "请问是急诊吗")
    until(lambda: first.read()[-1] == ("human", "请带上发票原件"))
    until(lambda: second.read()[-1] == ("human", "请问是急诊吗"))
    assert "我在北京住院" not in wang.find_element(By.CSS_SELECTOR, ".talk").text
    shot(wang, "conversations")
    shot(li, "conversations-dark")


def claimed(browser: Chrome) -> bool:
    return "您在接待" in browser.find_element(By.CSS_SELECTOR, ".talks-middle").text


def test_two_agents_click_the_same_citizen_and_one_gets_him(front: Front, hire: Hire, seat: Seat, citizen) -> None:
    wang, li = seat(hire("wang", "王丽"), PAGE), seat(hire("li", "李明"), PAGE)
    for number in range(3):
        somebody = citizen()
        somebody.says("转人工")
        for browser in (wang, li):
            wait(browser).until(lambda b: len(queued(b)) == 1)
            row = browser.find_element(By.CSS_SELECTOR, "[aria-label='排队的市民'] .person")
            browser.execute_script("arguments[0].click()", row)
            sees(browser, "在排队：要人工")
        with ThreadPoolExecutor(2) as both:
            list(both.map(lambda browser: press(browser, "接入"), (wang, li)))
        wait(wang).until(lambda _: claimed(wang) or claimed(li))
        time.sleep(0.5)
        assert claimed(wang) != claimed(li), number
        assert [said for who, said in somebody.read() if said.startswith("工作人员已接入")] == [
            "工作人员已接入，请直接说您的问题。"
        ]


def test_a_front_killed_in_the_middle_loses_nothing(front: Front, hire: Hire, seat: Seat, citizen) -> None:
    wang = seat(hire("wang", "王丽"), PAGE)
    somebody = citizen()
    somebody.says("转人工")
    wait(wang).until(lambda b: len(queued(b)) == 1)
    press(wang, "接下一位")
    sees(wang, "您在接待")
    types(wang, "请稍等")
    until(lambda: somebody.read()[-1] == ("human", "请稍等"))
    box = wait(wang).until(lambda b: b.find_element(By.CSS_SELECTOR, "textarea"))
    box.send_keys("还没写完的一句")
    time.sleep(0.5)
    front.kill()
    front.start()
    assert somebody.says("我还在") == []
    sees(wang, "我还在")  # the page has come back by itself
    wait(wang).until(lambda b: b.find_element(By.CSS_SELECTOR, "textarea").get_attribute("value") == "还没写完的一句")
    wang.find_element(By.CSS_SELECTOR, "textarea").send_keys(Keys.ENTER)
    until(lambda: somebody.read()[-1] == ("human", "还没写完的一句"))
    assert [said for _, said in somebody.read()].count("请稍等") == 1


def test_on_duty_changes_what_citizens_are_told(front: Front, hire: Hire, seat: Seat, citizen) -> None:
    wang = seat(hire("wang", "王丽"), PAGE)
    assert "现在没有工作人员在岗" in citizen().says("转人工")[0]
    wait(wang).until(lambda b: b.find_element(By.CSS_SELECTOR, ".desk-duty")).click()
    until(lambda: "正在为您转接" in citizen().says("转人工")[0])
    wang.get("about:blank")


def test_a_conversation_is_given_to_a_colleague_and_closed_with_an_outcome(
    front: Front, hire: Hire, seat: Seat, citizen
) -> None:
    wang, li = seat(hire("wang", "王丽"), PAGE), seat(hire("li", "李明"), PAGE)
    wait(li).until(lambda b: b.find_element(By.CSS_SELECTOR, ".desk-duty")).click()
    somebody = citizen()
    somebody.says("转人工")
    press(wang, "接下一位")
    sees(wang, "您在接待")
    press(wang, "更多")
    wait(wang).until(
        lambda b: b.find_element(By.XPATH, "//*[contains(@class,'q-item') and contains(., '转给同事')]")
    ).click()
    press(wang, "李明")
    sees(li, "同事转来一个会话")
    wait(li).until(lambda b: b.find_element(By.CSS_SELECTOR, "[aria-label='我的会话'] .person")).click()
    sees(li, "您在接待")
    types(li, "您好")
    press(li, "结束")
    press(li, "结束会话")
    until(lambda: "人工服务已结束" in somebody.read()[-1][1])
    assert somebody.says("怎么备案") == ["答：怎么备案"]


def test_a_citizen_is_called_back(front: Front, hire: Hire, seat: Seat, citizen) -> None:
    wang = seat(hire("wang", "王丽"), "/desk/callbacks")
    sees(wang, "没有人等回电")
    somebody = citizen()
    somebody.says("异地就医怎么备案")
    somebody.says("转人工")
    assert "138****5678" in somebody.says("13812345678")[0]
    sees(wang, "138****5678")  # without reloading
    sees(wang, "最近问过：异地就医怎么备案")
    assert "13812345678" not in wang.page_source
    press(wang, "我来打")
    press(wang, "显示号码")
    sees(wang, "13812345678")
    shot(wang, "callbacks")
    press(wang, "打通了")
    press(wang, "记下")
    sees(wang, "没有人等回电")


def test_a_suggested_answer_is_edited_and_sent(front: Front, hire: Hire, seat: Seat, citizen, rasa: Rasa) -> None:
    rasa.says["医保转移多久能办好"] = answered()
    wang = seat(hire("wang", "王丽"), PAGE)
    somebody = citizen()
    somebody.says("医保转移多久能办好")
    somebody.says("转人工")
    somebody.says("医保转移多久能办好")
    press(wang, "接下一位")
    sees(wang, "您在接待")
    suggestion = "//button[contains(@class,'suggestion') and contains(., '15个工作日')]"
    wait(wang).until(lambda b: b.find_element(By.XPATH, suggestion)).click()
    box = wang.find_element(By.CSS_SELECTOR, "textarea")
    wait(wang).until(lambda b: "15个工作日" in (box.get_attribute("value") or ""))
    shot(wang, "suggestion")
    box.send_keys("（我帮您查过了）", Keys.ENTER)
    until(lambda: somebody.read()[-1][1].endswith("（我帮您查过了）") and "15个工作日" in somebody.read()[-1][1])


def test_what_a_citizen_writes_is_text_on_the_desk(front: Front, hire: Hire, seat: Seat, citizen) -> None:
    wang = seat(hire("wang", "王丽"), PAGE)
    said = "</script>`${1}<img src=x onerror=alert(1)>{{1+1}}"
    somebody = citizen()
    somebody.says("转人工")
    press(wang, "接下一位")
    sees(wang, "您在接待")
    somebody.says(said)
    sees(wang, said)
    wang.refresh()  # also in the page as it is first sent
    sees(wang, said)
