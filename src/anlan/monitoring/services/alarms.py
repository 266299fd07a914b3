"""From the engine's transitions to alarms: one for an event, whoever tells it and how often."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from anlan.kernel.access.actor import system
from anlan.kernel.events.models import Event
from anlan.kernel.write import Write
from anlan.monitoring import engine
from anlan.monitoring.choices import AlarmState
from anlan.monitoring.models import Alarm, Point, Span
from anlan.monitoring.services import drafts
from anlan.monitoring.services.engines import held
from anlan.monitoring.services.folding import Ledger

BATCH = 1000
CHANGED = "alarm.changed"
_NAMED = 20  # alarms that an event names: a page reads anew anyway


def record(
    *,
    partition: int,
    holder: UUID,
    last: int,
    transitions: Sequence[engine.Transition],
    state: bytes | None,
    revision: int,
) -> int:
    """Store what the engine found and how far it came, in one transaction; how many alarms are new
    or changed.

    ``holder`` has taken the partition (``engines.take``); Refused once another has. The same
    transitions again change nothing. ``state`` None keeps the one that is stored.
    """
    with Write(system(), "monitoring.alarm.record") as write:
        row = held(partition, holder)
        ledger = Ledger({(each.key, each.begin) for each in transitions})
        for each in transitions:
            ledger.take(each)
        changed = _save(write, ledger)
        kept = row.state if state is None else state
        write.change(row, last=last, revision=revision, state=kept, updated_at=timezone.now())
    return changed


def drop(keys: Iterable[engine.Key]) -> int:
    """End what a change of rules or points has taken the watch from; how many alarms changed."""
    gone = set(keys)
    with Write(system(), "monitoring.alarm.drop") as write:
        return _end(write, {e for e in going({key.point for key in gone}) if e[0] in gone})


def settle(*, partition: int, holder: UUID, events: Set[engine.Event]) -> int:
    """End what the engine does not know to go on, though it stands so: the readings that began it
    were lost in a power cut. How many alarms changed; Refused as :func:`record`."""
    with Write(system(), "monitoring.alarm.settle") as write:
        held(partition, holder)
        return _end(write, events)


def going(points: Set[int] | QuerySet[Point]) -> set[engine.Event]:
    """What stands as going on at these points."""
    spans = Span.objects.filter(point__in=points, cleared_ms=None)
    rows = spans.values_list("rule_id", "version", "level", "point_id", "begin_ms")
    return {(engine.Key(*key), begin) for *key, begin in rows}


def _end(write: Write, events: Set[engine.Event]) -> int:
    ledger = Ledger(events)
    for each in events:
        ledger.end(each, int(timezone.now().timestamp() * 1000))
    return _save(write, ledger)


def _save(write: Write, ledger: Ledger) -> int:
    touched = ledger.save(write, BATCH)
    if touched:
        drafts.open_for(ledger.rose(), BATCH)
        _tell_pages(touched)
        if any(each.state == AlarmState.RAISED and not each.hushed for each in touched):
            _call_soon()
    return len(touched)


def _tell_pages(alarms: list[Alarm]) -> None:
    """One event for each site."""
    by_site = defaultdict[int, list[Alarm]](list)
    for each in alarms:
        by_site[each.site_id].append(each)
    Event.objects.bulk_create([_event(group) for group in by_site.values()], batch_size=BATCH)


def _event(group: list[Alarm]) -> Event:
    site = group[0].site
    return Event(
        kind=CHANGED, subject_type=Alarm._meta.label_lower, subject_id=group[0].pk,
        area_id=site.area_id, organisation_id=site.regulator_id,
        ids={"site": site.pk, "alarms": [each.pk for each in group[:_NAMED]]},
    )  # fmt: skip


def _call_soon() -> None:
    """Wake the job that calls people: a matter of a second, not of the next minute."""
    from anlan.monitoring.tasks import call

    call.defer()
