"""Read the folder `knowledge/` into a Knowledge, or tell everything that is wrong with it in one go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import attrs

from luebao.knowledge import model
from luebao.knowledge.guide import Checklist, Guide
from luebao.knowledge.problem import Problem
from luebao.knowledge.strict_yaml import Document, Path_, read
from luebao.knowledge.structure import structure

T = TypeVar("T")


class KnowledgeError(Exception):
    """The knowledge base has problems; `problems` lists all of them."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@attrs.frozen
class Place:
    """Where a thing of the knowledge base is written."""

    document: Document
    path: Path_

    def problem(self, field: Path_, wrong: str, todo: str, offset: int = 0) -> Problem:
        """A problem at `field` of this thing; `offset` counts lines below the field's own line."""
        line = self.document.line((*self.path, *field)) + offset
        return Problem(self.document.name, line, wrong, todo)


@attrs.define
class Draft:
    """What was read: the knowledge, the place of each thing by (kind, id), and the problems met so far.

    `complete` is False where something could not be read at all, so that ids may only seem to lead nowhere.
    """

    knowledge: model.Knowledge
    places: dict[tuple[str, str], Place]
    problems: list[Problem]
    complete: bool = True


def load(root: Path) -> model.Knowledge:
    """Load and check the knowledge base under `root`.

    Raises KnowledgeError with every problem of the run: wrong YAML, unknown or duplicate keys, dangling ids,
    bare figures, uncovered clauses and the rest of luebao.knowledge.check.
    """
    from luebao.knowledge.check import check

    draft = draft_of(root)
    problems = sorted(draft.problems + check(draft))
    if problems:
        raise KnowledgeError(problems)
    return draft.knowledge


def draft_of(root: Path) -> Draft:
    """Read everything under `root` as far as it can be read, without the checks across files."""
    if not root.is_dir():
        raise KnowledgeError([Problem(str(root), 1, "找不到知识库文件夹", "请用 --dir 指明 knowledge 文件夹")])
    return _Reader(root).draft()


class _Reader:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self.places: dict[tuple[str, str], Place] = {}
        self.categories: dict[str, str] = {}  # the title of each file of entries
        self.complete = True

    def draft(self) -> Draft:
        knowledge = model.Knowledge(
            sources=self._list_file("sources", "documents", model.Source),
            facts=self._category_files("facts", model.Fact),
            routes=self._list_file("routes", "routes", model.Route),
            scopes=self._single_files("scopes", model.Scope),
            guides=self._single_files("guides", Guide),
            signs=self._list_file("conditions/signs", "signs", model.Sign),
            lines=self._list_file("conditions/lines", "lines", model.Line),
            asides=self._list_file("conditions/asides", "asides", model.Aside),
            checklists=self._list_file("checklists", "checklists", Checklist),
            deadlines=self._list_file("deadlines", "deadlines", model.Deadline),
            entries=self._category_files("entries", model.Entry),
            conflicts=self._list_file("conflicts", "conflicts", model.Conflict),
            unanswered=self._list_file("out_of_scope", "classes", model.Unanswered),
            replies=self._list_file("replies", "replies", model.StandardReply),
            categories=self.categories,
        )
        return Draft(knowledge, self.places, self.problems, self.complete)

    def _read(self, file: Path) -> Document | None:
        if not file.exists():
            name = str(file.relative_to(self.root.parent))
            self.problems.append(Problem(name, 1, "缺少这个文件", "请补上，格式见 docs/reference/knowledge.md"))
            self.complete = False
            return None
        document = read(file, self.root)
        self.problems += document.problems
        if document.problems and document.data is None:
            self.complete = False
            return None
        return document

    def _list_file(self, name: str, key: str, kind: Callable[..., T]) -> dict[str, T]:
        document = self._read(self.root / f"{name}.yml")
        return self._items(document, key, kind, name) if document and self._shape(document, {key}) else {}

    def _category_files(self, folder: str, kind: Callable[..., T]) -> dict[str, T]:
        things: dict[str, T] = {}
        for file in self._files(folder):
            document = self._read(file)
            keys = {"category", "title", folder}
            if not document or not self._shape(document, keys):
                continue
            if not all(isinstance(document.data[key], str) for key in keys - {folder}):
                self.problems.append(Problem(document.name, 1, "category、title 应当各是一行文字", "请改成文字"))
                self.complete = False
                continue
            if document.data["category"] != file.stem:
                wrong = f"category 是 {document.data['category']}，与文件名 {file.name} 不同"
                todo = f"请写 category: {file.stem}"
                self.problems.append(Problem(document.name, document.line(("category",)), wrong, todo))
            if folder == "entries":
                self.categories[file.stem] = document.data["title"]
            things |= self._items(document, folder, kind, folder)
        return things

    def _single_files(self, folder: str, kind: Callable[..., T]) -> dict[str, T]:
        """A folder with one thing a file."""
        things: dict[str, T] = {}
        for file in self._files(folder):
            document = self._read(file)
            if document:
                things |= self._thing(document, document.data, (), kind, folder)
        return things

    def _files(self, folder: str) -> Iterable[Path]:
        for file in sorted((self.root / folder).glob("*.yaml")):
            name = str(file.relative_to(self.root.parent))
            self.problems.append(Problem(name, 1, "文件名以 .yaml 结尾，不会被读取", f"请改名为 {file.stem}.yml"))
        return sorted((self.root / folder).glob("*.yml"))

    def _shape(self, document: Document, keys: set[str]) -> bool:
        data = document.data
        found = set(data) if isinstance(data, dict) else set()
        for key in sorted(found - keys):
            todo = f"文件的第一层只能写：{'、'.join(sorted(keys))}"
            self.problems.append(Problem(document.name, document.line((key,)), f"不认识的键 {key}", todo))
        for key in sorted(keys - found):
            self.problems.append(Problem(document.name, 1, f"缺少 {key}", "请补上这一项"))
        if not keys <= found:
            self.complete = False
        return keys <= found

    def _items(self, document: Document, key: str, kind: Any, name: str) -> dict[str, Any]:
        things: dict[str, Any] = {}
        items = document.data[key]
        if not isinstance(items, list):
            wrong = f"{key} 应当是一个列表"
            self.problems.append(Problem(document.name, document.line((key,)), wrong, "请每项以“- id: …”开头"))
            self.complete = False
            return things
        for index, data in enumerate(items):
            things |= self._thing(document, data, (key, index), kind, name)
        return things

    def _thing(self, document: Document, data: Any, path: Path_, kind: Any, name: str) -> dict[str, Any]:
        thing, mistakes = structure(data, kind, path)
        self.problems += [
            Problem(document.name, document.line(mistake.path), mistake.wrong, mistake.todo) for mistake in mistakes
        ]
        if thing is None:
            self.complete = False
            return {}
        return dict(self._placed(document, thing, path, name))

    def _placed(self, document: Document, thing: Any, path: Path_, name: str) -> Iterator[tuple[str, Any]]:
        first = self.places.get((name, thing.id))
        if first:
            where = f"{first.document.name} 第 {first.document.line((*first.path, 'id'))} 行"
            line = document.line((*path, "id"))
            self.problems.append(Problem(document.name, line, f"编号 {thing.id} 重复，{where}已有", "请换一个编号"))
            self.complete = False
            return
        self.places[(name, thing.id)] = Place(document, path)
        yield thing.id, thing
