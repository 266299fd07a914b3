"""The plan's small city; a call taken in it, with something overdue in the east."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from anlan.calls.models import Call, Decision, Explanation
from anlan.calls.services.minutes import call_close, decision_write, minutes_submit
from anlan.calls.services.taking import call_take
from anlan.plan.models import Duty
from tests.factories import day
from tests.plan.conftest import (
    _fresh_process as _fresh_process,
)
from tests.plan.conftest import (
    _log_guards as _log_guards,
)
from tests.plan.conftest import (
    city as city,
)
from tests.plan.conftest import (
    committed_db as committed_db,
)
from tests.plan.conftest import (
    store as store,
)
from tests.plan.conftest import (
    who as who,
)
from tests.plan.conftest import (
    work as work,
)


def soon(hours: float = 1) -> datetime:
    return timezone.now() + timedelta(hours=hours)


def stands(duty: Duty, standing: str, *, days: int = 10) -> None:
    """Let the duty stand so, around the services that would compute it."""
    due_on = day(-days) if standing == "overdue" else duty.due_on
    Duty.objects.filter(pk=duty.pk).update(standing=standing, due_on=due_on)


def decide(who: SimpleNamespace, call: Call, *organisations: Any, **more: Any) -> Decision:
    given = {"text": "十日内销号", "due_on": day(10), "by": who.clerk} | more
    key_duty = given.pop("key_duty", None) or call.plan.key_duties.first()
    return decision_write(
        actor=given.pop("by"), call=call.pk, key_duty=key_duty.pk,
        organisations=[each.pk for each in organisations], **given,
    )  # fmt: skip


@pytest.fixture
def take(who: SimpleNamespace, work: SimpleNamespace) -> Callable[..., Call]:
    """Take a call for the plan; in an hour unless told otherwise."""

    def made(kind: str = "weekly", **more: Any) -> Call:
        given = {"actor": who.clerk, "plan": work.plan.pk, "meets_at": soon()} | more
        return call_take(kind=kind, **given)

    return made


@pytest.fixture
def late(work: SimpleNamespace) -> SimpleNamespace:
    """The duty of the east is overdue."""
    stands(work.east, "overdue")
    return work


@pytest.fixture
def held(late: SimpleNamespace, take: Callable[..., Call]) -> Call:
    """A weekly call in which the east must explain."""
    return take()


@pytest.fixture
def asked(held: Call, city: SimpleNamespace) -> Explanation:
    return held.explanations.get(organisation=city.east_government)


def finish(who: SimpleNamespace, call: Call) -> Call:
    """Hand the minutes in and sign them."""
    minutes_submit(actor=who.clerk, call=call.pk)
    return call_close(actor=who.chief, call=call.pk)


def last_week(call: Call) -> Call:
    """As if the call had been of the week before."""
    week = timedelta(days=7)
    Call.objects.filter(pk=call.pk).update(
        first_day=call.first_day - week,
        meets_at=call.meets_at - week,
        counted_at=call.counted_at - week,
    )
    return Call.objects.get(pk=call.pk)
