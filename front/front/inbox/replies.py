"""What the front says itself, when Rasa is not asked or does not answer. Every text is complete and names a way on.

The phone is the fact `phone.hotline` of knowledge/facts/contact.yml (clause m.5.1); a test compares them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from front.inbox.office import Staffing

PHONE = "5190857"
Body = dict[str, Any]


def body(text: str, sms: str, custom: Mapping[str, Any] | None, sender: str = "robot") -> Body:
    """The body of an outbox row."""
    options = [{"title": option["title"], "payload": option["payload"]} for option in (custom or {}).get("options", [])]
    return {"text": text, "sms": sms, "custom": custom, "options": options, "from": sender}


def _said(full: str, sms: str, reason: str = "") -> Body:
    """A reply of the system in the contract's form: small talk, or a handoff with its reason."""
    custom: dict[str, Any] = {"kind": "handoff" if reason else "smalltalk", "full": full, "sms": sms}
    custom |= {"entries": [], "citation": [], "options": []}
    if reason:
        custom["handoff"] = {"reason": reason}
    return body(full, sms, custom, "system")


TROUBLE = _said(
    f"抱歉，我这边暂时出了点问题，没能答上来。请稍后再问，着急的话请拨打全市医保咨询电话{PHONE}。",
    f"抱歉，机器人暂时出了点问题。请稍后再问，着急请拨打{PHONE}",
    "error",
)
HUMAN = _said(
    f"好的，已为您登记转人工，工作人员看到后会在这里回复您。着急的话请直接拨打全市医保咨询电话{PHONE}。等待的时候您也可以继续问我。",
    f"已为您登记转人工。着急请直接拨打全市医保咨询电话{PHONE}，等待时可继续问我",
    "asked",
)
ERASED = _said(
    "已删除您在这里的全部记录。以后随时可以再来问我。",
    "已删除您在这里的全部记录。以后随时可以再来问我",
)
WELCOME = _said(
    "您好，我是鲁e宝，威海医保的智能问答机器人。有医保的事直接打字问我，比如“去外地看病怎么备案”“医保转移多久能办好”。"
    f"请不要发送身份证号等个人信息。想找工作人员，回复“人工”或拨打{PHONE}。",
    f"您好，我是鲁e宝，有医保的事直接发短信问我。找工作人员请拨打{PHONE}",
)
EMPTY = _said(
    f"没有收到文字。请把想问的医保问题打出来发给我，比如“异地就医怎么备案”。着急的话请拨打{PHONE}。",
    f"没有收到文字，请把医保问题发给我。着急请拨打{PHONE}",
)
TOO_LONG = _said(
    "您说的内容比较长，我一次读不完。请用一两句话说最想问的那一件事，"
    f"或者拨打全市医保咨询电话{PHONE}，由工作人员听您慢慢说。",
    f"内容太长我读不完，请用一两句话说最想问的事，或拨打{PHONE}",
)
ONLY_NUMBERS = _said(
    "我不需要您的证件号、手机号等个人信息，收到的号码已经隐去，没有保存。请直接说您想问的医保问题，"
    f"查个人记录请拨打{PHONE}。",
    f"我不需要您的个人号码，已隐去未保存。请直接问医保问题，查个人记录请拨打{PHONE}",
)
VOICE = _said(
    f"抱歉，我还听不懂语音。请把想问的打成文字发给我；打字不方便的话，请拨打{PHONE}，由工作人员为您解答。",
    f"抱歉，我听不懂语音。请发文字，或拨打{PHONE}",
)
NOT_TEXT = _said(
    "抱歉，我只能看懂文字。请把想问的医保问题打出来发给我，比如“医保码怎么领”。"
    f"图片里如有个人信息，请不要再发送。着急的话请拨打{PHONE}。",
    f"抱歉，我只能看懂文字。请把医保问题发给我，或拨打{PHONE}",
)
TOO_FAST = _said(
    f"您发得有点快，我跟不上了。请稍等一分钟再问，着急的话请拨打{PHONE}。",
    f"您发得有点快，请稍等一分钟再问，着急请拨打{PHONE}",
)
CLOSED = _said(
    f"这次人工服务已结束。还有医保的事，可以继续问我，或拨打{PHONE}。",
    f"人工服务已结束。可以继续问我，或拨打{PHONE}",
)
RETURNED = _said(
    f"接下来由机器人继续回答您。想再找工作人员，请回复“人工”或拨打{PHONE}。",
    f"接下来由机器人继续回答您。找工作人员请回复“人工”或拨打{PHONE}",
)
TAKEN = _said("工作人员已接入，请直接说您的问题。", "工作人员已接入，请直接说您的问题")
CALLBACK_ASK = _said(
    "需要回电，请直接回复手机号码（30分钟内有效）。号码加密保存，只用来给您回电；不需要了请回复“取消回电”。",
    "需要回电请直接回复手机号码（30分钟内有效），不需要了回复“取消回电”",
)
CALLBACK_CANCELLED = _said(
    f"好的，不会再给您回电，留过的号码已删除。有事可以继续问我，或拨打{PHONE}。",
    "好的，不会再给您回电，留过的号码已删除",
)


def human(staffing: Staffing) -> Body:
    """The person asked for a member of staff: what happens now, depending on who is there."""
    if staffing.present is None:
        return HUMAN
    if staffing.present:
        return _said(
            f"好的，已为您登记转人工，正在为您转接工作人员，请稍等。着急的话请直接拨打全市医保咨询电话{PHONE}。"
            "等待的时候您也可以继续问我。",
            f"已为您登记转人工，正在转接，请稍等。着急请拨打{PHONE}",
            "asked",
        )
    opens = f"，下次上班时间是{staffing.opens}" if staffing.opens else ""
    call = "需要回电，请直接回复手机号码（30分钟内有效）。" if staffing.calls_back else ""
    sms_call = "。需要回电请回复“回电”" if staffing.calls_back else ""
    return _said(
        f"好的，已为您登记转人工。现在没有工作人员在岗{opens}，工作人员看到后会在这里回复您。{call}"
        f"着急的话请直接拨打全市医保咨询电话{PHONE}。等待的时候您也可以继续问我。",
        f"已为您登记转人工，现在没有工作人员在岗{opens}。着急请拨打{PHONE}{sms_call}",
        "asked",
    )


def callback_noted(shown: str) -> Body:
    """The number was kept; `shown`: 138****1234."""
    return _said(
        f"好的，已登记回电，工作人员会拨打{shown}。号码不对请再回复一次正确的，不需要了请回复“取消回电”。"
        f"着急的话请直接拨打全市医保咨询电话{PHONE}。",
        f"已登记回电：{shown}。不需要了请回复“取消回电”，着急请拨打{PHONE}",
    )


def switched_off(staffing: Staffing, queued: bool) -> Body:
    """The office has switched the robot off; `queued`: the person waits for a member of staff already."""
    notice = staffing.notice.strip() or "机器人正在维护，暂时不能回答问题。"
    notice = notice if notice[-1] in "。！？" else f"{notice}。"
    way = "您已在人工队列中，工作人员看到后会在这里回复您。" if queued else "回复“人工”，由工作人员回答您。"
    return _said(f"{notice}{way}着急的话请直接拨打全市医保咨询电话{PHONE}。", f"{notice}{way}着急请拨打{PHONE}")


def no_such_number(most: int) -> Body:
    """The person chose a number that the list shown last does not have."""
    choices = "1" if most == 1 else f"1到{most}"
    said = f"刚才的选项只有{choices}，请回复其中的一个数字，或者直接打字问我"
    return _said(f"{said}。也可以拨打{PHONE}。", f"{said}")


def rest(text: str) -> Body:
    """What a cut text left, as it stands."""
    return body(text, text, None)


def staff(text: str, sms: str = "") -> Body:
    """What a member of staff wrote; `sms`: its shorter form, where there is one."""
    return body(text, sms or text, None, "human")
