"""The bulletin (调度通报) and the minutes (会议纪要) of a call, in official layout. The minutes are
a draft until the call is closed. Figures are those of the page, made of the same paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils import timezone

from anlan.calls.choices import CallState, Change, ExplanationState
from anlan.calls.comparison import Line, Stood
from anlan.calls.exports.layout import more, section, table
from anlan.calls.models import Decision, Explanation, FrozenDuty
from anlan.calls.paper import Outcome, Paper
from anlan.kernel import official
from anlan.plan.choices import Standing

OVERDUE_NAMED = 20  # duties that the bulletin names; the sheet has all
AREAS = ("名次", "上次", "地区", "任务", "达标", "有风险", "逾期", "上次逾期", "未计量")
SHOWN = (Standing.MET, Standing.ON_TRACK, Standing.AT_RISK, Standing.OVERDUE)


def bulletin(paper: Paper) -> bytes:
    """The bulletin on the figures, before or after the meeting."""
    call = paper.call
    document = _begin(paper, f"关于{call.period.name}安全生产重点任务调度情况的通报", draft=True)
    official.line(document, _opening(paper))
    section(document, "一、总体情况", _overall(paper))
    section(document, "二、各县（市、区）情况", _areas(paper))
    table(document, AREAS, (_area_row(each) for each in paper.lines))
    section(document, "三、逾期任务", _overdue(paper))
    section(document, "四、须说明情况的单位", _asked(paper))
    section(document, "五、上次调度议定事项落实情况", _outcomes(paper))
    return _end(document, paper)


def minutes(paper: Paper) -> bytes:
    """The minutes of the meeting: who explained what, and what was decided."""
    call = paper.call
    closed = call.state == CallState.CLOSED
    document = _begin(paper, f"{call.period.name}安全生产重点任务调度会议纪要", draft=not closed)
    official.line(
        document,
        f"会议时间：{_moment(call.meets_at)}。会议听取了安全生产重点任务进展情况"
        f"（数据截至{_moment(call.counted_at)}），研究议定了下一步工作。",
    )
    section(document, "一、进展情况", _overall(paper))
    section(document, "二、单位说明情况", _said(paper))
    section(document, "三、议定事项", _decided(paper))
    if closed and paper.decisions:
        official.line(
            document, "以上议定事项已作为任务下达责任单位，由平台跟踪，在下一次调度时通报落实情况。"
        )
    return _end(document, paper)


def _begin(paper: Paper, title: str, *, draft: bool) -> official.Document:
    document = official.paper()
    official.title(document, f"{title}（稿）" if draft else title)
    if paper.call.plan.is_demo:
        official.centred(document, "（演示数据，不是正式文件）")
    official.line(document, "")
    return document


def _end(document: official.Document, paper: Paper) -> bytes:
    call = paper.call
    day = timezone.localdate(call.closed_at or call.meets_at)
    official.line(document, "")
    official.signature(document, call.plan.issuer, f"{day:%Y年%-m月%-d日}")
    return official.content(document)


# --- figures -----------------------------------------------------------------------------------


def _opening(paper: Paper) -> str:
    call = paper.call
    compared = f"，与{paper.compared_with}比较" if paper.compared_with else "，没有上一次调度可比"
    return (
        f"现将《{call.plan.title}》重点任务调度情况通报如下。各项数据冻结于{_moment(call.counted_at)}"
        f"{compared}，以平台核验的进展为准；没有核验过进展的任务列为未计量，不作为正常推进统计。"
    )


def _overall(paper: Paper) -> Iterator[str]:
    now, then = paper.total.now or Stood(), paper.total.then
    counted = "，".join(f"{each.label}{now.count(each)}项" for each in SHOWN)
    yield (
        f"各单位任务共{now.total}项，{counted}，未计量{now.count(Standing.NOT_MEASURED)}项，"
        f"未到期{now.count(Standing.NOT_DUE)}项。"
    )
    if then is not None:
        yield (
            f"与{paper.compared_with}相比，达标{more(paper.total.change(Standing.MET) or 0)}，"
            f"逾期{more(paper.total.change(Standing.OVERDUE) or 0)}。"
        )
    if paper.call.previous is not None:
        yield (
            "其中，"
            + "，".join(f"{each.label}{paper.changes.get(each, 0)}项" for each in Change)
            + "。"
        )
    if paper.missed:
        yield f"按目前进度，有{paper.missed}项数量指标到期预计完不成。"


def _areas(paper: Paper) -> Iterator[str]:
    if not paper.places:
        yield "没有县（市、区）的任务。"
        return
    yield "名次先比较逾期任务占比，再比较有风险、未计量任务占比，均相同的比较达标占比。"
    for line in reversed(paper.lines):
        place = paper.places.get(line.key)
        if place and place.rank and line.now and line.now.count(Standing.OVERDUE):
            yield f"{place.name}排第{place.rank}名，{place.reason}。"


def _area_row(line: Line) -> list[str]:
    now, then = line.now, line.then
    return [
        _rank(now),
        _rank(then),
        line.name,
        "—" if now is None else str(now.total),
        *(_count(now, each) for each in SHOWN if each != Standing.ON_TRACK),
        _count(then, Standing.OVERDUE),
        _count(now, Standing.NOT_MEASURED),
    ]


def _rank(stood: Stood | None) -> str:
    return "—" if stood is None or stood.rank is None else str(stood.rank)


def _count(stood: Stood | None, standing: Standing) -> str:
    return "—" if stood is None else str(stood.count(standing))


def _overdue(paper: Paper) -> Iterator[str]:
    if not paper.overdue:
        yield "没有逾期的任务。"
        return
    named = paper.overdue[:OVERDUE_NAMED]
    if len(paper.overdue) > len(named):
        yield f"逾期任务共{len(paper.overdue)}项，其中逾期时间较长的{len(named)}项如下。"
    for number, row in enumerate(named, 1):
        yield f"{number}．{_late(row)}"
    for row in paper.gone:
        yield f"{row.owner}的“{row.title}”上次调度时逾期，此后已撤销。"


def _late(row: FrozenDuty) -> str:
    again = f"，{row.get_change_display()}" if row.change == Change.AGAIN else ""
    return f"{row.owner}：{row.title}，已逾期{row.days}天{again}。"


# --- people ------------------------------------------------------------------------------------


def _asked(paper: Paper) -> Iterator[str]:
    if not paper.asked:
        yield "没有须说明情况的单位。"
        return
    yield f"标准：{'；或者'.join(paper.limits.words)}。"
    for number, each in enumerate(paper.asked, 1):
        yield f"{number}．{each.organisation.name}：{_joined(each.grounds)}。"


def _said(paper: Paper) -> Iterator[str]:
    if not paper.asked:
        yield "没有须说明情况的单位。"
    for number, each in enumerate(paper.asked, 1):
        yield f"{number}．{each.organisation.name}{_answer(each)}"


def _answer(each: Explanation) -> str:
    if each.state == ExplanationState.ASKED:
        return "：会后要求说明，尚未说明。" if each.after_meeting else "没有在会前说明情况。"
    when = "（会后应要求补充）" if each.after_meeting else "（会后补报）" if each.late else ""
    until = f"，承诺{each.until:%Y年%-m月%-d日}前完成" if each.until else ""
    return f"说明{when}：原因是{_plain(each.cause)}；措施是{_plain(each.measure)}{until}。"


def _decided(paper: Paper) -> Iterable[str]:
    if not paper.decisions:
        return ["没有议定事项。"]
    return [_decision(number, each) for number, each in enumerate(paper.decisions, 1)]


def _decision(number: int, decision: Decision) -> str:
    units = "、".join(str(each.organisation) for each in decision.charges.all())
    return (
        f"{number}．{_plain(decision.text)}。责任单位：{units}；"
        f"完成期限：{decision.due_on:%Y年%-m月%-d日}；所属重点任务：第{decision.key_duty.number}项。"
    )


def _outcomes(paper: Paper) -> Iterator[str]:
    if paper.call.previous is None:
        yield "没有上一次调度。"
    elif not paper.outcomes:
        yield f"{paper.call.previous}没有下达的议定事项。"
    for number, each in enumerate(paper.outcomes, 1):
        yield f"{number}．{each.organisation}：{_plain(each.decision.text)}，{_became(each)}。"


def _became(outcome: Outcome) -> str:
    row = outcome.row
    if row is None:
        return outcome.absent
    late = f"，逾期{row.days}天" if row.days else ""
    return f"{row.get_standing_display()}{late}"


def _moment(moment: object) -> str:
    return f"{timezone.localtime(moment):%Y年%-m月%-d日%H时%M分}"  # type: ignore[arg-type]


def _joined(lines: str) -> str:
    return "；".join(lines.splitlines())


def _plain(words: str) -> str:
    """In one line, and without the stop with which people end a text."""
    return " ".join(words.split()).rstrip("。；;.")
