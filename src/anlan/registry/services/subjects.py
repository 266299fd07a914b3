"""Adding and changing enterprises and sites."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Refused, Unknown
from anlan.kernel.write import Write
from anlan.registry import policies
from anlan.registry.models import Enterprise, Site
from anlan.registry.services.facts import (
    CodeTaken,
    EnterpriseFacts,
    SiteFacts,
    SubjectFacts,
    judged,
)
from anlan.registry.services.locking import S, locked, require_kept


def enterprise_add(*, actor: Actor, facts: EnterpriseFacts, is_demo: bool = False) -> Enterprise:
    """Register an enterprise. Refused: see ``facts.judged``; it would not be the actor's to keep.

    A name that exists is not refused: ``doubts`` shows it before.
    """
    policies.KEEP.require(actor)
    with Write(actor, "registry.enterprise.add") as write:
        return _add(write, Enterprise(is_demo=is_demo), facts, "enterprise.added")


def enterprise_change(
    *, actor: Actor, enterprise: int, facts: EnterpriseFacts, seen: int, reason: str = ""
) -> Enterprise:
    """Let the enterprise's facts be these. ``seen``: the revision that the clerk saw.

    Refused as for adding; WrongState if another changed it since, or it was merged.
    """
    policies.KEEP.require(actor)
    with Write(actor, "registry.enterprise.change", reason=reason.strip()) as write:
        found = locked(write, Enterprise, enterprise, seen=seen)
        return _change(write, found, facts, "enterprise.changed")


def site_add(*, actor: Actor, facts: SiteFacts, is_demo: bool = False) -> Site:
    """Register a site. Refused as for an enterprise, and if its area is above township level."""
    policies.KEEP.require(actor)
    with Write(actor, "registry.site.add") as write:
        _lock_owner(facts)
        _check_owner(actor, facts, None)
        return _add(write, Site(is_demo=is_demo), facts, "site.added")


def site_change(*, actor: Actor, site: int, facts: SiteFacts, seen: int, reason: str = "") -> Site:
    """Let the site's facts be these, its enterprise among them; see :func:`enterprise_change`."""
    policies.KEEP.require(actor)
    with Write(actor, "registry.site.change", reason=reason.strip()) as write:
        _lock_owner(facts)
        found = locked(write, Site, site, seen=seen)
        _check_owner(actor, facts, found)
        return _change(write, found, facts, "site.changed")


def _add(write: Write, made: S, facts: SubjectFacts, kind: str) -> S:
    _set(made, judged(facts))
    _stored(lambda: write.add(made), made)
    require_kept(write.actor, made)
    write.event(kind, made, area=made.area, organisation=made.regulator)
    return made


def _change(write: Write, found: S, facts: SubjectFacts, kind: str) -> S:
    columns = judged(facts, found)
    changed = {name: value for name, value in columns.items() if getattr(found, name) != value}
    if not changed:
        return found
    changed["revision"] = found.revision + 1
    left = (found.area, found.regulator)
    _stored(lambda: write.change(found, **changed), found)
    require_kept(write.actor, found)
    write.event(kind, found, area=found.area, organisation=found.regulator)
    if left != (found.area, found.regulator):  # whom it leaves counts it no longer
        write.event(kind, found, area=left[0], organisation=left[1])
    return found


def _set(made: Enterprise | Site, columns: dict[str, Any]) -> None:
    for name, value in columns.items():
        setattr(made, name, value)


def _stored(do: Callable[[], object], subject: Enterprise | Site) -> None:
    """Do it; of two who store one credit code at the same moment, the second is told so."""
    try:
        do()
    except IntegrityError as error:
        if "enterprise_credit_code_once" not in str(error):
            raise
        code = getattr(subject, "credit_code", "")
        raise CodeTaken(code, "另一人刚刚登记的企业") from error


def _check_owner(actor: Actor, facts: SiteFacts, before: Site | None) -> None:
    """The enterprise is one that the actor sees; one that it has already may stay."""
    owner = facts.enterprise
    if owner is None or (before is not None and before.enterprise_id == owner.pk):
        return
    if not Enterprise.objects.visible_to(actor).filter(pk=owner.pk).exists():
        raise Unknown("没有找到所属企业，或不在您的管辖范围内。")


def _lock_owner(facts: SiteFacts) -> None:
    """Before the site, as a merge locks them too; Refused if it was merged, be it just now."""
    if facts.enterprise is None:
        return
    rows = Enterprise.objects.select_for_update(of=("self",)).select_related("merged_into")
    owner = rows.get(pk=facts.enterprise.pk)
    if owner.merged_into_id:
        raise Refused("enterprise_merged", f"“{owner}”已并入“{owner.merged_into}”，请改选后者。")
