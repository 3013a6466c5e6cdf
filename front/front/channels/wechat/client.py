"""The client of api.weixin.qq.com: token, customer-service messages, typing, menu."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Mapping
from typing import Any

import httpx

from front.inbox.protocol import SendResult

API = "https://api.weixin.qq.com"
TIMEOUT = httpx.Timeout(5.0, connect=3.0, read=10.0)  # giving up on a push that was taken means to push it twice
_EARLY = 300  # WeChat renews a token in its last five minutes and honours both until the old one ends
_BETWEEN_FORCED = 30  # WeChat ignores a forced refresh sooner than that, and allows 20 a day
_BAD_TOKEN = {40001, 40014, 41001, 42001}

# httpx logs every address at INFO, and WeChat wants its token in the address.
logging.getLogger("httpx").setLevel(logging.WARNING)

_RETRY, _DEAD = SendResult.RETRY, SendResult.DEAD
_OUTCOMES: dict[int, tuple[SendResult, str]] = {
    0: (SendResult.SENT, "已送达"),
    -1: (_RETRY, "微信系统繁忙"),
    40001: (_RETRY, "凭证无效：请核对 LUEBAO_WECHAT_SECRET"),
    40003: (_DEAD, "这位市民没有关注本公众号"),
    40013: (_RETRY, "AppID 不对：请核对 LUEBAO_WECHAT_APPID"),
    40014: (_RETRY, "凭证无效"),
    40125: (_RETRY, "AppSecret 不对：请核对 LUEBAO_WECHAT_SECRET"),
    40164: (_RETRY, "本机地址不在公众平台的IP白名单里，请添加"),
    41001: (_RETRY, "缺少凭证"),
    42001: (_RETRY, "凭证过期"),
    43004: (_DEAD, "这位市民没有关注本公众号"),
    45002: (_DEAD, "内容超过微信的长度"),
    45009: (_RETRY, "今天的接口调用次数用完了"),
    45011: (_RETRY, "接口调用太快"),
    45015: (_DEAD, "市民48小时内没有发过消息，或已取消关注，微信不许推送"),
    45047: (_RETRY, "这位市民的客服消息条数用完了，等市民再发一条消息"),
    48001: (_DEAD, "本公众号没有客服消息权限：请在公众平台申请（需认证的服务号）"),
    48002: (_DEAD, "这位市民设置了拒收消息"),
}


class ApiError(Exception):
    """WeChat did not do what was asked; `code` is its errcode, 0 if it could not be reached."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class WeChatApi:
    """Calls WeChat with a token that is kept and renewed early; safe for concurrent use in one event loop.

    Several processes may each hold one: stable_token gives all of them the same token.
    """

    def __init__(self, appid: str, secret: str, http: httpx.AsyncClient) -> None:
        """`http` has WeChat's address as its base URL (see `connect`)."""
        self._appid, self._secret, self._http = appid, secret, http
        self._token, self._renew_at, self._forced_at = "", 0.0, float("-inf")
        self._one_at_a_time = asyncio.Lock()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def send_text(self, openid: str, text: str) -> tuple[SendResult, str]:
        """Push one text as a customer-service message; never raises for what WeChat or the network did."""
        message = {"touser": openid, "msgtype": "text", "text": {"content": text}}
        try:
            await self.call("/cgi-bin/message/custom/send", message)
        except ApiError as error:
            return _OUTCOMES.get(error.code, (_RETRY, ""))[0] if error.code else _RETRY, str(error)
        return _OUTCOMES[0]

    async def typing(self, openid: str) -> None:
        """Show “对方正在输入” for up to 15 seconds; best effort, the answer does not depend on it."""
        try:
            await self.call("/cgi-bin/message/custom/typing", {"touser": openid, "command": "Typing"})
        except ApiError:
            return

    async def call(self, path: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """POST to WeChat with the token, renewing a refused one once; raises ApiError."""
        token = await self._fresh()
        answer = await self._post(path, payload, token)
        if answer["errcode"] in _BAD_TOKEN:
            answer = await self._post(path, payload, await self._fresh(refused=token))
        return _checked(answer)

    async def _fresh(self, refused: str = "") -> str:
        async with self._one_at_a_time:
            if self._token and self._token != refused and time.monotonic() < self._renew_at:
                return self._token
            await self._fetch(force=False)
            if self._token == refused and time.monotonic() - self._forced_at >= _BETWEEN_FORCED:
                self._forced_at = time.monotonic()
                await self._fetch(force=True)
            return self._token

    async def _fetch(self, force: bool) -> None:
        who = {"grant_type": "client_credential", "appid": self._appid, "secret": self._secret}
        answer = _checked(await self._post("/cgi-bin/stable_token", {**who, "force_refresh": force}))
        token, seconds = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(token, str) or not token or not isinstance(seconds, int):
            raise ApiError(0, "微信的凭证回复看不懂")
        self._token, self._renew_at = token, time.monotonic() + seconds - _EARLY

    async def _post(self, path: str, payload: Mapping[str, Any], token: str = "") -> dict[str, Any]:
        # Unescaped: of "\\u5341", WeChat would show the citizen the escape.
        body = json.dumps(payload, ensure_ascii=False).encode()
        query = {"access_token": token} if token else {}
        headers = {"content-type": "application/json; charset=utf-8"}
        try:
            answer = await self._http.post(path, content=body, params=query, headers=headers)
            parsed = answer.json()
        except httpx.HTTPError as error:
            raise ApiError(0, f"连不上微信（{type(error).__name__}）") from None
        except ValueError:
            raise ApiError(0, f"微信的回复不是 JSON（HTTP {answer.status_code}）") from None
        if not isinstance(parsed, dict) or not isinstance(parsed.setdefault("errcode", 0), int):
            raise ApiError(0, "微信的回复看不懂")
        return parsed


def connect(base_url: str = API) -> httpx.AsyncClient:
    """The HTTP client a WeChatApi needs; the caller closes it. The machine's proxy is for what is not on it."""
    here = httpx.URL(base_url).host in ("127.0.0.1", "localhost", "::1")
    return httpx.AsyncClient(base_url=base_url, timeout=TIMEOUT, trust_env=not here)


def _checked(answer: dict[str, Any]) -> dict[str, Any]:
    code = answer["errcode"]
    if code:
        meaning = _OUTCOMES.get(code, (_RETRY, str(answer.get("errmsg"))[:80]))[1]
        raise ApiError(code, f"微信错误 {code}：{meaning}")
    return answer
