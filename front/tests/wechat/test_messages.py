"""Every kind of message and event WeChat posts, as the inbox gets it."""

import pytest
import wechatpy
from hypothesis import given
from hypothesis import strategies as st

from front.channels.wechat.codec import WeChatError, read_xml, write_xml
from front.channels.wechat.messages import to_inbound

SAYS = {"transfer_time": "医保转移多久能办好"}
FROM = {"ToUserName": "gh_1", "FromUserName": "oCitizen-1_x", "CreateTime": "1800000000"}


def inbound(says=SAYS, **fields):
    """Written as XML and read back, as it travels; wechatpy must read the same message."""
    xml = write_xml({**FROM, **fields})
    assert wechatpy.parse_message(xml).source == "oCitizen-1_x"
    return to_inbound(read_xml(xml.encode()), says)


def test_text():
    got = inbound(MsgType="text", Content="医保转移多久能办好", MsgId="6054768590064713728")
    assert (got.channel, got.person, got.key) == ("wechat", "oCitizen-1_x", "6054768590064713728")
    assert (got.kind, got.text) == ("text", "医保转移多久能办好")


def test_a_tapped_option_is_an_ordinary_text_with_a_hint():
    got = inbound(MsgType="text", Content="网上怎么办医保转移", MsgId="1", bizmsgmenuid="3")
    assert (got.kind, got.text, got.extra["menu_id"]) == ("text", "网上怎么办医保转移", "3")


def test_voice_with_recognition_is_its_words():
    got = inbound(MsgType="voice", MediaId="m", Format="amr", Recognition="医保码怎么领", MsgId="1")
    assert (got.kind, got.text) == ("voice", "医保码怎么领")


@pytest.mark.parametrize("fields", [{}, {"Recognition": ""}])
def test_voice_without_recognition_has_no_words(fields):
    got = inbound(MsgType="voice", MediaId="m", Format="amr", MsgId="1", **fields)
    assert (got.kind, got.text) == ("voice", "")


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("image", {"MsgType": "image", "PicUrl": "http://x/p", "MediaId": "m"}),
        ("other", {"MsgType": "video", "MediaId": "m", "ThumbMediaId": "t"}),
        ("other", {"MsgType": "shortvideo", "MediaId": "m", "ThumbMediaId": "t"}),
        ("other", {"MsgType": "location", "Location_X": "37.5", "Location_Y": "122.1", "Scale": "16", "Label": "威海"}),
        ("other", {"MsgType": "link", "Title": "t", "Description": "d", "Url": "http://x"}),
        ("other", {"MsgType": "hologram"}),
    ],
)
def test_what_has_no_words(kind, fields):
    got = inbound(MsgId="77", **fields)
    assert (got.kind, got.text, got.key, got.extra["type"]) == (kind, "", "77", fields["MsgType"])


def test_where_a_citizen_is_and_what_the_picture_shows_is_not_kept():
    place = inbound(MsgType="location", Location_X="37.5", Location_Y="122.1", Scale="1", Label="环翠区", MsgId="1")
    event = inbound(MsgType="event", Event="LOCATION", Latitude="37.5", Longitude="122.1", Precision="10")
    assert place.extra == {"type": "location"}
    assert event.extra == {"type": "event", "wechat_event": "LOCATION"}


@pytest.mark.parametrize(
    ("name", "event", "fields"),
    [
        ("subscribe", "subscribe", {}),
        ("subscribe", "subscribe", {"EventKey": "qrscene_12", "Ticket": "t"}),
        ("unsubscribe", "unsubscribe", {}),
        ("SCAN", "scan", {"EventKey": "12", "Ticket": "t"}),
        ("VIEW", "view", {"EventKey": "http://x"}),
        ("LOCATION", "location", {"Latitude": "1", "Longitude": "2", "Precision": "3"}),
        ("MASSSENDJOBFINISH", "", {}),
    ],
)
def test_events_are_told_apart_by_who_when_and_which(name, event, fields):
    got = inbound(MsgType="event", Event=name, **fields)
    assert (got.kind, got.event, got.text) == ("event", event, "")
    assert got.key == f"oCitizen-1_x:1800000000:{name}"


def test_a_click_on_the_menu_is_the_question_it_stands_for():
    got = inbound(MsgType="event", Event="CLICK", EventKey="transfer_time")
    assert (got.kind, got.event, got.text) == ("event", "click", "医保转移多久能办好")


def test_a_click_on_a_menu_of_last_year_asks_what_there_is():
    assert inbound(MsgType="event", Event="CLICK", EventKey="gone").text == "鲁e宝是什么、怎么用"


@pytest.mark.parametrize(
    "fields",
    [
        {"MsgType": "text", "Content": "x", "MsgId": "1", "FromUserName": ""},
        {"MsgType": "text", "Content": "x", "MsgId": "1", "FromUserName": "a/../b"},
        {"MsgType": "text", "Content": "x"},
        {"MsgType": "text", "Content": "x", "MsgId": "1; DROP TABLE"},
        {"Content": "x", "MsgId": "1"},
        {"MsgType": "event", "Event": "CLICK", "CreateTime": "soon"},
        {"MsgType": "event"},
    ],
)
def test_what_has_no_sender_kind_or_id_is_refused(fields):
    with pytest.raises(WeChatError):
        to_inbound({**FROM, **fields}, SAYS)


NAMES = [
    "FromUserName",
    "MsgType",
    "MsgId",
    "Event",
    "EventKey",
    "CreateTime",
    "Content",
    "Recognition",
    "bizmsgmenuid",
]
VALUES = st.sampled_from(["text", "voice", "event", "CLICK", "subscribe", "1", "oA"]) | st.text(max_size=10)


@given(st.dictionaries(st.sampled_from(NAMES), VALUES))
def test_any_fields_give_a_message_or_a_wechat_error(fields):
    try:
        got = to_inbound(fields, SAYS)
    except WeChatError:
        return
    assert got.key and got.person and len(got.key) <= 200
