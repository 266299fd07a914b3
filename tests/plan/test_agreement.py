"""Counting upon events and counting from nothing agree, whatever happened in whatever order."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from anlan.kernel.access.actor import Actor, system
from anlan.kernel.access.models import User
from anlan.kernel.access.roles import Role
from anlan.kernel.events.models import Event
from anlan.kernel.events.outbox import Cursor, Happening
from anlan.kernel.indicators.choices import Reach
from anlan.kernel.orgs.models import Area, Organisation
from anlan.kernel.write import Write
from anlan.plan.models import Duty
from anlan.plan.services import counting
from anlan.records.models import Record
from anlan.records.services import verifying
from tests import factories
from tests.factories import day
from tests.kernel.access.conftest import actor, user
from tests.records.conftest import types as types
from tests.records.conftest import verified

UNITS = ("government", "bureau", "east_government", "east_town_government", "west_town_government")
HISTORY = st.lists(
    st.one_of(
        st.tuples(st.just("verify"), st.sampled_from(UNITS[1:]), st.integers(0, 40)),
        st.tuples(st.just("withdraw"), st.integers(0, 9)),
        st.tuples(st.just("move"), st.sampled_from(UNITS[3:]), st.sampled_from(["east", "west"])),
        st.tuples(st.just("redefine"), st.sampled_from(list(Reach)), st.booleans()),
        st.just(("look",)),
    ),
    min_size=1,
    max_size=14,
)


@pytest.fixture
def staff(city: SimpleNamespace, who: SimpleNamespace) -> dict[str, Any]:
    own = {
        "bureau": who.bureau_staff, "east_government": who.east_staff,
        "east_town_government": who.town_staff,
    }  # fmt: skip
    west = user(city, "west_town", Role.UNIT_STAFF, organisation=city.west_town_government)
    return {**own, "west_town_government": actor(west)}


@pytest.fixture
def ready(city: SimpleNamespace, types: SimpleNamespace) -> list[Duty]:
    """Each unit is asked by an indicator of each reach, over ninety days."""
    of = factories.plan(city)
    made = []
    for number, reach in enumerate(Reach, start=1):
        factories.define(f"{reach}.visits", measure="records.visit", reach=reach)
        item = factories.key_duty(of, number)
        clause = factories.clause(item, value=2, measure=f"{reach}.visits")
        made += [factories.duty(item, getattr(city, unit), clause=clause) for unit in UNITS]
    return made


@settings(
    max_examples=25, deadline=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(history=HISTORY)
def test_events_and_nothing_agree(
    city: SimpleNamespace, who: SimpleNamespace, staff: dict[str, Any], ready: list[Duty],
    history: list[tuple[Any, ...]],
) -> None:  # fmt: skip
    _begin_anew(city)
    counting.recount(counting.counted())
    seen = _last()
    for number, (what, *how) in enumerate([*history, ("look",)]):
        if what == "verify":
            unit, ago = how
            done = verified(
                _now(staff[unit]), who.clerk, getattr(city, unit), "visit",
                title=f"第{number}次", held_on=day(-ago),
            )  # fmt: skip
            assert done.state == "verified"
        elif what == "withdraw":
            _withdraw(who, how[0])
        elif what == "move":
            _move(city, getattr(city, how[0]), how[1])
        elif what == "redefine":
            _redefine(*how)
        else:
            counting.recount(counting._touched(_since(seen)))
            seen = _last()
    kept = _kept()
    Duty.objects.update(progress=None, counted_by=None)
    counting.recount(counting.counted())
    assert _kept() == kept


def test_only_those_in_reach_are_counted(
    city: SimpleNamespace, who: SimpleNamespace, ready: list[Duty]
) -> None:
    counting.recount(counting.counted())
    seen = _last()
    verified(who.town_staff, who.clerk, city.east_town_government, "visit")
    touched = counting._touched(_since(seen)).values_list("clause__measure", "organisation")
    own = {("own.visits", city.east_town_government.pk)}
    above = (city.government, city.east_government, city.east_town_government)
    around = (*above, city.bureau)
    assert set(touched) == own | {
        *(("answering.visits", each.pk) for each in above),
        *(("area.visits", each.pk) for each in around),
    }


def test_a_new_version_counts_its_duties_anew(
    city: SimpleNamespace, who: SimpleNamespace, ready: list[Duty]
) -> None:
    verified(who.town_staff, who.clerk, city.east_town_government, "visit")
    counting.recount(counting.counted())
    duty = next(
        each for each in ready
        if each.organisation == city.east_government and each.clause.measure == "own.visits"  # type: ignore[union-attr]
    )  # fmt: skip
    duty.refresh_from_db()
    first = duty.counted_by
    assert (duty.progress, first.number, first.reach) == (0, 1, "own")  # type: ignore[union-attr]
    seen = _last()
    _redefine(Reach.ANSWERING, True)
    assert counting.recount(counting._touched(_since(seen))) >= 1
    duty.refresh_from_db()
    assert (duty.progress, duty.counted_by.number) == (1, 2)  # type: ignore[union-attr]
    assert duty.counted_at is not None


def test_a_span_that_is_over_keeps_its_version(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> None:
    factories.define("own.visits", measure="records.visit")
    clause = factories.clause(
        factories.key_duty(factories.plan(city)), value=1, measure="own.visits"
    )
    over = factories.duty(
        clause.key_duty, city.east_government, clause=clause, period_start=day(-60), due_on=day(-1)
    )
    counting.recount(counting.counted())
    verified(who.town_staff, who.clerk, city.east_town_government, "visit", held_on=day(-5))
    factories.define(
        "own.visits", measure="records.visit", reach=Reach.ANSWERING, effective_from=day(0)
    )
    counting.recount(counting.counted())
    over.refresh_from_db()
    assert (over.progress, over.counted_by.number) == (0, 1)  # type: ignore[union-attr]


# --- what happens --------------------------------------------------------------------------------


def _begin_anew(city: SimpleNamespace) -> None:
    """Hypothesis runs many histories in one test: nothing of the one before is left."""
    Record.objects.all().delete()
    for name, county in (("east_town_government", "east"), ("west_town_government", "west")):
        _move(city, getattr(city, name), county)


def _now(who: Actor) -> Actor:
    """With the grants as they reach now: an actor is made anew for each request."""
    return actor(User.objects.get(pk=who.person.pk))


def _withdraw(who: SimpleNamespace, number: int) -> None:
    counting_ones = list(Record.objects.filter(state="verified").order_by("pk"))
    if counting_ones:
        chosen = counting_ones[number % len(counting_ones)]
        verifying.record_withdraw(actor=who.clerk, record=chosen.pk, reason="不实")


def _move(city: SimpleNamespace, organisation: Organisation, county: str) -> None:
    """As a load of other divisions does: the township with its government goes to the county."""
    parent, area = getattr(city, f"{county}_government"), getattr(city, county)
    township = Area.objects.get(pk=organisation.area_id)
    Area.objects.filter(pk=township.pk).update(parent=area, path=f"{area.path}/{township.code}")
    Organisation.objects.filter(pk=organisation.pk).update(
        parent=parent, path=f"{parent.path}/{organisation.code}"
    )
    with Write(system(), "orgs.load") as write:
        write.event("orgs.loaded", city.city)


def _redefine(reach: Reach, both: bool) -> None:
    """The indicators get another reach, as the office's chief would do it."""
    for key in ("own.visits", "area.visits")[: 1 + both]:
        made = factories.define(key, measure="records.visit", reach=reach, effective_from=day(0))
        with Write(system(), "indicators.definition.change") as write:
            write.event("indicator.changed", made.definition, key=key)  # type: ignore[union-attr]


def _last() -> int:
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _since(number: int) -> list[Happening]:
    """The events since then: within one transaction the outbox shows none as settled."""
    return [
        Happening(
            Cursor(0, each.pk), each.at, each.kind, each.subject_type, each.subject_id, each.ids,
            each.area and each.area.path, each.organisation and each.organisation.path,
        )
        for each in Event.objects.select_related("area", "organisation").filter(pk__gt=number)
    ]  # fmt: skip


def _kept() -> dict[int, tuple[Decimal | None, int | None, str]]:
    rows = Duty.objects.values_list("pk", "progress", "counted_by", "state")
    return {pk: tuple(rest) for pk, *rest in rows}  # type: ignore[misc]
