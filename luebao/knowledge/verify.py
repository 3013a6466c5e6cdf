"""Compare the knowledge base with the texts it was made from, where the office has them at hand."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import attrs

from luebao.knowledge.load import Draft
from luebao.knowledge.model import Source
from luebao.knowledge.problem import Problem


@attrs.frozen
class Verified:
    """What a run found: how many values and names were compared, and the problems."""

    compared: int
    problems: list[Problem]


def verify(draft: Draft, folder: Path) -> Verified:
    """Check each fact's value, route's name and list item against the text of the clause it cites.

    `folder` holds the source documents under the file names of sources.yml.
    """
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for source in draft.knowledge.sources.values():
        problems += _read(draft, source, folder, texts)
    compared = 0
    for place, field, clause, wanted in _claims(draft):
        compared += 1
        if clause in texts and not _stands_in(wanted, texts[clause]):
            wrong = f"条款 {clause} 的原文里没有“{wanted}”"
            problems.append(place.problem(field, wrong, "请对照原文更正，或改引正确的条款"))
    return Verified(compared, sorted(problems))


def _claims(draft: Draft) -> Iterator[tuple]:  # type: ignore[type-arg]
    """(place, field, clause, wanted text) of everything that must stand in a source."""
    knowledge = draft.knowledge
    for fact in knowledge.facts.values():
        for index, value in enumerate(fact.values):
            if not value.counted:
                wanted = value.written or value.value + fact.unit
                # Written in the source's own way, it must still be this value that is written.
                wanted = wanted if _stands_in(value.value, _plain(wanted)) else value.value + fact.unit
                yield draft.places[("facts", fact.id)], ("values", index), value.clause, wanted
    for route in knowledge.routes.values():
        place = draft.places[("routes", route.id)]
        yield place, ("name",), route.clause, route.name
        if route.url:
            yield place, ("url",), route.url_clause, route.url
        for index, use in enumerate(route.can):
            for step in filter(None, use.path.split("→")):
                yield place, ("can", index), use.clause, step.removesuffix("的医保电子凭证")
    for scope in knowledge.scopes.values():
        for index, item in enumerate(scope.items):
            yield draft.places[("scopes", scope.id)], ("items", index), scope.clause, item.text


def _read(draft: Draft, source: Source, folder: Path, texts: dict[str, str]) -> Iterator[Problem]:
    place = draft.places[("sources", source.id)]
    file = folder / source.file
    if not file.is_file():
        yield place.problem(("file",), f"找不到原文 {file}", "请把原文放进 --sources 指明的文件夹")
        return
    raw = file.read_bytes()
    if hashlib.sha256(raw).hexdigest() != source.sha256:
        yield place.problem(
            ("sha256",), f"{file.name} 与登记时的文件不同（sha256 不符）", "请核对是不是换了版本，再更新条款与 sha256"
        )
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        yield place.problem(("file",), f"{file.name} 不是 UTF-8 编码", "请用 UTF-8 另存后再核对")
        return
    starts, at = [], 0
    for id, clause in source.clauses.items():
        found = text.find(clause.begins, at)
        if found < 0:
            yield place.problem(("clauses", id), f"原文里找不到条款 {id} 的开头“{clause.begins}”", "请更正 begins")
            continue
        starts.append((id, found))
        at = found + len(clause.begins)
    for number, (id, start) in enumerate(starts):
        end = starts[number + 1][1] if number + 1 < len(starts) else len(text)
        texts[id] = _plain(text[start if number else 0 : end])


def _stands_in(wanted: str, plain_text: str) -> bool:
    """Whether a text says this, and not only as the end of a longer number (5个工作日 in 15个工作日)."""
    return (
        re.search(
            r"(?<![0-9])" + re.escape(_plain(wanted)) if wanted[:1].isdigit() else re.escape(_plain(wanted)), plain_text
        )
        is not None
    )


def _plain(text: str) -> str:
    """Without the differences that carry no meaning: width, spaces, dashes and quotation marks."""
    return re.sub(r"[\s“”\"'《》\-]+", "", unicodedata.normalize("NFKC", text))
