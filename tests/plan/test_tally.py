"""The tally says what the duties say: after any history, for each viewer, with many writers."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Count
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.kernel.access.actor import system
from anlan.kernel.audit.models import AuditRow
from anlan.kernel.orgs.models import Area
from anlan.plan import checks, selectors, tally
from anlan.plan.choices import Standing
from anlan.plan.matrix import matrix
from anlan.plan.models import Duty, KeyDuty
from anlan.plan.tally import Tally
from tests import factories
from tests.factories import at_once

DAYS = itertools.count()
NUMBERS = st.integers(0, 1_000_000)
KINDS = ["give", "hand", "stand", "many", "move", "end", "drop", "fold"]
ACTS = st.lists(
    st.tuples(st.sampled_from(KINDS), NUMBERS, st.sampled_from(Standing.values)), max_size=25
)


def agrees() -> bool:
    return not tally.differs(KeyDuty.objects.values_list("pk", flat=True))


def counted() -> dict[str, int]:
    rows = Duty.objects.running().filter(parent=None).order_by()
    return dict(rows.values_list("standing").annotate(Count("pk")))


def act(city: SimpleNamespace, key_duties: list[KeyDuty], kind: str, n: int, to: str) -> None:
    """One change of duties as services make them: row by row, and many in one statement."""
    duties = list(Duty.objects.order_by("pk"))
    chosen = duties[n % len(duties)] if duties else None
    places = [
        city.bureau,
        city.east_government,
        city.west_town_government,
        city.east_town_government,
    ]
    if kind == "give":
        span = factories.day(-30 - next(DAYS))  # no two duties alike
        factories.duty(key_duties[n % 2], places[n % 4], period_start=span)
    elif kind == "fold":
        tally.fold()
    elif chosen is None:
        return
    elif kind == "hand":
        taken = set(chosen.parts.values_list("organisation", flat=True))
        free = [each for each in places if each.pk not in taken]
        if free and not chosen.parent_id:
            factories.duty(chosen.key_duty, free[n % len(free)], parent=chosen)
    elif kind == "stand":
        Duty.objects.filter(pk=chosen.pk).update(standing=to)
    elif kind == "many":
        Duty.objects.filter(key_duty=chosen.key_duty).update(standing=to)
    elif kind == "move":
        Duty.objects.filter(pk=chosen.pk).update(area=places[n % 4].area)
    elif kind == "end":
        Duty.objects.filter(pk=chosen.pk, state="open").update(state="cancelled")
    elif kind == "drop":
        chosen.parts.all().delete()
        chosen.delete()


@pytest.fixture
def key_duties(city: SimpleNamespace) -> list[KeyDuty]:
    plan = factories.plan(city)
    return [factories.key_duty(plan, 1), factories.key_duty(plan, 2)]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=ACTS)
def test_it_agrees_after_any_history(
    city: SimpleNamespace, key_duties: list[KeyDuty], acts: list[tuple[str, int, str]]
) -> None:
    for kind, n, to in acts:
        act(city, key_duties, kind, n, to)
    assert agrees()
    kept = sorted(Tally.objects.values_list("key_duty", "area", "handed", "standing", "count"))
    tally.recount()
    assert agrees()
    anew = sorted(Tally.objects.values_list("key_duty", "area", "handed", "standing", "count"))
    tally.fold()
    assert (
        sorted(Tally.objects.values_list("key_duty", "area", "handed", "standing", "count")) == anew
    )
    assert total(kept) == total(anew)


def total(rows: list[tuple[int, int, bool, str, int]]) -> dict[tuple[int, int, bool, str], int]:
    sums: dict[tuple[int, int, bool, str], int] = {}
    for *cell, count in rows:
        key = (cell[0], cell[1], cell[2], cell[3])
        sums[key] = sums.get(key, 0) + count
    return {key: count for key, count in sums.items() if count}


def test_folding_leaves_one_row_for_a_cell(city: SimpleNamespace, work: SimpleNamespace) -> None:
    for standing in (Standing.OVERDUE, Standing.MET, Standing.AT_RISK):
        Duty.objects.update(standing=standing)
    before = Tally.objects.count()
    tally.fold()
    cells = list(Tally.objects.values_list("key_duty", "area", "handed", "standing"))
    assert len(cells) == len(set(cells)) < before
    assert agrees()


def test_a_townships_duties_count_for_its_county(
    city: SimpleNamespace, work: SimpleNamespace
) -> None:
    assert Tally.objects.get(handed=True).area == city.east
    assert selectors.tallied(system(), area=city.east.code, level="handed") == {
        work.town.standing: 1
    }


def test_what_changes_no_cell_adds_nothing(city: SimpleNamespace, work: SimpleNamespace) -> None:
    before = Tally.objects.count()
    Duty.objects.update(progress=3, progress_at=timezone.now())
    assert Tally.objects.count() == before


def test_a_rolled_back_change_is_not_counted(city: SimpleNamespace, work: SimpleNamespace) -> None:
    from django.db import transaction

    before = Tally.objects.count()
    with transaction.atomic():
        Duty.objects.update(standing=Standing.OVERDUE)
        assert Tally.objects.count() > before
        transaction.set_rollback(True)
    assert Tally.objects.count() == before


# --- who may be told by it ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["clerk", "chief", "leader"])
def test_overseers_read_the_tally(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace, name: str
) -> None:
    actor = getattr(who, name)
    assert tally.suffices(actor)
    assert selectors.tallied(actor, level="top") == counted()
    assert dict(matrix(actor, work.plan).whole.counts) == counted()


@pytest.mark.parametrize("name", ["bureau_staff", "west_head", "town_staff"])
def test_units_have_their_own_duties_counted(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace, name: str
) -> None:
    actor = getattr(who, name)
    own = Duty.objects.visible_to(actor).filter(parent=None)
    assert selectors.tallied(actor) is None
    assert matrix(actor, work.plan).whole.total == own.count()


def test_an_overseer_of_a_county_is_told_of_it_alone(
    city: SimpleNamespace, work: SimpleNamespace
) -> None:
    from anlan.kernel.access.roles import Role
    from tests.kernel.access.conftest import actor, user

    leader = actor(user(city, "eastleader", Role.LEADER, organisation=city.east_government))
    assert tally.suffices(leader)
    assert selectors.tallied(leader) == {work.east.standing: 1, work.town.standing: 1} or (
        work.east.standing == work.town.standing
        and selectors.tallied(leader) == {work.east.standing: 2}
    )
    assert selectors.tallied(leader, area=city.west.code) == {}


def test_a_townships_overseer_is_told_by_rows(city: SimpleNamespace, work: SimpleNamespace) -> None:
    from anlan.kernel.access.roles import Role
    from tests.kernel.access.conftest import actor, user

    leader = actor(user(city, "townleader", Role.LEADER, organisation=city.east_town_government))
    assert selectors.tallied(leader) is None


# --- counting anew -----------------------------------------------------------------------------


def spoil() -> None:
    Tally.objects.update(count=7)


def test_the_watchman_finds_a_wrong_count_and_the_command_mends_it(
    city: SimpleNamespace, work: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    now = timezone.now()
    assert list(checks.tallied(now)) == []
    spoil()
    [fault] = checks.tallied(now)
    assert "retally" in fault.text
    call_command("retally")
    assert "已更正" in capsys.readouterr().out
    assert list(checks.tallied(now)) == []
    call_command("retally")
    assert "相符" in capsys.readouterr().out


def test_an_area_that_moves_takes_its_duties_along(
    city: SimpleNamespace, work: SimpleNamespace
) -> None:
    Area.objects.filter(pk=city.east_town.pk).update(path=f"{city.west.path}/9001001")
    assert Tally.objects.get(handed=True).area == city.west
    assert agrees()


def test_it_leaves_no_audit_rows(city: SimpleNamespace, work: SimpleNamespace) -> None:
    assert not AuditRow.objects.filter(table_name="plan_tally").exists()
    Duty.objects.filter(pk=work.east.pk).update(standing=Standing.OVERDUE)
    [row] = AuditRow.objects.filter(table_name="plan_duty", operation="UPDATE")
    assert row.changes.keys() == {"standing"}


# --- many writers ------------------------------------------------------------------------------


def test_writers_folding_and_recounting_at_once_lose_nothing(
    committed_db: None, city: SimpleNamespace, work: SimpleNamespace
) -> None:
    """Writers change duties of the same cells in opposite orders: rows of counts that they had to
    share would deadlock them."""
    pks = list(Duty.objects.order_by("pk").values_list("pk", flat=True))

    def write(order: list[int], standing: str) -> Callable[[], None]:
        def run() -> None:
            for _ in range(8):
                for pk in order:
                    Duty.objects.filter(pk=pk).update(standing=standing)

        return run

    def again(function: Callable[[], None]) -> Callable[[], None]:
        return lambda: [function() for _ in range(12)] and None

    results = at_once(
        write(pks, Standing.OVERDUE), write(pks[::-1], Standing.MET),
        again(tally.fold), again(tally.recount), again(tally.fold),
    )  # fmt: skip
    assert results == [None] * 5
    assert agrees()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM plan_tally WHERE count < 0")
        tally.fold()
        cursor.execute("SELECT count(*) FROM plan_tally WHERE count < 0")
        assert cursor.fetchone() == (0,)
