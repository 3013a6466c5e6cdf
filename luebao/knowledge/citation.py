"""Where an answer comes from, in words."""

from __future__ import annotations

from collections.abc import Iterator

from luebao.knowledge.model import Knowledge, Source


def citations(clauses: list[str], knowledge: Knowledge) -> list[str]:
    """One line for each document: its title, the sections, and its date or that it prints none."""
    lines = []
    for source, ids in _by_source(clauses, knowledge):
        sections = "、".join(source.clauses[id].at for id in ids)
        when = "（2021年春节期间印发，文件未印日期）" if source.dated else "（文件未载明日期）"
        lines.append(f"《{source.title}》{sections}{when}")
    return lines


def short_citation(clauses: list[str], knowledge: Knowledge) -> str:
    """The first document in its short name, for an SMS: （便民措施）, or （便民措施等） where there are more."""
    shorts = [source.short for source, _ in _by_source(clauses, knowledge)]
    return f"（{shorts[0]}{'等' if len(shorts) > 1 else ''}）"


def _by_source(clauses: list[str], knowledge: Knowledge) -> Iterator[tuple[Source, list[str]]]:
    for source in knowledge.sources.values():
        ids = [id for id in source.clauses if id in clauses]
        if ids:
            yield source, ids
