"""What was found, as HTML with the matching parts marked. Every text is escaped here."""

from __future__ import annotations

from html import escape

from front.desk.assistant.search import Hit, Match


def marked(match: Match) -> str:
    """A text with its spans in <mark>."""
    parts, at = [], 0
    for start, end in sorted(match.spans):
        if start >= at:
            parts += [escape(match.text[at:start]), f"<mark>{escape(match.text[start:end])}</mark>"]
            at = end
    return "".join([*parts, escape(match.text[at:])])


def hit_html(hit: Hit) -> str:
    """One line of the list: what it is, its title, and where the words were found."""
    kind = "" if hit.kind == "条目" else f'<span class="tag">{escape(hit.kind)}</span> '
    why = ""
    if hit.match:
        why = f'<div class="hit-why"><span class="hit-where">{escape(hit.match.where)}</span> {marked(hit.match)}</div>'
    return f'<div class="hit-title">{kind}{marked(hit.title)}</div>{why}'
