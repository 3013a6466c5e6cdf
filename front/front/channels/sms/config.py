"""What the SMS channel reads from the environment: which gateways there are, and the rules of the door.

A gateway is there when its secret path is set (LUEBAO_SMS_KANNEL_PATH, LUEBAO_SMS_ALIYUN_PATH,
LUEBAO_SMS_TENCENT_PATH); then everything else it needs has to be there too, or the front says which one is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from front.channels.sms.aliyun import Aliyun
from front.channels.sms.kannel import Kannel
from front.channels.sms.optout import RESUME_WORDS, STOP_WORDS, Keywords
from front.channels.sms.templates import DEFAULT, Template
from front.channels.sms.tencent import Tencent
from front.inbox.protocol import SendResult
from front.settings import MissingSetting, Settings

KANNEL_URL = "http://127.0.0.1:13013/cgi-bin/sendsms"
FRONT_URL = "http://127.0.0.1:8000"
_PATH = re.compile(r"[A-Za-z0-9_-]{16,128}")
_PREFIX = "LUEBAO_SMS_"


class Gateway(Protocol):
    """A way to the phone network: sends one text to one +86… number."""

    async def send(self, person: str, text: str, delivery: int | None = None) -> tuple[SendResult, str]:
        """Send; `delivery` is our outbox id. Never raises for what the other side did."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...


@dataclass(frozen=True)
class SmsConfig:
    """The gateways by name, the secret path of each, and the rules of the door."""

    gateways: Mapping[str, Gateway] = field(default_factory=dict)
    paths: Mapping[str, str] = field(default_factory=dict)
    default: str = ""  # the gateway of messages that answer none
    keywords: Keywords = field(default_factory=Keywords.of)
    most: int = 5
    window: float = 600.0
    signature: str = ""  # without 【】
    patience: float = 5.0  # seconds Kannel is kept waiting for a reply before it goes through sendsms


def configure(settings: Settings) -> SmsConfig:
    """The channel as the environment describes it. Raises MissingSetting, naming the variable and what to do."""
    builders = {"kannel": _kannel, "aliyun": _aliyun, "tencent": _tencent}
    paths = {name: path for name in builders if (path := _path(settings, name))}
    gateways = {name: builders[name](settings, paths[name]) for name in paths}
    default = settings.get(f"{_PREFIX}GATEWAY") or next(iter(gateways), "")
    if default and default not in gateways:
        raise MissingSetting(f"{_PREFIX}GATEWAY 是 {default}，但没有设置 {_PREFIX}{default.upper()}_PATH")
    words = Keywords.of(_words(settings, "STOP_WORDS", STOP_WORDS), _words(settings, "RESUME_WORDS", RESUME_WORDS))
    most, window, patience = (_whole(settings, *known) for known in (("MOST", 5), ("WINDOW", 600), ("PATIENCE", 5)))
    return SmsConfig(
        gateways=gateways,
        paths=paths,
        default=default,
        keywords=words,
        most=most,
        window=float(window),
        signature=settings.get(f"{_PREFIX}SIGNATURE"),
        patience=float(patience),
    )


def _path(settings: Settings, gateway: str) -> str:
    name = f"{_PREFIX}{gateway.upper()}_PATH"
    path = settings.get(name)
    if path and not _PATH.fullmatch(path):
        hint = "例如用 python -c 'import secrets; print(secrets.token_urlsafe(24))' 生成"
        raise MissingSetting(f"{name} 应是 16 到 128 个字母、数字、下划线或减号，别人猜不到；{hint}")
    return path


def _kannel(settings: Settings, path: str) -> Gateway:
    front = settings.get(f"{_PREFIX}FRONT_URL", FRONT_URL).rstrip("/")
    return Kannel(
        url=settings.get(f"{_PREFIX}KANNEL_URL", KANNEL_URL),
        user=settings.get(f"{_PREFIX}KANNEL_USER", "luebao"),
        password=settings.need(f"{_PREFIX}KANNEL_PASSWORD", "Kannel 的 sendsms 密码"),
        number=settings.need(f"{_PREFIX}NUMBER", "市民发短信用的接入号，例如 1069…"),
        reports=f"{front}/channels/sms/kannel/{path}/report",
        signature=settings.get(f"{_PREFIX}SIGNATURE"),
    )


def _aliyun(settings: Settings, path: str) -> Gateway:
    return Aliyun(
        key_id=settings.need(f"{_PREFIX}ALIYUN_KEY_ID", "阿里云 AccessKey ID"),
        secret=settings.need(f"{_PREFIX}ALIYUN_KEY_SECRET", "阿里云 AccessKey Secret"),
        template_code=settings.need(f"{_PREFIX}ALIYUN_TEMPLATE", "审核通过的短信模板编号，例如 SMS_123"),
        template=_template(settings, "ALIYUN", 35),
        url=settings.get(f"{_PREFIX}ALIYUN_URL", Aliyun.url).rstrip("/"),
    )


def _tencent(settings: Settings, path: str) -> Gateway:
    return Tencent(
        secret_id=settings.need(f"{_PREFIX}TENCENT_SECRET_ID", "腾讯云 SecretId"),
        secret_key=settings.need(f"{_PREFIX}TENCENT_SECRET_KEY", "腾讯云 SecretKey"),
        app_id=settings.need(f"{_PREFIX}TENCENT_APPID", "短信 SdkAppId"),
        template_id=settings.need(f"{_PREFIX}TENCENT_TEMPLATE", "审核通过的正文模板 ID"),
        template=_template(settings, "TENCENT", 450),
        region=settings.get(f"{_PREFIX}TENCENT_REGION", Tencent.region),
        url=settings.get(f"{_PREFIX}TENCENT_URL", Tencent.url).rstrip("/"),
    )


def _template(settings: Settings, vendor: str, limit: int) -> Template:
    signature = settings.need(f"{_PREFIX}SIGNATURE", "审核通过的短信签名，不带【】")
    text = settings.get(f"{_PREFIX}{vendor}_TEMPLATE_TEXT", DEFAULT)
    try:
        return Template(text, signature, _whole(settings, f"{vendor}_ANSWER_LIMIT", limit))
    except ValueError as error:
        raise MissingSetting(f"{_PREFIX}{vendor}_TEMPLATE_TEXT：{error}") from None


def _words(settings: Settings, name: str, default: Iterable[str]) -> Iterable[str]:
    text = settings.get(f"{_PREFIX}{name}")
    return re.split(r"[,，\s]+", text) if text else default


def _whole(settings: Settings, name: str, default: int) -> int:
    text = settings.get(f"{_PREFIX}{name}", str(default))
    if not re.fullmatch(r"[1-9][0-9]{0,5}", text):
        raise MissingSetting(f"{_PREFIX}{name} 应是大于 0 的整数，现在是 {text!r}")
    return int(text)
