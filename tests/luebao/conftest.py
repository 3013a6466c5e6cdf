"""The office's real knowledge, and a copy of it that a test may break; and a small office made up for tests."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from luebao.knowledge import Knowledge, load
from tests.luebao.clerk import KNOWLEDGE, SMALL_OFFICE, Clerk


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
    """A clerk with a small, made-up knowledge; the text it was made from lies beside it, in sources/."""
    shutil.copytree(SMALL_OFFICE, tmp_path / "small")
    return Clerk(tmp_path / "small" / "knowledge")
