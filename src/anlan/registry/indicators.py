"""The measures that the sector registers offer.

A register holds what is so now, with the days on which it came about. A measure over a span
that is over therefore leaves out what came about after its last day: to mend a register in spring
does not meet what was due in winter.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KT
from django.urls import reverse

from anlan.kernel.indicators.registry import Measure, declare
from anlan.kernel.orgs.models import Organisation, OrganisationKind
from anlan.registry.choices import Business, SiteKind
from anlan.registry.models import Entry, Site

STOPPED_YEARS = 3  # notice, item 11: ponds stopped for longer are to be closed
CLOSED = ("closed", "struck_off")
_WHOSE = "；政府按所在区划，专委会办公室按所管行业领域，其他单位按监管部门计"


def mines_made_intelligent(start: date, end: date) -> QuerySet[Entry]:
    """Coal mines that were accepted as intelligent in the span."""
    rows = _entries("coal-mine", "intelligent_on")
    return rows.filter(values__intelligent=True, intelligent_on__range=_days(start, end))


def parks_above_d(start: date, end: date) -> QuerySet[Site]:
    """Parks of which the register does not say that they are at level D by the last day.

    A park without an entry is among them: nobody can say that it is safe. One that was not
    recognised, or is closed for good, is not.
    """
    entries = Entry.objects.filter(register__code="chemical-park").alias(
        on=KT("values__assessed_on")
    )
    low = entries.filter(_by("on", end), values__level="D")
    unrecognised = entries.filter(values__recognised=False)
    parks = Site.objects.standing().filter(kind=SiteKind.PARK)
    left_out = Q(entries__in=low) | Q(entries__in=unrecognised) | Q(business=Business.CLOSED)
    return parks.exclude(left_out)


def ponds_to_close(start: date, end: date) -> QuerySet[Entry]:
    """Tailings ponds that are to be closed and were not by the last day of the span."""
    rows = _entries("tailings-pond", "stopped_on", "closed_on")
    long_ago = Q(values__use="stopped", stopped_on__lt=three_years_before(end).isoformat())
    due = long_ago | Q(values__elevation_reached=True) | Q(values__ownerless=True)
    closed = rows.filter(_by("closed_on", end), values__use__in=CLOSED)
    return rows.filter(due).exclude(pk__in=closed.values("pk"))


def ponds_closed(start: date, end: date) -> QuerySet[Entry]:
    """Tailings ponds that were closed in the span."""
    rows = _entries("tailings-pond", "closed_on")
    return rows.filter(values__use__in=CLOSED, closed_on__range=_days(start, end))


def stations_with_video(start: date, end: date) -> QuerySet[Entry]:
    """Petrol stations of state-owned enterprises that had video analysis by the last day."""
    rows = _stations()
    return rows.filter(_by("video_on", end), values__video_analysis=True)


def stations_without_video(start: date, end: date) -> QuerySet[Entry]:
    """The others of the state-owned; also where nothing was filled in."""
    having = stations_with_video(start, end)
    return _stations().exclude(pk__in=having.values("pk"))


def three_years_before(day: date) -> date:
    """The first day that is not yet more than three years before ``day``.

    The day of stopping does not count, and three years end on the corresponding day, or on the
    month's last day (Civil Code art. 201, 202): 2020-02-29 is over three years ago from 2023-03-01
    on, and 2021-02-28 from 2024-02-29 on.
    """
    try:
        return day.replace(year=day.year - STOPPED_YEARS)
    except ValueError:  # 29 February of a leap year
        return date(day.year - STOPPED_YEARS, 3, 1)


# --- what they share ------------------------------------------------------------------------------


def _entries(register: str, *dates: str) -> QuerySet[Any]:
    """The register's entries on standing sites; ``dates`` are fields that can be compared: as
    texts, which ISO dates are ordered by too."""
    own = Entry.objects.filter(register__code=register, site__isnull=False)
    own = own.select_related("register", "site")
    return own.filter(site__merged_into=None).alias(**{key: KT(f"values__{key}") for key in dates})


def belonging(organisation: Organisation, prefix: str = "") -> Q:
    """Condition on sites: in the area of a government, in the lines of business of a committee's
    office, else regulated by the organisation or by one that answers to it."""
    if organisation.kind == OrganisationKind.GOVERNMENT:
        return _under(f"{prefix}area", organisation.area.path)
    if organisation.kind == OrganisationKind.OFFICE:
        own = _line(f"{prefix}sector", organisation)
        return own & _under(f"{prefix}area", organisation.area.path)
    return _under(f"{prefix}regulator", organisation.path)


def _under(field: str, path: str) -> Q:
    return Q(**{f"{field}__path": path}) | Q(**{f"{field}__path__startswith": f"{path}/"})


def _line(field: str, office: Organisation) -> Q:
    """A part that names no office of its own is its parent's (``data/<city>/sectors.yaml``)."""
    of_parent = {f"{field}__committee_office": None, f"{field}__parent__committee_office": office}
    return Q(**{f"{field}__committee_office": office}) | Q(**of_parent)


def _stations() -> QuerySet[Any]:
    rows = _entries("petrol-station", "video_on")
    return rows.filter(values__state_owned=True)


def _by(field: str, end: date) -> Q:
    """On the last day or before; where the day was not filled in, what stands is believed."""
    return Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__lte": end.isoformat()})


def _days(start: date, end: date) -> tuple[str, str]:
    return start.isoformat(), end.isoformat()


def _of_site(site: Site) -> str:
    return reverse("registry:site", args=[site.pk])


def _of_entry(entry: Entry) -> str:
    return reverse("registry:site", args=[entry.site_id])


MEASURES: tuple[dict[str, Any], ...] = (
    {
        "key": "registry.intelligent_mines",
        "name": "新建成智能化煤矿",
        "unit": "座",
        "how": "煤矿台账中“已建成智能化煤矿”为是、智能化验收日期在期内的；没有填验收日期的不计",
        "rows": mines_made_intelligent,
        "clause": "13",
    },
    {
        "key": "registry.parks_above_d",
        "name": "未达到 D 级的化工园区",
        "unit": "个",
        "how": "期末不能认定为 D 级的化工园区：台账等级不是 D 级、评估日期晚于期末，"
        "或没有登记台账；台账中没有公布认定的和已关闭的不计。"
        "“全部降到 D 级”就是一个不剩，期满时才算完成",
        "rows": parks_above_d,
        "clause": "11",
    },
    {
        "key": "registry.ponds_to_close",
        "name": "应闭库未闭库的尾矿库",
        "unit": "座",
        "how": "期末停用超过三年、已达到设计标高或无主，而没有闭库、销号的尾矿库；"
        "停用日期没有填的，不按停用时间计；期末以后才闭库的仍计入",
        "rows": ponds_to_close,
        "clause": "11",
    },
    {
        "key": "registry.ponds_closed",
        "name": "闭库销号的尾矿库",
        "unit": "座",
        "how": "状态为已闭库或已销号、闭库销号日期在期内的尾矿库；没有填日期的不计",
        "rows": ponds_closed,
        "clause": "11",
    },
    {
        "key": "registry.stations_with_video",
        "name": "已装视频智能分析的国有加油站",
        "unit": "座",
        "how": "台账中国有企业所属、已装视频智能分析系统的加油站；启用日期晚于期末的不计",
        "rows": stations_with_video,
        "clause": "13",
    },
    {
        "key": "registry.stations_without_video",
        "name": "未装视频智能分析的国有加油站",
        "unit": "座",
        "how": "台账中国有企业所属、到期末没有装视频智能分析系统的加油站。“全部装上”就是一座不剩",
        "rows": stations_without_video,
        "clause": "13",
    },
)

ON_SITES: dict[str, Any] = {
    "organisation": "regulator",
    "area": "area",
    "own": lambda organisation, end: belonging(organisation),
    "url": _of_site,
}
IN_REGISTERS: dict[str, Any] = {
    "organisation": "site__regulator",
    "area": "site__area",
    "own": lambda organisation, end: belonging(organisation, "site__"),
    "url": _of_entry,
}

for each in MEASURES:
    whose = ON_SITES if each["rows"] is parks_above_d else IN_REGISTERS
    declare(Measure(**{**each, "how": f"{each['how']}{_WHOSE}"}, **whose))
