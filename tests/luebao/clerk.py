"""A clerk at work on a knowledge folder: changes its files, and asks what the check says."""

from __future__ import annotations

from pathlib import Path

from luebao.knowledge import Knowledge, KnowledgeError, Problem, load

KNOWLEDGE = Path(__file__).resolve().parents[2] / "knowledge"
SMALL_OFFICE = Path(__file__).resolve().parent / "small"


class Clerk:
    """Works on the files of `folder`, a copy of the real knowledge or of a small one made up for tests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, file: str) -> str:
        return (self.folder / file).read_text(encoding="utf-8")

    def write(self, file: str, text: str) -> None:
        (self.folder / file).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / file).write_text(text, encoding="utf-8")

    def change(self, file: str, old: str, new: str, below: str = "") -> None:
        """Put `new` in the place of the first `old` from `below` on."""
        text = self.read(file)
        at = self._find(file, old, below)
        self.write(file, text[:at] + new + text[at + len(old) :])

    def line(self, file: str, text: str, below: str = "") -> int:
        """The line on which `text` begins, the first from `below` on."""
        return self.read(file).count("\n", 0, self._find(file, text, below)) + 1

    def knowledge(self) -> Knowledge:
        """What the files say. Raises KnowledgeError where they are wrong."""
        return load(self.folder)

    def problems(self) -> list[Problem]:
        """Everything the check says in one run."""
        try:
            self.knowledge()
        except KnowledgeError as error:
            return error.problems
        return []

    def _find(self, file: str, text: str, below: str) -> int:
        whole = self.read(file)
        start = whole.find(below)
        at = whole.find(text, start)
        if min(start, at) < 0:
            raise LookupError(f"{file} 里“{below.strip()}”以下没有“{text}”：知识库改过了，请改测试里的这一处")
        return at


def where(problems: list[Problem], says: str) -> list[tuple[str, int]]:
    """File and line of each problem in which the check says `says`."""
    return [(problem.file, problem.line) for problem in problems if says in str(problem)]
