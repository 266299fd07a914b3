"""The transition tables of alarms, of versions of rules and of signs of tampering."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.kernel.access.actor import Actor
from anlan.kernel.flow import Flow, Transition
from anlan.monitoring import policies
from anlan.monitoring.alarms.draft_flow import DRAFT
from anlan.monitoring.choices import (
    OPEN,
    WAITING,
    AlarmState,
    Level,
    TamperState,
    VersionState,
)
from anlan.monitoring.visibility import reaches

if TYPE_CHECKING:
    from anlan.monitoring.models import Alarm, RuleVersion, TamperSignal

AT_WORK = frozenset(OPEN) - {AlarmState.DOUBTED}


def responsible(alarm: Alarm, actor: Actor) -> str | None:
    """Whose site it is answers."""
    if reaches(actor, alarm.site, policies.ANSWER):
        return None
    return "这条报警由场所的监管部门、所在地政府或安委办应答处置。"


def over(alarm: Alarm, actor: Actor) -> str | None:
    """An alarm whose event goes on cannot be closed."""
    if alarm.cleared_ms is None:
        return "报警还没有解除，不能关闭。恢复正常后再关闭；确认是误报的，请按误报处理。"
    return responsible(alarm, actor)


def minor(alarm: Alarm, actor: Actor) -> str | None:
    """One person alone judges all but a red alarm."""
    if alarm.highest == Level.RED:
        return "红色报警判为误报须经第二人复核，请用“提请判为误报”。"
    return responsible(alarm, actor)


def major(alarm: Alarm, actor: Actor) -> str | None:
    """A red alarm alone needs a second person."""
    if alarm.highest != Level.RED:
        return "只有红色报警须经第二人复核，请直接判为误报。"
    return responsible(alarm, actor)


def doubters(alarm: Alarm) -> set[int]:
    """By whom and in whose name it was put forward as false: they do not decide on it."""
    return set(alarm.doubted_by)


ALARM = Flow(
    name="alarm",
    label="报警",
    states=AlarmState,
    initial=AlarmState.RAISED,
    transitions=[
        Transition(
            "notify",
            "通知",
            {AlarmState.RAISED},
            AlarmState.NOTIFIED,
            policies.ANSWER,
            system=True,
            deadline="alarm.answer_minutes（按最高级别）",
            on_passed="依次通知监管部门负责人、安委办经办人、安委办负责人",
        ),
        Transition(
            "answer", "应答", set(WAITING), AlarmState.ANSWERED, policies.ANSWER, guard=responsible
        ),
        Transition(
            "handle",
            "登记处置",
            {AlarmState.ANSWERED},
            AlarmState.HANDLED,
            policies.ANSWER,
            guard=responsible,
            needs=("text",),
        ),
        Transition(
            "close", "关闭", {AlarmState.HANDLED}, AlarmState.CLOSED, policies.ANSWER, guard=over
        ),
        Transition(
            "dismiss",
            "判为误报",
            AT_WORK,
            AlarmState.FALSE,
            policies.ANSWER,
            guard=minor,
            needs=("reason",),
        ),
        Transition(
            "doubt",
            "提请判为误报",
            AT_WORK,
            AlarmState.DOUBTED,
            policies.ANSWER,
            guard=major,
            needs=("reason",),
        ),
        Transition(
            "confirm",
            "复核为误报",
            {AlarmState.DOUBTED},
            AlarmState.FALSE,
            policies.ANSWER,
            guard=responsible,
            not_by=doubters,
        ),
        Transition(
            "deny",
            "不是误报",
            {AlarmState.DOUBTED},
            AlarmState.ANSWERED,
            policies.ANSWER,
            guard=responsible,
            needs=("reason",),
            not_by=doubters,
        ),
        Transition(
            "rise",
            "级别升高或再次报警",
            frozenset(AlarmState) - {AlarmState.RAISED},
            AlarmState.RAISED,
            policies.ANSWER,
            system=True,
        ),
    ],
)


def author(version: RuleVersion) -> set[int]:
    """By whom and in whose name a version was drawn up: another publishes it."""
    return set(version.makers)


def own(version: RuleVersion, actor: Actor) -> str | None:
    """Who drew a version up takes it back; others refuse it."""
    return None if actor.people & set(version.makers) else "只有拟订人本人可以撤回。"


RULE_VERSION = Flow(
    name="rule_version",
    label="报警规则版本",
    states=VersionState,
    initial=VersionState.PROPOSED,
    transitions=[
        Transition(
            "publish",
            "发布",
            {VersionState.PROPOSED},
            VersionState.PUBLISHED,
            policies.PUBLISH,
            not_by=author,
            system=True,
        ),
        Transition(
            "refuse",
            "不采用",
            {VersionState.PROPOSED},
            VersionState.REFUSED,
            policies.PUBLISH,
            needs=("reason",),
        ),
        Transition(
            "withdraw",
            "撤回",
            {VersionState.PROPOSED},
            VersionState.WITHDRAWN,
            policies.PROPOSE,
            guard=own,
        ),
    ],
)


def in_charge(signal: TamperSignal, actor: Actor) -> str | None:
    """Whose site it is finds out."""
    if reaches(actor, signal.site, policies.JUDGE):
        return None
    return "这处疑点由场所的监管部门、所在地政府或安委办核查。"


TAMPER = Flow(
    name="tamper",
    label="篡改疑点",
    states=TamperState,
    initial=TamperState.OPEN,
    transitions=[
        Transition(
            "touch",
            "确认动过",
            {TamperState.OPEN},
            TamperState.TOUCHED,
            policies.JUDGE,
            guard=in_charge,
            needs=("text", "evidence"),
        ),
        Transition(
            "explain",
            "有正当原因",
            {TamperState.OPEN},
            TamperState.EXPLAINED,
            policies.JUDGE,
            guard=in_charge,
            needs=("text",),
        ),
        Transition(
            "dismiss",
            "判为误报",
            {TamperState.OPEN},
            TamperState.FALSE,
            policies.JUDGE,
            guard=in_charge,
            needs=("text",),
        ),
        Transition(
            "reopen",
            "重新核查",
            frozenset(TamperState) - {TamperState.OPEN},
            TamperState.OPEN,
            policies.JUDGE,
            guard=in_charge,
            needs=("reason",),
        ),
    ],
)


FLOWS = [ALARM, DRAFT, RULE_VERSION, TAMPER]
