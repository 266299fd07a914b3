"""Events in the order of their commits, none lost and none twice, whoever writes beside."""

from __future__ import annotations

import random
import time
from threading import Event as Flag
from threading import Thread
from types import SimpleNamespace

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from anlan.kernel.access.actor import system
from anlan.kernel.events.mark import current
from anlan.kernel.events.models import Event
from anlan.kernel.events.outbox import SELECT, Cursor, Happening
from anlan.kernel.write import Write
from tests.kernel.events.conftest import happen


def since(cursor: Cursor, limit: int = 1000) -> list[Happening]:
    with connection.cursor() as db:
        db.execute(SELECT, [str(cursor.xid), cursor.id, limit])
        return [Happening.of(row) for row in db.fetchall()]


def test_a_change_and_its_event_stand_or_fall_together(city: SimpleNamespace) -> None:
    start = current()

    def fail() -> None:
        with Write(system(), "test.fail") as write:
            write.event("test", city.east)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert since(start) == []
    happen(city.east, area=city.east, organisation=city.bureau, number=7)
    (event,) = since(start)
    assert (event.kind, event.subject_type, event.subject_id) == ("test", "orgs.area", city.east.pk)
    assert (event.area, event.organisation) == (city.east.path, city.bureau.path)
    assert event.ids == {"number": 7}


def test_one_that_commits_late_comes_late_and_is_not_skipped(city: SimpleNamespace) -> None:
    wrote, go_on = Flag(), Flag()

    def slow() -> None:
        with Write(system(), "test.slow") as write:
            write.event("slow", city.east)
            wrote.set()
            go_on.wait(20)
        connection.close()

    start = current()
    thread = Thread(target=slow)
    thread.start()
    wrote.wait(20)
    happen(city.west, kind="fast")
    assert since(start) == []  # the fast one waits for the older transaction
    go_on.set()
    thread.join()
    assert [event.kind for event in since(start)] == ["slow", "fast"]


def test_a_page_that_marks_its_place_before_a_late_commit_gets_it(city: SimpleNamespace) -> None:
    wrote, go_on = Flag(), Flag()

    def slow() -> None:
        with Write(system(), "test.slow") as write:
            write.event("slow", city.east)
            wrote.set()
            go_on.wait(20)
        connection.close()

    thread = Thread(target=slow)
    thread.start()
    wrote.wait(20)
    here = current()
    go_on.set()
    thread.join()
    assert [event.kind for event in since(here)] == ["slow"]


def test_a_reader_beside_many_writers_gets_each_event_once_in_order(
    city: SimpleNamespace,
) -> None:
    writers, each_writes = 6, 25
    start, done = current(), Flag()

    def writer(number: int) -> None:
        for turn in range(each_writes):
            with Write(system(), "test.many") as write:
                write.event("test", city.east, writer=number, turn=turn)
                time.sleep(random.random() / 200)  # hold the transaction open for a while
        connection.close()

    got: list[Happening] = []

    def reader() -> None:
        cursor = start
        while True:
            last_round = done.is_set()
            while events := since(cursor, limit=7):
                got.extend(events)
                cursor = events[-1].cursor
            if last_round:
                break
        connection.close()

    threads = [Thread(target=writer, args=[number]) for number in range(writers)]
    reading = Thread(target=reader)
    reading.start()
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    done.set()
    reading.join()
    assert [e.cursor for e in got] == sorted(e.cursor for e in got)
    assert len(got) == len({e.cursor for e in got}) == writers * each_writes
    for number in range(writers):
        turns = [e.ids["turn"] for e in got if e.ids["writer"] == number]
        assert turns == list(range(each_writes))


def test_pages_of_a_transaction_are_not_cut_in_two_wrongly(city: SimpleNamespace) -> None:
    start = current()
    with Write(system(), "test.many") as write:
        for number in range(5):
            write.event("test", city.east, number=number)
    first = since(start, limit=2)
    rest = since(first[-1].cursor)
    assert [e.ids["number"] for e in first + rest] == [0, 1, 2, 3, 4]
    assert Event.objects.count() == 5


@given(st.integers(0, 2**63), st.integers(0, 2**63 - 1))
def test_a_cursor_survives_its_text(xid: int, number: int) -> None:
    cursor = Cursor(xid, number)
    assert Cursor.parse(str(cursor)) == cursor


@pytest.mark.parametrize(
    "text", ["", "7", "-", "7-", "-7", "7-x", "７-1", "1" * 30 + "-" + "1" * 30]
)
def test_what_is_no_cursor(text: str) -> None:
    assert Cursor.parse(text) is None


@given(st.text())
def test_any_text_may_come_as_a_cursor(text: str) -> None:
    found = Cursor.parse(text)
    assert found is None or isinstance(found, Cursor)
