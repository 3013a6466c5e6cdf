"""The front behind a real nginx, set up as docs/reference/front.md says."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from conftest import Front

from front.settings import ROOT

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
FRAME = """\
daemon off; pid {folder}/pid; error_log {folder}/error.log; {user}
events {{}}
http {{ access_log {folder}/access.log; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
{server} }}
"""


@pytest.fixture
def site(tmp_path: Path, start_front: Callable[..., Front]) -> Iterator[tuple[str, Front]]:
    """The address people use, and the front behind it."""
    if not Path(NGINX).exists():
        pytest.skip("没有 nginx：apt-get install -y nginx-light")
    front = start_front(f"sqlite:///{tmp_path / 'front.db'}", LUEBAO_ADDRESS_RATE="20")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    documented = re.search(r"```nginx\n(.*?)```", (ROOT / "docs/reference/front.md").read_text(encoding="utf-8"), re.S)
    assert documented
    server = documented[1].replace("listen 80;", f"listen 127.0.0.1:{port};").replace(":8000;", f":{front.port};")
    user = "user root;" if os.geteuid() == 0 else ""
    (tmp_path / "nginx.conf").write_text(FRAME.format(folder=tmp_path, server=server, user=user), encoding="utf-8")
    process = subprocess.Popen([NGINX, "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")])
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}", front
    process.terminate()
    process.wait(10)


def test_people_reach_the_page_and_nothing_that_is_the_operators(site: tuple[str, Front], tmp_path: Path) -> None:
    url, front = site
    events: list[str] = []
    with httpx.Client(base_url=url, trust_env=False, timeout=10) as browser:
        assert "鲁e宝" in browser.get("/").text
        said = {"id": "client-id-0", "text": "怎么备案"}
        assert browser.post("/api/chat", json=said, headers={"Origin": url}).status_code == 200
        assert browser.post("/api/chat", json=said, headers={"Origin": "https://evil.example"}).status_code == 403

        def listen() -> None:
            with browser.stream("GET", "/api/chat/stream") as stream:
                events.extend(line for line in stream.iter_lines() if line.startswith("data"))

        listener = threading.Thread(target=listen, daemon=True)
        listener.start()
        time.sleep(0.5)
        browser.post("/api/chat", json={"id": "client-id-1", "text": "多久能办好"})
        for _ in range(60):
            if events or not listener.is_alive():
                break
            time.sleep(0.05)
        assert [browser.get(path).status_code for path in ("/metrics", "/readyz")] == [404, 404]
        assert browser.post("/api/chat", content=b"a" * 70_000).json() == {"error": "内容太长了，请分开发送。"}
        browser.get("/channels/sms/kannel/geheim")
        assert "geheim" not in (tmp_path / "access.log").read_text()
        front.stop()  # ends the stream, too
        listener.join(10)
        assert len(events) == 1 and "多久能办好" in events[0]
        down = browser.get("/")
        assert down.status_code == 503 and "5190857" in down.text and down.headers["retry-after"] == "10"
        assert down.headers["content-type"] == "text/plain; charset=utf-8"
