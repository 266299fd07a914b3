"""Indicators: what there is, how each is counted and since when; and the rows behind a number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Refused, Unknown
from anlan.kernel.indicators import policies, selectors, services, values
from anlan.kernel.indicators.choices import Reach
from anlan.kernel.indicators.forms import DefinitionForm
from anlan.kernel.indicators.models import Definition, DefinitionVersion
from anlan.kernel.indicators.registry import Measure
from anlan.kernel.orgs.models import Area, AreaLevel, Organisation
from anlan.kernel.orgs.selectors import COUNTY_RANK
from anlan.kernel.ui.lists import Column, Empty, Filter, List

LONGEST = 366 * 3  # days over which rows are shown


def _url(version: DefinitionVersion) -> str:
    return reverse("indicators:definition", args=[version.definition.key])


DEFINITIONS = List(
    key="indicators.definitions",
    name="指标",
    columns=(
        Column("name", "指标", lambda v: v.name, main=True, url=_url, width=30),
        Column("unit", "单位", lambda v: v.unit, width=8),
        Column("reach", "统计口径", lambda v: v.get_reach_display(), width=18),
        Column("items", "通知条目", lambda v: v.items_in_words, width=12),
        Column("how", "怎样计数", lambda v: v.how, width=60),
        Column("number", "版本", lambda v: str(v.number), number=True, width=6),
        Column("since", "启用日期", lambda v: v.effective_from, width=12),
    ),
    filters=(
        Filter("reach", "统计口径", Reach.choices, lambda rows, v: rows.filter(reach=v)),
        Filter(
            "item",
            "通知条目",
            lambda request: [(n, f"第 {n} 项") for n in _items()],
            lambda rows, v: rows.filter(items__contains=[int(v)]),
        ),
    ),
    search=("name", "how"),
    empty=Empty("还没有指标", "载入随程序提供的资料后，各台账提供的指标会列在这里。"),
)


def _items() -> list[int]:
    found = DefinitionVersion.objects.values_list("items", flat=True)
    return sorted({number for items in found for number in items})


@page(policies.VIEW)
def definitions(request: Request) -> HttpResponseBase:
    """All indicators by the version in force today."""
    book, today = selectors.Book(), timezone.localdate()
    rows = DefinitionVersion.objects.filter(pk__in=[each.pk for each in book.all_on(today)])
    rows = rows.select_related("definition").order_by("definition__sort", "definition__key")
    context = {"may_define": policies.DEFINE.allows(request.actor)}
    return DEFINITIONS.respond(request, rows, "indicators/definitions.html", context)


@page(policies.VIEW)
def definition(request: Request, key: str) -> HttpResponse:
    """One indicator with its versions; for the office's chief the form of the next one."""
    found = selectors.definition(key)
    form = None
    if policies.DEFINE.allows(request.actor):
        form = DefinitionForm(newest=selectors.newest(found))
    return _show(request, found, form)


@page(policies.DEFINE, methods=("GET", "POST"))
def change(request: Request, key: str) -> HttpResponse:
    """Make the next version."""
    found = selectors.definition(key)
    if request.method == "GET":  # a refused form stands here; opened again, it is the indicator
        return redirect("indicators:definition", key)
    newest = selectors.newest(found)
    form = DefinitionForm(request.POST, newest=newest)

    def act(typed: dict[str, Any]) -> DefinitionVersion:
        typed["seen"] = typed["seen"] or 0
        return services.definition_change(actor=request.actor, definition=found.pk, **typed)

    made = _done(form, act)
    if made is None:
        form.data = {**request.POST.dict(), "seen": str(newest.number)}
        return _show(request, found, form, status=_status(form))
    messages.success(request, f"已另立第 {made.number} 版，{made.effective_from} 起按它计数。")
    return redirect("indicators:definition", key)


@page(policies.DEFINE, methods=("GET", "POST"))
def add(request: Request) -> HttpResponse:
    """Define a new indicator."""
    form = DefinitionForm(request.POST or None)

    def act(typed: dict[str, Any]) -> DefinitionVersion:
        del typed["seen"]
        return services.definition_add(actor=request.actor, **typed)

    made = _done(form, act) if request.method == "POST" else None
    if made is None:
        status = 422 if form.errors else 200
        return render(request, "indicators/add.html", {"form": form}, status=status)
    messages.success(request, "指标已新设，条款可以用它计数。")
    return redirect(_url(made))


def _done(
    form: DefinitionForm, act: Callable[[dict[str, Any]], DefinitionVersion]
) -> DefinitionVersion | None:
    """What was made; None if it was refused: the form says why and keeps what was typed."""
    if not form.is_valid():
        return None
    try:
        return act(dict(form.cleaned_data))
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        form.refused = refusal.status  # type: ignore[attr-defined]
        form.add_error(None, refusal.message)
        return None


def _status(form: DefinitionForm) -> int:
    return getattr(form, "refused", 422)


def _show(
    request: Request, found: Definition, form: DefinitionForm | None, status: int = 200
) -> HttpResponse:
    book, today = selectors.Book(), timezone.localdate()
    versions = list(found.versions.select_related("definition"))
    now = book.on(found.key, today) or versions[0]
    context = {
        "definition": found,
        "now": now,
        "offered": found.key in book.keys,
        "source": book.measure(now).name if found.key in book.keys else now.measure,
        "versions": versions,
        "form": form,
        "rows_url": rows_url(found.key, date(today.year, 1, 1), today),
    }
    return render(request, "indicators/definition.html", context, status=status)


# --- the rows behind a number ------------------------------------------------------------------


def rows_url(key: str, start: date, end: date) -> str:
    """The page of the rows between two days; narrowed by ``?area=`` or ``?of=``."""
    return reverse("indicators:rows", args=[key, start.isoformat(), end.isoformat()])


@page(policies.VIEW)
def rows(request: Request, key: str, start: str, end: str) -> HttpResponseBase:
    """The rows that a number counts, as far as the viewer sees them."""
    first, last = _days(start, end)
    book = selectors.Book()
    version = book.on(selectors.definition(key).key, last)
    if version is None:
        raise Unknown("没有台账提供这个指标的数据。")
    measure = book.measure(version)
    found = values.seen(measure, request.actor, first, last)
    found = found.select_related(measure.organisation, measure.area)
    context = {"version": version, "first": first, "last": last}
    return _list(measure, version, last).respond(request, found, "indicators/rows.html", context)


def _days(start: str, end: str) -> tuple[date, date]:
    try:
        first, last = date.fromisoformat(start), date.fromisoformat(end)
    except ValueError as error:
        raise Unknown("日期不对，请从指标页重新进入。") from error
    if not 0 <= (last - first).days <= LONGEST:
        raise Unknown("起止日期不对，或超过三年，请从指标页重新进入。")
    return first, last


def _list(measure: Measure, version: DefinitionVersion, last: date) -> List:
    return List(
        key="indicators.rows",
        name=version.name,
        columns=(
            Column("row", "计入的记录", str, main=True, url=measure.url, width=60),
            Column("unit", "单位", lambda row: _led(row, measure.organisation), width=24),
            Column("area", "区划", lambda row: _led(row, measure.area), width=16),
        ),
        filters=(
            Filter(
                "area",
                "地区",
                _areas,
                lambda found, code: found.filter(
                    values.lying_in(measure, Area.objects.get(code=code))
                ),
            ),
            Filter(
                "of",
                "单位",
                _named,
                lambda found, code: found.filter(
                    values.reached(
                        measure,
                        version.reach,
                        Organisation.objects.select_related("area").get(code=code),
                        last,
                    )
                ),
            ),
        ),
        empty=Empty("没有计入的记录", "这段时间内没有符合口径的记录，或它们不在您的管辖范围内。"),
    )


def _led(row: Any, path: str) -> str:
    """What a lookup leads to from the row."""
    for name in path.split("__"):
        row = row and getattr(row, name)
    return str(row or "")


def _areas(request: HttpRequest) -> list[tuple[str, str]]:
    ranks = Area.objects.filter(level__in=[AreaLevel.CITY, *COUNTY_RANK])
    return [(each.code, each.name) for each in ranks]


def _named(request: HttpRequest) -> list[tuple[str, str]]:
    """The unit that the address names: there are too many to choose from."""
    found = Organisation.objects.filter(code=request.GET.get("of", ""))
    return [(each.code, str(each)) for each in found]
