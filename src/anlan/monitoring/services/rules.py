"""Drawing up a version of a rule, and a second person's publishing it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, TypedDict

from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Refused
from anlan.kernel.write import Write
from anlan.monitoring import flow, policies
from anlan.monitoring.choices import COLOURS, VersionState
from anlan.monitoring.compiling import MEASURES
from anlan.monitoring.engine import Key, Watch, calendar
from anlan.monitoring.models import Rule, RuleVersion


class Content(TypedDict):
    """What a version says; see :class:`RuleVersion`."""

    measure: str
    above: bool
    levels: Sequence[dict[str, Any]]
    hold: int
    window: int
    spans: Sequence[Sequence[int]]


def version_propose(
    *, actor: Actor, rule: int, content: Content, reason: str, effective_from: date
) -> RuleVersion:
    """A new version, to be published by another; Refused if the engine would not take it."""
    if not reason.strip():
        raise Refused("reason_needed", "修改规则须写明理由。")
    policies.PROPOSE.require(actor)
    with Write(actor, "monitoring.rule.propose", reason=reason) as write:
        found = write.lock(Rule.objects.visible_to(actor), rule)
        if found.versions.filter(state=VersionState.PROPOSED).exists():
            raise Refused("proposed", "这条规则已有待发布的版本，请先发布或不采用。")
        made = version_add(write, found, content, reason.strip(), effective_from)
        write.change(found, edited=True)
        return made


def version_publish(*, actor: Actor, version: int) -> RuleVersion:
    """It holds from its day on; not by who drew it up."""
    with Write(actor, "monitoring.rule.publish") as write:
        found: RuleVersion = write.lock(RuleVersion.objects.visible_to(actor), version)
        fields = {"decided_by": actor.user, "decided_at": timezone.now()}
        flow.RULE_VERSION.move(write, found, "publish", fields=fields)
        write.event("rule.published", found)
        return found


def version_refuse(*, actor: Actor, version: int, reason: str) -> RuleVersion:
    """It is not taken, for a reason."""
    with Write(actor, "monitoring.rule.refuse", reason=reason) as write:
        found: RuleVersion = write.lock(RuleVersion.objects.visible_to(actor), version)
        fields = {
            "decided_by": actor.user, "decided_at": timezone.now(), "decision": reason.strip()
        }  # fmt: skip
        flow.RULE_VERSION.move(write, found, "refuse", fields=fields, reason=reason.strip())
        return found


def version_add(
    write: Write, rule: Rule, content: Content, reason: str, effective_from: date
) -> RuleVersion:
    """Store the next version inside ``write``, proposed; for services and loading."""
    check(content)
    newest = rule.versions.order_by("-number").first()
    number = newest.number + 1 if newest else 1
    makers = sorted(write.actor.people)
    version = RuleVersion(
        rule=rule, number=number, reason=reason, effective_from=effective_from, makers=makers,
        **content,
    )  # fmt: skip
    return write.add(version)


def check(content: Content) -> None:
    """Refused, with the reason in words, unless the engine takes it."""
    levels = [each.get("level") for each in content["levels"]]
    if not levels or len(set(levels)) != len(levels) or set(levels) - set(COLOURS):
        raise Refused("levels", "级别须是红、橙、黄、蓝，至少一级，每级一次。")
    if content["measure"] not in MEASURES:
        raise Refused("measure", "没有这种比较的量。")
    measure = MEASURES[content["measure"]]  # type: ignore[index]
    try:
        for each in content["levels"]:
            limit, back = float(each["limit"]), float(each.get("back", each["limit"]))
            Watch(
                Key(0, 0, 0, 0), limit, measure, content["above"], back,
                content["hold"], content["window"],
            )  # fmt: skip
        calendar(*((day, begin, end) for day, begin, end in content["spans"]))
    except (ValueError, TypeError, KeyError) as error:
        raise Refused("content", f"规则不能用：{error}") from error
