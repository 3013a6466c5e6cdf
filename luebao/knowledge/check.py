"""What YAML alone cannot promise: ids that lead somewhere, figures that live once, clauses that are all covered."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from difflib import get_close_matches

from luebao.knowledge.check_conditions import check_conditions
from luebao.knowledge.check_deadlines import check_deadlines
from luebao.knowledge.check_guides import check_checklists, check_guides
from luebao.knowledge.check_text import check_sms, check_text
from luebao.knowledge.facets import FACETS
from luebao.knowledge.load import Draft, Place
from luebao.knowledge.model import Entry, StandardReply, Unanswered
from luebao.knowledge.period import UNKNOWN, Holds, holds
from luebao.knowledge.problem import Problem

_ID = re.compile(r"[a-z0-9_]+\.[a-z0-9_]+")
_PROSE = ("title", "full", "sms", "staff")
_OUT_OF_SCOPE, _REPLIES, _ENTRIES = "out_of_scope", "replies", "entries"
# Replies the program itself asks for by name.
_NEEDED = (
    *("menu", "clarify", "ask_direction", "rephrase", "no_such_option", "empty", "too_long"),
    *("handoff.asked", "handoff.two_misses", "handoff.out_of_scope", "handoff.error"),
    *("notice.dated", "notice.no_longer", "notice.not_yet"),
    *("guide.misheard", "guide.which", "matter.which", "checklist.which"),
    *("ask_region", "changes.first", "changes.none"),
    *("conditions.first", "conditions.final", "conditions.none"),
)


def check(draft: Draft) -> list[Problem]:
    """Every problem that shows only when the files are read together.

    Where something could not be read, what may only seem to be missing is left for the next run.
    """
    rules = (_ids, _facts, _routes, _scopes, _entries, _other_replies, _conflicts, _clauses, _see, _questions)
    return [
        problem
        for rule in (*rules, check_conditions, check_deadlines, check_guides, check_checklists)
        for problem in rule(draft)
    ]


def _place(draft: Draft, kind: str, id: str) -> Place:
    return draft.places[(kind, id)]


def _dangling(
    draft: Draft, place: Place, field: str, ids: Iterable[str], known: Iterable[str], what: str
) -> Iterator[Problem]:
    known = list(known)
    if not draft.complete:
        return
    for index, id in enumerate(ids):
        if id not in known:
            near = get_close_matches(id, known, 1, 0.6)
            todo = f"是不是想写 {near[0]}" if near else "请改成已有的编号，或先补上它"
            yield place.problem((field, index), f"{field} 里的 {id} 不是已有的{what}", todo)


def _no_clause(draft: Draft, place: Place, clause: str, field: tuple[str | int, ...]) -> Iterator[Problem]:
    if draft.complete and not draft.knowledge.has_clause(clause):
        near = get_close_matches(clause, list(_clause_ids(draft)), 1)
        todo = f"是不是想写 {near[0]}" if near else "请查 knowledge/sources.yml 里的条款编号"
        yield place.problem(field, f"条款 {clause} 不存在", todo)


def _clause_ids(draft: Draft) -> Iterator[str]:
    for source in draft.knowledge.sources.values():
        yield from source.clauses


def _ids(draft: Draft) -> Iterator[Problem]:
    """Ids that every channel can send, and clauses that stand in one document only."""
    for kind, things in ((_ENTRIES, draft.knowledge.entries), (_OUT_OF_SCOPE, draft.knowledge.unanswered)):
        for id in things:
            if not _ID.fullmatch(id):
                todo = "请只用小写字母、数字、下划线，中间一个点，如 transfer.time_limit"
                yield _place(draft, kind, id).problem(("id",), f"编号 {id} 的写法不对", todo)
    seen: dict[str, str] = {}
    for source in draft.knowledge.sources.values():
        for clause in source.clauses:
            if clause in seen:
                wrong = f"条款编号 {clause} 在 {seen[clause]} 里已有"
                yield _place(draft, "sources", source.id).problem(
                    ("clauses", clause), wrong, "一个编号只能属于一份文件"
                )
            seen.setdefault(clause, source.id)


def _facts(draft: Draft) -> Iterator[Problem]:
    for fact in draft.knowledge.facts.values():
        place = _place(draft, "facts", fact.id)
        if not fact.values:
            yield place.problem(("values",), f"事实 {fact.id} 没有数值", "请至少写一个 values")
        for index, value in enumerate(fact.values):
            yield from _no_clause(draft, place, value.clause, ("values", index, "clause"))
            if value.from_.day and value.until.day and value.until.day < value.from_.day:
                yield place.problem(("values", index), f"事实 {fact.id} 的止日早于起日", "请更正 from 或 until")
            if not value.value.strip():
                yield place.problem(("values", index), f"事实 {fact.id} 的数值是空的", "请写上数值")
        days = {edge.day for value in fact.values for edge in (value.from_, value.until) if edge.day}
        for day in sorted(days) or [date.max]:
            valid = [v for v in fact.values if holds(v.from_, v.until, day) in (Holds.YES, Holds.UNSURE)]
            if len(valid) > 1:
                both = "、".join(value.value for value in valid)
                todo = "请给旧数值写上 until 的最后一天（不知道哪天就写 past）"
                yield place.problem(("values",), f"事实 {fact.id} 同时有几个有效数值：{both}", todo)
                break


def _routes(draft: Draft) -> Iterator[Problem]:
    for route in draft.knowledge.routes.values():
        place = _place(draft, "routes", route.id)
        yield from _no_clause(draft, place, route.clause, ("clause",))
        if route.url_clause or route.url:
            yield from _no_clause(draft, place, route.url_clause, ("url_clause",))
        for index, use in enumerate(route.can):
            yield from _no_clause(draft, place, use.clause, ("can", index, "clause"))


def _scopes(draft: Draft) -> Iterator[Problem]:
    for scope in draft.knowledge.scopes.values():
        yield from _no_clause(draft, _place(draft, "scopes", scope.id), scope.clause, ("clause",))


def _entries(draft: Draft) -> Iterator[Problem]:
    knowledge = draft.knowledge
    for entry in knowledge.entries.values():
        place = _place(draft, _ENTRIES, entry.id)
        for index, clause in enumerate(entry.clauses):
            yield from _no_clause(draft, place, clause, ("clauses", index))
        yield from _dangling(draft, place, "routes", entry.routes, knowledge.routes, "办理渠道")
        yield from _dangling(draft, place, "related", entry.related, knowledge.entries, "条目")
        yield from _dangling(draft, place, "follow_ups", entry.follow_ups, knowledge.entries, "条目")
        yield from _sizes(entry, place)
        yield from _status(draft, entry, place)
        for field in _PROSE:
            yield from check_text(draft, place, (field,), getattr(entry, field))
        for index, step in enumerate(entry.steps):
            yield from check_text(draft, place, ("steps", index), step)
        yield from check_sms(draft, place, ("sms",), entry.sms, entry.clauses)
        yield from _cases(draft, place, entry)


def _cases(draft: Draft, place: Place, entry: Entry) -> Iterator[Problem]:
    for index, case in enumerate(entry.cases):
        field = ("cases", index)
        for facet, value in case.when.items():
            if value not in FACETS.get(facet, ()):
                known = "、".join(FACETS.get(facet, FACETS))
                yield place.problem((*field, "when"), f"没有 {facet}: {value} 这种情况", f"这里可以写：{known}")
        if bool(case.entry) == bool(case.full):
            yield place.problem(field, "一种情况要么写 full 和 sms，要么写 entry", "请补上或删去其中之一")
        if case.entry and draft.complete and case.entry not in draft.knowledge.entries:
            yield place.problem((*field, "entry"), f"cases 里的 {case.entry} 不是已有的条目", "请改成已有的编号")
        for name in ("full", "sms") if case.full else ():
            yield from check_text(draft, place, (*field, name), getattr(case, name))
        yield from check_sms(draft, place, (*field, "sms"), case.sms, entry.clauses)


def _sizes(entry: Entry, place: Place) -> Iterator[Problem]:
    file = place.document.data["category"]
    if entry.category != file:
        yield place.problem(
            ("id",), f"{entry.id} 不属于类别 {file}", f"编号请以 {file}. 开头，或移到 {entry.category}.yml"
        )
    since, until = entry.effective.from_.day, entry.effective.until.day
    if since and until and until < since:
        yield place.problem(("effective",), f"条目 {entry.id} 的止日 {until} 早于起日 {since}", "请更正 from 或 until")
    for index, question in enumerate(entry.questions):
        if not question.strip():
            yield place.problem(("questions", index), "标准问题是空的", "请写上问题，或删去这一行")
    if not entry.clauses:
        yield place.problem(("clauses",), f"条目 {entry.id} 没有依据", "请在 clauses 里写上条款编号")
    if len(entry.questions) < 3:
        yield place.problem(("questions",), f"条目 {entry.id} 的标准问题不足 3 个", "请写 3 到 5 个市民会问的问题")
    if len(entry.follow_ups) > 3:
        yield place.problem(("follow_ups",), f"条目 {entry.id} 的追问超过 3 个", "请只留最可能问的 3 个")
    for field in ("follow_ups", "related"):
        if entry.id in getattr(entry, field):
            yield place.problem((field,), f"条目 {entry.id} 指向了自己", f"请从 {field} 里删去")


def _status(draft: Draft, entry: Entry, place: Place) -> Iterator[Problem]:
    """The newer document is answered as current, the 2021 guide as dated, a replaced clause never alone."""
    if not draft.complete:
        return
    knowledge = draft.knowledge
    cited = [id for id in entry.clauses if knowledge.has_clause(id)]
    dated = bool(cited) and all(knowledge.source_of(id).dated for id in cited)
    if dated and entry.status == "current":
        todo = "请写 status: dated；若已有新规定，请加上新条款"
        yield place.problem(("status",), f"条目 {entry.id} 的依据全是2021年的文件，却写作现行", todo)
    if entry.status == "dated" and not dated:
        yield place.problem(("status",), f"条目 {entry.id} 引了现行条款，却写作 dated", "请写 status: current")
    until = entry.effective.until
    if not until.day and (entry.status == "dated") != (until.mark == UNKNOWN):
        todo = "dated 的条目 until 写 unknown，现行的写 open，知道到期日的写日期"
        yield place.problem(("effective", "until"), f"条目 {entry.id} 的状态与有效期不一致", todo)
    for index, id in enumerate(cited):
        clause = knowledge.clause(id)
        if clause.status == "replaced" and entry.status == "current" and not set(clause.see) & set(cited):
            todo = f"请同时引用并先答新条款：{'、'.join(clause.see)}"
            yield place.problem(("clauses", index), f"{id} 已有新规定，不能单独当作现行来答", todo)


def _other_replies(draft: Draft) -> Iterator[Problem]:
    replies: list[tuple[str, Unanswered | StandardReply]] = [
        *((_OUT_OF_SCOPE, reply) for reply in draft.knowledge.unanswered.values()),
        *((_REPLIES, reply) for reply in draft.knowledge.replies.values()),
    ]
    for kind, reply in replies:
        place = _place(draft, kind, reply.id)
        yield from _dangling(draft, place, "related", reply.related, draft.knowledge.entries, "条目")
        for field in ("full", "sms"):
            yield from check_text(draft, place, (field,), getattr(reply, field))
        yield from check_sms(draft, place, ("sms",), reply.sms, [])
    for id in _NEEDED if draft.complete else ():
        if id not in draft.knowledge.replies:
            yield Problem("knowledge/replies.yml", 1, f"缺少标准回复 {id}", "程序要用到它，请补上")


def _conflicts(draft: Draft) -> Iterator[Problem]:
    knowledge = draft.knowledge
    for conflict in knowledge.conflicts.values():
        place = _place(draft, "conflicts", conflict.id)
        yield from _dangling(draft, place, "entries", conflict.entries, knowledge.entries, "条目")
        for name, side in (("older", conflict.older), ("newer", conflict.newer)):
            for index, clause in enumerate(side.clauses):
                yield from _no_clause(draft, place, clause, (name, "clauses", index))


def _clauses(draft: Draft) -> Iterator[Problem]:
    if not draft.complete:
        return
    cited = {id for entry in draft.knowledge.entries.values() for id in entry.clauses}
    for source in draft.knowledge.sources.values():
        place = _place(draft, "sources", source.id)
        for id, clause in source.clauses.items():
            if id not in cited:
                yield place.problem(
                    ("clauses", id), f"没有条目回答条款 {id}（{clause.gist}）", "请在一个条目的 clauses 里引用并写明它"
                )


def _see(draft: Draft) -> Iterator[Problem]:
    for source in draft.knowledge.sources.values():
        place = _place(draft, "sources", source.id)
        for id, clause in source.clauses.items():
            for other in clause.see:
                yield from _no_clause(draft, place, other, ("clauses", id, "see"))
            if clause.status == "replaced" and not clause.see:
                yield place.problem(("clauses", id), f"{id} 写作 replaced，却没有 see", "请在 see 里写上新条款的编号")


def _questions(draft: Draft) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for entry in draft.knowledge.entries.values():
        for index, question in enumerate(entry.questions):
            same = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", question)).lower()
            if same in seen:
                place = _place(draft, _ENTRIES, entry.id)
                wrong = f"标准问题“{question}”已属于条目 {seen[same]}"
                yield place.problem(("questions", index), wrong, "一个问题只能属于一个条目，请改写或删去")
            seen.setdefault(same, entry.id)
