"""Telling people: once each, only if the change commits, bundled as declared."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest

from anlan.kernel.access.actor import system
from anlan.kernel.access.models import User
from anlan.kernel.errors import Unknown
from anlan.kernel.events.models import Event
from anlan.kernel.notify import selectors, services
from anlan.kernel.notify.models import Delivery, Notification
from anlan.kernel.notify.services import notify
from anlan.kernel.write import Write
from tests.kernel.access.conftest import actor, browser

People = tuple[User, User]
Forward = Callable[[timedelta], None]


def tell(*users: User, kind: str = "duty.due", link: str = "/tasks/", **more: object) -> None:
    with Write(system(), "test.tell"):
        notify(users=users, kind=kind, title="任务将到期", link=link, **more)


def test_each_is_told_once_and_only_his_page_hears(people: People) -> None:
    zhang, wang = people
    tell(zhang, wang, zhang)
    assert set(Notification.objects.values_list("user", "count")) == {(zhang.pk, 1), (wang.pk, 1)}
    events = Event.objects.filter(kind="notification.changed")
    assert sorted(event.ids["user"] for event in events) == sorted([zhang.pk, wang.pk])
    assert set(events.values_list("area", "organisation")) == {(None, None)}


def test_an_account_switched_off_is_passed_over(people: People) -> None:
    zhang, wang = people
    wang.is_active = False
    tell(zhang, wang)
    assert [each.user for each in Notification.objects.all()] == [zhang]


def test_nobody_is_told_of_a_change_that_fails(people: People) -> None:
    def fail() -> None:
        with Write(system(), "test.fail"):
            notify(users=people, kind="x", title="x")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not Notification.objects.exists()
    assert not Delivery.objects.exists()
    assert not Event.objects.exists()


def test_outside_a_write_it_refuses(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "connection", SimpleNamespace(in_atomic_block=False))
    with pytest.raises(RuntimeError, match="outside a Write"):
        notify(users=people, kind="x", title="x")


@pytest.mark.parametrize("link", ["https://elsewhere.example/", "//elsewhere.example/", "tasks/"])
def test_a_link_leads_to_a_page_of_ours(people: People, link: str) -> None:
    with pytest.raises(ValueError, match="path of ours"):
        tell(*people, link=link)
    assert not Notification.objects.exists()


@pytest.mark.parametrize(
    ("_case", "second", "counts"),
    [
        ("the same within two minutes", {}, [2]),
        ("another link", {"link": "/matrix/"}, [1, 1]),
        ("another kind", {"kind": "duty.overdue"}, [1, 1]),
        ("urgent joins nothing", {"urgent": True}, [1, 1]),
    ],
)
def test_what_is_bundled(people: People, _case: str, second: dict, counts: list[int]) -> None:
    tell(people[0])
    tell(people[0], **second)
    assert sorted(Notification.objects.values_list("count", flat=True)) == counts
    assert Delivery.objects.count() == len(counts)


def test_a_bundle_closes_two_minutes_after_it_opened(people: People, forward: Forward) -> None:
    tell(people[0])
    forward(timedelta(seconds=119))
    tell(people[0])
    forward(timedelta(seconds=2))  # since the second one only two seconds have passed
    tell(people[0])
    assert sorted(Notification.objects.values_list("count", flat=True)) == [1, 2]


def test_what_was_read_is_not_added_to(people: People) -> None:
    tell(people[0])
    services.read_all(actor=actor(people[0]))
    tell(people[0])
    assert selectors.unread_count(actor(people[0])) == 1
    assert Notification.objects.count() == 2


def test_one_reads_ones_own_only(people: People) -> None:
    zhang, wang = people
    tell(zhang, wang)
    hers = Notification.objects.get(user=wang)
    with pytest.raises(Unknown):
        services.read(actor=actor(zhang), pk=hers.pk)
    assert services.read_all(actor=actor(zhang)) == 1
    hers.refresh_from_db()
    assert hers.read_at is None
    assert selectors.unread_count(actor(zhang)) == 0


def test_opening_one_marks_it_and_leads_on(people: People) -> None:
    tell(people[0])
    found = Notification.objects.get()
    answer = browser(people[0]).post(f"/messages/{found.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, "/tasks/")
    assert selectors.unread_count(actor(people[0])) == 0


def test_another_persons_message_does_not_exist(people: People) -> None:
    tell(people[1])
    found = Notification.objects.get()
    assert browser(people[0]).post(f"/messages/{found.pk}/").status_code == 404
    assert selectors.unread_count(actor(people[1])) == 1


def test_the_page_shows_ones_own_and_the_bell_counts(people: People) -> None:
    tell(people[0])
    tell(people[0])
    mine, other = browser(people[0]), browser(people[1])
    page = mine.get("/messages/").content.decode()
    assert "任务将到期" in page
    assert "共 2 条" in page
    assert "bell-count" in mine.get("/messages/bell/").content.decode()
    assert "任务将到期" not in other.get("/messages/").content.decode()
    assert "bell-count" not in other.get("/messages/bell/").content.decode()
