"""The demonstration year on all of Lüliang, loaded once for these tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as current
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import Q
from django.test import override_settings
from django.utils import timezone

from anlan.calls import demo as calls
from anlan.calls.demo import SETTLED
from anlan.calls.models import Call
from anlan.kernel.access.actor import system
from anlan.kernel.access.models import Grant, User
from anlan.kernel.evidence import pictures as reading
from anlan.kernel.evidence.models import Flag, FlagKind, Use
from anlan.kernel.indicators.loading import load as load_indicators
from anlan.kernel.orgs.models import Area
from anlan.plan import demo, marking, selectors
from anlan.plan.choices import Standing
from anlan.plan.demo import facts, pictures
from anlan.plan.loading import load as load_year
from anlan.plan.models import Duty, Extension, KeyDuty, Plan, Report, SupervisionOrder
from anlan.records.choices import RecordState
from anlan.records.loading import load as load_types
from anlan.records.models import Record
from tests.kernel.access.conftest import Quick
from tests.kernel.orgs.conftest import LULIANG
from tests.kernel.orgs.conftest import luliang as luliang

# The year is made once, by one worker.
pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def year(luliang: Area, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """The real year, and the demonstration's beside it, in a data folder of their own."""
    hashers = [f"{Quick.__module__}.{Quick.__name__}"]
    with (
        override_settings(VAR=tmp_path_factory.mktemp("var"), PASSWORD_HASHERS=hashers),
        transaction.atomic(),
    ):
        load_types(LULIANG / "record_types.yaml", actor=system())
        load_indicators(LULIANG / "indicators.yaml", actor=system())
        load_year(LULIANG / "plan.yaml")
        real = list(Duty.objects.order_by("pk").values())
        said = demo.load()
        yield SimpleNamespace(
            said=said, real=real, plan=Plan.objects.get(is_demo=True),
            duties=Duty.objects.filter(key_duty__plan__is_demo=True),
        )  # fmt: skip
        transaction.set_rollback(True)
    cache.clear()


def test_it_is_this_year_s_and_says_that_it_is_a_demonstration(year: SimpleNamespace) -> None:
    today = timezone.localdate()
    assert year.plan.year == today.year
    assert year.plan.title.startswith("演示：")
    assert str(today.year) in year.plan.title
    assert year.plan.key_duties.count() == 21
    assert selectors.plan_of() == year.plan
    assert not year.duties.filter(due_on__year__lt=today.year - 1).exists()


def test_the_matrix_has_every_standing(year: SimpleNamespace) -> None:
    today = timezone.localdate()
    found = Counter(year.duties.values_list("standing", flat=True))
    expected = set(Standing.values)
    if today.month == 12:
        expected -= {Standing.NOT_DUE}  # no month of the year is still to come
    if today > date(today.year, 12, 16) or today < date(today.year, 1, 15):
        expected -= {Standing.ON_TRACK, Standing.AT_RISK}  # at the ends of the year one may lack
    assert expected <= set(found), found
    areas = set(year.duties.exclude(progress=None).values_list("area__code", flat=True))
    assert len(areas) >= 15  # fourteen areas and the city's own bureaus


def test_the_work_of_every_kind_is_there(year: SimpleNamespace) -> None:
    reports = Report.objects.filter(duty__in=year.duties)
    assert set(reports.values_list("state", flat=True)) == {"submitted", "accepted", "returned"}
    assert Report.objects.count() == reports.count()
    assert Counter(Extension.objects.values_list("state", flat=True)) == {
        "granted": 1, "refused": 1, "applied": 1,
    }  # fmt: skip
    orders = SupervisionOrder.objects.all()
    assert {each.duty.key_duty.plan for each in orders} == {year.plan}
    assert orders.exclude(number="").exists()
    handed = year.duties.exclude(parent=None)
    assert set(handed.values_list("area__level", flat=True)) == {"township"}
    assert handed.exclude(progress=None).exists()
    of_the_account = handed.filter(organisation__code="141102001-government")
    assert set(of_the_account.values_list("state", flat=True)) == {"open", "met"}
    assert of_the_account.filter(state="open").count() == 2


def test_a_second_person_verified_everything(year: SimpleNamespace) -> None:
    for report in Report.objects.exclude(verifier=None):
        assert report.verifier_id != report.author_id


def test_all_texts_and_accounts_are_marked(year: SimpleNamespace) -> None:
    for words in (
        *Report.objects.values_list("text", flat=True),
        *Extension.objects.values_list("text", flat=True),
        *SupervisionOrder.objects.exclude(answer="").values_list("answer", flat=True),
        *Use.objects.values_list("name", flat=True),
    ):
        assert words.startswith("演示"), words
    acting = User.objects.filter(pk__in=Report.objects.values("author"))
    assert acting.exclude(is_demo=True).count() == 0
    assert User.objects.filter(username__startswith="demo-").count() >= 14
    for user in User.objects.filter(username__startswith="demo-"):
        assert not user.has_usable_password()


def test_one_photograph_is_offered_twice_and_flagged(year: SimpleNamespace) -> None:
    flag = Flag.objects.get()
    assert flag.kind == FlagKind.SAME
    assert flag.use.file.is_picture
    assert flag.other is not None
    assert flag.other.organisation != flag.use.organisation
    assert Report.objects.get(pk=flag.use.subject_id).state == "submitted"


def test_the_real_year_is_untouched_and_within_reach(year: SimpleNamespace) -> None:
    real = Duty.objects.filter(key_duty__plan__is_demo=False)
    assert list(real.order_by("pk").values()) == year.real
    found = selectors.plan_of(2025)
    assert found is not None
    assert not found.is_demo


def test_twice_doubles_nothing(year: SimpleNamespace) -> None:
    models = (Plan, KeyDuty, Duty, Report, SupervisionOrder, Extension, User, Grant, Use)
    before = [model._default_manager.count() for model in models]
    assert demo.load() == "已载入，未改动"
    assert [model._default_manager.count() for model in models] == before


@pytest.mark.usefixtures("year")
def test_a_year_in_earnest_is_left_alone() -> None:
    with transaction.atomic():
        Plan.objects.filter(is_demo=True).update(is_demo=False)
        assert "正式计划" in demo.load()
        transaction.set_rollback(True)


@pytest.mark.usefixtures("luliang")
def test_an_installation_in_earnest_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANLAN_DEMO", "0")
    with transaction.atomic():
        Plan.objects.filter(year=timezone.localdate().year).update(year=1999)
        assert demo.load().startswith("不载入：")
        assert not Plan.objects.filter(year=timezone.localdate().year).exists()
        transaction.set_rollback(True)


# --- marks --------------------------------------------------------------------------------------


def request(user: object) -> Any:
    return SimpleNamespace(actor=SimpleNamespace(user=user))


@pytest.mark.usefixtures("year")
def test_pages_are_marked_while_the_newest_plan_is_the_demonstration_s() -> None:
    real, marked = SimpleNamespace(is_demo=False), SimpleNamespace(is_demo=True)
    cache.clear()
    assert marking.mark(request(real)) == "演示数据"
    assert marking.mark(request(None)) is None
    with transaction.atomic():
        Plan.objects.filter(is_demo=True).update(year=1999)
        cache.clear()
        assert marking.mark(request(real)) is None
        assert marking.mark(request(marked)) == "演示数据"
        transaction.set_rollback(True)
    cache.clear()


@pytest.mark.usefixtures("year")
def test_a_plan_that_is_saved_is_seen_at_once() -> None:
    cache.clear()
    real = SimpleNamespace(is_demo=False)
    assert marking.mark(request(real)) == "演示数据"
    with transaction.atomic():
        plan = Plan.objects.get(is_demo=True)
        plan.year = 1999
        plan.save()
        assert marking.mark(request(real)) is None
        transaction.set_rollback(True)
    cache.clear()


# Runs before the others and lets pytest-django make the database: see test_loading.
@pytest.mark.django_db
def test_pages_are_not_marked_before_anything_is_published() -> None:
    cache.clear()
    assert marking.mark(request(SimpleNamespace(is_demo=False))) is None
    cache.clear()


# --- its parts ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "years", "expected"),
    [
        (date(2025, 12, 31), 1, date(2026, 12, 31)),
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2025, 6, 30), -1, date(2024, 6, 30)),
    ],
)
def test_dates_move_by_whole_years(day: date, years: int, expected: date) -> None:
    assert facts._later(day, years) == expected


def test_drawn_photographs_are_all_different(tmp_path: Path) -> None:
    prints = []
    for number in range(pictures_wanted()):
        file = tmp_path / f"{number}.jpg"
        file.write_bytes(_content(pictures.photograph(f"2026-{number}")))
        found = reading.read(file, file.name).fingerprint
        assert found is not None
        prints.append(found)
    for index, one in enumerate(prints):
        for other in prints[index + 1 :]:
            assert ((one ^ other) & (2**64 - 1)).bit_count() > reading.ALIKE


def pictures_wanted() -> int:
    from anlan.plan.demo.work import PHOTOGRAPHS

    return PHOTOGRAPHS


def _content(file: SimpleUploadedFile) -> bytes:
    return b"".join(file.chunks())


def test_the_facts_are_where_the_program_looks_for_them() -> None:
    assert demo.FACTS == current.BASE / "data" / "luliang" / "plan.yaml"
    assert demo.FACTS.exists()


def test_counted_duties_count_the_records_and_nobody_typed_their_number(
    year: SimpleNamespace,
) -> None:
    counted = year.duties.exclude(clause=None).exclude(clause__measure="")
    assert not Report.objects.filter(duty__in=counted).exists()
    assert {d.state for d in counted} == {"open", "met"}
    by_records = counted.filter(clause__measure__startswith="records.")
    assert by_records.exclude(progress=None).exists()
    for duty in by_records.exclude(progress=None).select_related("clause"):
        rows = Record.objects.filter(
            organisation=duty.organisation_id,
            type__code=duty.clause.measure.removeprefix("records."),
            state=RecordState.VERIFIED,
            held_on__range=(duty.period_start, duty.due_on),
        )
        assert duty.progress == rows.count(), duty
        assert (duty.state == "met") == (duty.progress >= duty.target), duty
        assert duty.counted_by is not None
    assert Record.objects.filter(state=RecordState.SUBMITTED).count() == 6
    assert not Record.objects.exclude(title__startswith="演示：").exists()


def test_its_progress_calls(year: SimpleNamespace) -> None:
    """A monthly call and last week's are closed, this week's runs and is compared with that."""
    with transaction.atomic():
        assert calls.load() == "演示调度 3 次"
        assert calls.load() == "已载入，未改动"
        held = {each.pk: each for each in Call.objects.order_by("pk")}
        states = [(each.kind, each.state) for each in held.values()]
        assert states == [("monthly", "closed"), ("weekly", "closed"), ("weekly", "open")]
        _, last, running = held.values()
        assert running.previous == last
        assert running.first_day - last.first_day == timedelta(days=7)
        typed = Q(duty__clause=None) | Q(duty__clause__measure="")
        overdue = last.rows.filter(typed, standing="overdue").count()
        assert running.rows.filter(change="settled").count() == min(SETTLED, overdue)
        given = Duty.objects.filter(origin="call")
        assert given.exists()
        assert {each.key_duty.plan for each in given} == {year.plan}
        assert all(each.title.startswith("演示：") for each in given)
        asked = running.explanations.count()
        assert running.explanations.filter(state="answered").count() == asked // 2
        transaction.set_rollback(True)
