"""The menu: as shipped, as WeChat takes it, and what its author is told."""

import pytest
from click.testing import CliRunner

from front.channels.wechat import menu

FULL = "- name: 咨询\n  items:\n    - {name: 转人工, key: human, says: 转人工}\n"


def load(tmp_path, text):
    file = tmp_path / "menu.yml"
    file.write_text(text, encoding="utf-8")
    return menu.load(file)


def test_the_shipped_menu_has_a_way_to_a_person_and_names_that_are_shown_whole():
    shipped = menu.load()
    assert shipped.says()["human"] == "转人工"
    assert all(len(column.name) <= 4 for column in shipped.columns)
    assert all(len(item.name) <= 7 for item in shipped.items)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "读不懂"),
        ("- name: 咨询", "读不懂"),
        ("[", "读不懂"),
        (FULL * 4, "1到3列"),
        (FULL + "    - {name: 电话, key: human, says: 电话}\n", "“human”用了不止一次"),
        (FULL.replace("转人工, key", "转人工转人工转人工转人工转人工, key"), "40字节"),
        (FULL.replace("says: 转人工", "says: ''"), "says"),
        (FULL.replace("转人工,", "1,"), "文字"),
        (FULL.replace("key: human", "key: human, url: x"), "读不懂"),
    ],
)
def test_a_fault_is_told_with_what_to_do(tmp_path, text, told):
    with pytest.raises(menu.MenuError, match=told):
        load(tmp_path, text)


def push(weixin, **more):
    environment = {"LUEBAO_WECHAT_APPID": "wx1", "LUEBAO_WECHAT_SECRET": "s", "LUEBAO_WECHAT_API": weixin.url, **more}
    return CliRunner().invoke(menu.wechat, ["menu", "push"], env=environment)


def test_push_replaces_the_menu(weixin):
    result = push(weixin)
    assert result.exit_code == 0, result.output
    assert "菜单已更新：3列14项" in result.output
    path, body = weixin.asked[-1]
    assert path == "/cgi-bin/menu/create"
    assert body["button"][2]["sub_button"][0] == {"type": "click", "name": "转人工", "key": "human"}


def test_push_refused_by_wechat_says_why(weixin):
    weixin.errors.append(48001)
    result = push(weixin)
    assert result.exit_code == 1
    assert "没有更新菜单" in result.output and "48001" in result.output


def test_push_without_its_secret_names_it():
    result = CliRunner().invoke(menu.wechat, ["menu", "push"], env={"LUEBAO_WECHAT_APPID": "wx1"})
    assert result.exit_code == 2
    assert "secret" in result.output.lower()


def test_show_prints_what_would_be_pushed():
    assert '"转人工"' in CliRunner().invoke(menu.wechat, ["menu", "show"]).output
