"""Whose points, devices and alarms an actor sees and answers: those of the sites that he sees."""

from __future__ import annotations

from django.db.models import Q

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.policies import Policy
from anlan.kernel.orgs.models import Organisation, OrganisationKind
from anlan.monitoring.policies import OFFICE
from anlan.registry.models import Site


def of_sites_seen(actor: Actor, field: str = "site") -> Q:
    """Condition on what belongs to a site, named by ``field``."""
    if actor.is_system:
        return Q()
    return Q(**{f"{field}__in": Site.objects.visible_to(actor).order_by().values("pk")})


def reaches(
    actor: Actor, site: Site, policy: Policy, organisation: Organisation | None = None
) -> bool:
    """Whether one of the grants that open ``policy`` (for ``organisation``, if one is given)
    reaches the site: as the office its area, as a unit what it regulates, as a government also
    what lies in its area. Role and place are those of one and the same grant."""
    for grant in policy.grants(actor):
        if organisation is not None and grant.organisation_id != organisation.pk:
            continue
        if grant.role in OFFICE:
            if grant.area.covers(site.area):
                return True
            continue
        if site.regulator is not None and grant.organisation.covers(site.regulator):
            return True
        government = grant.organisation.kind == OrganisationKind.GOVERNMENT
        if government and grant.area.covers(site.area):
            return True
    return actor.is_system
