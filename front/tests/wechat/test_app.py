"""The channel as the whole service starts it, from its environment."""

import httpx
import pytest

from front.app import create_app
from front.channels.wechat.quota import PushQuota
from front.inbox.protocol import Inbound
from front.settings import MissingSetting, load
from wechat.running import AES_KEY, APPID, TOKEN, Rasa, WeChatServer, front, serving

NAMES = {"LUEBAO_WECHAT_TOKEN": TOKEN, "LUEBAO_WECHAT_APPID": APPID, "LUEBAO_WECHAT_SECRET": "s"}


def environment(tmp_path, **more):
    return load({"LUEBAO_DATABASE_URL": f"sqlite:///{tmp_path / 'front.db'}", "LUEBAO_RUN": str(tmp_path), **more})


async def test_the_whole_service_answers_wechat(tmp_path, weixin):
    rasa = Rasa()
    async with serving(rasa.app()) as rasa_url:
        more = {"LUEBAO_RASA_URLS": rasa_url, "LUEBAO_WECHAT_AES_KEY": AES_KEY, "LUEBAO_WECHAT_API": weixin.url}
        async with serving(create_app(environment(tmp_path, **NAMES, **more))) as url:
            wechat = WeChatServer(url)
            assert await wechat.say("医保转移多久能办好") == "您问的是：医保转移多久能办好"
            assert await wechat.event("CLICK", EventKey="transfer_how") == "您问的是：医保关系怎么转"
            assert "5190857" in await wechat.say("转人工")
            too_large = await wechat.http.post(wechat.url, content=b"x" * 100_000)
            assert too_large.status_code == 413
            await wechat.http.aclose()


async def test_without_its_settings_there_is_no_wechat(tmp_path):
    async with serving(create_app(environment(tmp_path))) as url, httpx.AsyncClient(trust_env=False) as http:
        assert (await http.post(f"{url}/channels/wechat")).status_code in (404, 405)


@pytest.mark.parametrize("name", NAMES)
def test_half_its_settings_name_the_missing_one(tmp_path, name):
    half = {key: value for key, value in NAMES.items() if key != name}
    with pytest.raises(MissingSetting, match=name):
        create_app(environment(tmp_path, **half))


def test_an_unusable_key_is_named(tmp_path):
    with pytest.raises(MissingSetting, match="LUEBAO_WECHAT_AES_KEY"):
        create_app(environment(tmp_path, **NAMES, LUEBAO_WECHAT_AES_KEY="short"))


async def test_five_pushes_for_a_message_and_three_for_a_tap(tmp_path, weixin):
    async with front(tmp_path, weixin) as running:
        quota = PushQuota(running.inbox)
        text, tap = Inbound("wechat", "oA", "1", "text"), Inbound("wechat", "oA", "2", "event", event="click")

        async def push_all():
            pushed = 0
            while await quota.left("oA"):
                await quota.count("oA")
                pushed += 1
            return pushed

        assert await push_all() == 5
        await running.inbox.receive(tap)
        assert await push_all() == 3
        await running.inbox.receive(text)
        assert await push_all() == 5
        assert await quota.left("oB") == 5


async def test_stopping_closes_what_the_channels_hold_open(tmp_path):
    sms = {"KANNEL_PATH": "k" * 24, "KANNEL_PASSWORD": "pw", "NUMBER": "1069"}
    app = create_app(environment(tmp_path, **NAMES, **{f"LUEBAO_SMS_{name}": value for name, value in sms.items()}))
    held = [app.state.inbox.channels["wechat"]._api._http]
    held += [gateway.client for gateway in app.state.inbox.channels["sms"].config.gateways.values()]
    async with app.router.lifespan_context(app):
        assert [client.is_closed for client in held] == [False, False]
    assert [client.is_closed for client in held] == [True, True]
