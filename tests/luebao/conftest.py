"""The office's real knowledge, and a copy of it that a test may break."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from luebao.knowledge import Knowledge, load
from tests.luebao.clerk import KNOWLEDGE, Clerk


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load(KNOWLEDGE)


@pytest.fixture
def clerk(tmp_path: Path) -> Clerk:
    """A clerk with a copy of the real knowledge."""
    shutil.copytree(KNOWLEDGE, tmp_path / "knowledge")
    return Clerk(tmp_path / "knowledge")


@pytest.fixture
def small_office(tmp_path: Path) -> Clerk:
    """A clerk with an empty knowledge folder, for the test to fill."""
    (tmp_path / "small").mkdir()
    return Clerk(tmp_path / "small")
