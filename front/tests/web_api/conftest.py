"""One front and one Rasa for all tests of a file: starting a process takes longer than asking it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Front
from rasa_peer import Rasa


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the shared front has its database."""
    return tmp_path_factory.mktemp("front")


@pytest.fixture(scope="module")
def one_rasa() -> Iterator[Rasa]:
    """The shared Rasa."""
    peer = Rasa()
    yield peer
    peer.stop()


@pytest.fixture
def rasa(one_rasa: Rasa) -> Rasa:
    """The shared Rasa as new."""
    one_rasa.reset()
    return one_rasa


@pytest.fixture(scope="module")
def one_front(folder: Path, one_rasa: Rasa) -> Iterator[Front]:
    """The shared front."""
    front = Front(f"sqlite:///{folder / 'front.db'}", one_rasa)
    yield front
    front.kill()


@pytest.fixture
def front(one_front: Front, rasa: Rasa) -> Front:
    """The shared front, with a Rasa that answers."""
    return one_front
