"""The connections to the action server: kept from one action to the next, and no action lost when it starts again."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

pytest.importorskip("rasa", reason="这个环境没有 Rasa")

from aiohttp import web
from rasa.utils.endpoints import EndpointConfig

from brain import action_connections

RASAS_OWN = action_connections._rasas_own


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EndpointConfig, "session", RASAS_OWN)
    action_connections.install()


class ActionServer:
    """Answers every action and notes the connections that came."""

    def __init__(self) -> None:
        self.connections: set[object] = set()
        self.port = 0

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/webhook", self._answer)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        self.connections.add(request.transport)
        return web.json_response({"events": [], "heard": await request.json()})


def with_a_server(talk: Callable[[ActionServer, EndpointConfig], Awaitable[None]]) -> None:
    async def run() -> None:
        server = ActionServer()
        await server.start()
        try:
            await talk(server, EndpointConfig(f"http://127.0.0.1:{server.port}/webhook"))
        finally:
            await server.stop()
            await action_connections._connector().close()

    asyncio.run(run())


def test_one_connection_serves_action_after_action() -> None:
    async def talk(server: ActionServer, endpoint: EndpointConfig) -> None:
        for number in range(5):
            assert (await endpoint.request(json={"number": number}))["heard"] == {"number": number}
        assert len(server.connections) == 1

    with_a_server(talk)


def test_actions_of_many_conversations_run_side_by_side() -> None:
    async def talk(server: ActionServer, endpoint: EndpointConfig) -> None:
        heard = await asyncio.gather(*(endpoint.request(json=number) for number in range(50)))
        assert [one["heard"] for one in heard] == list(range(50))

    with_a_server(talk)


def test_an_action_server_that_was_restarted_is_found_again() -> None:
    async def talk(server: ActionServer, endpoint: EndpointConfig) -> None:
        await endpoint.request(json="before")
        await server.stop()
        await server.start()
        assert (await endpoint.request(json="after"))["heard"] == "after"

    with_a_server(talk)


def test_it_is_installed_in_the_running_brain() -> None:
    from brain import loopback  # noqa: F401

    assert EndpointConfig.session is action_connections._session
