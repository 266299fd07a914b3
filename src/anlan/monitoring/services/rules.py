"""Drawing up a version of a rule, and a second person's publishing it."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from django.db.models import Max
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Refused
from anlan.kernel.write import Write
from anlan.monitoring import flow, policies
from anlan.monitoring.choices import VersionState
from anlan.monitoring.models import Rule, RuleVersion
from anlan.monitoring.services.checking import Content, check
from anlan.registry.models import Sector


def rule_add(*, actor: Actor, name: str, sector: Sector | None) -> Rule:
    """A new rule under a name, which says nothing yet; Refused if another in use is called so."""
    policies.PROPOSE.require(actor)
    with Write(actor, "monitoring.rule.add") as write:
        if Rule.objects.filter(name=name.strip(), retired_at=None).exists():
            raise Refused("twice", f"已有名为“{name.strip()}”的规则，请改名或修改原来的规则。")
        code = f"own-{uuid4().hex[:16]}"
        last = Rule.objects.aggregate(last=Max("sort"))["last"] or 0
        rule = Rule(code=code, name=name.strip(), sector=sector, edited=True, sort=last + 1)
        return write.add(rule)


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


def version_withdraw(*, actor: Actor, version: int) -> RuleVersion:
    """Who drew it up takes it back, to draw up a better one."""
    with Write(actor, "monitoring.rule.withdraw") as write:
        found: RuleVersion = write.lock(RuleVersion.objects.visible_to(actor), version)
        fields = {"decided_by": actor.user, "decided_at": timezone.now()}
        flow.RULE_VERSION.move(write, found, "withdraw", fields=fields)
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
