"""What was consented to enters the ledger, each row exactly once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from anlan.kernel.access.actor import ActorSource
from anlan.kernel.access.models import Grant
from anlan.kernel.audit.models import AuditRow
from anlan.kernel.errors import Refused, WrongState
from anlan.kernel.imports.choices import BatchState
from anlan.kernel.imports.registry import WHOLE_ROW
from anlan.kernel.imports.services import reading, taking
from anlan.kernel.imports.services.reading import batch_read
from anlan.kernel.imports.services.taking import batch_consent, batch_take
from anlan.kernel.orgs.models import Area
from tests import factories
from tests.factories import happening, nothing_happens
from tests.kernel.imports import villages
from tests.kernel.imports.steps import GOOD, consent, faults, fresh, jobs, made


def test_good_rows_are_taken_in_the_name_of_who_consented(
    ready: Any, who: SimpleNamespace, importer: villages.Villages
) -> None:
    batch = ready([*GOOD, ["x", "坏村"]])
    with happening() as happened:
        consent(who, batch)
        assert (fresh(batch).state, made()) == (BatchState.TAKING, [])
        assert jobs(batch)[-1] == "imports.take"
        batch_take(batch=batch.pk)
    batch = fresh(batch)
    assert (batch.state, batch.taken, batch.refused, batch.place) == (BatchState.DONE, 3, 0, 4)
    assert made() == ["甲村", "乙村", "丙村"]
    became = set(batch.rows.filter(good=True).values_list("became", flat=True))
    assert became == set(Area.objects.filter(level="village").values_list("pk", flat=True))
    rows = [row for row in happened.audit if row.table_name == "orgs_area"]
    assert {(row.verb, row.user_id, row.source) for row in rows} == {
        ("imports.batch.take", who.bureau_staff.user.pk, str(ActorSource.IMPORT))
    }
    assert happened.kinds() == ["import.changed", "import.changed"]


def test_consent_to_other_numbers_than_shown(ready: Any, who: SimpleNamespace) -> None:
    batch = ready(GOOD)
    with nothing_happens(WrongState, match="行数与现在不同"):
        consent(who, batch, good=2)


def test_consent_twice(ready: Any, who: SimpleNamespace) -> None:
    batch = ready(GOOD)
    consent(who, batch)
    with nothing_happens(WrongState, match="正在接收"):
        consent(who, batch)


def test_nothing_good_to_consent_to(ready: Any, who: SimpleNamespace) -> None:
    batch = ready([["x", ""]])
    with nothing_happens(Refused, match="没有可以接收的行"):
        consent(who, batch)


def test_a_row_that_somebody_entered_meanwhile(
    ready: Any, who: SimpleNamespace, city: SimpleNamespace, importer: villages.Villages
) -> None:
    batch = ready([*GOOD, ["004", "不要村"]])
    Area.objects.create(
        code="002", name="先来村", level="village", parent=city.east_town, path="x/002"
    )
    consent(who, batch)
    batch_take(batch=batch.pk)
    batch = fresh(batch)
    assert (batch.state, batch.taken, batch.refused) == (BatchState.DONE, 2, 2)
    assert made() == ["甲村", "先来村", "丙村"]
    assert faults(batch) == {
        3: {WHOLE_ROW: taking.CLASH}, 5: {WHOLE_ROW: "“不要村”不能录入。"},
    }  # fmt: skip
    assert importer.takes == [4, 1, 1, 1, 1]


def test_a_portion_is_taken_whole_or_not_at_all(
    ready: Any, who: SimpleNamespace, importer: villages.Villages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Interrupted in the middle of the second portion, after half of it was made."""
    monkeypatch.setattr(taking, "PORTION", 2)
    batch = ready([[f"00{n}", f"村{n}"] for n in range(1, 6)])
    consent(who, batch)
    take = importer.take

    def half(write: Any, context: Any, rows: list[Any]) -> list[int]:
        if rows[0].values["code"] == "003":
            take(write, context, rows[:1])
            raise KeyboardInterrupt
        return take(write, context, rows)

    monkeypatch.setattr(importer, "take", half)
    with pytest.raises(KeyboardInterrupt):
        batch_take(batch=batch.pk)
    assert made() == ["村1", "村2"]
    assert (fresh(batch).place, fresh(batch).taken) == (3, 2)
    monkeypatch.setattr(importer, "take", take)
    batch_take(batch=batch.pk)
    assert made() == [f"村{n}" for n in range(1, 6)]
    assert (fresh(batch).state, fresh(batch).taken) == (BatchState.DONE, 5)


def test_an_error_of_the_importer_is_no_fault_of_the_rows(
    ready: Any, who: SimpleNamespace, importer: villages.Villages, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = ready(GOOD)
    consent(who, batch)
    monkeypatch.setattr(importer, "take", lambda *_: [1])
    with pytest.raises(ValueError, match="took 1 of 3"):
        batch_take(batch=batch.pk)
    assert (fresh(batch).state, fresh(batch).place, faults(batch)) == (BatchState.TAKING, 0, {})


def test_rules_that_change_before_the_consent_send_it_back(
    ready: Any, who: SimpleNamespace, importer: villages.Villages
) -> None:
    batch = ready(GOOD)
    importer.version, importer.needs_kind = "2", True
    assert consent(who, batch).state == BatchState.UPLOADED
    batch_read(batch=batch.pk)
    assert (fresh(batch).state, fresh(batch).good, fresh(batch).faulty) == (BatchState.READY, 1, 2)
    assert consent(who, batch).state == BatchState.TAKING


def test_rules_that_change_after_the_consent_are_judged_when_taken(
    ready: Any, who: SimpleNamespace, importer: villages.Villages
) -> None:
    batch = ready(GOOD)
    consent(who, batch)
    importer.version, importer.needs_kind = "2", True
    batch_take(batch=batch.pk)
    assert (made(), fresh(batch).taken, fresh(batch).refused) == (["乙村"], 1, 2)
    assert faults(batch)[2] == {"kind": "“类型”没有填写。"}


def test_a_grant_that_ends_after_the_consent_does_not_leave_it_hanging(
    ready: Any, who: SimpleNamespace
) -> None:
    batch = ready(GOOD)
    consent(who, batch)
    Grant.objects.filter(user=who.bureau_staff.user).update(ended_at=timezone.now())
    batch_take(batch=batch.pk)
    assert fresh(batch).state == BatchState.DONE


@pytest.mark.usefixtures("committed_db")
def test_two_consents_at_once(ready: Any, who: SimpleNamespace) -> None:
    batch = ready(GOOD)
    acts = [lambda: batch_consent(actor=who.bureau_staff.fresh(), batch=batch.pk, good=3)] * 2
    results = factories.at_once(*acts)
    assert sorted(type(each).__name__ for each in results) == ["ImportBatch", "WrongState"]
    assert jobs(batch).count("imports.take") == 1


@pytest.mark.usefixtures("committed_db")
def test_two_jobs_at_once_read_and_take_everything_once(
    send: Any, who: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (reading, taking):
        monkeypatch.setattr(module, "PORTION", 3)
    batch = send([[str(n), f"村{n}"] for n in range(1, 21)])
    assert factories.at_once(*[lambda: batch_read(batch=batch.pk)] * 2) == [None, None]
    assert (fresh(batch).state, fresh(batch).good) == (BatchState.READY, 20)
    consent(who, batch)
    assert factories.at_once(*[lambda: batch_take(batch=batch.pk)] * 2) == [None, None]
    assert (fresh(batch).state, fresh(batch).taken, len(made())) == (BatchState.DONE, 20, 20)


@pytest.mark.usefixtures("committed_db")
def test_a_worker_that_is_killed_while_taking(
    ready: Any, who: SimpleNamespace, importer: villages.Villages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real process, killed by SIGKILL within its third portion, after half of it was made."""
    import os
    import signal

    from django.db import connection

    monkeypatch.setattr(taking, "PORTION", 2)
    batch = ready([[str(n), f"村{n}"] for n in range(1, 10)])
    consent(who, batch)
    connection.close()
    connection.close_pool()  # a child must not share the parent's connections
    child = os.fork()
    if not child:
        take = importer.take

        def die(write: Any, context: Any, rows: list[Any]) -> list[int]:
            if rows[0].values["code"] == "5":
                take(write, context, rows[:1])
                os.kill(os.getpid(), signal.SIGKILL)
            return take(write, context, rows)

        importer.take = die  # type: ignore[method-assign]
        try:
            batch_take(batch=batch.pk)
        finally:
            os._exit(1)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert (fresh(batch).state, fresh(batch).taken, len(made())) == (BatchState.TAKING, 4, 4)
    batch_take(batch=batch.pk)
    assert (fresh(batch).state, fresh(batch).taken, len(made())) == (BatchState.DONE, 9, 9)


def test_the_whole_is_audited_by_its_batch(ready: Any, who: SimpleNamespace) -> None:
    batch = ready(GOOD)
    verbs = AuditRow.objects.filter(table_name="imports_importbatch", row_id=str(batch.pk))
    assert set(verbs.values_list("verb", flat=True)) == {
        "imports.batch.upload", "imports.batch.read",
    }  # fmt: skip
    assert not AuditRow.objects.filter(table_name="imports_importrow").exists()
    assert (
        not AuditRow.objects.filter(verb="")
        .exclude(table_name__startswith="orgs")
        .filter(table_name="imports_importbatch")
        .exists()
    )
