"""A front with a desk, members of staff who are signed in, and their browsers."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from conftest import Front
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

PASSWORD = "sunny-Weihai-9"
_FORM = re.compile(r'name="form" value="([^"]+)"')


class Person:
    """A member of staff with an HTTP client that is signed in."""

    def __init__(self, front: Front, login: str, name: str, role: str = "agent") -> None:
        self.front, self.login, self.name, self.role = front, login, name, role
        self.http = httpx.Client(base_url=front.url, trust_env=False, timeout=15, headers={"Origin": front.url})
        first = made(front, login, name, role)
        assert self.sign_in(first).headers["location"] == "/desk/"
        fields = {"old": first, "new": PASSWORD, "again": PASSWORD, "form": self.form("/desk/password")}
        assert self.http.post("/desk/password", data=fields).headers["location"] == "/desk/"

    def form(self, path: str) -> str:
        """The hidden field of a form."""
        found = _FORM.search(self.http.get(path).text)
        assert found
        return found[1]

    def sign_in(self, password: str = PASSWORD) -> httpx.Response:
        """Fill in the login form."""
        fields = {"login": self.login, "password": password, "form": self.form("/desk/login")}
        return self.http.post("/desk/login", data=fields)

    @property
    def cookie(self) -> str:
        """The session."""
        return str(self.http.cookies["luebao_desk"])


def made(front: Front, login: str, name: str, role: str) -> str:
    """`front staff add` on the front's database; the one-time password."""
    command = [sys.executable, "-m", "front", "staff", "add", login, "--name", name, "--role", role]
    said = subprocess.run(command, env=front.environment, check=True, capture_output=True, text=True).stdout
    found = re.search(r"初始密码 (\w+)", said)
    assert found
    return found[1]


@pytest.fixture
def hire(front: Front) -> Iterator[Callable[..., Person]]:
    """Makes members of staff: hire("wang", "王丽", "lead")."""
    people: list[Person] = []

    def hire(login: str, name: str, role: str = "agent", at: Front | None = None) -> Person:
        people.append(Person(at or front, login, name, role))
        return people[-1]

    yield hire
    for person in people:
        person.http.close()


@pytest.fixture(scope="session")
def chromiums() -> Iterator[Callable[[int], Chrome]]:
    """Browsers by number, each with cookies of its own, started when first wanted."""
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not program or not driver:
        pytest.skip("没有 chromium：apt-get install -y chromium chromium-driver fonts-noto-cjk")
    started: dict[int, Chrome] = {}

    def get(number: int) -> Chrome:
        if number not in started:
            options = ChromeOptions()
            options.binary_location = program
            flags = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --lang=zh-CN"
            for flag in [*flags.split(), "--disable-background-networking", "--window-size=1440,900"]:
                options.add_argument(flag)
            options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
            started[number] = Chrome(options=options, service=Service(driver))
        return started[number]

    yield get
    for browser in started.values():
        browser.quit()


@pytest.fixture
def seat(chromiums: Callable[[int], Chrome]) -> Iterator[Callable[..., Chrome]]:
    """Seats a person at a browser of his own, at a page of the desk: seat(wang, "/desk/")."""
    seated: list[Chrome] = []

    def seat(person: Person, path: str = "/desk/", dark: bool = False) -> Chrome:
        browser = chromiums(len(seated))
        seated.append(browser)
        browser.get("about:blank")
        browser.execute_cdp_cmd("Network.enable", {})
        browser.execute_cdp_cmd("Network.clearBrowserCookies", {})
        cookie = {"name": "luebao_desk", "value": person.cookie, "url": f"{person.front.url}/desk", "path": "/desk"}
        browser.execute_cdp_cmd("Network.setCookie", {**cookie, "httpOnly": True, "sameSite": "Strict"})
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        browser.get(f"{person.front.url}{path}")
        return browser

    yield seat
    for browser in seated:
        browser.get("about:blank")


def types_day(field: WebElement, digits: str) -> None:
    """Type a day over the one in the field, digits alone; it is written as 2026-01-20 whatever the browser speaks."""
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys(digits)
    assert field.get_property("value") == f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"


def shot(browser: Chrome, name: str, folder: Path = Path("/tmp")) -> None:
    """A screenshot to look at."""
    browser.save_screenshot(str(folder / f"desk-{name}.png"))
