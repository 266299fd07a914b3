"""What a measure of records counts: the same as a plain count in Python, whatever happened."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.kernel.indicators import registry, values
from anlan.kernel.indicators.choices import Reach
from anlan.kernel.orgs.models import Organisation
from anlan.plan.choices import DutyState
from anlan.plan.models import Duty
from anlan.plan.services import counting
from anlan.records.models import Record
from anlan.records.services import recording, verifying
from tests import factories
from tests.factories import day, this_year
from tests.records.conftest import STUDY, make_type, make_version, submitted, verified, written


def value(key: str, organisation: Organisation, start: date, end: date) -> Decimal:
    return factories.value(key, organisation, start, end)


def test_every_type_offers_its_measures(city: SimpleNamespace, types: SimpleNamespace) -> None:
    offered = {each.key: each for each in registry.all_measures() if each.key[:7] == "records"}
    assert set(offered) == {"records.study", "records.study.people", "records.visit"}
    people = offered["records.study.people"]
    assert (people.name, people.unit, people.clause) == ("学习：参加人数", "人", "1")
    make_type("drill", "演练", [])  # a type is added while the program runs
    assert registry.get("records.drill").name == "演练"


def test_only_what_is_verified_counts_by_its_day(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> None:
    done = verified(who.bureau_staff, who.clerk, city.bureau, "study", held_on=day(-3))
    submitted(who.bureau_staff, city.bureau, "study", title="待核验")
    written(who.bureau_staff, city.bureau, "study", title="草稿")
    verified(who.east_staff, who.clerk, city.east_government, "study", held_on=day(-3))
    for start, end, expected in [
        (day(-3), day(-3), 1), (day(-2), day(0), 0), (day(-9), day(-4), 0), (day(-9), day(0), 1),
    ]:  # fmt: skip
        assert value("records.study", city.bureau, start, end) == expected
        assert value("records.study.people", city.bureau, start, end) == expected * 12
    measure = registry.get("records.study")
    rows = values.rows_of(measure, Reach.OWN, city.bureau, day(-9), day(0))
    assert list(rows) == [done]  # the number opens its rows
    verifying.record_withdraw(actor=who.clerk, record=done.pk, reason="不实")
    assert value("records.study", city.bureau, day(-9), day(0)) == 0


def test_a_sum_goes_over_versions(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> None:
    """A field that the newest rules no longer require adds nothing where it is empty."""
    verified(who.bureau_staff, who.clerk, city.bureau, "study", title="甲")
    number = {"key": "people", "label": "参加人数", "kind": "number"}
    make_version(types.study, [STUDY[0], number], sums=["people"], effective_from=day(0))
    for title, more in [("乙", {"people": "2.5"}), ("丙", {})]:
        verified(
            who.bureau_staff, who.clerk, city.bureau, "study", title=title,
            values={"chair": "张三", **more},
        )  # fmt: skip
    assert value("records.study.people", city.bureau, day(0), day(0)) == Decimal("14.5")
    assert value("records.study", city.bureau, day(0), day(0)) == 3


# --- random histories -----------------------------------------------------------------------------

VERBS = ("submit", "verify", "return", "withdraw", "drop")
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.integers(0, 2), st.integers(0, 9), st.integers(1, 50)),
        st.tuples(st.sampled_from(VERBS), st.integers(0, 12)),
    ),
    max_size=25,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(events=EVENTS, first=st.integers(0, 9), length=st.integers(0, 9))
def test_a_measure_equals_a_plain_count(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace,
    events: list[tuple[Any, ...]], first: int, length: int,
) -> None:  # fmt: skip
    """Any history of writing, submitting, verifying, returning, withdrawing and dropping."""
    Record.objects.all().delete()
    make = {0: (who.bureau_staff, city.bureau), 1: (who.east_staff, city.east_government),
            2: (who.town_staff, city.east_town_government)}  # fmt: skip
    model: list[dict[str, Any]] = []
    for event in events:
        if event[0] == "write":
            _, unit, ago, people = event
            actor, organisation = make[unit]
            made = written(
                actor, organisation, "study", title=f"第{len(model)}次", held_on=day(-ago),
                values={"chair": "甲", "people": people}, evidence=[factories.stored(actor)],
            )  # fmt: skip
            state = {"pk": made.pk, "unit": unit, "day": day(-ago), "people": people}
            model.append(state | {"state": "draft"})
        elif model:
            _happen(event[0], model[event[1] % len(model)], make, who)
    start, end = day(-first), day(-first) + timedelta(days=length)
    for unit, (_, organisation) in make.items():
        counts = [
            each for each in model
            if each["unit"] == unit and each["state"] == "verified" and start <= each["day"] <= end
        ]  # fmt: skip
        assert value("records.study", organisation, start, end) == len(counts)
        people = sum(each["people"] for each in counts)
        assert value("records.study.people", organisation, start, end) == people


NEXT = {
    ("submit", "draft"): "submitted", ("submit", "returned"): "submitted",
    ("verify", "submitted"): "verified", ("return", "submitted"): "returned",
    ("withdraw", "submitted"): "withdrawn", ("withdraw", "verified"): "withdrawn",
    ("drop", "draft"): "dropped", ("drop", "returned"): "dropped",
}  # fmt: skip


def _happen(verb: str, case: dict[str, Any], make: Any, who: SimpleNamespace) -> None:
    """Do it if it can be done, and remember it in the plain model."""
    after = NEXT.get((verb, case["state"]))
    if after is None:
        return
    actor, pk = make[case["unit"]][0], case["pk"]
    {
        "submit": lambda: recording.record_submit(actor=actor, record=pk),
        "verify": lambda: verifying.record_verify(actor=who.clerk, record=pk, reason="核实"),
        "return": lambda: verifying.record_return(actor=who.clerk, record=pk, reason="补"),
        "withdraw": lambda: verifying.record_withdraw(actor=actor, record=pk, reason="错"),
        "drop": lambda: recording.record_drop(actor=actor, record=pk),
    }[verb]()
    case["state"] = after


# --- a duty that records count --------------------------------------------------------------------


@pytest.fixture
def duty(city: SimpleNamespace) -> Duty:
    """The bureau's duty to hold two study sessions in the year."""
    item = factories.key_duty(factories.plan(city))
    clause = factories.clause(item, value=2, measure="records.study", unit="次", period="year")
    first, last = date(this_year(), 1, 1), date(this_year(), 12, 31)
    return factories.duty(item, city.bureau, clause=clause, period_start=first, due_on=last)


def test_a_verified_record_moves_the_duty(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace, duty: Duty
) -> None:
    counting.recount(counting.counted())
    assert Duty.objects.get(pk=duty.pk).progress == 0
    done = [
        verified(who.bureau_staff, who.clerk, city.bureau, "study", title=title)
        for title in ("甲", "乙")
    ]
    counting.recount(counting.counted())
    kept = Duty.objects.get(pk=duty.pk)
    assert (kept.progress, kept.state) == (2, DutyState.MET)
    verifying.record_withdraw(actor=who.clerk, record=done[0].pk, reason="不实")
    counting.recount(counting.counted())
    kept = Duty.objects.get(pk=duty.pk)
    assert (kept.progress, kept.state) == (1, DutyState.OPEN)


def test_the_command_counts_from_nothing(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace, duty: Duty
) -> None:
    """Whatever stood there before: a number that nobody can explain is put right."""
    verified(who.bureau_staff, who.clerk, city.bureau, "study", title="甲")
    Duty.objects.filter(pk=duty.pk).update(progress=7)
    said = StringIO()
    call_command("recount", stdout=said)
    assert Duty.objects.get(pk=duty.pk).progress == 1
    assert said.getvalue() == "重新计数 1 项任务，其中 1 项有变化。\n"
    call_command("recount", stdout=said)
    assert "其中 0 项有变化" in said.getvalue()


def test_the_plan_follows_the_events_of_records(
    committed_db: None, city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace,
    duty: Duty,
) -> None:  # fmt: skip
    counting.follow()
    done = verified(who.bureau_staff, who.clerk, city.bureau, "study")
    assert counting.follow() == 1
    assert Duty.objects.get(pk=duty.pk).progress == 1
    verifying.record_withdraw(actor=who.bureau_staff, record=done.pk, reason="记错")
    assert counting.follow() == 1
    assert Duty.objects.get(pk=duty.pk).progress == 0
