"""Starting, moving, pausing and stopping clocks, inside the write that they belong to.

with Write(actor, "plan.duty.hand_down") as write:
    duty = write.add(Duty(…))
    deadlines.start(write, duty, "due", due_at=end_of(duty.due_on), ladder=ladder(before=[7]))
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

from anlan.kernel.deadlines.calendar import end_of, ends_with_day, last_day_of
from anlan.kernel.deadlines.ladder import Rung, following, in_order
from anlan.kernel.deadlines.models import Deadline
from anlan.kernel.errors import Refused, WrongState
from anlan.kernel.write import Write

BATCH = 500


def find(subject: models.Model, name: str) -> Deadline | None:
    """The clock, locked until the write ends; None if the subject has none of this name."""
    return (
        Deadline.objects.select_for_update()
        .filter(subject_type=_type(subject), subject_id=subject.pk, name=name)
        .first()
    )


def get(subject: models.Model, name: str) -> Deadline:
    """The clock, locked until the write ends; LookupError if the subject has none of this name."""
    found = find(subject, name)
    if found is None:
        raise LookupError(f"{_type(subject)} {subject.pk} has no deadline {name}")
    return found


def start(
    write: Write, subject: models.Model, name: str, *, due_at: datetime, ladder: Iterable[Rung] = ()
) -> Deadline:
    """Start the clock ``name`` of ``subject``; of each name a subject has one, for good."""
    return write.add(_new(subject, name, due_at, ladder, timezone.now()))


def start_many(
    write: Write,
    due_at: Iterable[tuple[models.Model, datetime]],
    name: str,
    *,
    ladder: Iterable[Rung] = (),
) -> list[Deadline]:
    """Start the clock ``name`` of many subjects, each with its end, at once."""
    now, rungs = timezone.now(), list(ladder)
    clocks = [_new(subject, name, at, rungs, now) for subject, at in due_at]
    return Deadline.objects.bulk_create(clocks, batch_size=BATCH)


def move(write: Write, subject: models.Model, name: str, *, due_at: datetime) -> Deadline:
    """Give the clock another end; the steps still to come are reckoned anew from it.

    A step whose time by the new end has passed is not caught up on. Of a paused clock only the
    end moves.
    """
    clock = get(subject, name)
    _schedule(write, clock, due_at=due_at)
    return clock


def pause(write: Write, subject: models.Model, name: str, *, reason: str) -> Deadline:
    """Stop the clock for a reason; nothing happens on it until it is resumed."""
    clock = get(subject, name)
    if not reason.strip():
        raise Refused("reason_needed", "中止计时须写明原因。")
    if not clock.running:
        raise WrongState("期限没有在计时，不能中止。请刷新后再看。")
    now = timezone.now()
    write.change(clock, paused_at=now, pause_reason=reason.strip(), next_at=None)
    return clock


def resume(write: Write, subject: models.Model, name: str) -> Deadline:
    """Let a paused clock run on; its end moves by the pause.

    A clock that ends with a day goes on ending with one: a part of a day counts in full, in
    favour of the one who must keep it.
    """
    clock = get(subject, name)
    if clock.paused_at is None or clock.met_at or clock.ended_at:
        raise WrongState("期限没有中止，不能恢复计时。请刷新后再看。")
    due_at = _later(clock.due_at, timezone.now() - clock.paused_at)
    _schedule(write, clock, due_at=due_at, paused_at=None, pause_reason="")
    return clock


def meet(write: Write, subject: models.Model, name: str) -> Deadline:
    """What was asked is done: nothing more happens on the clock. Met already: nothing changes."""
    clock = get(subject, name)
    if clock.met_at is None:
        write.change(clock, met_at=timezone.now(), paused_at=None, pause_reason="", next_at=None)
    return clock


def end(write: Write, subject: models.Model, name: str) -> Deadline:
    """It is not asked any more. Ended already: nothing changes."""
    clock = get(subject, name)
    if clock.ended_at is None:
        write.change(clock, ended_at=timezone.now(), paused_at=None, pause_reason="", next_at=None)
    return clock


def reopen(
    write: Write, subject: models.Model, name: str, *, due_at: datetime | None = None
) -> Deadline:
    """Let a met or ended clock run again, to the same end unless another is given."""
    clock = get(subject, name)
    if clock.met_at is None and clock.ended_at is None:
        raise WrongState("期限仍在计时，不用重新起算。请刷新后再看。")
    _schedule(write, clock, due_at=due_at or clock.due_at, met_at=None, ended_at=None)
    return clock


def _new(
    subject: models.Model, name: str, due_at: datetime, ladder: Iterable[Rung], now: datetime
) -> Deadline:
    rungs = in_order(ladder, due_at)
    clock = Deadline(
        subject_type=_type(subject), subject_id=subject.pk, name=name, started_at=now,
        due_at=due_at, ladder=rungs, next_step=following(rungs, due_at, now),
    )  # fmt: skip
    clock.next_at = clock.moment_of_next()
    return clock


def _schedule(
    write: Write, clock: Deadline, *, due_at: datetime, **fields: datetime | str | None
) -> None:
    """Set ``due_at`` and ``fields``, and the next step that follows from them."""
    for name, value in {**fields, "due_at": due_at}.items():
        setattr(clock, name, value)
    clock.ladder = in_order(clock.ladder, due_at)  # hours and days may change places
    clock.next_step = following(clock.ladder, due_at, timezone.now())
    names = ("due_at", "ladder", "next_step", *fields)
    changed = {name: getattr(clock, name) for name in names}
    next_at = clock.moment_of_next() if clock.running else None
    write.change(clock, **changed, next_at=next_at)


def _later(due_at: datetime, pause: timedelta) -> datetime:
    moved = due_at + pause
    return end_of(last_day_of(moved)) if ends_with_day(due_at) else moved


def _type(subject: models.Model) -> str:
    return subject._meta.label_lower
