"""The things of the knowledge base, as the YAML files write them. docs/reference/knowledge.md lists every field."""

from __future__ import annotations

from datetime import date
from typing import Literal

import attrs

from luebao.knowledge.guide import Checklist, Guide
from luebao.knowledge.period import Holds, Since, Until, holds

Audience = Literal["威海参保人", "来威外地参保人", "单位", "所有人"]
Direction = Literal["out", "in", "none"]
EntryStatus = Literal["current", "dated"]
ClauseStatus = Literal["current", "dated", "replaced"]
RouteKind = Literal["app", "mini_program", "official_account", "site", "counter", "phone"]


@attrs.frozen
class Clause:
    """One numbered statement of a source document; `begins` finds it in the text, which is not part of the project."""

    at: str
    gist: str
    status: ClauseStatus
    begins: str
    see: list[str] = attrs.field(factory=list)


@attrs.frozen
class Source:
    """One document the office published. `dated` marks one that was written for one occasion."""

    id: str
    title: str
    short: str
    issuer: str
    kind: str
    date: Since
    dated: bool
    file: str
    sha256: str
    clauses: dict[str, Clause]


@attrs.frozen
class Value:
    """One value of a fact with its time; `written` is how the clause prints it, `counted` that nobody printed it."""

    value: str
    from_: Since
    until: Until
    clause: str
    written: str = ""
    counted: bool = False


@attrs.frozen
class Fact:
    """A figure, limit or phone number: stated here and nowhere else."""

    id: str
    label: str
    unit: str
    last_checked: Since
    values: list[Value]

    def value(self, as_of: date) -> Value | None:
        """The value that holds on `as_of` (surely, or as far as the source tells), or None."""
        fitting = [v for v in self.values if holds(v.from_, v.until, as_of) in (Holds.YES, Holds.UNSURE)]
        return fitting[0] if fitting else None

    def last(self) -> Value:
        """The value that holds longest: what is left to say when none holds."""
        return max(self.values, key=lambda v: (v.until.mark == "open", v.until.day or date.min))

    def former(self, as_of: date) -> Value | None:
        """The value that held last before the one of `as_of`, or None."""
        gone = [v for v in self.values if holds(v.from_, v.until, as_of) is Holds.NO_LONGER]
        return max(gone, key=lambda v: v.until.day or date.min) if gone else None


@attrs.frozen
class Use:
    """One matter that can be settled on a route, and the menu path to it."""

    matter: str
    clause: str
    path: str = ""


@attrs.frozen
class Route:
    """Where a citizen can do something. `name` is the official name, `label` how answers write it."""

    id: str
    name: str
    label: str
    kind: RouteKind
    clause: str
    can: list[Use]
    find: str = ""
    url: str = ""
    url_clause: str = ""


@attrs.frozen
class ScopeItem:
    """One line of a list, exactly as the source prints it."""

    id: str
    text: str
    specialty: str = ""

    def __str__(self) -> str:
        return f"{self.specialty}：{self.text}" if self.specialty else self.text


@attrs.frozen
class Scope:
    """A list of a source, such as the 急诊入院病种."""

    id: str
    title: str
    clause: str
    items: list[ScopeItem]


@attrs.frozen
class Sign:
    """One condition as people say it, such as 骨折. `words` are patterns: / parts alternatives, … is a short gap.

    `alike` only looks like it (中风险 for 中风); `measured` is a condition that is told by a body temperature too.
    """

    id: str
    title: str
    words: list[str]
    alike: list[str] = attrs.field(factory=list)
    measured: bool = False


@attrs.frozen
class Line:
    """What somebody must have for one line of a list: all of `needs`, each one sign or several parted by /.

    `quote` is the part between ； of the item that is meant (empty: the whole item), `above` the fact a measured sign
    has to exceed, `note` what the source leaves open about this line.
    """

    id: str
    scope: str
    item: str
    needs: list[str]
    quote: str = ""
    above: str = ""
    note: str = ""


@attrs.frozen
class Aside:
    """Words right before or after a condition that tell it is not here and now: 没, 以前, 怕, 病史.

    `alike` is not meant so: 是不是.
    """

    id: str
    title: str
    before: list[str] = attrs.field(factory=list)
    after: list[str] = attrs.field(factory=list)
    alike: list[str] = attrs.field(factory=list)


@attrs.frozen
class Deadline:
    """A day that can be counted for a citizen who says a date: how, from which fact, beside which entries.

    `when` limits it to a case; `ask` says that it can be counted; `note` goes with what was counted.
    """

    id: str
    counts: Literal["report", "transfer", "backdate"]
    fact: str
    entries: list[str]
    ask: str
    note: str
    when: dict[str, str] = attrs.field(factory=dict)


@attrs.frozen
class Effective:
    """When an entry holds, and the day a person last compared it with the rules in force."""

    from_: Since
    until: Until
    last_checked: Since


@attrs.frozen
class Case:
    """What an entry answers when the citizen's case is known; or the `entry` that answers it instead."""

    when: dict[str, str]
    full: str = ""
    sms: str = ""
    entry: str = ""


@attrs.frozen
class Entry:
    """One matter a citizen may ask about, in the three renditions full, sms and staff.

    `guide` may be gone through where the case is not known. `conditions`: the lines of the emergency lists that a
    described condition falls under are answered instead of the text, or beside it.
    """

    id: str
    title: str
    audience: Audience
    direction: Direction
    status: EntryStatus
    effective: Effective
    clauses: list[str]
    full: str
    sms: str
    staff: str
    questions: list[str]
    steps: list[str] = attrs.field(factory=list)
    routes: list[str] = attrs.field(factory=list)
    related: list[str] = attrs.field(factory=list)
    follow_ups: list[str] = attrs.field(factory=list)
    cases: list[Case] = attrs.field(factory=list)
    guide: str = ""
    conditions: Literal["", "instead", "beside"] = ""

    @property
    def category(self) -> str:
        """The part of the id before the dot: the file the entry lives in and its Rasa intent."""
        return self.id.split(".")[0]

    def holds(self, as_of: date) -> Holds:
        """Whether the entry may be answered on `as_of`."""
        return holds(self.effective.from_, self.effective.until, as_of)


@attrs.frozen
class Side:
    """One side of a conflict: what these clauses say."""

    clauses: list[str]
    says: str


@attrs.frozen
class Conflict:
    """Clauses that disagree, which side is answered and why, and who decided that."""

    id: str
    matter: str
    older: Side
    newer: Side
    answer: str
    entries: list[str]
    decided_by: str
    decided_on: Since


@attrs.frozen
class Unanswered:
    """A class of questions the sources do not answer, with an honest reply. `near`: it is about 医保."""

    id: str
    title: str
    near: bool
    full: str
    sms: str
    related: list[str] = attrs.field(factory=list)


@attrs.frozen
class StandardReply:
    """A reply that states no policy: small talk, the menu, an apology. `title` tells the clerk when it is used."""

    id: str
    title: str
    full: str
    sms: str
    related: list[str] = attrs.field(factory=list)


@attrs.frozen
class Knowledge:
    """Everything the office says, by id, in the order of the files."""

    sources: dict[str, Source]
    facts: dict[str, Fact]
    routes: dict[str, Route]
    scopes: dict[str, Scope]
    guides: dict[str, Guide]
    checklists: dict[str, Checklist]
    signs: dict[str, Sign]
    lines: dict[str, Line]
    asides: dict[str, Aside]
    deadlines: dict[str, Deadline]
    entries: dict[str, Entry]
    conflicts: dict[str, Conflict]
    unanswered: dict[str, Unanswered]
    replies: dict[str, StandardReply]
    categories: dict[str, str]

    def clause(self, id: str) -> Clause:
        """The clause with this id. Raises KeyError where there is none."""
        return self.source_of(id).clauses[id]

    def source_of(self, clause_id: str) -> Source:
        """The document a clause stands in. Raises KeyError where there is none."""
        for source in self.sources.values():
            if clause_id in source.clauses:
                return source
        raise KeyError(clause_id)

    def has_clause(self, id: str) -> bool:
        """Whether any source has a clause with this id."""
        return any(id in source.clauses for source in self.sources.values())

    def clauses_of(self, entry_ids: list[str]) -> list[str]:
        """The clauses that entries rest on, each once."""
        some = [self.entries[id].clauses for id in entry_ids if id in self.entries]
        return list(dict.fromkeys(clause for clauses in some for clause in clauses))
