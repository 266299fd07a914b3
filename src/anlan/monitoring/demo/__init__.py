"""Invented points, devices and alarms of the demonstration's mines, ponds and buildings, marked.

Alarms come the way that an engine tells them (``services.alarms``) and are worked on through the
services that people use, by the demonstration's accounts; so their times are those of loading.
"""

from __future__ import annotations

from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from anlan.kernel.access.actor import Actor, ActorSource, system
from anlan.kernel.access.roles import Role
from anlan.kernel.access.selectors import holders
from anlan.kernel.orgs.models import Area
from anlan.monitoring.choices import Level, Place, Protocol, Quantity
from anlan.monitoring.demo import fire as demo_fire
from anlan.monitoring.demo import history as demo_history
from anlan.monitoring.demo import peaks as demo_peaks
from anlan.monitoring.demo import rules as demo_rules
from anlan.monitoring.demo import touched as demo_touched
from anlan.monitoring.engine import Key, Step, Transition
from anlan.monitoring.models import Alarm, IncidentDraft, Point
from anlan.monitoring.now.coverage import asked
from anlan.monitoring.rules import compiling
from anlan.monitoring.services import alarms, answering, calling, drafts, engines
from anlan.monitoring.services.nodes import node_add
from anlan.monitoring.services.points import channel_add, device_add, point_add
from anlan.monitoring.tasks import demo_letters
from anlan.registry.models import Site

PARTITION = 9_999  # of no stream: the demonstration's own
NODE, NODE_COUNTY = "demo-linxian", "141124"  # 临县
LACKING_EVERY = 5  # every fifth site is not connected, so that the coverage has a gap

# name, quantity, place, unit, range, smallest step
MINE = (
    ("1201 上隅角甲烷", Quantity.METHANE, Place.FACE_CORNER, "%", (0, 4), 0.01),
    ("1201 回风巷甲烷", Quantity.METHANE, Place.FACE_RETURN, "%", (0, 4), 0.01),
    ("总回风巷甲烷", Quantity.METHANE, Place.MAIN_RETURN, "%", (0, 4), 0.01),
    ("1201 回风巷一氧化碳", Quantity.CO, Place.FACE_RETURN, "ppm", (0, 500), 1),
    ("采面风速", Quantity.WIND, Place.FACE, "m/s", (0, 15), 0.1),
    ("主通风机", Quantity.FAN, Place.OTHER, "", (0, 1), 1),
)
OTHER = (
    ("水位", Quantity.LEVEL, Place.OTHER, "m", (14, 30), 0.01),
    ("干滩长度", Quantity.BEACH, Place.OTHER, "m", (0, 200), 1),
    ("浸润线埋深", Quantity.SEEPAGE, Place.OTHER, "m", (0, 20), 0.01),
)
# rule, level, minutes ago, value, what becomes of it
ALARMS = (
    ("methane-face-corner", Level.RED, 4, 1.62, "waiting"),
    ("methane-face-return", Level.RED, 9, 1.05, "answered"),
    ("methane-main-return", Level.ORANGE, 35, 0.81, "handled"),
    ("co-return", Level.ORANGE, 50, 31.0, "closed"),
    ("wind-low-face", Level.YELLOW, 95, 0.2, "false"),
    ("methane-face-corner", Level.ORANGE, 12, 1.11, "waiting"),
    ("silent", Level.YELLOW, 22, 1_320_000.0, "waiting"),
    ("fire-signal", Level.RED, 2, 1.0, "waiting"),
)


def load() -> str:
    """Load points, devices and alarms, all or nothing, unless a point is on record already."""
    if Point.objects.exists():
        return "监测已有测点，未改动"
    sites = list(asked().filter(is_demo=True).select_related("sector").order_by("pk"))
    if not sites:
        return "没有演示矿山，未登记测点"
    with transaction.atomic():
        points = [
            point for number, site in enumerate(sites, 1) if number % LACKING_EVERY
            for point in _equip(site)
        ]  # fmt: skip
        raised = _raise([*points, *demo_fire.load()])
        calling.call_waiting()
        for alarm, becomes in raised:
            _work(alarm, becomes)
        demo_rules.load(points)
        _node()
        demo_letters.defer()
    mines = [each for each in sites if each.sector.code == "coal" and each.points.exists()]
    now = timezone.now()
    over = demo_peaks.of((alarm for alarm, _ in raised), int(now.timestamp() * 1000))
    demo_history.write(points, demo_touched.spans(mines, now), over)
    found = demo_touched.load(mines, now, over)
    return f"演示测点 {len(points)} 个、报警 {len(raised)} 条、篡改疑点 {found} 处"


def _node() -> None:
    """A county's node as it stands before anybody has started it: nothing runs behind it, so it was
    never heard, and its key is kept by nobody."""
    county = Area.objects.filter(code=NODE_COUNTY).first()
    if county is not None:  # else facts of another city
        node_add(actor=system(ActorSource.COMMAND), name=NODE, area=county.pk, is_demo=True)


def _equip(site: Site) -> list[Point]:
    """A device with a channel for each of its points."""
    actor = system(ActorSource.COMMAND)
    device, _ = device_add(
        actor=actor, site=site.pk, name="演示监测分站", protocol=Protocol.HTTP,
        address=f"demo-{site.pk}", is_demo=True,
    )  # fmt: skip
    made = []
    for number, (name, quantity, place, unit, (low, high), step) in enumerate(
        MINE if site.sector.code == "coal" else OTHER, 1
    ):
        point = point_add(
            actor=actor, site=site.pk, name=name, quantity=quantity, place=place, unit=unit,
            low=low, high=high, resolution=step, is_demo=True,
        )  # fmt: skip
        channel_add(actor=actor, device=device.pk, address=str(number), point=point.pk)
        made.append(point)
    return made


def _raise(points: list[Point]) -> list[tuple[Alarm, str]]:
    """The alarms, each at a point that its rule watches, of different sites as far as there are."""
    now = int(timezone.now().timestamp() * 1000)
    versions = {each.rule.code: each for each in compiling.in_force()}
    places = compiling.located()
    watched = {
        each.pk: {held.point for held in compiling.held_by(each, places)}
        for each in versions.values()
    }
    told, becomes = [], {}
    taken: set[tuple[int, int]] = set()
    for number, (code, level, ago, value, fate) in enumerate(ALARMS):
        version = versions.get(code)
        if version is None:
            continue
        fitting = [
            each for each in points
            if each.pk in watched[version.pk] and (version.rule_id, each.pk) not in taken
        ]  # fmt: skip
        if not fitting:
            continue
        point = fitting[number % len(fitting)]
        taken.add((version.rule_id, point.pk))
        begin = now - ago * 60_000
        key = Key(version.rule_id, version.number, int(level), point.pk)
        told.append(Transition(Step.RAISED, key, begin, begin, value, value))
        if fate in ("closed", "handled"):
            told.append(Transition(Step.CLEARED, key, begin, begin + 120_000, 0.0, value))
        becomes[version.rule_id, point.pk] = fate
    holder = uuid4()
    engines.take(partition=PARTITION, holder=holder)
    alarms.record(
        partition=PARTITION, holder=holder, last=0, transitions=told, state=None,
        revision=compiling.revision(),
    )  # fmt: skip
    rows = Alarm.objects.select_related(
        "site__regulator", "site__area", "version", "point"
    ).order_by("pk")
    return [(each, becomes[each.rule_id, each.point_id]) for each in rows]


def _work(alarm: Alarm, becomes: str) -> None:
    """What people did, by an account of the area's office or of the regulator."""
    if becomes == "waiting":
        return
    site = alarm.site
    user = holders((Role.SCO_STAFF,), area=site.area).first()
    if user is None and site.regulator is not None:
        user = holders((Role.UNIT_STAFF,), organisation=site.regulator).first()
    if user is None:
        return
    actor = Actor(user=user)
    if becomes == "false":
        reason = "演示：校准时触发，现场核实正常"
        answering.alarm_dismiss(actor=actor, alarm=alarm.pk, reason=reason)
        return
    answering.alarm_answer(actor=actor, alarm=alarm.pk)
    if becomes == "answered":
        _report(alarm, actor)
    if becomes in ("handled", "closed"):
        text = "演示：已电话核实，撤人断电，通风后恢复"
        answering.alarm_handle(actor=actor, alarm=alarm.pk, text=text)
    if becomes == "closed":
        answering.alarm_close(actor=actor, alarm=alarm.pk)


def _report(alarm: Alarm, actor: Actor) -> None:
    """Complete and hand in the first report that a red one opened."""
    draft = IncidentDraft.objects.filter(alarm=alarm).first()
    if draft is not None:
        drafts.draft_submit(
            actor=actor, draft=draft.pk, seen=draft.revision,
            content=drafts.Content(
                dead=0, missing=0, injured=0, trapped=None, loss="0",
                situation="演示：已与矿调度室通话，回风巷甲烷超限，没有发现明火，原因正在查。",
                measures="演示：已撤人、断电，局部通风机运转正常。", other="",
            ),
        )  # fmt: skip
