"""A write: lock, read again, change named fields, event, all or nothing."""

from __future__ import annotations

from threading import Event as Flag
from threading import Thread
from types import SimpleNamespace

import pytest
from django.db import connection

from anlan.kernel.access.actor import system
from anlan.kernel.audit.models import AuditRow
from anlan.kernel.errors import Refused, Unknown
from anlan.kernel.events.models import Event
from anlan.kernel.orgs.models import Area
from anlan.kernel.write import Write
from tests.kernel.access import town
from tests.kernel.access.conftest import _log_guards as _log_guards
from tests.kernel.access.conftest import committed_db as committed_db


@pytest.fixture
def city(db: None) -> SimpleNamespace:
    return town.build()


def verbs() -> list[str]:
    return list(AuditRow.objects.order_by("pk").values_list("verb", flat=True))


def test_change_saves_the_named_fields_alone(city: SimpleNamespace) -> None:
    stale = Area.objects.get(pk=city.east.pk)
    Area.objects.filter(pk=city.east.pk).update(name="别人改的")
    with Write(system(), "test.sort") as write:
        write.change(stale, sort=7)
    fresh = Area.objects.get(pk=city.east.pk)
    assert (fresh.name, fresh.sort) == ("别人改的", 7)


def test_add_validates(city: SimpleNamespace) -> None:
    with pytest.raises(Refused, match="名称"), Write(system(), "test.add") as write:
        write.add(Area(code="x", name="", level="county", path="x"))
    assert not Area.objects.filter(code="x").exists()


def test_lock_reads_what_is_stored_now(city: SimpleNamespace) -> None:
    Area.objects.filter(pk=city.east.pk).update(name="新名")
    with Write(system(), "test.lock") as write:
        assert write.lock(Area.objects.all(), city.east.pk).name == "新名"


@pytest.mark.parametrize("pk", [0, None])
def test_what_is_not_there_is_unknown(city: SimpleNamespace, pk: int | None) -> None:
    with pytest.raises(Unknown), Write(system(), "test.lock") as write:
        write.lock(Area.objects.all(), pk)


def test_what_is_out_of_sight_is_unknown(city: SimpleNamespace) -> None:
    visible = Area.objects.filter(path__startswith=city.west.path)
    with pytest.raises(Unknown), Write(system(), "test.lock") as write:
        write.lock(visible, city.east.pk)


def test_what_moves_out_of_sight_while_one_waits_is_unknown(
    committed_db: None, city: SimpleNamespace
) -> None:
    holds, waits, outcome = Flag(), Flag(), []

    def other() -> None:
        with Write(system(), "test.move") as write:
            write.change(write.lock(Area.objects.all(), city.east.pk), name="搬走了")
            holds.set()
            waits.wait(20)
        connection.close()

    def mine() -> None:
        visible = Area.objects.filter(name="东县")
        try:
            with Write(system(), "test.lock") as write:
                outcome.append(write.lock(visible, city.east.pk))
        except Unknown as unknown:
            outcome.append(unknown)
        connection.close()

    threads = [Thread(target=other), Thread(target=mine)]
    threads[0].start()
    holds.wait(20)
    threads[1].start()
    _until_somebody_waits()
    waits.set()
    for each in threads:
        each.join()
    assert isinstance(outcome[0], Unknown)


def _until_somebody_waits() -> None:
    with connection.cursor() as cursor:
        for _ in range(2000):
            cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody ever waited for the lock")


def test_two_who_read_and_write_take_turns(committed_db: None, city: SimpleNamespace) -> None:
    def add_ten() -> None:
        for _ in range(10):
            with Write(system(), "test.count") as write:
                area = write.lock(Area.objects.all(), city.east.pk)
                write.change(area, sort=area.sort + 1)
        connection.close()

    before = Area.objects.get(pk=city.east.pk).sort
    threads = [Thread(target=add_ten) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert Area.objects.get(pk=city.east.pk).sort == before + 30


def test_a_write_that_fails_leaves_nothing(city: SimpleNamespace) -> None:
    before = AuditRow.objects.count()

    def fail() -> None:
        with Write(system(), "test.fail") as write:
            write.change(city.east, name="不成")
            write.event("test", city.east)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert Area.objects.get(pk=city.east.pk).name == "东县"
    assert (AuditRow.objects.count(), Event.objects.count()) == (before, 0)


def test_a_write_within_a_write_has_its_own_name_and_gives_back_the_outer_one(
    city: SimpleNamespace,
) -> None:
    with Write(system(), "test.outer") as outer:
        outer.change(city.east, name="一")
        with Write(system(), "test.inner") as inner:
            inner.change(city.east, name="二")
        outer.change(city.east, name="三")
    assert verbs()[-3:] == ["test.outer", "test.inner", "test.outer"]


def test_an_inner_write_that_fails_undoes_itself_alone(city: SimpleNamespace) -> None:
    def fail() -> None:
        with Write(system(), "test.inner") as inner:
            inner.change(city.west, name="不成")
            raise ZeroDivisionError

    with Write(system(), "test.outer") as outer:
        outer.change(city.east, name="一")
        with pytest.raises(ZeroDivisionError):
            fail()
        outer.change(city.east, name="二")
    assert Area.objects.get(pk=city.west.pk).name == "西县"
    assert verbs()[-2:] == ["test.outer", "test.outer"]


def test_the_name_ends_with_the_write(committed_db: None, city: SimpleNamespace) -> None:
    with Write(system(), "test.named") as write:
        write.change(city.east, name="一")
    Area.objects.filter(pk=city.east.pk).update(name="二")
    assert verbs()[-2:] == ["test.named", ""]
