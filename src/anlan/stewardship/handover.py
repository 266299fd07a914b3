"""When two registrations of a mine are made one, its stewards go with it."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from anlan.kernel.write import Write
from anlan.registry.models import Enterprise, Site


def stewardships(write: Write, gone: Enterprise | Site, kept: Enterprise | Site) -> None:
    """All rows become the other's. Where both have a steward of a level, the one of the mine that
    goes ends: with yesterday, or with today if it began today."""
    if not isinstance(gone, Site) or not isinstance(kept, Site):
        return
    taken = set(kept.stewardships.filter(valid_to=None).values_list("level", flat=True))
    yesterday = timezone.localdate() - timedelta(days=1)
    for each in gone.stewardships.select_for_update(of=("self",)):
        if each.valid_to is None and each.level in taken:
            last = max(each.valid_from, yesterday)
            write.change(each, valid_to=last, end_reason=f"矿山并入“{kept}”，后者已有包保领导")
        write.change(each, site=kept)
