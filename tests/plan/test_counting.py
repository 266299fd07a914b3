# ruff: noqa: F811 — fixtures are imported by name
"""Measures over the plan's own rows, and duties that they count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest

from anlan.kernel.deadlines.services import find
from anlan.kernel.errors import Refused
from anlan.kernel.indicators import registry, values
from anlan.kernel.indicators.choices import Reach
from anlan.kernel.notify.models import Notification
from anlan.plan import checks
from anlan.plan.choices import Standing
from anlan.plan.forms import ReportForm
from anlan.plan.models import Duty, Report
from anlan.plan.services import counting, handing_down, reports
from tests import factories
from tests.kernel.access.conftest import actor, browser
from tests.plan.published import (  # noqa: F401
    city,
    counted,
    draft,
    duty_of,
    photo,
    put_out,
    today,
)

YEAR = (date(2025, 1, 1), date(2025, 12, 31))


def value(key: str, organisation: object, *days: date) -> Decimal:
    return factories.value(key, organisation, *(days or YEAR))  # type: ignore[arg-type]


def report(city: SimpleNamespace, duty: Duty, *, accept: bool = True, **more: object) -> None:
    given = {"text": "进展", "value": Decimal(50), **more}
    made = reports.report_submit(actor=actor(city.unit), duty=duty.pk, **given)  # type: ignore[arg-type]
    if accept:
        reports.report_accept(actor=actor(city.clerk), report=made.pk)
    else:
        reports.report_return(actor=actor(city.clerk), report=made.pk, reason="不实")


def test_verified_reports_count_for_their_unit_in_their_period(city: SimpleNamespace) -> None:
    put_out(draft(city))
    duty = duty_of(city.bureau)
    report(city, duty, accept=False)
    assert value("plan.reports_verified", city.bureau) == 0
    report(city, duty)
    report(city, duty)
    assert value("plan.reports_verified", city.bureau) == 2
    assert value("plan.reports_verified", city.east_government) == 0
    assert value("plan.reports_verified", city.bureau, date(2025, 6, 3), date(2025, 6, 3)) == 2
    assert value("plan.reports_verified", city.bureau, date(2025, 6, 4), date(2025, 12, 31)) == 0


@pytest.mark.parametrize(
    ("on", "count"), [(date(2025, 6, 30), 1), (date(2025, 7, 1), 0)], ids=["last day", "a day late"]
)
def test_duties_met_on_time(
    city: SimpleNamespace, today: Callable[[date], None], on: date, count: int
) -> None:
    put_out(draft(city, due_on=date(2025, 6, 30)))
    today(on)
    report(city, duty_of(city.bureau), value=None, complete=True, evidence=[photo(city)])
    assert duty_of(city.bureau).state == "met"
    assert value("plan.met_on_time", city.bureau) == count


def test_hand_downs_count_for_the_giver(city: SimpleNamespace) -> None:
    put_out(draft(city))
    handing_down.hand_down(
        actor=actor(city.county_head), duty=duty_of(city.east_government).pk,
        organisations=[city.east_town_government.pk], due_on=date(2025, 9, 30),
    )  # fmt: skip
    assert value("plan.handed_down", city.east_government) == 1
    assert value("plan.handed_down", city.east_town_government) == 0
    put_out(draft(city, owners=(city.bureau,)))  # the revision takes it back
    assert value("plan.handed_down", city.east_government) == 0


def test_every_number_opens_its_rows(city: SimpleNamespace) -> None:
    put_out(draft(city))
    report(city, duty_of(city.bureau))
    for measure in registry.all_measures():
        rows = values.rows_of(measure, Reach.OWN, city.bureau, *YEAR)
        assert values.value(measure, Reach.OWN, city.bureau, *YEAR) == rows.count()
        assert measure.how
        assert measure.url


# --- duties that a measure counts ----------------------------------------------------------------


@pytest.fixture
def duty(city: SimpleNamespace) -> Duty:
    """The bureau's duty to have two reports verified; beside it the item as a whole."""
    put_out(draft(city, counted("plan.reports_verified"), owners=(city.bureau,)))
    return duty_of(city.bureau, clause__isnull=False)


def whole(city: SimpleNamespace) -> Duty:
    return duty_of(city.bureau, clause=None)


def test_it_follows_the_ledger(city: SimpleNamespace, duty: Duty) -> None:
    counting.follow()
    duty.refresh_from_db()
    assert duty.progress == 0
    assert duty.standing == Standing.AT_RISK  # five months of the year, none of two
    report(city, whole(city))
    report(city, whole(city))
    assert counting.recount(counting.counted()) == 1
    duty.refresh_from_db()
    assert (duty.progress, duty.state, duty.standing) == (2, "met", Standing.MET)
    assert counting.recount(counting.counted()) == 0


def test_what_is_kept_equals_what_is_counted_from_nothing(
    city: SimpleNamespace, duty: Duty
) -> None:
    counting.follow()
    for _ in range(3):
        report(city, whole(city))
        counting.recount(counting.counted())
    kept = Duty.objects.get(pk=duty.pk).progress
    Duty.objects.filter(pk=duty.pk).update(progress=None)
    counting.recount(counting.counted())
    assert Duty.objects.get(pk=duty.pk).progress == kept == 3


def test_work_after_the_last_day_does_not_count(
    city: SimpleNamespace, today: Callable[[date], None]
) -> None:
    clause = counted("plan.reports_verified", deadline=date(2025, 6, 30))
    put_out(draft(city, clause, owners=(city.bureau,)))
    today(date(2025, 7, 1))
    report(city, whole(city))
    counting.recount(counting.counted())
    assert duty_of(city.bureau, clause__isnull=False).progress == 0


def test_people_do_not_type_its_number(city: SimpleNamespace, duty: Duty) -> None:
    with pytest.raises(Refused, match="由台账计数"):
        report(city, duty)
    assert "value" not in ReportForm(duty=duty).fields
    counting.recount(counting.counted())
    report(city, duty, value=None)
    duty.refresh_from_db()
    assert duty.progress == 0


def test_people_close_it_no_sooner_than_the_count(city: SimpleNamespace, duty: Duty) -> None:
    proof = {"value": None, "complete": True, "evidence": [photo(city)]}
    with pytest.raises(Refused, match="还没有达到要求"):
        report(city, duty, **proof)


def test_the_count_alone_closes_it_and_its_clock(city: SimpleNamespace, duty: Duty) -> None:
    report(city, whole(city))
    counting.recount(counting.counted())
    duty.refresh_from_db()
    assert (duty.state, duty.met_at) == ("open", None)
    report(city, whole(city))
    counting.recount(counting.counted())
    duty.refresh_from_db()
    assert (duty.state, duty.progress) == ("met", 2)
    assert duty.met_at is not None
    assert find(duty, "due").met_at is not None


def test_a_report_that_waited_meanwhile_can_still_be_verified(
    city: SimpleNamespace, duty: Duty
) -> None:
    waiting = reports.report_submit(actor=actor(city.unit), duty=duty.pk, text="说明")
    report(city, whole(city))
    report(city, whole(city))
    counting.recount(counting.counted())
    reports.report_accept(actor=actor(city.clerk), report=waiting.pk)
    duty.refresh_from_db()
    assert (duty.state, duty.progress) == ("met", 2)


def test_what_is_withdrawn_after_counting_opens_it_again(city: SimpleNamespace, duty: Duty) -> None:
    report(city, whole(city))
    report(city, whole(city))
    counting.recount(counting.counted())
    assert Duty.objects.get(pk=duty.pk).state == "met"
    Report.objects.filter(duty=whole(city)).order_by("pk")[:1].get().delete()
    assert counting.recount(counting.counted()) == 1
    duty.refresh_from_db()
    assert (duty.state, duty.met_at, duty.progress) == ("open", None, 1)
    assert duty.standing != Standing.MET
    assert find(duty, "due").met_at is None
    told = Notification.objects.get(user=city.unit, kind="duty.reopened")
    assert "还差 1 项" in told.text


def test_zero_is_kept_until_the_last_day_is_over(
    city: SimpleNamespace, today: Callable[[date], None]
) -> None:
    """重大隐患动态清零: nothing to count in June is not yet a year without."""
    clause = replace(counted("plan.met_on_time", 0), op="==")
    put_out(draft(city, clause, owners=(city.bureau,)))
    counting.recount(counting.counted())
    assert duty_of(city.bureau, clause__isnull=False).state == "open"
    today(date(2026, 1, 1))
    counting.recount(counting.counted())
    assert duty_of(city.bureau, clause__isnull=False).state == "met"


def test_its_page_says_that_it_is_counted(city: SimpleNamespace, duty: Duty) -> None:
    page = browser(city.unit).get(f"/duties/{duty.pk}/").content.decode()
    assert "由台账计数" in page
    assert "由台账计数" not in browser(city.unit).get(f"/duties/{whole(city).pk}/").content.decode()


def test_a_measure_that_nobody_offers_is_told(city: SimpleNamespace) -> None:
    put_out(draft(city, counted("hazards.closed"), owners=(city.bureau,)))
    assert counting.recount(counting.counted()) == 0
    (fault,) = checks.measures(None)  # type: ignore[arg-type]
    assert fault.key == "hazards.closed"


def test_events_reach_the_duties_of_their_unit(committed_db: None, city: SimpleNamespace) -> None:
    """Over real commits: the outbox shows only what is settled."""
    put_out(draft(city, counted("plan.reports_verified")))
    counting.follow()
    report(city, whole(city))
    assert counting.follow() == 1
    assert duty_of(city.bureau, clause__isnull=False).progress == 1
    assert counting.follow() == 0
