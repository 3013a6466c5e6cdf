"""WeChat's messages and events as the inbox knows them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from front.channels.wechat.codec import WeChatError
from front.inbox.protocol import Inbound, Kind

NAME = "wechat"
_OPENID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_KINDS: dict[str, Kind] = {"text": "text", "voice": "voice", "image": "image"}
_EVENTS = {
    "subscribe": "subscribe",
    "unsubscribe": "unsubscribe",
    "SCAN": "scan",
    "CLICK": "click",
    "VIEW": "view",
    "LOCATION": "location",
}
_GONE = "鲁e宝是什么、怎么用"  # for a tap on a menu item that has been taken out; WeChat shows old menus for a while
# What is kept besides the words. Coordinates, pictures and media ids are not: nothing here uses them.
_LONGEST = 200
_KEPT = {"MsgType": "type", "Event": "wechat_event", "EventKey": "event_key", "bizmsgmenuid": "menu_id"}


def to_inbound(fields: Mapping[str, str], says: Mapping[str, str]) -> Inbound:
    """One message or event of a citizen; raises WeChatError if it has no sender, kind or id.

    `says`: what a click on each key of our menu stands for, in words (see menu.py).
    """
    person = fields.get("FromUserName", "")
    if not _OPENID.fullmatch(person):
        raise WeChatError("消息里没有可用的 FromUserName")
    type_ = fields.get("MsgType", "").strip()
    if not type_:
        raise WeChatError("消息里没有 MsgType")
    kind: Kind = "event" if type_ == "event" else _KINDS.get(type_, "other")
    event = _EVENTS.get(fields.get("Event", ""), "") if kind == "event" else ""
    extra = {ours: fields[theirs][:_LONGEST] for theirs, ours in _KEPT.items() if fields.get(theirs)}
    return Inbound(NAME, person, _key(fields, person, kind), kind, _said(fields, type_, event, says), event, extra)


def _key(fields: Mapping[str, str], person: str, kind: Kind) -> str:
    """What WeChat says to tell repeats by: MsgId; an event has none, so who, when and which."""
    if kind == "event":
        when, which = fields.get("CreateTime", ""), fields.get("Event", "")
        if not re.fullmatch(r"[0-9]{1,20}", when) or not re.fullmatch(r"\w{1,64}", which):
            raise WeChatError("事件里没有可用的 CreateTime 和 Event")
        return f"{person}:{when}:{which}"
    id_ = fields.get("MsgId", "")
    if not re.fullmatch(r"[0-9]{1,64}", id_):
        raise WeChatError("消息里没有可用的 MsgId")
    return id_


def _said(fields: Mapping[str, str], type_: str, event: str, says: Mapping[str, str]) -> str:
    if event == "click":
        return says.get(fields.get("EventKey", ""), _GONE)
    if type_ == "voice":  # WeChat took its recognition away in 2023; some accounts still have it
        return fields.get("Recognition", "")
    return fields.get("Content", "") if type_ == "text" else ""
