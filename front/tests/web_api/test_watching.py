"""Limits, health, metrics, logs and the operator's commands of a real front."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from conftest import Front
from rasa_peer import Rasa


def ready(front: Front) -> tuple[int, dict[str, str], float]:
    """Status, checks, and how long it took."""
    time.sleep(1.1)  # a result is shared for a second
    started = time.monotonic()
    response = httpx.get(f"{front.url}/readyz", trust_env=False, timeout=10)
    return response.status_code, response.json()["checks"], time.monotonic() - started


def test_one_person_and_one_address_are_slowed_down(tmp_path: Path, start_front: Callable[..., Front]) -> None:
    rates = {"LUEBAO_PERSON_RATE": "0.2", "LUEBAO_ADDRESS_RATE": "2"}
    front = start_front(f"sqlite:///{tmp_path / 'front.db'}", **rates)
    with httpx.Client(base_url=front.url, trust_env=False) as browser:
        browser.get("/")
        answers = [browser.post("/api/chat", json={"id": f"client-id-{n}", "text": "你好"}) for n in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert int(answers[-1].headers["Retry-After"]) >= 1 and "请稍等" in answers[-1].json()["error"]
        hot = [browser.get("/api/hot").status_code for _ in range(12)]
        assert hot[0] == 200 and hot[-1] == 429


def test_a_healthy_front_is_ready(front: Front) -> None:
    assert ready(front)[:2] == (200, {"database": "ok", "queue": "ok", "rasa": "ok"})
    assert httpx.get(f"{front.url}/livez", trust_env=False).status_code == 200


@pytest.mark.parametrize("mode", ["down", "slow", "empty", "wrong"])
def test_readyz_tells_a_rasa_that_does_not_answer(front: Front, rasa: Rasa, mode: str) -> None:
    rasa.mode = mode
    rasa.delay = 4.0 if mode == "slow" else 0.0
    if mode == "down":
        rasa.stop()
    status, checks, seconds = ready(front)
    assert status == 503 and mode in checks["rasa"] and checks["database"] == "ok"
    assert seconds < 5


def test_readyz_tells_a_database_that_cannot_be_written(front: Front, folder: Path) -> None:
    with sqlite3.connect(folder / "front.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        status, checks, seconds = ready(front)
        other.execute("ROLLBACK")
    assert status == 503 and checks["database"] != "ok" and seconds < 5
    time.sleep(3)
    assert ready(front)[0] == 200


def test_readyz_tells_an_old_queue(front: Front, browser: httpx.Client, folder: Path) -> None:
    browser.post("/api/chat", json={"id": "client-id-1", "text": "你好"})
    with sqlite3.connect(folder / "front.db") as other:
        held = "UPDATE conversations SET lease_owner='somebody', lease_until=lease_until+8"
        other.execute(held)
        other.execute("UPDATE inbound SET state='waiting', received_at=received_at-60")
    status, checks, _ = ready(front)
    with sqlite3.connect(folder / "front.db") as other:
        other.execute("UPDATE inbound SET state='done'")
    assert status == 503 and "已等了" in checks["queue"]


def test_metrics_count_and_name_nobody(front: Front, browser: httpx.Client) -> None:
    def counted(name: str) -> float:
        lines = httpx.get(f"{front.url}/metrics", trust_env=False).text.splitlines()
        assert not any("client-id" in line for line in lines)
        return sum(float(line.split()[-1]) for line in lines if line.startswith(name))

    names = ('luebao_received_total{channel="web"', 'luebao_answered_total{channel="web"', "luebao_brain_seconds_count")
    before = [counted(name) for name in names]
    browser.post("/api/chat", json={"id": "client-id-1", "text": "你好"})
    assert [counted(name) for name in names] == [count + 1 for count in before]


def test_metrics_behind_a_token(tmp_path: Path, start_front: Callable[..., Front]) -> None:
    front = start_front(f"sqlite:///{tmp_path / 'front.db'}", LUEBAO_METRICS_TOKEN="geheim")
    url = f"{front.url}/metrics"
    assert httpx.get(url, trust_env=False).status_code == 403
    assert httpx.get(url, trust_env=False, headers={"Authorization": "Bearer geheim"}).status_code == 200


def test_logs_are_json_without_what_people_wrote(tmp_path: Path, rasa: Rasa, start_front: Callable[..., Front]) -> None:
    front = start_front(f"sqlite:///{tmp_path / 'front.db'}")
    rasa.mode = "garbage"
    said = {"id": "client-id-1", "text": "我的手机13800138000怎么备案"}
    httpx.post(f"{front.url}/api/chat", json=said, trust_env=False)
    assert front.stop() == 0  # a clean stop, for systemd and Kubernetes
    assert front.process.stderr
    lines = front.process.stderr.read().decode().splitlines()
    events = [json.loads(line) for line in lines]
    assert any(event["event"] == "brain_failed" and event["why"] == "wrong" for event in events)
    assert "备案" not in "".join(lines) and "1380013" not in "".join(lines)


def front_command(front: Front, *words: str) -> str:
    command = [sys.executable, "-m", "front", *words]
    done = subprocess.run(command, env=front.environment, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_the_operator_erases_a_person_and_sees_the_dead_letters(
    front: Front, browser: httpx.Client, folder: Path
) -> None:
    browser.post("/api/chat", json={"id": "client-id-1", "text": "你好"})
    with sqlite3.connect(folder / "front.db") as other:
        other.execute("UPDATE outbox SET state='dead', note='没有关注' WHERE id = (SELECT max(id) FROM outbox)")
        (person,) = other.execute("SELECT person FROM conversations ORDER BY id DESC").fetchone()
    assert "没有关注" in front_command(front, "outbox", "list")
    assert "已放回 1 条" in front_command(front, "outbox", "resend", "--all")
    assert "已删除：回复1、市民的话1、会话1" in front_command(front, "erase", person, "--yes")
    assert browser.get("/api/chat/history").json() == {"messages": []}


def test_a_wrong_setting_is_named(front: Front) -> None:
    command = [sys.executable, "-m", "front", "migrate"]
    wrong = front.environment | {"LUEBAO_DATABASE_URL": "mysql://x"}
    done = subprocess.run(command, env=wrong, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "LUEBAO_DATABASE_URL 只认" in done.stderr


def test_a_redis_that_is_gone_is_named_and_the_front_stays_ready(
    tmp_path: Path, start_front: Callable[..., Front]
) -> None:
    front = start_front(f"sqlite:///{tmp_path / 'front.db'}", LUEBAO_REDIS_URL="redis://127.0.0.1:1/0")
    status, checks, seconds = ready(front)
    assert status == 200 and checks["redis"].startswith("degraded: Redis 没有应答") and seconds < 4


def test_a_front_that_cannot_start_says_so(front: Front) -> None:
    command = [sys.executable, "-m", "front", "serve", "--port", str(front.port)]
    done = subprocess.run(command, env=front.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "端口被占用" in done.stderr.splitlines()[-1]


def test_a_knowledge_base_that_cannot_be_read_is_said_without_a_traceback(front: Front, tmp_path: Path) -> None:
    environment = {**front.environment, "LUEBAO_KNOWLEDGE": str(tmp_path)}
    command = [sys.executable, "-m", "front", "serve", "--port", "1"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "Traceback" not in done.stderr, done.stderr
    assert "Error: " in done.stderr and "replies.yml:1: 缺少这个文件。" in done.stderr
