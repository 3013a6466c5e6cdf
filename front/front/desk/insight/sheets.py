"""The tables behind the charts, each with a sentence that says what it shows. They hold no citizen's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from luebao.knowledge import Knowledge
from luebao.knowledge.stale import stale

from front.desk.insight.counting import OUTCOMES, percentile
from front.desk.insight.figures import Numbers
from front.desk.insight.period import CHANNELS

ENOUGH = 30  # fewer than so many make no percentage
TOO_FEW = "太少，不成比例"
CHECK_DAYS = 180  # a fact not looked at for longer is due
_TOP = 15
_WHY = {
    "missed": "没听懂",
    "refused": "没有收录",
    "voted_down": "市民点了不满意",
    "none_of_these": "市民答“都不是”",
    "staff": "工作人员录入",
}
_CALLBACKS = {"open": "还没回", "taken": "正在回", "done": "回电成功", "failed": "没打通"}
Cell = str | int | float
Rows = list[list[Cell]]


@dataclass(frozen=True)
class Sheet:
    """One table: `summary` in words; `chart` is bars, rows (lying bars) or "" for the table alone.

    The first column names the rows, those of `series` are drawn.
    """

    id: str
    title: str
    summary: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    chart: str = ""
    series: Sequence[int] = (1,)


def sheets(numbers: Numbers, knowledge: Knowledge, today: date) -> list[Sheet]:
    """Every table of a period, in the order of the page."""
    return [
        _days(numbers),
        _hours(numbers),
        _outcomes(numbers),
        _categories(numbers, knowledge),
        _entries(numbers, knowledge),
        _never(numbers, knowledge),
        _votes(numbers),
        _voted_down(numbers, knowledge),
        _handoffs(numbers),
        _callbacks(numbers),
        _unknown(numbers),
        _clusters(numbers),
        _reports(numbers, knowledge),
        _due(knowledge, today),
        _failures(numbers),
    ]


def share(part: int, whole: int) -> str:
    """A percentage, or that there are too few to make one."""
    return f"{part / whole:.1%}" if whole >= ENOUGH else TOO_FEW


def duration(seconds: float) -> str:
    """40秒, 3分20秒, 2小时5分."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole}秒"
    if whole < 3600:
        return f"{whole // 60}分{whole % 60}秒"
    return f"{whole // 3600}小时{whole % 3600 // 60}分"


def _days(numbers: Numbers) -> Sheet:
    channels, counts = _channels(numbers), numbers.counts
    rows: Rows = [
        [day.isoformat(), *(counts.days[day, channel] for channel in channels)] for day in numbers.period.days
    ]  # fmt: skip
    names = [CHANNELS.get(channel, channel) for channel in channels]
    by_channel = "、".join(f"{name}{sum(n for (_, c), n in counts.days.items() if c == channel)}条"
                          for channel, name in zip(channels, names, strict=True))  # fmt: skip
    summary = f"共{counts.questions}条提问，来自{len(counts.people)}人" + (f"：{by_channel}。" if by_channel else "。")
    return Sheet("days", "每天的提问", summary, ["日期", *names], rows, "bars", range(1, len(names) + 1))


def _hours(numbers: Numbers) -> Sheet:
    channels, hours = _channels(numbers), numbers.counts.hours
    rows: Rows = [[f"{hour}时", *(hours[hour, channel] for channel in channels)] for hour in range(24)]
    totals = [sum(hours[hour, channel] for channel in channels) for hour in range(24)]
    most = max(range(24), key=lambda hour: totals[hour])
    summary = f"{most}时到{most + 1}时最多，{totals[most]}条。" if totals[most] else "没有提问。"
    names = [CHANNELS.get(channel, channel) for channel in channels]
    return Sheet("hours", "一天里的时候", summary, ["几点", *names], rows, "bars", range(1, len(names) + 1))


def _outcomes(numbers: Numbers) -> Sheet:
    counts, whole = numbers.counts.outcomes, numbers.counts.questions
    rows: Rows = [[name, counts[id], share(counts[id], whole)] for id, name in OUTCOMES.items()]
    summary = f"{whole}条提问里，答了{counts['answered']}条（{share(counts['answered'], whole)}），"
    summary += f"没有收录{counts['unsupported']}条，转人工{counts['handed']}条，机器人没应答{counts['failed']}条。"
    return Sheet("outcomes", "答得怎么样", summary, ["结果", "条数", "占比"], rows, "rows")


def _categories(numbers: Numbers, knowledge: Knowledge) -> Sheet:
    counts = numbers.counts.categories
    rows: Rows = [[knowledge.categories.get(id, id), count] for id, count in counts.most_common()]
    summary = f"最多的是{rows[0][0]}，{rows[0][1]}条。" if rows else "没有。"
    summary += "一个回答用到几类，各算一次。"
    return Sheet("categories", "问的哪类事", summary, ["类别", "条数"], rows, "rows")


def _entries(numbers: Numbers, knowledge: Knowledge) -> Sheet:
    counts, bad = numbers.counts.entries, numbers.votes.bad_entries
    rows: Rows = [[_title(knowledge, id), count, bad[id], id] for id, count in counts.most_common()]
    summary = f"{len(rows)}个条目被用到。图里是最多的{min(_TOP, len(rows))}个。" if rows else "没有。"
    return Sheet("entries", "问得最多的条目", summary, ["条目", "次数", "不满意", "编号"], rows, "rows")


def _never(numbers: Numbers, knowledge: Knowledge) -> Sheet:
    rows: Rows = [[entry.title, id] for id, entry in knowledge.entries.items() if not numbers.counts.entries[id]]
    summary = f"{len(knowledge.entries)}个条目里，这段时间有{len(rows)}个没有用到。"
    if numbers.counts.questions < ENOUGH:
        summary += "提问太少，说明不了什么。"
    return Sheet("never", "没有人问的条目", summary, ["条目", "编号"], rows)


def _votes(numbers: Numbers) -> Sheet:
    votes = numbers.votes
    whole = votes.good + votes.bad
    rows: Rows = [["满意", votes.good]]
    rows += [[f"不满意：{reason}", count] for reason, count in votes.reasons.most_common()]
    summary = f"{whole}次评价，满意{votes.good}次（{share(votes.good, whole)}）。" if whole else "没有人评价。"
    return Sheet("votes", "市民的评价", summary, ["评价", "次数"], rows if whole else [], "rows")


def _voted_down(numbers: Numbers, knowledge: Knowledge) -> Sheet:
    bad = numbers.votes.bad_entries
    rows: Rows = [[_title(knowledge, id), count, id] for id, count in bad.most_common()]
    summary = f"{len(rows)}个条目有人点了不满意。" if rows else "没有条目被点不满意。"
    return Sheet("voted_down", "不满意的条目", summary, ["条目", "次数", "编号"], rows, "rows")


def _handoffs(numbers: Numbers) -> Sheet:
    found = numbers.handoffs
    rows: Rows = [["要求转人工", found.asked], ["接了的", len(found.waits)]]
    rows += [["没人接、过了时间的", found.unanswered], ["还在等的", found.waiting], ["放回队列的", found.requeued]]
    rows += _times("等待", found.waits) + _times("处理", found.handled)
    summary = f"{found.asked}次转人工，接了{len(found.waits)}次。"
    if len(found.waits) >= ENOUGH:
        median, ninety = (duration(percentile(found.waits, part)) for part in (0.5, 0.9))
        summary += f"等待时间中位数{median}，九成在{ninety}以内。"
    return Sheet("handoffs", "转人工", summary, ["项目", "数"], rows)


def _times(name: str, values: list[float]) -> Rows:
    """Median and p90, where there are enough."""
    if len(values) < 3:
        return [[f"{name}时间", TOO_FEW if values else "没有"]]
    ninety = duration(percentile(values, 0.9)) if len(values) >= 10 else TOO_FEW
    return [[f"{name}时间：中位数", duration(percentile(values, 0.5))], [f"{name}时间：九成在多少以内", ninety]]


def _callbacks(numbers: Numbers) -> Sheet:
    counts = numbers.callbacks
    rows: Rows = [[name, counts[state]] for state, name in _CALLBACKS.items() if counts.get(state)]
    summary = f"登记了{sum(counts.values())}次回电。" if counts else "没有登记回电。"
    return Sheet("callbacks", "回电", summary, ["状态", "次数"], rows)


def _unknown(numbers: Numbers) -> Sheet:
    rows: Rows = [
        [_WHY.get(why, why), count] for why, count in sorted(numbers.unknown.items(), key=lambda one: -one[1])
    ]
    summary = f"收进“学习”的问题{sum(numbers.unknown.values())}条。" if rows else "没有收进“学习”的问题。"
    return Sheet("unknown", "没答好的问题", summary, ["为什么", "条数"], rows, "rows")


def _clusters(numbers: Numbers) -> Sheet:
    rows: Rows = [[f"第{one.number}组", one.count] for one in numbers.clusters]
    summary = f"还没处理的问题里，最大的{len(rows)}组。到“学习”里处理。" if rows else "没有成组的问题要处理。"
    return Sheet("clusters", "没听懂的，像的归在一起", summary, ["组", "条数"], rows)


def _reports(numbers: Numbers, knowledge: Knowledge) -> Sheet:
    found = numbers.reported
    rows: Rows = [[_title(knowledge, id), count, id] for id, count in found.entries.most_common()]
    summary = f"工作人员报了{found.made}次“此条有误”，处理了{found.settled}次，现在还有{found.open}次没处理。"
    return Sheet("reports", "此条有误", summary, ["条目", "次数", "编号"], rows)


def _due(knowledge: Knowledge, today: date) -> Sheet:
    waiting = stale(knowledge, today, CHECK_DAYS)
    rows: Rows = [[one.kind, one.title, str(one.last_checked).replace("unknown", "从未"), one.id] for one in waiting]
    never = sum(one.last_checked.day is None for one in waiting)
    summary = f"{len(rows)}项超过{CHECK_DAYS}天没有和现行规定核对，其中{never}项从未核对。" if rows else "都核对过了。"
    return Sheet("due", "该核对的", summary, ["种类", "内容", "上次核对", "编号"], rows)


def _failures(numbers: Numbers) -> Sheet:
    found = numbers.counts.failures
    rows: Rows = [[day.isoformat(), found[day]] for day in numbers.period.days]
    summary = f"机器人没应答{found.total()}次，市民得到的是咨询电话。发不出去的回复{numbers.counts.dead}条。"
    return Sheet("failures", "机器人没应答", summary, ["日期", "次数"], rows, "bars")


def _channels(numbers: Numbers) -> list[str]:
    """The channels that were used, in the usual order."""
    used = {channel for _, channel in numbers.counts.days}
    return [channel for channel in CHANNELS if channel in used] + sorted(used - CHANNELS.keys())


def _title(knowledge: Knowledge, id: str) -> str:
    return knowledge.entries[id].title if id in knowledge.entries else f"{id}（已不在知识库里）"
