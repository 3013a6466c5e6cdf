"""What the environment may say about SMS, and what is said back when something is missing."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
from click.testing import CliRunner

from front.channels.sms.channel import create
from front.channels.sms.config import configure
from front.channels.sms.kannel_conf import KannelPlan, render
from front.channels.sms.optout import Wish
from front.cli import main
from front.inbox.inbox import Inbox
from front.settings import MissingSetting, load

from .conftest import ENVIRONMENT, SECRET

NOBODY = cast(Inbox, None)  # nothing is asked of it while the channel is made


def test_no_gateway_no_channel() -> None:
    assert create(load({}), NOBODY) is None


def test_all_three_at_once_and_the_default_can_be_chosen() -> None:
    assert set(configure(load(ENVIRONMENT)).gateways) == {"kannel", "aliyun", "tencent"}
    assert configure(load(ENVIRONMENT)).default == "kannel"
    assert configure(load(ENVIRONMENT | {"LUEBAO_SMS_GATEWAY": "tencent"})).default == "tencent"


@pytest.mark.parametrize("name", [name for name in ENVIRONMENT if not name.endswith(("_PATH", "_PATIENCE"))])
def test_half_a_gateway_names_what_is_missing(name: str) -> None:
    with pytest.raises(MissingSetting, match=name):
        configure(load({key: value for key, value in ENVIRONMENT.items() if key != name}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LUEBAO_SMS_KANNEL_PATH", "short"),
        ("LUEBAO_SMS_KANNEL_PATH", "with/slash/" + "k" * 20),
        ("LUEBAO_SMS_GATEWAY", "huawei"),
        ("LUEBAO_SMS_MOST", "0"),
        ("LUEBAO_SMS_WINDOW", "ten"),
        ("LUEBAO_SMS_ALIYUN_TEMPLATE_TEXT", "{answer}"),
        ("LUEBAO_SMS_ALIYUN_ANSWER_LIMIT", "10"),
    ],
)
def test_a_setting_that_cannot_be_right_is_refused(name: str, value: str) -> None:
    with pytest.raises(MissingSetting, match="LUEBAO_SMS_"):
        configure(load(ENVIRONMENT | {name: value}))


def test_words_and_pace_can_be_set() -> None:
    ours = {"LUEBAO_SMS_STOP_WORDS": "不要了，别发了", "LUEBAO_SMS_MOST": "3", "LUEBAO_SMS_WINDOW": "60"}
    config = configure(load(ENVIRONMENT | ours))
    assert [config.keywords.wish(said) for said in ("别发了", "TD")] == [Wish.STOP, None]
    assert (config.most, config.window) == (3, 60.0)


def test_kannel_conf_command(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    written = CliRunner().invoke(main, ["sms", "kannel-conf", "--directory", "/srv/kannel"])
    assert written.exit_code == 0
    assert f'post-url = "http://127.0.0.1:8000/channels/sms/kannel/{SECRET}?id=%I"' in written.output
    assert "smsc = smpp" in written.output


def test_kannel_conf_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    written = CliRunner().invoke(main, ["sms", "kannel-conf"])
    assert written.exit_code == 1
    assert "LUEBAO_SMS_KANNEL_PATH" in written.output


def test_simulate_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LUEBAO_RUN", str(tmp_path))  # where no `make run` has made credentials
    monkeypatch.delenv("LUEBAO_SMS_KANNEL_PATH", raising=False)
    said = CliRunner().invoke(main, ["simulate", "sms", "转移要多久"])
    assert said.exit_code == 1
    assert "LUEBAO_SMS_KANNEL_PATH" in said.output


def test_everything_of_kannel_but_the_fake_line_listens_on_this_machine_only() -> None:
    conf = render(KannelPlan("http://127.0.0.1:8000", "s" * 20, "pw", Path("/srv/kannel")))
    assert conf.count('-interface = "127.0.0.1"') == 3
    assert conf.count('deny-ip = "*.*.*.*"') == 3
