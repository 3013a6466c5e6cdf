"""The SMS channel: takes deliveries from the outbox to the gateway the person wrote through."""

from __future__ import annotations

import asyncio

from starlette.routing import BaseRoute

from front.channels.sms.config import SmsConfig, configure
from front.channels.sms.guards import Door
from front.channels.sms.routes import SmsRoutes
from front.channels.sms.segments import cut
from front.channels.sms.uplink import NAME, gateway_of, text_of
from front.inbox.protocol import Delivery, Inbox, SendResult, Unavailable
from front.settings import Settings


class SmsChannel:
    """`front.inbox.protocol.Channel` for SMS, with the routes of its gateways."""

    name = NAME

    def __init__(self, config: SmsConfig, inbox: Inbox) -> None:
        """A channel over configured gateways; the inbox holds what the door remembers."""
        self.config = config
        self.inbox = inbox
        self.door = Door(inbox, config.keywords, config.most, config.window)
        self._callbacks = SmsRoutes(self)

    async def send(self, delivery: Delivery) -> tuple[SendResult, str]:
        """Send through the gateway the question came by, else the default one; never to who has opted out."""
        name = gateway_of(delivery.inbound_key)
        gateway = self.config.gateways.get(name) or self.config.gateways.get(self.config.default)
        if gateway is None:
            return SendResult.DEAD, "没有设置短信网关（LUEBAO_SMS_KANNEL_PATH 等），设置后可以重发"
        try:
            if await self.door.stopped(delivery.person):
                return SendResult.DEAD, "对方已退订，没有发送"
            shown = await self.shown(delivery)
        except Unavailable as error:
            return SendResult.RETRY, str(error)
        return await gateway.send(delivery.person, shown, delivery.id)

    async def shown(self, delivery: Delivery) -> str:
        """What of a delivery goes out, unsigned; a rest too long for one message is kept for 更多."""
        shown, rest = cut(text_of(delivery), self.config.signature)
        if rest:
            await self.inbox.keep_rest(delivery, rest)
        return shown

    def routes(self) -> list[BaseRoute]:
        """The callbacks of the configured gateways, each at its secret path."""
        return self._callbacks.routes()

    async def close(self) -> None:
        """Let notices under way go out, then close the connections to the gateways."""
        await self._callbacks.finish()
        await asyncio.gather(*(gateway.close() for gateway in self.config.gateways.values()))


def create(settings: Settings, inbox: Inbox) -> SmsChannel | None:
    """The channel of this environment, None where no gateway is set. Raises MissingSetting for half a gateway."""
    config = configure(settings)
    return SmsChannel(config, inbox) if config.gateways else None
