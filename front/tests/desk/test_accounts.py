"""Accounts: who gets in, who does not, and who may do what."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable

import httpx
import pytest
from conftest import Front
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from desk.conftest import PASSWORD, Person, made

Hire = Callable[..., Person]
HTML = {"accept": "text/html"}


def database(front: Front) -> sqlite3.Connection:
    return sqlite3.connect(front.environment["LUEBAO_DATABASE_URL"].removeprefix("sqlite:///"))


def test_nobody_gets_in_without_signing_in(front: Front) -> None:
    with httpx.Client(base_url=front.url, trust_env=False) as stranger:
        for path in ("/desk", "/desk/", "/desk/staff", "/desk/_nicegui/x", "/desk/../desk/staff"):
            sent = stranger.get(path, headers=HTML)
            assert (sent.status_code, sent.headers["location"]) == (303, "/desk/login"), path
            assert stranger.get(path).status_code == 401
        assert stranger.get("/desk/login").status_code == 200


def test_a_citizens_session_opens_no_desk(front: Front, browser: httpx.Client) -> None:
    cookie = browser.cookies["luebao_session"]
    assert browser.get("/desk/staff").status_code == 401
    assert httpx.get(f"{front.url}/desk/", cookies={"luebao_desk": cookie}, trust_env=False).status_code == 401


def test_every_page_has_our_icon_and_the_address_browsers_try_has_it_too(front: Front, hire: Hire) -> None:
    wang = hire("wang", "王丽")
    for page in ("/", "/desk/login", "/desk/"):
        link = re.search(r'<link[^>]*rel="[^"]*icon"[^>]*>', wang.http.get(page).text)
        address = link and re.search(r'href="([^"]+)"', link[0])
        assert address, page
        icon = wang.http.get(str(httpx.URL(f"{front.url}{page}").join(address[1])))
        assert icon.status_code == 200 and icon.headers["content-type"].startswith("image/svg"), (page, address[1])
        assert "#0b4f8a" in icon.text  # ours, not NiceGUI's
    tried = httpx.get(f"{front.url}/favicon.ico", trust_env=False)
    assert tried.status_code == 200 and tried.content.startswith(b"\0\0\1\0")
    assert tried.headers["content-type"] in ("image/vnd.microsoft.icon", "image/x-icon")


def test_a_one_time_password_opens_nothing_but_the_form_for_a_new_one(front: Front, hire: Hire) -> None:
    hire("boss", "张主任", "admin")
    first = made(front, "li", "李明", "agent")
    with httpx.Client(base_url=front.url, trust_env=False, headers={"Origin": front.url}) as http:
        form = http.get("/desk/login").text.split('name="form" value="')[1].split('"')[0]
        http.post("/desk/login", data={"login": "li", "password": first, "form": form})
        assert http.get("/desk/", headers=HTML).headers["location"] == "/desk/password"
        assert http.get("/desk/", headers={"accept": "*/*"}).status_code == 401


@pytest.mark.parametrize("new", ["short", "aaaaaaaaaaaa", "wang"])
def test_a_weak_password_is_refused_with_the_reason(hire: Hire, new: str) -> None:
    wang = hire("wang", "王丽")
    fields = {"old": PASSWORD, "new": new, "again": new, "form": wang.form("/desk/password")}
    said = wang.http.post("/desk/password", data=fields)
    assert said.status_code == 422
    assert "新密码至少10位" in said.text


def test_five_wrong_passwords_lock_the_account_and_the_log_says_so(front: Front, hire: Hire) -> None:
    wang = hire("wang", "王丽")
    for _ in range(5):
        assert "登录名或密码不对" in wang.sign_in("wrong").text
    assert "已锁定15分钟" in wang.sign_in(PASSWORD).text
    with database(front) as rows:
        actions = [row[0] for row in rows.execute("SELECT action FROM audit WHERE who = 'wang'")]
    assert actions.count("login.failed") == 4
    assert actions.count("login.locked") == 1


def test_an_unknown_login_is_told_the_same_as_a_wrong_password(hire: Hire) -> None:
    wang = hire("wang", "王丽")
    fields = {"login": "nobody", "password": "x", "form": wang.form("/desk/login")}
    assert "登录名或密码不对" in wang.http.post("/desk/login", data=fields).text


def test_a_post_from_another_site_or_without_our_form_is_refused(front: Front, hire: Hire) -> None:
    wang = hire("wang", "王丽")
    stolen = {"login": "wang", "password": PASSWORD, "form": wang.form("/desk/login")}
    for origin in ("https://evil.example", "null", ""):
        assert wang.http.post("/desk/login", data=stolen, headers={"Origin": origin}).status_code == 403
    assert wang.http.post("/desk/login", data={**stolen, "form": "made-up"}).status_code == 422
    assert wang.http.post("/desk/logout", headers={"Origin": "https://evil.example"}).status_code == 403
    assert wang.http.get("/desk/password").status_code == 200


def test_a_password_reset_and_a_disabled_account_end_the_session(front: Front, hire: Hire) -> None:
    import subprocess
    import sys

    wang, li = hire("wang", "王丽"), hire("li", "李明")
    for person, command in ((wang, "reset"), (li, "disable")):
        assert person.http.get("/desk/password").status_code == 200
        arguments = [sys.executable, "-m", "front", "staff", command, person.login]
        subprocess.run(arguments, env=front.environment, check=True, capture_output=True)
        assert person.http.get("/desk/password").status_code == 401
    assert "登录名或密码不对" in li.sign_in().text


def test_sessions_end_by_themselves(front: Front, hire: Hire) -> None:
    wang = hire("wang", "王丽")
    with database(front) as rows:
        rows.execute("UPDATE staff_sessions SET seen_at = seen_at - 2.1 * 3600")
    assert wang.http.get("/desk/password").status_code == 401


def test_the_audit_log_refuses_changes(front: Front, hire: Hire) -> None:
    hire("wang", "王丽")
    with database(front) as rows:
        for statement in ("UPDATE audit SET who = 'x'", "DELETE FROM audit"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                rows.execute(statement)


def test_the_last_administrator_stays(front: Front, hire: Hire) -> None:
    import subprocess
    import sys

    hire("boss", "张主任", "admin")
    arguments = [sys.executable, "-m", "front", "staff", "disable", "boss"]
    said = subprocess.run(arguments, env=front.environment, capture_output=True, text=True, check=False)
    assert said.returncode == 1
    assert "至少要留一个能用的管理员" in said.stderr


def test_an_agent_does_not_see_the_administrators_page(hire: Hire, seat: Callable[..., Chrome]) -> None:
    browser = seat(hire("wang", "王丽"), "/desk/staff")
    WebDriverWait(browser, 10).until(lambda b: "不能看“人员”" in b.find_element(By.TAG_NAME, "body").text)


def test_an_administrator_adds_a_colleague_who_can_sign_in(
    front: Front, hire: Hire, seat: Callable[..., Chrome]
) -> None:
    boss = hire("boss", "张主任", "admin")
    browser = seat(boss, "/desk/staff")
    wait = WebDriverWait(browser, 10)
    wait.until(lambda b: b.find_element(By.XPATH, "//button[contains(., '添加人员')]")).click()
    name, login = wait.until(lambda b: b.find_elements(By.CSS_SELECTOR, ".q-dialog input[type=text]"))[:2]
    name.send_keys("李明")
    login.send_keys("li.ming")
    browser.find_element(By.XPATH, "//div[contains(@class,'q-dialog')]//button[contains(., '添加')]").click()
    shown = wait.until(lambda b: b.find_element(By.CSS_SELECTOR, ".text-2xl")).text
    with httpx.Client(base_url=front.url, trust_env=False, headers={"Origin": front.url}) as http:
        form = http.get("/desk/login").text.split('name="form" value="')[1].split('"')[0]
        said = http.post("/desk/login", data={"login": "li.ming", "password": shown, "form": form})
    assert said.headers["location"] == "/desk/"
