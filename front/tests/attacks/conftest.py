"""One front for all attacks, with WeChat and SMS configured."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conftest import Front, new_postgres
from rasa_peer import Rasa

PATH = "k" * 24
CHANNELS = {
    "LUEBAO_WECHAT_TOKEN": "weihai5190857",
    "LUEBAO_WECHAT_APPID": "wx0123456789abcdef",
    "LUEBAO_WECHAT_SECRET": "secret",
    "LUEBAO_WECHAT_AES_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "LUEBAO_WECHAT_API": "http://127.0.0.1:9",
    "LUEBAO_SMS_SIGNATURE": "威海医保",
    "LUEBAO_SMS_KANNEL_PATH": PATH,
    "LUEBAO_SMS_KANNEL_PASSWORD": "pw",
    "LUEBAO_SMS_KANNEL_URL": "http://127.0.0.1:9",
    "LUEBAO_SMS_NUMBER": "1069",
    "LUEBAO_SMS_PATIENCE": "1",
}


@pytest.fixture(scope="module")
def front() -> Iterator[Front]:
    """On PostgreSQL, which is stricter about what it stores than SQLite."""
    url, drop = new_postgres()
    rasa = Rasa()
    front = Front(url, rasa, **CHANNELS)
    yield front
    front.kill()
    rasa.stop()
    drop()
