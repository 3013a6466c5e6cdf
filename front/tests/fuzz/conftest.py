"""A front on PostgreSQL with every channel configured, and vendors nobody can reach."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conftest import Front, new_postgres
from rasa_peer import Rasa

from .targets import AES_KEY, APPID, TOKEN

SECRET = "s" * 24
CHANNELS = {
    "LUEBAO_WECHAT_TOKEN": TOKEN,
    "LUEBAO_WECHAT_APPID": APPID,
    "LUEBAO_WECHAT_SECRET": "secret",
    "LUEBAO_WECHAT_AES_KEY": AES_KEY,
    "LUEBAO_WECHAT_API": "http://127.0.0.1:9",
    "LUEBAO_SMS_SIGNATURE": "威海医保",
    "LUEBAO_SMS_KANNEL_PATH": SECRET,
    "LUEBAO_SMS_KANNEL_PASSWORD": "pw",
    "LUEBAO_SMS_KANNEL_URL": "http://127.0.0.1:9",
    "LUEBAO_SMS_NUMBER": "1069",
    "LUEBAO_SMS_ALIYUN_PATH": SECRET,
    "LUEBAO_SMS_ALIYUN_KEY_ID": "id",
    "LUEBAO_SMS_ALIYUN_KEY_SECRET": "secret",
    "LUEBAO_SMS_ALIYUN_TEMPLATE": "SMS_123",
    "LUEBAO_SMS_ALIYUN_URL": "http://127.0.0.1:9",
    "LUEBAO_SMS_TENCENT_PATH": SECRET,
    "LUEBAO_SMS_TENCENT_SECRET_ID": "id",
    "LUEBAO_SMS_TENCENT_SECRET_KEY": "secret",
    "LUEBAO_SMS_TENCENT_APPID": "1400006666",
    "LUEBAO_SMS_TENCENT_TEMPLATE": "1110",
    "LUEBAO_SMS_TENCENT_URL": "http://127.0.0.1:9",
    "LUEBAO_SMS_PATIENCE": "1",
    "LUEBAO_PERSON_RATE": "100000",
    "LUEBAO_ADDRESS_RATE": "100000",
}


@pytest.fixture(scope="module")
def front() -> Iterator[Front]:
    """The running front, which must be alive and have seen no unexpected error in the end."""
    url, drop = new_postgres()
    rasa = Rasa()
    front = Front(url, rasa, **CHANNELS)
    yield front
    front.kill()
    rasa.stop()
    drop()
