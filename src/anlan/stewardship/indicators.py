"""The measures that the stewardship offers: what is vacant or not visited, which lists lack, which
of their tasks are late.

All are asked as "all" (none left): their rows are what is still to be put right.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from anlan.kernel.access.scope import NOTHING
from anlan.kernel.deadlines.calendar import end_of
from anlan.kernel.indicators.registry import Measure, declare
from anlan.kernel.orgs.models import Organisation
from anlan.registry.indicators import belonging
from anlan.registry.models import Site
from anlan.stewardship import mines
from anlan.stewardship.choices import ItemState, Level, ListKind, ListState
from anlan.stewardship.models import LeaderPost, ListItem, ResponsibilityList, Stewardship
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
    spans = quarters(start, end)
    # A visit counts for its whole quarter, which may have begun before the span.
    kept, made, needed = list(held), visits(spans[0][0], end), per_quarter(end)
    over = [each for each in spans if each[1] <= end]
    pks = {each.pk for span in over for each in missing(kept, made, span, needed)}
    return Stewardship.objects.filter(pk__in=pks).select_related("post", "site")


def lists_missing(start: date, end: date) -> QuerySet[LeaderPost]:
    """The leaders on the last day of whose two lists for the year one is not issued by then."""
    issued = ResponsibilityList.objects.filter(
        year=end.year, state=ListState.ISSUED, issued_at__lt=end_of(end)
    )
    lacking = NOTHING
    for kind in ListKind:
        lacking |= ~Q(pk__in=issued.filter(kind=kind).order_by().values("post"))
    return LeaderPost.objects.held(end).filter(lacking)


def items_overdue(start: date, end: date) -> QuerySet[ListItem]:
    """Tasks of issued lists whose day lies in the span and is over, and that were not accepted by
    the last day."""
    due = ListItem.objects.filter(
        of__state=ListState.ISSUED, due_on__range=(start, end), due_on__lt=timezone.localdate()
    )
    return due.exclude(state=ItemState.VERIFIED, verified_at__lt=end_of(end))


def _of_post(post: LeaderPost) -> str:
    return reverse("stewardship:post", args=[post.pk])


def _of_item(item: ListItem) -> str:
    return reverse("stewardship:list", args=[item.of_id])


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
    {
        "key": "stewardship.lists_missing",
        "name": "没有印发责任清单的领导岗位",
        "unit": "个",
        "how": "期末在任、当年的职责清单和年度重点工作清单没有都印发的领导岗位，按领导所在单位计",
        "rows": lists_missing,
        "area": "organisation__area",
        "url": _of_post,
        "clause": "4",
    },
    {
        "key": "stewardship.items_overdue",
        "name": "逾期的领导重点工作任务",
        "unit": "项",
        "how": "完成期限在期内、已过期，而到期末没有核验完成的清单任务，按领导所在单位计；"
        "只算已印发的清单",
        "rows": items_overdue,
        "organisation": "of__post__organisation",
        "area": "of__post__organisation__area",
        "url": _of_item,
        "clause": "4",
    },
)  # fmt: skip

for each in MEASURES:
    declare(Measure(**each))
