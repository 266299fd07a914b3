"""Fixed days are told to whom they concern, once at each distance."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from anlan.almanac import checks, tasks
from anlan.almanac.models import Told
from anlan.almanac.services.reminding import remind
from anlan.kernel.notify.models import Notification
from anlan.kernel.watchman import beats
from tests.almanac.conftest import fixed
from tests.factories import day, happening

OFFICE = {"clerk", "clerk2", "chief"}
BUREAU = {"bureau_staff", "bureau_head"}


def _told(today: int = 0) -> set[str]:
    Notification.objects.update(read_at=timezone.now())  # what is read is not added to
    with happening() as happened:
        remind(today=day(today))
    return happened.told_to("almanac.fixed")


def test_whom_it_concerns_and_the_office(
    city: SimpleNamespace, who: SimpleNamespace, calendar: Any
) -> None:
    calendar(
        fixed("a", 7, groups=("members", "no such group")),
        fixed("b", 6, 12, organisations=("9001-government",), remind=(7, 3)),
        fixed("c", 8, organisations=("9002-government",)),
        fixed("d", 0, organisations=("9002-government",)),
    )
    with happening() as happened:
        remind(today=day(0))
    assert happened.told_to("almanac.fixed") == OFFICE | BUREAU | {"east_staff", "east_head"}
    titles = {(n.user.username, n.title) for n in happened.told}
    assert ("bureau_staff", "固定日a：还有 7 天") in titles
    assert ("east_head", "固定日b：还有 6 天") in titles
    assert ("east_head", "固定日a：还有 7 天") not in titles
    assert set(Told.objects.values_list("code", "distance")) == {("a", 7), ("b", 7)}


def test_once_at_each_distance_and_the_nearest_after_an_absence(
    city: SimpleNamespace, who: SimpleNamespace, calendar: Any
) -> None:
    calendar(fixed("a", 10, groups=("members",), remind=(7, 5, 3)))
    assert _told() == set()
    assert _told(3) == OFFICE | BUREAU
    assert _told(3) == _told(4) == set()
    assert _told(8) == OFFICE | BUREAU  # 5 and 3 are over: told once
    assert set(Told.objects.values_list("distance", flat=True)) == {7, 3}
    assert _told(9) == _told(10) == _told(11) == set()


def test_who_joins_later_is_told_at_once_and_nobody_again(
    city: SimpleNamespace, who: SimpleNamespace, calendar: Any
) -> None:
    calendar(fixed("a", 5, groups=("members",)))
    _told()
    calendar(fixed("a", 5, groups=("members",), organisations=("9002-government",)))
    assert _told() == {"west_head", "west_staff"}


def test_the_log_of_what_was_told_is_kept(
    who: SimpleNamespace, city: SimpleNamespace, calendar: Any
) -> None:
    calendar(fixed("a", 5, groups=("members",)))
    _told()
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        Told.objects.update(distance=9)


def test_once_a_day_by_the_worker(
    who: SimpleNamespace, city: SimpleNamespace, calendar: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    calendar(fixed("a", 5, groups=("members",)))
    calls = []
    monkeypatch.setattr(tasks, "remind", lambda: calls.append(1))
    now = timezone.now()
    assert list(checks.reminded(now)) == []  # never yet: a new installation
    tasks.reminders()
    tasks.reminders()
    assert calls == [1]
    beats.beat(tasks.REMIND, now=now - timedelta(days=2))
    (fault,) = checks.reminded(now)
    assert "固定日提醒最近一次执行" in fault.text
