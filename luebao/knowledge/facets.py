"""What a message may say about the citizen's case, beside what it asks: the words a `when` may use."""

from __future__ import annotations

Facets = dict[str, str]

# facet → its values, with how an answer would call them
FACETS: dict[str, tuple[str, ...]] = {
    "region": ("市内", "省内", "跨省"),
    "direction": ("out", "in"),
    "stage": ("before", "in", "after"),
    "term": ("long", "temporary"),
    "disease": ("five", "other"),
    "app": ("wechat", "alipay", "national", "aishandong"),
    "channel": ("online", "offline"),
}
# The citizen's own words, to be repeated in an answer: {{ case.place }}, {{ case.disease }}.
REPEATED = ("place", "disease")


def fits(when: Facets, said: Facets) -> bool:
    """Whether what was said meets every condition of a case."""
    return all(said.get(name) == value for name, value in when.items())
