"""YAML as clerks mean it: every plain scalar stays the text that was typed, and every value knows its line.

PyYAML's own typing reads 8:30 as 510, `no` as False and 0631 as 409, and keeps the last of two equal keys
without a word; none of that may happen to a policy figure.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import yaml

from luebao.knowledge.problem import Problem

Path_ = tuple[str | int, ...]
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's, several times faster, where it is built in


@attrs.define
class Document:
    """One YAML file: its data (dict, list and str only) and the line of every value by its path.

    `blocks` are the paths of texts written under a | or >, which begin on the line below.
    """

    name: str
    data: Any = None
    lines: dict[Path_, int] = attrs.field(factory=dict)
    blocks: set[Path_] = attrs.field(factory=set)
    problems: list[Problem] = attrs.field(factory=list)

    def line(self, path: Path_) -> int:
        """The line of the value at `path`, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(file: Path, root: Path) -> Document:
    """Read one YAML file; what is wrong with it stands in `problems`, nothing is raised."""
    document = Document(str(file.relative_to(root.parent)))
    try:
        text = file.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=_LOADER)
        _refuse_aliases(text)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        document.problems.append(_unreadable(document.name, error))
        return document
    if node is not None:
        document.data = _plain(node, (), document)
    return document


def _refuse_aliases(text: str) -> None:
    """An alias (*name) may hold itself; a clerk has no use for one."""
    for token in yaml.scan(text, Loader=_LOADER):
        if isinstance(token, (yaml.AnchorToken, yaml.AliasToken)):
            raise yaml.MarkedYAMLError(problem="这里不能用 & 和 * 引用", problem_mark=token.start_mark)


def _unreadable(name: str, error: Exception) -> Problem:
    if isinstance(error, UnicodeDecodeError):
        return Problem(name, 1, "文件不是 UTF-8 编码", "请用 UTF-8 另存后再试")
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 1
    wrong = f"YAML 写法有误：{getattr(error, 'problem', None) or getattr(error, 'reason', '读不出来')}"
    return Problem(name, line, wrong, "请检查这一行的缩进、冒号和引号，有没有看不见的字符")


def _plain(node: Any, path: Path_, document: Document) -> Any:
    document.lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        if node.style in ("|", ">"):
            document.blocks.add(path)
        return node.value
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*path, index), document) for index, child in enumerate(node.value)]
    data: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        line, here = key_node.start_mark.line + 1, (*path, key)
        if key in data:
            wrong = f"键 {key} 写了两次（第一次在第 {document.lines[here]} 行）"
            document.problems.append(Problem(document.name, line, wrong, "请删去其中一个"))
            continue
        data[key] = _plain(value_node, here, document)
        if not isinstance(value_node, yaml.ScalarNode):
            document.lines[here] = line
    return data
