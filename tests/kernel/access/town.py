"""A city for tests: two counties with a township each, a city bureau, the committee's office."""

from __future__ import annotations

from types import SimpleNamespace

from anlan.kernel.orgs.models import Area, AreaLevel, Organisation, OrganisationKind


def build() -> SimpleNamespace:
    """Areas ``city, east, west, east_town, west_town``; organisations ``government, office,
    bureau, east_government, west_government, east_town_government, west_town_government``."""
    root = _area("90", "试市", AreaLevel.CITY)
    east, west = (
        _area(c, n, AreaLevel.COUNTY, root) for c, n in (("9001", "东县"), ("9002", "西县"))
    )
    east_town = _area("9001001", "东镇", AreaLevel.TOWNSHIP, east)
    west_town = _area("9002001", "西镇", AreaLevel.TOWNSHIP, west)
    government = _organisation("90-government", "试市人民政府", root)
    east_government = _organisation("9001-government", "东县人民政府", east, government)
    west_government = _organisation("9002-government", "西县人民政府", west, government)
    return SimpleNamespace(
        city=root,
        east=east,
        west=west,
        east_town=east_town,
        west_town=west_town,
        government=government,
        office=_organisation("90-office", "试市安委办", root, government, OrganisationKind.OFFICE),
        bureau=_organisation("90-bureau", "试市能源局", root, government, OrganisationKind.BUREAU),
        east_government=east_government,
        west_government=west_government,
        east_town_government=_organisation(
            "9001001-government", "东镇人民政府", east_town, east_government
        ),
        west_town_government=_organisation(
            "9002001-government", "西镇人民政府", west_town, west_government
        ),
    )


def _area(code: str, name: str, level: AreaLevel, parent: Area | None = None) -> Area:
    path = f"{parent.path}/{code}" if parent else code
    return Area.objects.create(code=code, name=name, level=level, parent=parent, path=path)


def _organisation(
    code: str,
    name: str,
    area: Area,
    parent: Organisation | None = None,
    kind: OrganisationKind = OrganisationKind.GOVERNMENT,
) -> Organisation:
    return Organisation.objects.create(
        code=code,
        name=name,
        short_name=name,
        kind=kind,
        area=area,
        parent=parent,
        path=f"{parent.path}/{code}" if parent else code,
    )
