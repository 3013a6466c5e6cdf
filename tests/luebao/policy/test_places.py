"""Where a place lies, seen from 威海."""

import pytest

from luebao.policy.places import places, where


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        *(
            ("我妈在荣成住院", "市内"),
            ("文登", "市内"),
            ("在乳山看病", "市内"),
            ("环翠区人民医院", "市内"),
            ("石岛的医院", "市内"),
        ),
        *(
            ("去青岛看病", "省内"),
            ("烟台毓璜顶", "省内"),
            ("济南", "省内"),
            ("德州", "省内"),
            ("莱阳", "省内"),
            ("滕州市", "省内"),
        ),
        *(
            ("在北京", "跨省"),
            ("上海闺女家", "跨省"),
            ("哈尔滨", "跨省"),
            ("昆山打工", "跨省"),
            ("新疆", "跨省"),
            ("西双版纳", "跨省"),
        ),
        *(
            ("吉林", "跨省"),
            ("朝阳", "跨省"),
            ("内蒙古赤峰", "跨省"),
            ("香港", "跨省"),
            ("凉山州", "跨省"),
            ("我是河南的", "跨省"),
        ),
        *(("从烟台转到威海", "省内"), ("我是威海的，在沈阳住院", "跨省"), ("山东烟台", "省内")),
    ],
)
def test_relation(text: str, relation: str) -> None:
    place = where(text)
    assert place
    assert place.relation == relation


@pytest.mark.parametrize(
    "text", ["", "医保码怎么领", "威海", "威海市", "山东省", "医保转移来宾馆", "郊区医院", "没有地方"]
)
def test_no_place_that_tells_anything(text: str) -> None:
    assert where(text) is None


def test_places_that_lie_differently_are_not_guessed() -> None:
    assert where("在烟台和北京都住过院") is None


def test_a_name_that_may_lie_in_several_provinces_has_no_relation() -> None:
    [place] = places("市中区医院")
    assert place.relations == {"省内", "跨省"}
    assert place.relation is None


def test_a_place_says_where_it_stands() -> None:
    text = "我妈在哈尔滨住院"
    [place] = places(text)
    assert text[place.start : place.start + len(place.name)] == "哈尔滨"


@pytest.mark.parametrize("name", ["新疆生产建设兵团", "新疆建设兵团", "新疆兵团"])
def test_the_corps_that_insures_its_own_people_is_one_name(name: str) -> None:
    assert [place.name for place in places(f"{name}的医保在威海能用吗")] == [name, "威海"]
