"""What the draft of a first report says: the alarm's facts as they are now, the hours of Art. 9 and
11 of 生产安全事故报告和调查处理条例, and the paper in the order of its Art. 12."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from anlan.kernel import official
from anlan.kernel.audit.selectors import Entry, history
from anlan.kernel.deadlines.models import DeadlineStep
from anlan.kernel.norms.values import values
from anlan.monitoring.alarms import draft_flow, selectors
from anlan.monitoring.choices import DraftState, Level
from anlan.monitoring.models import Alarm, IncidentDraft
from anlan.monitoring.templatetags.monitoring import first_value, limits, peak

UNIT_HOURS, LEVEL_HOURS = "accident.unit_report_hours", "accident.level_report_hours"
# Of the regulation itself; serve an installation whose norms are not loaded.
DEFAULTS = {UNIT_HOURS: 1, LEVEL_HOURS: 2}
_CALLS = ("通知", "催办", "应答", "登记处置")  # titles of the timeline that tell of people


@dataclass(frozen=True)
class Limit:
    """One duty to report: who, within how long, by which article, and until when if it counts."""

    who: str
    hours: float
    article: str
    until: datetime | None
    passed: bool


def reporting_limits(draft: IncidentDraft, now: datetime) -> list[Limit]:
    """The norms; counted only once a person said that it is an accident."""
    hours = values(DEFAULTS)
    told = (
        (
            "事故单位负责人向县级以上应急管理部门和有关部门报告", UNIT_HOURS, "第九条",
            draft.unit_knew_at,
        ),
        ("应急管理部门和有关部门逐级上报，每级", LEVEL_HOURS, "第十条、第十一条", draft.knew_at),
    )  # fmt: skip
    return [_limit(who, float(hours[key]), article, knew, now) for who, key, article, knew in told]


def _limit(who: str, hours: float, article: str, knew: datetime | None, now: datetime) -> Limit:
    until = knew + timedelta(hours=hours) if knew else None
    return Limit(who, hours, article, until, until is not None and until < now)


def people_called(alarm: Alarm) -> list[str]:
    """Who was called and what they did, oldest first, a line each."""
    steps = [each for each in selectors.timeline(alarm) if each.title in _CALLS]
    return [
        f"{_moment(each.at)} {each.title}"
        + (f"（{each.who}）" if each.who != "系统" else "")
        + (f"：{each.text}" if each.text else "")
        for each in reversed(steps)
    ]


def people_hurt(draft: IncidentDraft) -> str:
    """The four numbers in words; what nobody has said is 待核实."""
    told = (
        ("死亡", draft.dead), ("下落不明", draft.missing), ("受伤", draft.injured),
        ("被困或受威胁", draft.trapped),
    )  # fmt: skip
    return "，".join(f"{word} {'待核实' if n is None else f'{n} 人'}" for word, n in told)


def course(draft: IncidentDraft) -> list[Entry]:
    """What people did with the draft, newest first."""
    entries = [each for each in history(draft, draft_flow.DRAFT) if each.title != "建立"]
    steps = DeadlineStep.objects.filter(
        deadline__subject_type=draft._meta.label_lower, deadline__subject_id=draft.pk
    )
    entries += [Entry(step.fired_at, "催办", "系统", step.text) for step in steps]
    return sorted(entries, key=lambda each: each.at, reverse=True)


# --- the paper --------------------------------------------------------------------------------


def docx(draft: IncidentDraft, now: datetime) -> bytes:
    """The file, in official layout; what it says of the alarm is how that stands ``now``."""
    document = official.paper()
    official.title(document, f"关于{draft.site}险情信息的初报")
    for said in _standing(draft):
        official.centred(document, said)
    official.line(document, "")
    for heading, lines in (
        ("一、单位概况", _unit(draft)),
        ("二、时间、地点和现场情况", _place(draft)),
        ("三、监测报警和通知应答经过", _course(draft)),
        ("四、伤亡和受影响人员、直接经济损失", _hurt(draft)),
        ("五、已采取的措施", _lines(draft.measures)),
        ("六、其他应当报告的情况", _rest(draft, now)),
    ):
        head = official.line(document, heading, official.RANK_1)
        head.paragraph_format.keep_with_next = True
        for words in lines:
            official.line(document, words)
    official.line(document, "")
    by = draft.submitted_by.organisation if draft.submitted_by else None
    at = timezone.localtime(draft.submitted_at or now)
    official.signature(document, str(by or "（提交后署提交单位）"), f"{at:%Y年%-m月%-d日}")
    return official.content(document)


def _standing(draft: IncidentDraft) -> Iterator[str]:
    if draft.is_demo:
        yield "（演示数据，不是正式文件）"
    if draft.state in (DraftState.DRAFT, DraftState.DISMISSED):
        yield f"（草稿，{'尚未提交' if draft.state == DraftState.DRAFT else '已决定不报'}）"


def _unit(draft: IncidentDraft) -> Iterator[str]:
    site = draft.site
    unit = str(site.enterprise) if site.enterprise else "未登记"
    yield f"所属企业：{unit}。场所：{site}（{site.get_kind_display()}），行业领域：{site.sector}。"
    yield f"监管部门：{site.regulator or '未确定'}。"


def _place(draft: IncidentDraft) -> Iterator[str]:
    alarm, site = draft.alarm, draft.site
    where = f"，{alarm.point.where}" if alarm.point.where else ""
    yield f"时间：{_moment(alarm.began)}（监测设备时钟）。"
    yield f"地点：{site.area}{site.address}，{site} {alarm.point}{where}。"
    yield from _lines(draft.situation)


def _course(draft: IncidentDraft) -> Iterator[str]:
    alarm = draft.alarm
    level = Level(alarm.highest).label
    yield (
        f"{alarm.rule}，{level}色报警：报警时 {first_value(alarm)}，极值 {peak(alarm)}，"
        f"限值 {limits(alarm.version)}，依据{alarm.version.source}。"
    )
    yield f"{_moment(alarm.cleared)}解除。" if alarm.cleared else "报警还在持续。"
    yield from people_called(alarm) or ["还没有通知和应答的记录。"]


def _hurt(draft: IncidentDraft) -> Iterator[str]:
    yield f"{people_hurt(draft)}。"
    yield f"初步估计的直接经济损失：{draft.loss or '待核实'}。"


def _rest(draft: IncidentDraft, now: datetime) -> Iterator[str]:
    if draft.accident:
        yield f"已认定为生产安全事故，部门接报时间 {_moment(draft.knew_at)}。"
    else:
        yield "尚未认定为生产安全事故。"
    yield from draft.other.splitlines()
    yield f"监测和通知情况截至 {_moment(now)}。"


def _lines(words: str) -> list[str]:
    return [each for each in words.splitlines() if each.strip()] or ["待核实。"]


def _moment(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else "待核实"
