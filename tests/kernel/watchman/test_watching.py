"""The watchman: each check can find; findings open, stay one, and close; signs of life."""

from __future__ import annotations

import os
from collections import namedtuple
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from anlan.kernel.access.actor import system
from anlan.kernel.access.roles import Role
from anlan.kernel.notify.models import Delivery, DeliveryState, Notification
from anlan.kernel.notify.services import notify
from anlan.kernel.watchman import beats, checks, registry, watching
from anlan.kernel.watchman.models import Finding
from anlan.kernel.watchman.registry import Check, Fault
from anlan.kernel.write import Write
from tests.kernel.access import town
from tests.kernel.access.conftest import _fresh_process as _fresh_process
from tests.kernel.access.conftest import browser, user

MINUTE = timedelta(minutes=1)
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def city(db: None) -> SimpleNamespace:
    return town.build()


@pytest.fixture(autouse=True)
def var(settings: Any, tmp_path: Path) -> Path:
    settings.VAR = tmp_path
    return tmp_path


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> list[Fault]:
    """What the only check finds."""
    found: list[Fault] = []
    only = {"test.only": Check("test.only", "一切正常", lambda now: list(found))}
    monkeypatch.setattr(registry, "_checks", only)
    return found


# --- findings ------------------------------------------------------------------------------------


def test_a_fault_opens_one_finding_that_closes_with_it(
    city: SimpleNamespace, faults: list[Fault]
) -> None:
    faults.append(Fault("a", "坏了"))
    assert watching.watch() == 1
    first = Finding.objects.get()
    faults[:] = [Fault("a", "坏得更厉害"), Fault("b", "也坏了")]
    assert watching.watch() == 2
    first.refresh_from_db()
    assert (first.text, first.closed_at) == ("坏得更厉害", None)
    assert first.last_seen > first.first_seen
    faults[:] = [Fault("b", "也坏了")]
    watching.watch()
    first.refresh_from_db()
    assert first.closed_at is not None
    faults[:] = [Fault("a", "又坏了")]
    watching.watch()
    assert list(Finding.objects.filter(closed_at=None).values_list("key", "text")) == [
        ("a", "又坏了")
    ]
    assert Finding.objects.filter(key="a").count() == 2


def test_the_system_administrator_is_told_once(city: SimpleNamespace, faults: list[Fault]) -> None:
    keeper = user(city, "keeper", Role.SYSTEM)
    user(city, "zhang", Role.UNIT_STAFF)
    faults.append(Fault("", "备份没有做"))
    watching.watch()
    watching.watch()
    (message,) = Notification.objects.all()
    assert (message.user, message.text, message.count) == (keeper, "备份没有做", 1)
    assert message.link == "/system/status/"


@pytest.mark.parametrize(
    "statement", ["SELECT 1/0", "SELECT * FROM no_such_table"], ids=["wrong", "unknown table"]
)
def test_a_check_that_fails_is_a_finding_and_hides_no_other(
    city: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, statement: str
) -> None:
    def broken(now: datetime) -> Iterator[Fault]:
        with connection.cursor() as cursor:
            cursor.execute(statement)
        yield Fault("", "")

    both = {
        "a": Check("a", "甲", broken),
        "b": Check("b", "乙", lambda now: [Fault("", "乙坏了")]),
    }
    monkeypatch.setattr(registry, "_checks", both)
    assert watching.watch() == 2
    texts = set(Finding.objects.values_list("text", flat=True))
    assert "乙坏了" in texts
    assert any("检查“甲”不能进行" in text for text in texts)
    monkeypatch.setattr(registry, "_checks", {"a": Check("a", "甲", lambda now: [])})
    watching.watch()
    assert Finding.objects.get(rule="watchman.check").closed_at is not None


def test_each_round_leaves_a_sign_inside_and_outside(
    city: SimpleNamespace, faults: list[Fault], var: Path
) -> None:
    now = timezone.now()
    watching.watch(now=now)
    assert beats.last(watching.NAME) == now
    assert datetime.fromisoformat((var / "watchman-heartbeat").read_text()) == now


def test_without_the_database_nothing_is_signed(
    city: SimpleNamespace, faults: list[Fault], var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> None:
        raise DatabaseError("away")

    monkeypatch.setattr(watching, "settle", lost)
    with pytest.raises(DatabaseError):
        watching.watch()
    assert not (var / "watchman-heartbeat").exists()


@pytest.mark.parametrize(
    ("away", "judged"), [(None, False), (6 * MINUTE, False), (4 * MINUTE, True), (MINUTE, True)]
)
def test_one_that_was_away_lets_the_others_catch_up_first(
    city: SimpleNamespace, faults: list[Fault], var: Path, away: timedelta | None, judged: bool
) -> None:
    now = timezone.now()
    if away:
        beats.beat(watching.NAME, now=now - away)
    faults.append(Fault("", "还没有做"))
    assert watching.make_round(now=now) == judged
    assert Finding.objects.exists() is judged
    assert beats.last(watching.NAME) == now
    assert watching.make_round(now=now + MINUTE) == 1
    assert (var / "watchman-heartbeat").exists()


def test_a_name_is_declared_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        registry.check("disk.free", "x")(lambda now: [])


def test_what_is_checked() -> None:
    assert {each.name for each in registry.checks()} >= {
        "audit.order", "audit.unnamed", "audit.unsealed", "backup.recent", "deadlines.late",
        "disk.free", "jobs.failed", "jobs.stalled", "notify.undelivered", "plan.measures",
        "plan.standing",
    }  # fmt: skip


# --- the checks of the ground --------------------------------------------------------------------

Look = Callable[[datetime], Any]


def keys(look: Look, now: datetime) -> list[str]:
    return [fault.key for fault in look(now)]


@pytest.fixture
def delivery(city: SimpleNamespace) -> Delivery:
    with Write(system(), "test.tell"):
        notify(users=[user(city, "zhang")], kind="x", title="x")
    return Delivery.objects.get()


def test_messages_that_wait(delivery: Delivery) -> None:
    assert keys(checks.undelivered, delivery.due_at + 9 * MINUTE) == []
    assert keys(checks.undelivered, delivery.due_at + 11 * MINUTE) == ["queued"]
    Delivery.objects.update(state=DeliveryState.SENT)
    assert keys(checks.undelivered, delivery.due_at + 11 * MINUTE) == []


def test_messages_given_up(delivery: Delivery) -> None:
    Delivery.objects.update(state=DeliveryState.FAILED, error="网关拒绝")
    (fault,) = checks.undelivered(delivery.due_at + MINUTE)
    assert fault.key == "failed"
    assert "网关拒绝" in fault.text
    assert keys(checks.undelivered, delivery.due_at + timedelta(days=1, minutes=1)) == []


def job(status: str, *, worker_seen: timedelta | None = None, event: str = "") -> None:
    with connection.cursor() as cursor:
        worker = None
        if worker_seen is not None:
            cursor.execute(
                "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s) RETURNING id",
                [timezone.now() - worker_seen],
            )
            worker = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id) "
            "VALUES ('q', 'test.task', %s, %s) RETURNING id",
            [status, worker],
        )
        pk = cursor.fetchone()[0]
        if event:  # that it was deferred, the database notes itself
            cursor.execute(
                "INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, %s, now())",
                [pk, event],
            )


def test_jobs_that_failed(db: None) -> None:
    job("failed", event="failed")
    job("failed", event="failed")
    (fault,) = checks.failed_jobs(timezone.now())
    assert fault.key == "test.task"
    assert "失败 2 次" in fault.text
    assert keys(checks.failed_jobs, timezone.now() + timedelta(days=1, minutes=1)) == []


@pytest.mark.parametrize(
    ("seen", "found"), [(timedelta(), []), (3 * MINUTE, ["doing"]), (None, ["doing"])]
)
def test_jobs_whose_worker_is_gone(db: None, seen: timedelta | None, found: list[str]) -> None:
    job("doing", worker_seen=seen)
    assert keys(checks.stalled_jobs, timezone.now()) == found


def test_jobs_that_nobody_takes(db: None) -> None:
    job("todo")
    assert keys(checks.stalled_jobs, timezone.now() + 9 * MINUTE) == []
    (fault,) = checks.stalled_jobs(timezone.now() + 11 * MINUTE)
    assert (fault.key, fault.text[:2]) == ("todo", "1 ")


@pytest.mark.parametrize(("free", "count"), [(2 * 1024**3, 0), (2 * 1024**3 - 1, 1)])
def test_room_on_the_disk(monkeypatch: pytest.MonkeyPatch, free: int, count: int) -> None:
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda path: Usage(1, 1, free))
    assert len(list(checks.disk(timezone.now()))) == count


def test_backups_are_asked_for_only_where_they_are_configured(
    settings: Any, tmp_path: Path
) -> None:
    now = timezone.now()
    settings.BACKUPS = ""
    declared = next(each for each in registry.checks() if each.name == "backup.recent")
    assert not declared.applies()
    settings.BACKUPS = str(tmp_path / "backups")
    (fault,) = checks.backup(now)
    assert "没有备份" in fault.text
    dump = tmp_path / "backups" / "anlan.dump"
    dump.parent.mkdir()
    dump.write_bytes(b"x")
    for hours, count in ((25, 0), (27, 1)):
        at = now.timestamp() - hours * 3600
        os.utime(dump, (at, at))
        assert len(list(checks.backup(now))) == count


# --- the page ------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.SYSTEM, Role.AUDITOR])
def test_the_page_shows_what_is_wrong(
    city: SimpleNamespace, faults: list[Fault], role: Role
) -> None:
    reader = browser(user(city, "x", role))
    assert "还没有检查过" in reader.get("/system/status/").content.decode()
    faults.append(Fault("", "备份没有做"))
    watching.watch()
    page = reader.get("/system/status/").content.decode()
    assert "备份没有做" in page
    assert "有问题" in page
    faults.clear()
    watching.watch()
    page = reader.get("/system/status/").content.decode()
    assert "已消除" in page
    assert "有问题" not in page


@pytest.mark.parametrize("role", [each for each in Role if each not in (Role.SYSTEM, Role.AUDITOR)])
def test_others_do_not_see_it(city: SimpleNamespace, role: Role) -> None:
    assert browser(user(city, "x", role)).get("/system/status/").status_code == 403
