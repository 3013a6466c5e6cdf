"""Generated requests to a running front: its API as it describes itself, and what the channels receive."""

from __future__ import annotations

import json
import time
from urllib.parse import quote_from_bytes

import httpx
import pytest
import schemathesis
from conftest import Front
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from front.channels.wechat.codec import Codec, write_xml

from .conftest import SECRET
from .targets import AES_KEY, APPID, SEEDS, TOKEN
from .test_targets import TIMES, changed

MANY = settings(max_examples=40 * TIMES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=TIMES == 1)
METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"]
PATH = "/api/chat/stream"
REFUSED = {400, 403, 404, 405, 408, 411, 413, 415, 422, 429, 431}


def speaks_kindly(response: httpx.Response | schemathesis.Response) -> None:
    """A refusal says in Chinese what to do, as JSON or as text."""
    said = response.content.decode("utf-8")
    if response.status_code >= 400:
        said = json.loads(said)["error"] if said.startswith("{") else said
        assert any("一" <= character <= "鿿" for character in said), (response.status_code, said)


MODES = {"as described": GenerationMode.POSITIVE, "otherwise": GenerationMode.NEGATIVE}


@pytest.mark.parametrize("mode", MODES)
def test_the_api_as_it_describes_itself(front: Front, mode: str) -> None:
    """Every operation but the stream and the long poll, which wait, and have a test of their own."""
    schema = schemathesis.openapi.from_url(f"{front.url}/api/openapi.json")
    tried = []
    for found in schema.exclude(path_regex="/(stream|poll)$").get_all_operations():
        operation = found.ok()
        if mode == "otherwise" and not (operation.body or operation.query):
            continue  # there is nothing it could be given that it does not expect

        @MANY
        @given(operation.as_strategy(generation_mode=MODES[mode]))
        def ask(case: schemathesis.Case) -> None:
            response = case.call(headers={"Cookie": f"luebao_session={'f' * 43}"})
            # An option has to have been offered to this person, which no schema can say; 413 is a refusal, too.
            fine = [positive_data_acceptance] + [negative_data_rejection] * (response.status_code == 413)
            case.validate_response(response, excluded_checks=fine)
            speaks_kindly(response)

        ask()
        tried.append(f"{operation.method.upper()} {operation.path}")
    assert len(tried) >= (2 if mode == "otherwise" else 5), tried
    alive(front)


def alive(front: Front) -> None:
    """Nothing broke on the way: no unexpected error was counted, and no worker ended."""
    metrics = httpx.get(f"{front.url}/metrics", trust_env=False).text.splitlines()
    assert not [line for line in metrics if line.startswith("luebao_errors_total{") and not line.endswith(" 0.0")]
    assert httpx.get(f"{front.url}/livez", trust_env=False).json() == {"live": True, "dead_workers": []}


def sent(front: Front, method: str, path: str, body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
    """One request, whose answer is a success or a kind refusal."""
    with httpx.Client(base_url=front.url, trust_env=False, timeout=10) as client:
        response = client.request(method, path, content=body, headers=headers)
    assert response.status_code == 200 or response.status_code in REFUSED, (response.status_code, response.text)
    speaks_kindly(response)
    return response


def test_what_the_gateways_send(front: Front) -> None:
    @MANY
    @given(st.sampled_from(["kannel", "aliyun", "tencent"]), st.data())
    def callback(gateway: str, data: st.DataObject) -> None:
        body = data.draw(st.binary(max_size=200) | changed(SEEDS[f"{gateway}_callback"]))
        if gateway == "kannel":
            sent(front, "GET", f"/channels/sms/kannel/{SECRET}?{quote_from_bytes(body, safe='=&%+')}", b"")
            kind = data.draw(st.sampled_from(["text/plain; charset=UTF-16BE", "text/plain; charset=utf-8", "x"]))
            headers = {"Content-Type": kind, "X-Kannel-From": "short-code"}
            sent(front, "POST", f"/channels/sms/kannel/{SECRET}?id=a1", body, headers)
        else:
            sent(front, "POST", f"/channels/sms/{gateway}/{SECRET}", body)

    callback()
    alive(front)


def test_what_wechat_sends(front: Front) -> None:
    codec = Codec(TOKEN, AES_KEY, APPID)

    @MANY
    @given(st.binary(max_size=200) | changed(SEEDS["wechat_message"]), st.booleans())
    def message(body: bytes, ours: bool) -> None:

        now, nonce = str(int(time.time())), "n"
        sealed = codec.encrypt(body)
        query = f"signature={codec.sign(now, nonce)}&timestamp={now}&nonce={nonce}&encrypt_type=aes"
        query += f"&msg_signature={codec.sign(now, nonce, sealed)}"
        envelope = write_xml({"ToUserName": "gh", "Encrypt": sealed}).encode()
        sent(front, "POST", f"/channels/wechat?{query}", envelope if ours else body)

    message()
    alive(front)


def test_any_place_to_go_on_from(front: Front) -> None:
    @MANY
    @given(st.text(max_size=30) | st.integers().map(str), st.text("0123456789-e.", max_size=30))
    def resume(after: str, last: str) -> None:
        with (
            httpx.Client(base_url=front.url, trust_env=False, timeout=10) as client,
            client.stream(
                "GET", "/api/chat/stream", params={"after": after}, headers={"Last-Event-ID": last}
            ) as events,
        ):
            assert events.status_code in (200, 422)
            if events.status_code == 422:
                events.read()
                speaks_kindly(events)

    resume()
    alive(front)


def test_any_address(front: Front) -> None:
    @MANY
    @given(
        st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"]), st.binary(max_size=60)
    )
    def ask(method: str, path: bytes) -> None:
        answered = sent(front, method, "/" + quote_from_bytes(path, safe="/.%?"), b"") if method != "HEAD" else None
        assert answered is None or answered.headers["x-content-type-options"] == "nosniff"

    ask()
    alive(front)
