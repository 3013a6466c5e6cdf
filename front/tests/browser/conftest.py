"""A browser for all tests of the page, a server for each."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from browser.page import Page, Server

NEEDED = "没有 chromium：apt-get install -y chromium chromium-driver fonts-noto-cjk"
AXE = "4.14.1"
AXE_SHA256 = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chrome]:
    """Debian's chromium, without a screen."""
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not program or not driver:
        pytest.skip(NEEDED)
    options = ChromeOptions()
    options.binary_location = program
    for flag in ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--lang=zh-CN"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = Chrome(options=options, service=Service(driver))
    yield browser
    browser.quit()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server that is up."""
    server = Server(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def page(chromium: Chrome, server: Server) -> Iterator[Page]:
    """A person who has never been here; afterwards, nothing may have broken the page's own security policy."""
    chromium.execute_cdp_cmd("Network.enable", {})
    chromium.execute_cdp_cmd("Network.clearBrowserCookies", {})
    chromium.get_log("browser")
    yield Page(chromium, server)
    log = [line["message"] for line in chromium.get_log("browser") if line["level"] == "SEVERE"]
    chromium.get("about:blank")
    assert [line for line in log if "Failed to load resource" not in line and "net::ERR" not in line] == []


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core, from npm, checked, kept for the next time."""
    kept = Path.home() / ".cache" / "luebao" / f"axe-core-{AXE}.min.js"
    if not kept.exists():
        if not shutil.which("npm"):
            pytest.skip("没有 npm，取不到 axe-core：apt-get install -y npm")
        kept.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "pack", f"axe-core@{AXE}"], cwd=kept.parent, check=True, capture_output=True)
        with tarfile.open(kept.parent / f"axe-core-{AXE}.tgz") as package:
            script = package.extractfile("package/axe.min.js")
            assert script
            kept.write_bytes(script.read())
    text = kept.read_bytes()
    assert hashlib.sha256(text).hexdigest() == AXE_SHA256, f"{kept} 与预期不符，请删掉后重试"
    return text.decode("utf-8")
