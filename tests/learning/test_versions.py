"""Models that were in service are kept with what they had learned, and put back in one step."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("rasa", reason="这个环境没有 Rasa")

from scripts import versions


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A models/ of our own, with a model in service that learned nothing."""
    folder = tmp_path / "models"
    places = {"MODEL": "luebao.tar.gz", "INPUTS": "luebao.inputs", "KEPT": "kept", "HISTORY": "history.json"}
    for name, file in places.items():
        monkeypatch.setattr(versions, name, folder / file)
    learned = tmp_path / "learned.yml"
    monkeypatch.setattr(versions, "LEARNED", learned)
    put = versions.learned.put
    monkeypatch.setattr(versions.learned, "put", lambda content: put(content, learned))
    folder.mkdir()
    (folder / "luebao.tar.gz").write_text("model 0")
    (folder / "luebao.inputs").write_text("inputs 0")
    return folder


def served(models: Path) -> tuple[str, str, str]:
    """The model in service, the hash of its inputs, and what it learned."""
    learned = models.parent / "learned.yml"
    said = learned.read_text() if learned.is_file() else ""
    return (models / "luebao.tar.gz").read_text(), (models / "luebao.inputs").read_text(), said


def learn(models: Path, number: int) -> None:
    """Version `number` comes into service."""
    candidate = models / "candidate.tar.gz"
    candidate.write_text(f"model {number}")
    versions.put_in_service(candidate, f"learned {number}".encode(), f"inputs {number}", f"2026112{number}-100000")


def test_each_version_is_put_back_with_what_it_had_learned(models: Path) -> None:
    learn(models, 1)
    learn(models, 2)
    assert served(models) == ("model 2", "inputs 2", "learned 2")
    assert versions.roll_back() == "20261122-100000"
    assert served(models) == ("model 1", "inputs 1", "learned 1")
    versions.roll_back()
    assert served(models) == ("model 0", "inputs 0", "")
    with pytest.raises(versions.NothingKept, match="退不回去"):
        versions.roll_back()


def test_the_last_five_are_kept(models: Path) -> None:
    for number in range(1, 8):
        learn(models, number)
    assert versions.names() == [f"2026112{number}-100000" for number in range(3, 8)]


def test_the_record_says_what_happened_in_order(models: Path) -> None:
    versions.record({"name": "a", "result": "refused"})
    versions.record({"name": "b", "result": "in_service"})
    assert [one["name"] for one in versions.history()] == ["a", "b"]
