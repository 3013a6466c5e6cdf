"""Fixtures that start the real thing. The model must be there: `make test` trains it first."""

from __future__ import annotations

import importlib.util
import secrets
from collections.abc import Iterator

import pytest

from tests.running import ROOT, RunningBrain

HAS_RASA = importlib.util.find_spec("rasa") is not None


@pytest.fixture(scope="session")
def brain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBrain]:
    """One brain for all tests that only talk to it."""
    if not HAS_RASA:
        pytest.skip("这个环境没有 Rasa（luebao 单独的环境）")
    if not (ROOT / "models" / "luebao.tar.gz").is_file():
        pytest.fail("还没有训练模型。请执行 make train，或用 make test 一次做完")
    running = RunningBrain(tmp_path_factory.mktemp("brain"))
    yield running
    running.stop()


@pytest.fixture
def citizen() -> str:
    """A citizen nobody has talked to yet."""
    return f"citizen-{secrets.token_hex(6)}"
