"""Live pages: who hears what, resuming, reloading, and the end with the session."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from threading import Event as Flag
from threading import Thread, Timer
from types import SimpleNamespace

import pytest
from django.db import connection
from django.utils import timezone

from anlan.kernel.access.actor import system
from anlan.kernel.access.models import AccountSession, Grant, User
from anlan.kernel.access.roles import Role
from anlan.kernel.events import hub as hubs
from anlan.kernel.events import pages
from anlan.kernel.events.mark import current
from anlan.kernel.events.outbox import Cursor
from anlan.kernel.events.sight import Sight
from anlan.kernel.write import Write
from tests.kernel.access.conftest import actor, user
from tests.kernel.events.conftest import Page, happen, live, silence
from tests.kernel.events.test_outbox import since


@pytest.fixture
def leader(city: SimpleNamespace) -> User:
    return user(city, "leader", Role.LEADER, organisation=city.government)


# --- who hears what ------------------------------------------------------------------------------

SEATS = {
    "city leader": (Role.LEADER, "government"),
    "east leader": (Role.LEADER, "east_government"),
    "office": (Role.SCO_STAFF, "office"),
    "bureau": (Role.UNIT_STAFF, "bureau"),
    "east county": (Role.UNIT_HEAD, "east_government"),
    "east town": (Role.UNIT_STAFF, "east_town_government"),
    "west county": (Role.UNIT_STAFF, "west_government"),
    "auditor": (Role.AUDITOR, "office"),
}
HEARD = {
    # what happened: area, organisation → who hears of it
    ("east", "east_government"): {"city leader", "east leader", "office", "east county"},
    ("east_town", "east_town_government"): {
        "city leader", "east leader", "office", "east county", "east town",
    },
    ("west", "west_government"): {"city leader", "office", "west county"},
    ("city", "bureau"): {"city leader", "office", "bureau"},
    (None, "bureau"): {"bureau"},
    (None, None): set(),
}  # fmt: skip


@pytest.mark.parametrize(("area", "organisation"), HEARD)
def test_sight(city: SimpleNamespace, area: str | None, organisation: str | None) -> None:
    start = current()
    happen(
        city.east,
        area=area and getattr(city, area),
        organisation=organisation and getattr(city, organisation),
    )
    (event,) = since(start)
    heard = {
        name
        for name, (role, where) in SEATS.items()
        if Sight.of(
            actor(user(city, name.replace(" ", ""), role, organisation=getattr(city, where)))
        ).sees(event)
    }
    # An auditor watches the log, not the work: of his own unit's he hears as its member would.
    assert heard - {"auditor"} == HEARD[area, organisation]
    assert "auditor" not in heard


def test_what_is_for_one_person_reaches_that_person_alone(city: SimpleNamespace) -> None:
    zhang = user(city, "zhang", Role.UNIT_STAFF)
    others = [user(city, "wang", Role.UNIT_STAFF), user(city, "l", Role.LEADER)]
    start = current()
    happen(zhang, user=zhang.pk, area=city.city, organisation=city.bureau)
    (event,) = since(start)
    assert Sight.of(actor(zhang)).sees(event)
    assert not any(Sight.of(actor(each)).sees(event) for each in others)


def test_a_prefix_of_a_path_is_not_its_ancestor(city: SimpleNamespace) -> None:
    sight = Sight(("90/900",), (), None)
    start = current()
    happen(city.east, area=city.east)  # 90/9001
    assert not sight.sees(since(start)[0])


# --- the stream ----------------------------------------------------------------------------------


def test_an_open_page_hears_at_once(city: SimpleNamespace, leader: User) -> None:
    (message,) = live(Page(leader), 1, lambda: happen(city.east, area=city.east, number=3))
    assert message.event == "change"
    assert message.data == {
        "kind": "test", "subject_type": "orgs.area", "subject_id": city.east.pk,
        "ids": {"number": 3},
    }  # fmt: skip


def test_what_is_none_of_its_business_it_does_not_hear(city: SimpleNamespace) -> None:
    west = user(city, "west", Role.UNIT_STAFF, organisation=city.west_government)
    assert silence(
        Page(west), lambda: happen(city.east, area=city.east, organisation=city.east_government)
    )


def test_a_page_hears_what_happened_since_it_was_made(city: SimpleNamespace, leader: User) -> None:
    here = str(current())
    happen(city.east, area=city.east, number=1)
    got = live(Page(leader, since=here), 2, lambda: happen(city.east, area=city.east, number=2))
    assert [message.data["ids"]["number"] for message in got] == [1, 2]


def test_one_that_comes_back_goes_on_where_it_was(city: SimpleNamespace, leader: User) -> None:
    here = str(current())
    for number in range(4):
        happen(city.east, area=city.east, number=number)
    first = live(Page(leader, since=here), 2)
    rest = live(Page(leader, since=here, last=first[-1].id), 2)
    assert [m.data["ids"]["number"] for m in first + rest] == [0, 1, 2, 3]


@contextmanager
def long_transaction(city: SimpleNamespace) -> Iterator[Callable[[], None]]:
    """Somebody else's write, with an event, that goes on until what is yielded is called."""
    wrote, go_on = Flag(), Flag()

    def slow() -> None:
        with Write(system(), "test.slow") as write:
            write.event("slow", city.east, area=city.east)
            wrote.set()
            go_on.wait(20)
        connection.close()

    def end() -> None:
        go_on.set()
        thread.join()

    thread = Thread(target=slow)
    thread.start()
    wrote.wait(20)
    try:
        yield end
    finally:
        end()


def test_an_open_page_waits_for_nobody_s_long_transaction(
    city: SimpleNamespace, leader: User
) -> None:
    """It hears at once, once, and its place moves on in order, so that the late one is not lost."""
    page = Page(leader)
    with long_transaction(city) as end:

        def later() -> None:
            end()
            happen(city.east, area=city.east)
            connection.close()

        def act() -> None:
            happen(city.east, area=city.east, kind="quick")
            Timer(1, later).start()

        first, second, third = live(page, 3, act)
    assert (first.data["kind"], first.id) == ("quick", None)
    assert second.data["kind"] == "slow"
    assert third.data["kind"] == "test"
    (quick,) = page.places
    assert Cursor.parse(second.id) < Cursor.parse(quick) < Cursor.parse(third.id)


def test_a_page_that_opens_meanwhile_hears_it_too(city: SimpleNamespace, leader: User) -> None:
    with long_transaction(city):
        here = str(current())
        happen(city.east, area=city.east, kind="quick")
        (only,) = live(Page(leader, since=here), 1)
    assert (only.data["kind"], only.id) == ("quick", None)


def test_one_that_was_away_too_long_is_told_to_reload(
    city: SimpleNamespace, leader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "BACKLOG", 3)
    here = str(current())
    for _ in range(5):
        happen(city.east, area=city.east)
    assert live(Page(leader, since=here), 1)[0].event == "reload"


def test_one_that_reads_too_slowly_is_told_to_reload(
    city: SimpleNamespace, leader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While nobody reads, three events come for a page that may owe two."""
    monkeypatch.setattr(hubs, "BACKLOG", 2)
    here, page = current(), Page(leader)
    for _ in range(3):
        happen(city.east, area=city.east)
    subscription = hubs.Subscription()
    for event in since(here):
        subscription.put(event)

    @asynccontextmanager
    async def subscribe() -> AsyncIterator[hubs.Subscription]:
        yield subscription

    monkeypatch.setattr(pages, "hub", SimpleNamespace(subscribe=subscribe))
    assert [message.event for message in live(page, 3)] == ["reload"]


def test_it_ends_with_the_session(city: SimpleNamespace, leader: User) -> None:
    page = Page(leader)

    def end() -> None:
        AccountSession.objects.filter(pk=page.request.account_session.pk).update(
            ended_at=timezone.now(), end="logout"
        )

    assert live(page, 1, end)[0].event == "reload"


def test_a_busy_page_too_ends_with_the_session(city: SimpleNamespace, leader: User) -> None:
    page = Page(leader)

    def end_in_a_storm() -> None:
        AccountSession.objects.filter(pk=page.request.account_session.pk).update(
            ended_at=timezone.now(), end="logout"
        )
        for _ in range(12):  # never so quiet that the beat would come
            happen(city.east, area=city.east)
            time.sleep(0.05)

    got = live(page, 12, end_in_a_storm)
    assert got[-1].event == "reload"
    assert len(got) < 12


def test_a_grant_that_ends_closes_ones_ears(city: SimpleNamespace, leader: User) -> None:
    page = Page(leader)

    def end() -> None:
        Grant.objects.filter(user=leader).update(ended_at=timezone.now())
        time.sleep(0.7)  # two beats
        happen(city.east, area=city.east)

    assert silence(page, end)
