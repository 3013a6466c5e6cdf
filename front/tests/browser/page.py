"""The page as a person sees and uses it, and the server behind it."""

from __future__ import annotations

import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

PEER = Path(__file__).parent / "peer.py"
PHONE, DESKTOP = (390, 844), (1280, 800)


def wait_for[T](what: str, look: Callable[[], T], seconds: float = 15) -> T:
    """What `look` returns once it is something; fails with `what` after some seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if found := look():
                return found
        except StaleElementReferenceException:
            pass  # the page has just drawn that part anew
        time.sleep(0.05)
    raise AssertionError(f"等了{seconds}秒也没有：{what}")


class Server:
    """The web API in its own process, to be killed and started again with the same memory."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.state = folder / "state.db"
        self.url = f"http://127.0.0.1:{self.port}/"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, stream: str = "open") -> None:
        """Start, and wait until it answers."""
        options = ["--port", str(self.port), "--state", str(self.state), "--stream", stream]
        self.process = subprocess.Popen([sys.executable, str(PEER), *options])
        wait_for("测试服务启动", self._answers)

    def _answers(self) -> bool:
        try:
            return bool(urllib.request.urlopen(self.url + "api/hot", timeout=1).status == 200)
        except OSError:
            return False

    def kill(self) -> None:
        """kill -9."""
        if self.process:
            self.process.kill()
            self.process.wait()

    def rows(self, query: str) -> list[Any]:
        """Look into its memory."""
        return sqlite3.connect(self.state).execute(query).fetchall()


class Page:
    """What a person does with the page and sees on it."""

    def __init__(self, browser: Chrome, server: Server) -> None:
        self.browser, self.server = browser, server

    def open(self, size: tuple[int, int] = PHONE, dark: bool = False) -> Page:
        """Come to the page for the first time."""
        self.resize(size)
        value = "dark" if dark else "light"
        features = {"features": [{"name": "prefers-color-scheme", "value": value}]}
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", features)
        self.browser.get(self.server.url)
        self.settled()
        return self

    def resize(self, size: tuple[int, int]) -> None:
        """Hold another device."""
        shape = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size[0] < 600}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", shape)

    def settled(self) -> None:
        """Wait until the page knows what was said before."""
        wait_for("对话记录", lambda: self.all("#log[aria-live=polite]") and self.all("#hot-list button"))

    def reload(self) -> None:
        """Press reload."""
        self.browser.refresh()
        self.settled()

    def all(self, css: str) -> list[WebElement]:
        """The elements of a selector."""
        return self.browser.find_elements(By.CSS_SELECTOR, css)

    def one(self, css: str) -> WebElement:
        """The last element of a selector, once it is there."""
        return wait_for(css, lambda: self.all(css))[-1]

    def press(self, css: str, text: str = "") -> None:
        """Tap the last thing that shows this text."""
        found = wait_for(f"{css} {text}", lambda: [one for one in self.all(css) if text in one.text])[-1]
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", found)
        self.browser.execute_script("arguments[0].click()", found)

    def say(self, text: str) -> None:
        """Type and press 发送."""
        self.one("#words").send_keys(text)
        self.one(".send").click()

    def card(self, text: str, seconds: float = 15) -> WebElement:
        """The newest card that has this text."""
        look = lambda: [card for card in self.all(".card") if text in card.text]  # noqa: E731
        return wait_for(f"卡片：{text}", look, seconds)[-1]

    def said(self) -> list[str]:
        """What the person's own bubbles show."""
        return [one.text for one in self.all(".me p")]

    def titles(self) -> list[str]:
        """The headings of all cards."""
        return [one.text for one in self.all(".card h3")]

    def shows(self, css: str, text: str, seconds: float = 15) -> None:
        """Wait until an element is visible with a text."""
        look = lambda: any(one.is_displayed() and text in one.text for one in self.all(css))  # noqa: E731
        wait_for(f"{css}：{text}", look, seconds)

    def run(self, script: str, *arguments: Any) -> Any:
        """Evaluate a script in the page."""
        return self.browser.execute_script(script, *arguments)
