"""The default regulators of many subjects at once; for one, ``selectors.default_regulator``."""

from __future__ import annotations

from collections.abc import Container

from django.utils import timezone

from anlan.kernel.orgs.models import Area, Organisation
from anlan.kernel.orgs.selectors import areas_of_county_rank, in_force
from anlan.registry.models import Sector


class Regulators:
    """Reads sectors and organisations once, by three queries, and then answers without any."""

    def __init__(self) -> None:
        today = timezone.localdate()
        self.sectors: dict[int, Sector] = {
            each.pk: each for each in Sector.objects.select_related("city_regulator")
        }
        self._counties = set(areas_of_county_rank().values_list("code", flat=True))
        endings = {each.county_regulator for each in self.sectors.values()} - {""}
        codes = [f"{county}-{ending}" for county in self._counties for ending in endings]
        found = Organisation.objects.filter(in_force(today), code__in=codes)
        self._of_counties: dict[str, Organisation] = {each.code: each for each in found}
        self._today = today

    def of(self, sector: int, area: Area) -> Organisation | None:
        """Who regulates a subject of the sector in the area by default; None: nobody is named."""
        county = self.county(area)
        line, passed = self.sectors.get(sector), set[int]()
        while line is not None and line.pk not in passed:
            passed.add(line.pk)
            of_county = self._of_counties.get(f"{county}-{line.county_regulator}")
            if found := of_county or self._existing(line.city_regulator):
                return found
            line = self.sectors.get(line.parent_id) if line.parent_id else None
        return None

    def county(self, area: Area) -> str:
        """The code of the county or zone in which the area lies; empty above."""
        return county_code(area, self._counties)

    def _existing(self, organisation: Organisation | None) -> Organisation | None:
        ended = organisation and organisation.valid_to and organisation.valid_to < self._today
        return None if ended else organisation


def county_code(area: Area, counties: Container[str]) -> str:
    """The code among ``counties`` in which the area lies, itself included; empty if none."""
    return next((code for code in area.path.split("/") if code in counties), "")
