"""A batch is given up, or goes on after a halt."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from anlan.kernel.errors import WrongState
from anlan.kernel.imports import checks
from anlan.kernel.imports.choices import BatchState
from anlan.kernel.imports.models import ImportRow
from anlan.kernel.imports.services.reading import batch_read
from anlan.kernel.imports.services.taking import batch_take
from anlan.kernel.imports.services.uploading import batch_drop, batch_resume
from tests.factories import happening, nothing_happens
from tests.kernel.imports import books, villages
from tests.kernel.imports.steps import GOOD, consent, fresh, jobs


def test_dropping_deletes_rows_and_file_and_keeps_who_brought_it(
    ready: Any, who: SimpleNamespace
) -> None:
    batch = ready(GOOD)
    with happening() as happened:
        batch_drop(actor=who.bureau_staff, batch=batch.pk)
    batch = fresh(batch)
    assert (batch.state, batch.rows.count(), batch.path.exists()) == (BatchState.DROPPED, 0, False)
    assert (batch.by, batch.good) == (who.bureau_staff.user, 3)
    assert happened.verbs("imports_importbatch") == ["imports.batch.drop"]


def test_a_file_that_another_batch_has_too_stays(ready: Any, who: SimpleNamespace) -> None:
    content = books.xlsx([villages.HEAD, *GOOD])
    one, other = ready([], content=content), ready([], content=content)
    assert one.digest == other.digest
    batch_drop(actor=who.bureau_staff, batch=one.pk)
    assert other.path.exists()
    batch_drop(actor=who.bureau_staff, batch=other.pk)
    assert not other.path.exists()


def test_one_that_was_taken_stays(ready: Any, who: SimpleNamespace) -> None:
    batch = ready(GOOD)
    consent(who, batch)
    with nothing_happens(WrongState):
        batch_drop(actor=who.bureau_staff, batch=batch.pk)
    batch_take(batch=batch.pk)
    with nothing_happens(WrongState):
        batch_drop(actor=who.bureau_staff, batch=batch.pk)


def test_dropped_while_it_is_read(
    send: Any, who: SimpleNamespace, importer: villages.Villages, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch, judge = send(GOOD), importer._judge

    def meanwhile(row: Any) -> Any:
        if row.number == 2:
            batch_drop(actor=who.bureau_staff, batch=batch.pk)
        return judge(row)

    monkeypatch.setattr(importer, "_judge", meanwhile)
    batch_read(batch=batch.pk)
    assert (fresh(batch).state, ImportRow.objects.count()) == (BatchState.DROPPED, 0)


def test_a_halted_batch_is_found_and_set_going_again(
    send: Any, who: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = send(GOOD)
    assert not batch.halted
    with nothing_happens(WrongState, match="不需要继续"):
        batch_resume(actor=who.bureau_staff, batch=batch.pk)
    now = timezone.now()
    assert list(checks.halted(now)) == []
    later = now + timedelta(minutes=11)
    found = list(checks.halted(later))
    assert [each.key for each in found] == [str(batch.pk)]
    assert "试市能源局" in found[0].text
    monkeypatch.setattr(timezone, "now", lambda: later)
    batch_resume(actor=who.bureau_staff, batch=batch.pk)
    assert jobs(batch) == ["imports.read", "imports.read"]
    assert list(checks.halted(later)) == []
    batch_read(batch=batch.pk)
    consent(who, batch)
    monkeypatch.setattr(timezone, "now", lambda: later + timedelta(minutes=3))
    batch_resume(actor=who.bureau_staff, batch=batch.pk)
    assert jobs(batch)[-2:] == ["imports.take", "imports.take"]
