"""`front serve`: the server itself."""

from __future__ import annotations

import gc
import os
import resource
import signal
from types import FrameType

import click
import structlog
import uvicorn
from luebao.knowledge import KnowledgeError

from front import connections, logs, simulated
from front.app import create_app
from front.crowd import Crowd
from front.inbox.inbox import Inbox
from front.settings import MissingSetting, load

_NOT_STARTED = "没能启动，原因见上面的记录。端口被占用请换 --port；数据库连不上请检查 LUEBAO_DATABASE_URL"
_OWN_FILES = 500  # the databases, Rasa, the proxy's connections, what is read
_LOG = structlog.get_logger("http")


class _Server(uvicorn.Server):
    """Ends the open streams at the first signal, so that stopping does not wait for browsers."""

    def __init__(self, config: uvicorn.Config, inbox: Inbox) -> None:
        super().__init__(config)
        self.inbox = inbox

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal asks to stop."""
        self.inbox.hub.close()
        super().handle_exit(sig, frame)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--public", is_flag=True, help="接受别的机器访问（请放在 nginx 后面）")
@click.option("--proxies", default="127.0.0.1", show_default=True, help="可信的反向代理地址，逗号分隔")
@click.option("--simulated", "simulate_", is_flag=True, help="没有设置的通道用编造的凭证，供 front simulate 试用")
def serve(host: str, port: int, public: bool, proxies: str, simulate_: bool) -> None:
    """启动服务"""
    logs.configure()
    try:
        environment = simulated.added(os.environ, make=True) if simulate_ else os.environ
        settings = load(environment)
        app = create_app(settings, desk=True)
    except (MissingSetting, KnowledgeError) as missing:
        raise click.ClickException(str(missing)) from None
    listen = "0.0.0.0" if public else host  # noqa: S104 - asked for
    _more_files(settings.connections)
    crowd = Crowd(settings.address_connections, settings.connections, proxies)
    config = uvicorn.Config(app, host=listen, port=port, forwarded_allow_ips=proxies, **connections.settings(crowd))
    server = _Server(config, app.state.inbox)
    _leave_alone_what_stays()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, _stopped)
    try:
        server.run()
    except SystemExit as end:
        if end.code:  # uvicorn's own, with the reason in the log
            raise click.ClickException(_NOT_STARTED) from None
        raise


def _leave_alone_what_stays() -> None:
    """Modules, knowledge and pages stay to the end: looking through them again for garbage takes 100 ms each time."""
    gc.collect()
    gc.freeze()


def _more_files(connections_: int) -> None:
    """Each connection is an open file, and many systems allow 1024 where one does not ask for more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections_ + _OWN_FILES
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    if most < wanted:
        _LOG.warning("few_files", allowed=most, wanted=wanted, hint="请提高 LimitNOFILE，或减小 LUEBAO_CONNECTIONS")


def _stopped(_: int, __: FrameType | None) -> None:
    """uvicorn raises the signal once more after it has ended everything: a clean stop, for whoever watches us."""
    raise SystemExit(0)
