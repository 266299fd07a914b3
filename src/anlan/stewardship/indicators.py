"""The measures that the stewardship offers: what is vacant, and what was not visited.

Both are asked as "all" (none left): their rows are what is still to be put right.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from anlan.kernel.access.scope import NOTHING
from anlan.kernel.indicators.registry import Measure, declare
from anlan.kernel.orgs.models import Organisation
from anlan.registry.indicators import belonging
from anlan.registry.models import Site
from anlan.stewardship import mines
from anlan.stewardship.choices import Level
from anlan.stewardship.models import Stewardship
from anlan.stewardship.visits import missing, per_quarter, quarters, visits


def vacancies(start: date, end: date) -> QuerySet[Site]:
    """The mines that have no steward of a level required of all on the last day."""
    found: QuerySet[Site] = mines.asked().filter(_lacking(mines.required(end), end))
    return found


def own_vacancies(organisation: Organisation, end: date) -> Q:
    """Of an organisation: its mines without a steward of a level that it answers for."""
    return belonging(organisation) & _lacking(mines.levels_for(organisation, end), end)


def _lacking(levels: tuple[Level, ...], end: date) -> Q:
    lacking = NOTHING
    for level in levels:
        filled = Stewardship.objects.in_force(end).filter(level=level)
        lacking |= ~Q(pk__in=filled.order_by().values("site"))
    return lacking


def visits_missing(start: date, end: date) -> QuerySet[Stewardship]:
    """What leaders steward and did not visit in a quarter of the span, of those quarters that are
    over by its last day."""
    held = Stewardship.objects.filter(
        level__in=mines.required(end), site__in=mines.asked().order_by().values("pk")
    )
    kept, made, needed = list(held), visits(start, end), per_quarter(end)
    over = [each for each in quarters(start, end) if each[1] <= end]
    pks = {each.pk for span in over for each in missing(kept, made, span, needed)}
    return Stewardship.objects.filter(pk__in=pks).select_related("post", "site")


def _of_site(site: Site) -> str:
    return reverse("registry:site", args=[site.pk])


def _of_stewardship(stewardship: Stewardship) -> str:
    return reverse("registry:site", args=[stewardship.site_id])


MEASURES: tuple[dict[str, Any], ...] = (
    {
        "key": "stewardship.vacancies",
        "name": "没有包保领导的矿山",
        "unit": "座",
        "how": "期末没有包保领导的矿山和尾矿库：政府只看本级包保、按所在区划计，"
        "其他单位看必须落实的各级、按监管部门计；已关闭、已闭库销号的不计。"
        "“全部落实包保”就是一座不剩，期满时才算完成",
        "rows": vacancies,
        "organisation": "regulator",
        "own": own_vacancies,
        "url": _of_site,
        "clause": "4",
    },
    {
        "key": "stewardship.visits_missing",
        "name": "有季度没有到矿的包保",
        "unit": "个",
        "how": "期内已结束的季度中，有季度到矿次数不够的包保（一位领导包保一座矿山为一个），"
        "按领导所在单位计；只算已核验的到矿记录；任包保领导不到半个季度的，该季度不要求",
        "rows": visits_missing,
        "organisation": "post__organisation",
        "area": "site__area",
        "url": _of_stewardship,
        "clause": "4",
    },
)  # fmt: skip

for each in MEASURES:
    declare(Measure(**each))
