"""What fields of other ledgers may refer to in the registry (docs/typed.md)."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import reverse

from anlan.kernel.access.actor import Actor
from anlan.kernel.typed.referables import Referable, declare
from anlan.registry.choices import SiteKind
from anlan.registry.models import Site
from anlan.registry.pages.common import place

MINE = "registry.mine"
MINE_KINDS = (SiteKind.MINE, SiteKind.TAILINGS_POND)


def _mines(actor: Actor) -> QuerySet[Site]:
    """The mines and ponds that the actor sees; closed ones too, for they are visited as well."""
    seen: QuerySet[Site] = Site.objects.visible_to(actor).standing().filter(kind__in=MINE_KINDS)
    return seen.select_related("area__parent")


def _sites() -> QuerySet[Site]:
    found: QuerySet[Site] = Site.objects.select_related("area__parent", "merged_into__area__parent")
    return found


declare(
    Referable(
        key=MINE,
        label="矿山",
        reach=_mines,
        everything=_sites,
        hint=lambda site: place(site.area),
        url=lambda site: reverse("registry:site", args=[site.pk]),
        stays=lambda site: site.merged_into or site,
    )
)
