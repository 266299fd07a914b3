"""A few invented subjects, marked as a demonstration, so that pages and lists have rows to show.

Everything goes through the services that people use, as one of our own jobs. Names say what they
are (演示煤矿一号); credit codes name the division 000000, which no register office has; people have
no identity numbers.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from anlan.kernel.access.actor import Actor, ActorSource, system
from anlan.kernel.orgs.models import Area
from anlan.registry import demo_disputes
from anlan.registry.choices import PostKind
from anlan.registry.identifiers import credit_check
from anlan.registry.models import Enterprise, Register, Sector, Site
from anlan.registry.services.entries import entry_put
from anlan.registry.services.facts import EnterpriseFacts, SiteFacts
from anlan.registry.services.grading import grade_set
from anlan.registry.services.people import appoint
from anlan.registry.services.subjects import enterprise_add, site_add

BASIS = "演示数据，不是真实评定"

# Name, sector, staff.
FIRMS: tuple[tuple[str, str, int], ...] = (
    ("演示煤业有限公司", "coal", 860),
    ("演示矿业有限公司", "non-coal-mine", 120),
    ("演示化工有限公司", "chemicals", 340),
    ("演示铝业有限公司", "deep-well-casting", 210),
    ("演示石油销售有限公司", "petrol-station", 45),
    ("演示燃气有限公司", "gas", 96),
)
PEOPLE = (("演示人员甲", PostKind.PRINCIPAL), ("演示人员乙", PostKind.SAFETY_MANAGER))
SITES: tuple[dict[str, Any], ...] = (
    {
        "name": "演示煤矿一号", "firm": 0, "kind": "mine", "sector": "coal", "area": "141125",
        "at": ("110.89", "37.43"), "grade": "red", "register": "coal-mine",
        "data": {"mining": "井工", "capacity": 150, "depth": "640", "disasters": "高瓦斯",
                 "intelligent": "否", "survey_done": "是", "survey_on": "2025-03-20"},
    },
    {
        "name": "演示煤矿二号", "firm": 0, "kind": "mine", "sector": "coal", "area": "141102",
        "at": ("111.14", "37.52"), "grade": "orange", "register": "coal-mine",
        "data": {"mining": "井工", "capacity": 90, "depth": "420", "intelligent": "是",
                 "intelligent_on": "2025-06-30", "survey_done": "否", "monitored": "是"},
    },
    {
        "name": "演示煤矿三号", "firm": 0, "kind": "mine", "sector": "coal", "area": "141130",
        "at": ("111.19", "36.98"), "grade": "yellow", "register": "coal-mine",
        "data": {"mining": "井工", "capacity": 60, "depth": "310", "intelligent": "否",
                 "survey_done": "是", "survey_on": "2025-04-18"},
    },
    {
        "name": "演示煤矿四号", "firm": 0, "kind": "mine", "sector": "coal", "area": "141124",
        "at": ("110.99", "37.95"), "grade": "orange", "register": "coal-mine",
        "data": {"mining": "井工", "capacity": 240, "depth": "705", "disasters": "高瓦斯",
                 "intelligent": "否", "survey_done": "否"},
    },
    {
        "name": "演示煤矿五号", "firm": 0, "kind": "mine", "sector": "coal", "area": "141181",
        "at": ("111.78", "37.14"), "grade": "blue", "register": "coal-mine",
        "data": {"mining": "露天", "capacity": 90, "depth": "130", "intelligent": "否",
                 "survey_done": "是"},
    },
    {
        "name": "演示铁矿一号", "firm": 1, "kind": "mine", "sector": "non-coal-mine",
        "area": "141127", "at": ("111.67", "38.28"), "grade": "orange",
        "register": "non-coal-mine",
        "data": {"mineral": "铁矿", "mining": "地下", "capacity": "30", "goaf": "是",
                 "survey_done": "否"},
    },
    {
        "name": "演示石灰岩矿一号", "firm": 1, "kind": "mine", "sector": "non-coal-mine",
        "area": "141129", "at": ("111.18", "37.36"), "grade": "yellow",
        "register": "non-coal-mine",
        "data": {"mineral": "石灰岩", "mining": "露天", "slope_height": "85",
                 "survey_done": "是", "survey_on": "2025-05-06"},
    },
    {
        "name": "演示尾矿库一号", "firm": 1, "kind": "tailings_pond", "sector": "tailings",
        "area": "141123", "at": ("111.12", "38.46"), "grade": "yellow", "register": "tailings-pond",
        "data": {"use": "停用", "stopped_on": "2019-05-01", "elevation_reached": "是",
                 "ownerless": "否", "class": "四等", "stacking": "湿式"},
    },
    {
        "name": "演示无主尾矿库", "firm": None, "kind": "tailings_pond", "sector": "tailings",
        "area": "141127", "at": ("111.67", "38.28"), "grade": "", "register": "tailings-pond",
        "data": {"use": "停用", "elevation_reached": "否", "ownerless": "是"},
    },
    {
        "name": "演示化工园区", "firm": None, "kind": "park", "sector": "chemical-park",
        "area": "141181", "at": ("111.78", "37.14"), "grade": "orange", "register": "chemical-park",
        "data": {"recognised": "是", "level": "C 级（一般）", "enterprises": 12},
    },
    {
        "name": "演示加油站一号", "firm": 4, "kind": "petrol_station", "sector": "petrol-station",
        "area": "141182", "at": ("111.78", "37.26"), "grade": "blue", "register": "petrol-station",
        "data": {"state_owned": "是", "video_analysis": "否", "grade": "二级"},
    },
)  # fmt: skip


def load() -> str:
    """Load the demonstration's subjects, all or nothing, unless there are any; says what it did."""
    if Enterprise.objects.exists() or Site.objects.exists():
        return "监管对象已有登记，未改动"
    actor = system(ActorSource.COMMAND)
    with transaction.atomic():
        firms = [_firm(actor, number, *each) for number, each in enumerate(FIRMS)]
        for each in SITES:
            _site(actor, firms, **each)
        more = demo_disputes.load()
    return f"演示企业 {len(FIRMS)} 家、场所 {len(SITES)} 个{more}"


def _firm(actor: Actor, number: int, name: str, sector: str, staff: int) -> Enterprise:
    body = f"91000000MADEM{number:04}"
    facts = EnterpriseFacts(
        name=name,
        sector=Sector.objects.get(code=sector),
        area=_area("141102"),
        credit_code=body + credit_check(body),
        staff=staff,
    )
    made = enterprise_add(actor=actor, facts=facts, is_demo=True)
    for person, kind in (
        ("演示人员甲", PostKind.PRINCIPAL),
        ("演示人员乙", PostKind.SAFETY_MANAGER),
    ):
        appoint(
            actor=actor,
            enterprise=made.pk,
            kind=kind,
            valid_from=date(2025, 1, 2),
            name=person,
            is_demo=True,
        )
    return made


def _site(
    actor: Actor,
    firms: list[Enterprise],
    *,
    name: str,
    firm: int | None,
    kind: str,
    sector: str,
    area: str,
    at: tuple[str, str],
    grade: str,
    register: str,
    data: dict[str, object],
) -> None:
    facts = SiteFacts(
        name=name,
        kind=kind,
        enterprise=None if firm is None else firms[firm],
        sector=Sector.objects.get(code=sector),
        area=_area(area),
        longitude=Decimal(at[0]),
        latitude=Decimal(at[1]),
    )
    made = site_add(actor=actor, facts=facts, is_demo=True)
    today = timezone.localdate()
    if grade:
        grade_set(actor=actor, subject=made, colour=grade, basis=BASIS, reason="演示", set_on=today)
    entry_put(
        actor=actor,
        register=Register.objects.get(code=register),
        subject=made,
        raw=data,
        checked_on=today - timedelta(days=30),
    )


def _area(county: str) -> Area:
    """The first township of the county."""
    found: Area = Area.objects.filter(parent__code=county).order_by("code")[0]
    return found
