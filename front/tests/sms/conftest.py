"""A channel over the real inbox (SQLite in a file, its workers running), with Rasa and the vendors as peers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from front.brain import Brain
from front.channels.sms.channel import SmsChannel, create
from front.inbox.inbox import Inbox
from front.settings import load

from .peers import RasaPeer, VendorPeer

SECRET = "k" * 24
ENVIRONMENT = {
    "LUEBAO_SMS_KANNEL_PATH": SECRET,
    "LUEBAO_SMS_KANNEL_PASSWORD": "pw",
    "LUEBAO_SMS_NUMBER": "106900",
    "LUEBAO_SMS_SIGNATURE": "威海医保",
    "LUEBAO_SMS_ALIYUN_PATH": "a" * 24,
    "LUEBAO_SMS_ALIYUN_KEY_ID": "id",
    "LUEBAO_SMS_ALIYUN_KEY_SECRET": "secret",
    "LUEBAO_SMS_ALIYUN_TEMPLATE": "SMS_123",
    "LUEBAO_SMS_TENCENT_PATH": "t" * 24,
    "LUEBAO_SMS_TENCENT_SECRET_ID": "id",
    "LUEBAO_SMS_TENCENT_SECRET_KEY": "secret",
    "LUEBAO_SMS_TENCENT_APPID": "1400006666",
    "LUEBAO_SMS_TENCENT_TEMPLATE": "1110",
    "LUEBAO_SMS_PATIENCE": "1",
}


@pytest.fixture
def rasa() -> Iterator[RasaPeer]:
    with RasaPeer() as peer:
        yield peer


@pytest.fixture
def gateway() -> Iterator[VendorPeer]:
    """Whatever we send through: Kannel's sendsms, Aliyun and Tencent all accept."""
    with VendorPeer() as peer:
        peer.answers(202, {"Code": "OK", "Response": {"SendStatusSet": [{"Code": "Ok"}]}})
        yield peer


@pytest.fixture
async def inbox(tmp_path: Path, rasa: RasaPeer) -> AsyncIterator[Inbox]:
    settings = load({"LUEBAO_DATABASE_URL": f"sqlite:///{tmp_path / 'front.db'}", "LUEBAO_RASA_URLS": rasa.url})
    brain = Brain(settings.rasa_urls)
    inbox = Inbox(settings, brain)
    await inbox.database.migrate()
    yield inbox
    await inbox.stop()
    await brain.close()


@pytest.fixture
async def channel(inbox: Inbox, gateway: VendorPeer) -> SmsChannel:
    urls = {"KANNEL": f"{gateway.url}/cgi-bin/sendsms", "ALIYUN": gateway.url, "TENCENT": gateway.url}
    made = create(load(ENVIRONMENT | {f"LUEBAO_SMS_{name}_URL": url for name, url in urls.items()}), inbox)
    assert made
    inbox.channels[made.name] = made
    await inbox.start()
    return made


@pytest.fixture
async def web(channel: SmsChannel) -> AsyncIterator[httpx.AsyncClient]:
    """The channel's routes, called in this process."""
    transport = httpx.ASGITransport(Starlette(routes=channel.routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://front") as client:
        yield client
