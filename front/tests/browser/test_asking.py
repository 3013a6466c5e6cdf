"""Ask, read the card, go on from it."""

import time

from selenium.webdriver.common.keys import Keys

from browser.page import DESKTOP, Page, wait_for


def test_a_question_gets_a_card_with_its_sources_folded(page: Page) -> None:
    page.open().say("医保转移多久能办好")
    card = page.card("跨省转移15个工作日办结")
    assert card.find_element("css selector", "h3").text == "医保转移多久能办好"
    assert "二十四项便民措施详情" not in card.text
    page.press(".sources summary")
    page.shows(".sources li", "二十四项便民措施详情》一-2、三-1")
    assert page.said() == ["医保转移多久能办好"]


def test_a_follow_up_is_asked_with_one_tap(page: Page) -> None:
    page.open().say("异地就医备案怎么办")
    page.press(".option", "哪些情况可以办异地就医备案")
    wait_for("两张卡片", lambda: len(page.titles()) == 2)
    assert page.said()[-1] == "哪些情况可以办异地就医备案"
    assert page.server.rows("SELECT payload FROM said") == [("",), ('/show{"entry":"remote.who"}',)]


def test_a_hot_question_is_asked_with_one_tap(page: Page) -> None:
    page.open(DESKTOP).press("#hot-list button", "哪些病算急诊")
    page.card("急诊入院范围的病种有12种")


def test_an_answer_of_2021_says_so(page: Page) -> None:
    page.open().say("哪些病算急诊")
    card = page.card("急诊入院范围的病种有12种")
    assert card.find_element("css selector", "h3 .badge").text == "2021年"
    assert len(card.find_elements("css selector", ".items li")) == 12
    assert "2021年春节期间文件的说法" in card.find_element("css selector", ".note").text


def test_steps_and_places_are_set_off(page: Page) -> None:
    page.open().say("在微信里怎么领医保码")
    page.card("刷脸认证")
    assert [one.text for one in page.all(".steps li")][1] == "刷脸认证，激活领取"
    page.say("没备案就去外地看病会怎样")
    page.card("办理渠道")
    assert [one.text for one in page.all(".places li")][:2] == ["“威海医保”小程序", "“鲁医保”小程序"]


def test_two_questions_get_two_headings(page: Page) -> None:
    page.open().say("转医保要什么材料，医保码是什么")
    page.card("医保码就是医保电子凭证")
    assert page.titles() == ["办医保转移要什么材料", "医保码（医保电子凭证）是什么"]
    assert "【" not in page.one(".card").text


def test_a_guide_leads_to_a_card_of_labelled_lines(page: Page) -> None:
    page.open().say("异地就医备案怎么办")
    for choice in ["一步步问我", "在威海交", "长期住在那里"]:
        page.press(".option", choice)
    page.card("跨省长期居住，还没住院")
    assert [one.text for one in page.all(".row .label")][:3] == ["要不要办", "谁能办", "什么时候办"]


def test_without_an_answer_there_is_one_big_button_to_call(page: Page) -> None:
    page.open().say("住院报销比例是多少")
    page.card("没有收录报销比例")
    assert page.one(".call-big").get_attribute("href") == "tel:5190857"
    assert page.one(".call-big").size["height"] >= 60


def test_the_phone_is_always_one_tap_away(page: Page) -> None:
    page.open().say("哪些病算急诊")
    page.card("病种有12种")
    page.run("window.scrollTo(0, 1e6)")
    top = page.run("return document.querySelector('.call').getBoundingClientRect().top")
    assert 0 <= top < 60 and page.one(".call").get_attribute("href") == "tel:5190857"


def test_markup_that_somebody_types_stays_text(page: Page) -> None:
    page.open().say("<img src=x onerror=alert(1)><b>加粗</b>")
    wait_for("自己的话", page.said)
    assert page.said() == ["<img src=x onerror=alert(1)><b>加粗</b>"]
    assert page.all("#log img, .me b") == []


def test_enter_sends_but_not_while_chinese_is_being_composed(page: Page) -> None:
    page.open()
    page.one("#words").send_keys("你好", Keys.SHIFT, Keys.ENTER, Keys.NULL, "在吗")
    assert page.one("#words").get_attribute("value") == "你好\n在吗"
    key = "new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true})"
    page.run(f"document.getElementById('words').dispatchEvent({key})")
    assert page.said() == []
    page.one("#words").send_keys(Keys.ENTER)
    wait_for("自己的话", page.said)
    assert page.said() == ["你好\n在吗"]


def test_nothing_and_too_much_are_not_sent(page: Page) -> None:
    page.open().say("   ")
    page.run("document.getElementById('words').value = '医'.repeat(503)")
    page.say("好")
    page.shows("#count", "多出4个字")
    assert page.said() == [] and page.server.rows("SELECT * FROM said") == []


def test_what_the_service_refuses_says_why_and_can_be_tried_again(page: Page) -> None:
    page.open().say("拒绝")
    page.shows(".fate", "这句话没法处理，请换个说法。")
    page.press(".again")
    page.shows(".fate", "这句话没法处理，请换个说法。")
    page.say("你好")
    page.card("我是鲁e宝")
    assert page.said() == ["拒绝", "你好"]


def test_what_was_begun_survives_a_reload(page: Page) -> None:
    page.open().one("#words").send_keys("我想问")
    page.reload()
    assert page.one("#words").get_attribute("value") == "我想问"


def test_an_answer_is_copied_with_its_sources(page: Page) -> None:
    page.open().say("医保转移多久能办好")
    page.card("15个工作日")
    grant = {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"], "origin": page.server.url}
    page.browser.execute_cdp_cmd("Browser.grantPermissions", grant)
    page.press(".tool-row button", "复制")
    page.shows(".said", "已复制")
    copied = page.browser.execute_async_script("navigator.clipboard.readText().then(arguments[0])")
    assert copied.startswith("跨省转移15个工作日") and "依据：《威海医保医保服务" in copied


def test_satisfied_and_not_with_a_reason(page: Page) -> None:
    page.open().say("医保转移多久能办好")
    page.card("15个工作日")
    page.press(".tool-row button:nth-child(2)", "满意")
    page.shows(".said", "谢谢，已记下")
    page.press(".tool-row button:nth-child(3)", "不满意")
    page.press(".reason", "看不懂")
    page.shows(".said", "谢谢指出")
    page.reload()
    page.card("15个工作日")
    assert page.one(".tool-row button:nth-child(3)").get_attribute("aria-pressed") == "true"
    assert page.server.rows("SELECT message, good, reason FROM feedback")[-1] == (1, 0, "看不懂")


def test_my_record_is_erased(page: Page) -> None:
    page.open().say("医保转移多久能办好")
    page.card("15个工作日")
    page.press("#erase")
    page.press("#erase-no")
    assert page.titles() != []
    page.press("#erase")
    page.press("#erase-yes")
    page.shows("#erase-said", "您的记录已经删除")
    assert page.said() == [] and page.server.rows("SELECT * FROM said") == []
    page.reload()
    assert page.said() == [] and page.titles() == []


def test_staff_are_told_from_the_robot(page: Page) -> None:
    page.open().say("人工")
    page.card("请拨打全市医保咨询电话")
    wrote = "return fetch('/test/staff', {method: 'POST', body: JSON.stringify({text: '您好，我是工作人员小王。'})})"
    page.run(wrote)
    card = page.card("我是工作人员小王")
    assert card.find_element("css selector", ".who").text == "工作人员"


def test_a_new_message_does_not_tear_a_reader_away(page: Page) -> None:
    page.open().say("哪些病算急诊")
    page.card("病种有12种")
    page.say("没备案就去外地看病会怎样")
    page.card("先行自付30%")
    time.sleep(0.8)  # the smooth scrolling to the answer
    page.run("window.scrollTo(0, 0)")
    page.run("return fetch('/test/staff', {method: 'POST', body: JSON.stringify({text: '还有事吗？'})})")
    page.shows("#newer", "有新消息")
    assert page.run("return window.pageYOffset") == 0
    page.press("#newer")
    wait_for("提示收起", lambda: not page.one("#newer").is_displayed())
