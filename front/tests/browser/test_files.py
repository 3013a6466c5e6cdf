"""What the page is made of: small, of one piece, and fit for old phones."""

import re
from pathlib import Path

import esprima
import pytest

PAGE = Path(__file__).parents[2] / "front" / "web"
FILES = sorted(PAGE.iterdir())
SCRIPTS = [file for file in FILES if file.suffix == ".js"]


def test_the_whole_page_is_small() -> None:
    assert sum(file.stat().st_size for file in FILES) < 60 * 1024


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_script_is_es2017(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    esprima.parseScript(text)  # knows ES2017 and nothing newer
    assert not re.search(
        r"\.(flat|flatMap|replaceChildren|replaceAll|at|matchAll|finally)\(|fromEntries|structuredClone", text
    )


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_script_never_makes_markup_or_code_of_text(script: Path) -> None:
    never = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|\.style\.cssText|srcdoc"
    assert not re.search(never, script.read_text(encoding="utf-8"))


def test_nothing_comes_from_elsewhere() -> None:
    for file in FILES:
        if file.suffix in (".png", ".ico"):
            continue
        found = re.findall(r"https?://[^\s'\"<>)]+", file.read_text(encoding="utf-8"))
        assert set(found) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}, file.name


def test_no_script_or_style_inside_the_page() -> None:
    html = (PAGE / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?! src=)|javascript:", html)
    assert set(re.findall(r'(?:src|href)="([\w.]+)"', html)) <= {file.name for file in FILES}


def test_styles_are_of_2019_or_older() -> None:
    css = (PAGE / "app.css").read_text(encoding="utf-8")
    newer = r":(has|is|where)\(|\b(clamp|min|max)\(|\binset:|aspect-ratio|\d[dsl]v[hw]\b|@(layer|container)|[^-]gap:|&"
    assert not re.search(newer, css)


def test_every_script_stays_readable() -> None:
    assert [
        file.name
        for file in FILES
        if file.suffix in (".js", ".css", ".html") and len(file.read_text().splitlines()) > 300
    ] == []
