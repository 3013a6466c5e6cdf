"""What is wrong in the knowledge base, told so that a clerk can mend it."""

from __future__ import annotations

import attrs


@attrs.frozen(order=True)
class Problem:
    """One thing to mend: the file and line (1-based), what is wrong, and what to do about it."""

    file: str
    line: int
    wrong: str
    todo: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.wrong}。{self.todo}。"
