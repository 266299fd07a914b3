"""What the pages of the registry share: finding a subject, and how its facts look."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.selectors import organisation_names
from anlan.kernel.errors import Unknown
from anlan.kernel.orgs.models import Area, AreaLevel
from anlan.kernel.orgs.selectors import areas_of_county_rank
from anlan.kernel.ui import tokens
from anlan.kernel.ui.drawing import badge
from anlan.kernel.ui.lists import Filter, Rows
from anlan.kernel.ui.templatetags.ui import tag
from anlan.registry.choices import Business, Colour
from anlan.registry.models import Enterprise, Sector, Site

MODELS: dict[str, type[Enterprise] | type[Site]] = {"enterprise": Enterprise, "site": Site}
RELATED = ("sector", "area__parent", "regulator", "merged_into")
_TONES = {
    Business.RUNNING: "green",
    Business.BUILDING: "blue",
    Business.STOPPED: "orange",
    Business.CLOSED: "grey",
}


def found(actor: Actor, kind: str, pk: int) -> Enterprise | Site:
    """The subject that the actor sees; Unknown if there is none."""
    related = (*RELATED, "enterprise") if kind == "site" else RELATED
    rows = MODELS[kind].objects.visible_to(actor).select_related(*related)
    subject: Enterprise | Site | None = rows.filter(pk=pk).first()
    if subject is None:
        what = "场所" if kind == "site" else "企业"
        raise Unknown(f"没有这个{what}，或不在您的管辖范围内。请从清单重新进入。")
    return subject


def keeps(actor: Actor, subject: Enterprise | Site) -> bool:
    """Whether the actor may change the subject's facts."""
    return type(subject).objects.kept_by(actor).filter(pk=subject.pk).exists()


def kind_of(subject: Enterprise | Site) -> str:
    return "site" if isinstance(subject, Site) else "enterprise"


def url(subject: Enterprise | Site) -> str:
    """The subject's page."""
    return reverse(f"registry:{kind_of(subject)}", args=[subject.pk])


def place(area: Area) -> str:
    """An area with the one around it; the city is not worth saying."""
    around = area.parent
    return f"{around}{area}" if around and around.level != AreaLevel.CITY else str(area)


def business(subject: Enterprise | Site) -> str:
    """The state of business as a tag."""
    state = Business(subject.business)
    return tag(state.label, _TONES[state])


def grade(subject: Enterprise | Site) -> str:
    """The grade of risk as a tag, nothing if none was set."""
    return badge(tokens.SEVERITIES[subject.grade]) if subject.grade else ""


def colour(subject: Enterprise | Site) -> str:
    return Colour(subject.grade).label if subject.grade else ""


# --- filters that lists of subjects share ---------------------------------------------------------


def county_filter(prefix: str = "") -> Filter:
    """The subject's county or zone; ``prefix`` leads from the row to the subject (``site__``)."""

    def choices(request: HttpRequest) -> list[tuple[str, str]]:
        return list(areas_of_county_rank().values_list("code", "name"))

    def apply(rows: Rows, code: str) -> Rows:
        path = Area.objects.values_list("path", flat=True).get(code=code)
        field = f"{prefix}area__path"
        return rows.filter(**{field: path}) | rows.filter(**{f"{field}__startswith": f"{path}/"})

    return Filter("county", "县（市、区）", choices, apply)


def sector_filter(prefix: str = "") -> Filter:
    """The subject's sector with its parts; ``prefix`` as in :func:`county_filter`."""

    def choices(request: HttpRequest) -> list[tuple[str, str]]:
        return list(Sector.objects.values_list("code", "name"))

    def apply(rows: Rows, code: str) -> Rows:
        field = f"{prefix}sector"
        of_part = {f"{field}__parent__code": code}
        return rows.filter(**{f"{field}__code": code}) | rows.filter(**of_part)

    return Filter("sector", "行业领域", choices, apply)


def subject_filters() -> tuple[Filter, ...]:
    """By county, sector, state of business and grade."""
    none: list[tuple[str, str]] = [("none", "未评定")]
    return (
        county_filter(),
        sector_filter(),
        Filter("business", "状态", Business.choices, lambda rows, v: rows.filter(business=v)),
        Filter("grade", "风险等级", [*Colour.choices, *none], _of_grade),
    )


def _of_grade(rows: Rows, value: str) -> Rows:
    return rows.filter(grade="" if value == "none" else value)


def names() -> dict[str, Any]:
    """What the fields of organisations and areas offer while one types."""
    areas = Area.objects.exclude(level__in=(AreaLevel.VILLAGE, AreaLevel.CITY))
    return {
        "organisations": organisation_names(),
        "areas": [(each.code, place(each)) for each in areas.select_related("parent")],
    }
