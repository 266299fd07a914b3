"""Reads of monitoring, always scoped to the viewer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, F, Max, Q

from anlan.kernel.access.actor import Actor
from anlan.kernel.audit.selectors import Entry, history
from anlan.kernel.deadlines.models import DeadlineStep
from anlan.kernel.errors import Unknown
from anlan.kernel.orgs.models import Area
from anlan.monitoring import flow
from anlan.monitoring.choices import OPEN, WAITING, AlarmState, Counted, Level, MeasureKind
from anlan.monitoring.models import Alarm, AlarmQuerySet, IncidentDraft, Point, TamperSignal
from anlan.monitoring.models.alarms import moment
from anlan.monitoring.models.drafts import IncidentDraftQuerySet
from anlan.monitoring.models.touched import TamperSignalQuerySet
from anlan.monitoring.rules import compiling
from anlan.monitoring.services.calling import NAME, SUBJECT
from anlan.registry.models import Site

_NAMES = (
    "rule", "version__document", "point", "site__area__parent", "site__regulator", "site__sector",
    "answered_by",
)  # fmt: skip
# what the queue shows: its key, its name, its states
SHOWN = {
    "waiting": ("待应答", WAITING),
    "work": ("处置中", (AlarmState.ANSWERED, AlarmState.HANDLED, AlarmState.DOUBTED)),
    "done": ("已办结", (AlarmState.CLOSED, AlarmState.FALSE)),
}


def alarms(actor: Actor) -> AlarmQuerySet:
    """Those that the actor sees, with what a row of a list says."""
    return Alarm.objects.visible_to(actor).select_related(*_NAMES)


def open_by_level(actor: Actor) -> list[tuple[str, int, int]]:
    """Of the alarms that people are not done with: colour, how many, and how many of them nobody
    has answered; the worst first."""
    rows = Alarm.objects.visible_to(actor).open().values_list("highest").order_by("-highest")
    counted = rows.annotate(all=Count("pk"), waiting=Count("pk", Q(state__in=WAITING)))
    return [(Level(level).colour, count, waiting) for level, count, waiting in counted]


def queue(actor: Actor, show: str) -> AlarmQuerySet:
    """The worst first, then what has waited longest; what is done newest first."""
    rows = alarms(actor).filter(state__in=SHOWN[show][1])
    if show == "done":
        return rows.order_by("-raised_at", "-pk")
    return rows.order_by(F("highest").desc(), "raised_at", "pk")


def alarm(actor: Actor, pk: int) -> Alarm:
    """One alarm that the actor sees; Unknown if there is none."""
    found = alarms(actor).filter(pk=pk).first()
    if found is None:
        raise Unknown("没有这条报警，或不在您的管辖范围内。请从报警清单重新进入。")
    return found


def point(actor: Actor, pk: int) -> Point:
    """One point of a site that the actor sees; Unknown if there is none."""
    rows = Point.objects.visible_to(actor).select_related("site__area", "site__sector")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Unknown("没有这个测点，或不在您的管辖范围内。请从场所的页面重新进入。")
    return found


def timeline(alarm: Alarm) -> list[Entry]:
    """All that happened to the alarm, newest first: its levels, who was called, what was done. Of
    what bears one and the same time the reading stands lowest, above it in their order what was
    done and the calls, for one run of the job may call several times."""
    entries: list[Entry] = []
    for span in alarm.spans.all():
        level = f"{Level(span.level).label}色"
        value = alarm.in_words(span.value)
        entries.append(Entry(_at(span.raised_ms), f"{level}报警", "监测", value))
        if span.cleared_ms is not None:
            entries.append(Entry(_at(span.cleared_ms), f"{level}报警解除", "监测"))
    done = [each for each in history(alarm, flow.ALARM) if each.title != "建立"]
    entries += reversed(done)
    steps = DeadlineStep.objects.filter(
        deadline__subject_type=SUBJECT, deadline__subject_id=alarm.pk, deadline__name=NAME
    )
    entries += (Entry(step.fired_at, "催办", "系统", step.text) for step in steps)
    return sorted(entries, key=lambda each: each.at)[::-1]


def _at(ms: int) -> datetime:
    found = moment(ms)
    assert found is not None  # noqa: S101 — a number has a moment
    return found


@dataclass
class Group:
    """The open alarms of one county or sector, by their worst level."""

    name: str
    key: str
    counts: dict[Level, int] = field(default_factory=lambda: dict.fromkeys(reversed(Level), 0))
    waiting: int = 0

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def rank(self) -> tuple[int, ...]:
        """What sorts the worst first."""
        return tuple(-each for each in self.counts.values())


def board(actor: Actor) -> tuple[list[Group], list[Group], Group]:
    """Open alarms by county, by sector and in all; only what has any."""
    rows = Alarm.objects.visible_to(actor).open()
    found = rows.order_by().values_list(
        "highest", "state", "site__area__path", "site__sector__name", "site__sector_id"
    )
    counties: dict[str, Group] = {}
    sectors: dict[str, Group] = {}
    whole = Group("全部", "")
    names = dict(Area.objects.filter(level__in=("county", "zone")).values_list("path", "name"))
    for highest, state, path, sector, number in found:
        county = _county(path, names)
        groups = (
            whole,
            counties.setdefault(county, Group(names.get(county, "市本级"), county)),
            sectors.setdefault(str(number), Group(sector, str(number))),
        )
        for group in groups:
            group.counts[Level(highest)] += 1
            group.waiting += state in WAITING
    return _worst_first(counties.values()), _worst_first(sectors.values()), whole


def _county(path: str, names: dict[str, str]) -> str:
    parts = path.split("/")
    paths = ("/".join(parts[:depth]) for depth in range(len(parts), 0, -1))
    return next((each for each in paths if each in names), "")


def _worst_first(groups: Iterable[Group]) -> list[Group]:
    return sorted(groups, key=lambda each: (each.rank, each.name))


def points_of(site: Site) -> list[tuple[Point, Alarm | None]]:
    """The points in use with the worst open alarm of each; one that goes on before one that has
    ended."""
    worst: dict[int, Alarm] = {}
    rows = site.alarms.filter(state__in=OPEN).select_related("rule", "version")
    rows = rows.order_by(F("level").asc(nulls_first=True), "highest", "pk")
    for each in rows:
        worst[each.point_id] = each
    points = site.points.filter(retired_at=None).order_by("quantity", "name")
    return [(each, worst.get(each.pk)) for each in points]


def tamper_signals(actor: Actor) -> TamperSignalQuerySet:
    """Signs of tampering at sites that the actor sees, with what a row of a list says."""
    rows = TamperSignal.objects.visible_to(actor)
    return rows.select_related("point", "site__area__parent", "site__sector", "judged_by")


def tamper_signal(actor: Actor, pk: int) -> TamperSignal:
    """One that the actor sees; Unknown if there is none."""
    found = tamper_signals(actor).select_related("site__regulator").filter(pk=pk).first()
    if found is None:
        raise Unknown("没有这处疑点，或不在您的管辖范围内。请从篡改疑点清单重新进入。")
    return found


def level_of(site: Site) -> int | None:
    """The worst level of what goes on at the site, whatever people have done about it: a pond's
    colour is that of its worst item. None: nothing goes on."""
    going = site.alarms.filter(cleared_ms=None).aggregate(worst=Max("level"))
    worst: int | None = going["worst"]
    return worst


def together(alarm: Alarm) -> int:
    """Of how many points the alarm is, where its rule combines several; 0 where it does not."""
    if alarm.version.measure != MeasureKind.COMBINED:
        return 0
    of_site = compiling.located(Point.objects.filter(site=alarm.site_id))
    held = compiling.held_by(alarm.version, of_site)
    if alarm.version.counts != Counted.ITEM_POINTS:
        return len(held)
    return sum(each.quantity == alarm.point.quantity for each in held)


def incident_drafts(actor: Actor) -> IncidentDraftQuerySet:
    """Drafts of first reports about sites that the actor sees, with what a row of a list says."""
    return IncidentDraft.objects.visible_to(actor).select_related(
        "alarm__point", "alarm__rule", "alarm__version__document", "site__area__parent",
        "site__sector", "site__regulator",
    )  # fmt: skip


def incident_draft(actor: Actor, pk: int) -> IncidentDraft:
    """One that the actor sees; Unknown if there is none."""
    rows = incident_drafts(actor).select_related(
        "site__enterprise", "submitted_by__organisation", "accident_by", "alarm__answered_by"
    )
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Unknown("没有这份初报，或不在您的管辖范围内。请从险情初报清单重新进入。")
    return found
