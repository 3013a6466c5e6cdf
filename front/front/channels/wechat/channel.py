"""The WeChat channel: pushes what could not be answered within WeChat's five seconds, and brings its webhook."""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from starlette.routing import BaseRoute

from front.channels.wechat import menu
from front.channels.wechat.client import API, WeChatApi, connect
from front.channels.wechat.codec import Codec
from front.channels.wechat.messages import NAME
from front.channels.wechat.quota import PushQuota
from front.channels.wechat.render import render
from front.channels.wechat.routes import WAIT, Webhook
from front.inbox.protocol import Delivery, Inbox, SendResult, Unavailable
from front.settings import MissingSetting, Settings

_LOG = structlog.get_logger("wechat")


class WeChatChannel:
    """Sends deliveries as customer-service messages."""

    name = NAME

    def __init__(
        self, codec: Codec, api: WeChatApi, inbox: Inbox, *, says: Mapping[str, str], wait: float = WAIT
    ) -> None:
        """`says`: what each key of the menu stands for; `wait`: seconds from arrival until we push instead."""
        self._api, self._inbox, self._quota = api, inbox, PushQuota(inbox)
        self._webhook = Webhook(codec, inbox, api, says=says, wait=wait)

    def routes(self) -> list[BaseRoute]:
        """GET and POST /channels/wechat."""
        return self._webhook.routes()

    async def close(self) -> None:
        """Close the connections to WeChat."""
        await self._api.close()

    async def send(self, delivery: Delivery) -> tuple[SendResult, str]:
        """Push one reply. RETRY while the person's quota is used up: their next message opens it again."""
        try:
            if not await self._quota.left(delivery.person):
                return SendResult.RETRY, "这位市民的5条客服消息用完了，等市民再发一条消息"
            shown = render(delivery.body)
            if shown.rest:
                await self._inbox.keep_rest(delivery, shown.rest)
        except Unavailable as error:
            return SendResult.RETRY, str(error)
        result, note = await self._api.send_text(delivery.person, shown.text)
        if result is SendResult.SENT:
            await self._count(delivery.person)
        return result, note

    async def remaining(self, person: str) -> int:
        """How many customer-service messages may be pushed to this person now."""
        return await self._quota.left(person)

    async def _count(self, person: str) -> None:
        try:
            await self._quota.count(person)
        except Unavailable:  # it is sent: saying otherwise would send it twice
            _LOG.warning("push_not_counted")


def create(settings: Settings, inbox: Inbox) -> WeChatChannel | None:
    """The channel of this environment, None where no LUEBAO_WECHAT_… is set. Raises MissingSetting if only some are."""
    names = ("LUEBAO_WECHAT_TOKEN", "LUEBAO_WECHAT_APPID", "LUEBAO_WECHAT_SECRET", "LUEBAO_WECHAT_AES_KEY")
    if not any(settings.get(name) for name in names):
        return None
    token = settings.need("LUEBAO_WECHAT_TOKEN", "公众平台“服务器配置”里的令牌")
    appid = settings.need("LUEBAO_WECHAT_APPID", "公众号的 AppID")
    secret = settings.need("LUEBAO_WECHAT_SECRET", "公众号的 AppSecret，推送客服消息要用")
    try:
        codec = Codec(token, settings.get("LUEBAO_WECHAT_AES_KEY"), appid)
        says = menu.load().says()
    except (ValueError, menu.MenuError) as error:
        raise MissingSetting(str(error)) from None
    api = WeChatApi(appid, secret, connect(settings.get("LUEBAO_WECHAT_API", API)))
    return WeChatChannel(codec, api, inbox, says=says)
