"""What is quiet now or will be: silences and maintenance, scoped to the viewer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from anlan.kernel.access.actor import Actor
from anlan.monitoring import policies
from anlan.monitoring.models import Point, Silence, Window
from anlan.monitoring.rules import compiling
from anlan.monitoring.visibility import reaches
from anlan.registry.models import Site

Choices = list[tuple[str, list[tuple[str, str]]]]


@dataclass(frozen=True)
class Quiet:
    """One row of the list. ``end_url``: where it can be ended early; empty for who may not."""

    kind: str
    what: str
    site: Site | None
    begin: datetime
    until: datetime
    by: str
    reason: str
    end_url: str

    def runs(self, now: datetime) -> bool:
        """Whether it has begun."""
        return self.begin <= now


def quiet(actor: Actor, now: datetime, site: Site | None = None) -> list[Quiet]:
    """What has not ended, what ends first on top; of one site, with what holds everywhere."""
    rows = [*_silences(actor, now, site), *_windows(actor, now, site)]
    return sorted(rows, key=lambda each: (not each.runs(now), each.until, each.what))


def _silences(actor: Actor, now: datetime, site: Site | None) -> Iterator[Quiet]:
    rows = Silence.objects.visible_to(actor).filter(until__gt=now)
    for each in rows.select_related("point__site__area", "point__site__regulator", "site__area",
                                    "site__regulator", "rule", "by"):  # fmt: skip
        place = each.place
        if site is not None and place is not None and place != site:
            continue
        what = str(each.rule or each.point or "整个场所")
        kind = "规则静默" if each.rule else "测点静默" if each.point else "场所静默"
        url = reverse("monitoring:silence_end", args=[each.pk])
        may = policies.PUBLISH.allows(actor) if place is None else _may(actor, place)
        yield Quiet(
            kind, what, place, each.begin, each.until, str(each.by), each.reason, url if may else ""
        )


def _windows(actor: Actor, now: datetime, site: Site | None) -> Iterator[Quiet]:
    """A device's points as one row."""
    rows = Window.objects.visible_to(actor).filter(end__gt=now)
    if site is not None:
        rows = rows.filter(point__site=site)
    together: dict[tuple[object, ...], list[Window]] = {}
    for each in rows.select_related("point__site__area", "point__site__regulator", "device", "by"):
        alone = None if each.device_id else each.pk
        key = (alone, each.device_id, each.begin, each.end, each.by_id)
        together.setdefault(key, []).append(each)
    for group in together.values():
        first = group[0]
        place = first.point.site
        what = f"{first.device}，{len(group)} 个测点" if first.device else str(first.point)
        kind = "设备维护" if first.device else "测点维护"
        url = reverse("monitoring:window_end", args=[first.pk]) if _may(actor, place) else ""
        yield Quiet(
            kind, what, place, first.begin, first.end, str(first.by), first.reason, url
        )  # fmt: skip


def objects(site: Site) -> Choices:
    """What of a site can be kept quiet, grouped for a form; keys are read by the page."""
    points = list(Point.objects.standing().filter(site=site).order_by("name"))
    numbers = compiling.located(Point.objects.filter(site=site))
    rules = [each.rule for each in compiling.in_force() if compiling.held_by(each, numbers)]
    devices = site.devices.filter(retired_at=None, channels__point__retired_at=None).distinct()
    groups: Choices = [
        ("测点维护、校准", [(f"window-{each.pk}", f"维护：{each}") for each in points]),
        ("设备维护（它的全部测点）", [(f"device-{each.pk}", f"维护：{each}") for each in devices]),
        ("测点静默", [(f"point-{each.pk}", f"静默：{each}") for each in points]),
        ("规则在本场所静默", [(f"rule-{each.pk}", f"静默：{each}") for each in rules]),
        ("场所静默", [("site", "静默：整个场所")]),
    ]
    return [group for group in groups if group[1]]


def _may(actor: Actor, site: Site) -> bool:
    return policies.KEEP.allows(actor) and reaches(actor, site, policies.KEEP)
