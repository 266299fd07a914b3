"""The chain: whatever is touched is found and named; nothing that commits late is skipped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from anlan.kernel import secret
from anlan.kernel.access.actor import system
from anlan.kernel.audit import chain, checks
from anlan.kernel.audit.models import AuditRow, Seal
from anlan.kernel.write import Write
from tests.kernel.audit.conftest import rename

Tamper = Callable[..., None]


def middle() -> AuditRow:
    """A sealed row that is neither the first nor the last."""
    return AuditRow.objects.get(changes__name__1="乙县")


def test_an_untouched_chain_is_intact(sealed: SimpleNamespace) -> None:
    verdict = chain.verify()
    assert verdict.intact
    assert verdict.links == AuditRow.objects.count() == Seal.objects.count()
    assert verdict.head == chain.head()
    assert chain.verify(head=verdict.head).intact
    assert chain.seal_all() == 0


def test_an_empty_chain_is_intact(committed_db: None) -> None:
    assert chain.verify().intact
    assert chain.verify(head=chain.head()).intact


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("changes", '{"name": ["甲县", "丁县"]}'),
        ("reason", "另有原因"),
        ("verb", "plan.duty.verify"),
        ("user_id", 1),
        ("principal_id", 1),
        ("authority", "口头"),
        ("at", "2020-01-01T00:00Z"),
        ("row_id", "999"),
        ("operation", "DELETE"),
        ("xid", "3"),
    ],
)
def test_a_changed_row_is_found_and_named(
    sealed: SimpleNamespace, tamper: Tamper, column: str, value: object
) -> None:
    row = middle()
    cast = {"changes": "jsonb", "xid": "xid8", "at": "timestamptz"}.get(column, "text")
    cast = "bigint" if isinstance(value, int) else cast
    tamper(f"UPDATE audit_auditrow SET {column} = %s::{cast} WHERE id = %s", value, row.pk)
    verdict = chain.verify()
    assert verdict.broken == row.pk
    assert f"审计记录 {row.pk}" in verdict.text
    assert "被改动" in verdict.text
    assert verdict.links == Seal.objects.get(row=row.pk).number - 1


def test_a_deleted_row_is_found_and_named(sealed: SimpleNamespace, tamper: Tamper) -> None:
    row = middle()
    tamper("DELETE FROM audit_auditrow WHERE id = %s", row.pk)
    verdict = chain.verify()
    assert (verdict.broken, verdict.intact) == (row.pk, False)
    assert f"审计记录 {row.pk} 被删除" in verdict.text


def test_a_row_deleted_with_its_link_is_found(sealed: SimpleNamespace, tamper: Tamper) -> None:
    row, number = middle(), Seal.objects.get(row=middle().pk).number
    tamper("DELETE FROM audit_auditrow WHERE id = %s", row.pk)
    tamper("DELETE FROM audit_seal WHERE row = %s", row.pk)
    verdict = chain.verify()
    assert verdict.broken == Seal.objects.get(number=number + 1).row
    assert f"缺少第 {number} 号" in verdict.text


def test_links_renumbered_over_a_gap_are_found(sealed: SimpleNamespace, tamper: Tamper) -> None:
    row, number = middle(), Seal.objects.get(row=middle().pk).number
    tamper("DELETE FROM audit_auditrow WHERE id = %s", row.pk)
    tamper("DELETE FROM audit_seal WHERE row = %s", row.pk)
    tamper("UPDATE audit_seal SET number = number - 1 WHERE number > %s", number)
    assert chain.verify().broken == Seal.objects.get(number=number).row


def test_a_row_slipped_in_is_found(sealed: SimpleNamespace, tamper: Tamper) -> None:
    row = middle()
    tamper(
        "INSERT INTO audit_auditrow (id, xid, table_name, row_id, operation, changes, authority,"
        " source, request, verb, reason) VALUES (0, %s::text::xid8, 'orgs_area', '1', 'UPDATE',"
        " '{}', '', '', '', 'forged', '')",
        str(row.xid),
    )
    verdict = chain.verify()
    assert verdict.broken == 0
    assert "塞入" in verdict.text


def test_a_link_moved_forward_to_skip_what_follows_is_found(
    sealed: SimpleNamespace, tamper: Tamper
) -> None:
    last = Seal.objects.order_by("-number")[0]
    tamper("UPDATE audit_seal SET xid = '99999999999'::xid8 WHERE number = %s", last.number)
    assert chain.verify().broken == last.row


def test_a_forged_link_without_the_key_is_found(
    sealed: SimpleNamespace, tamper: Tamper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever writes to the database alone cannot seal what he changed."""
    row = middle()
    tamper("UPDATE audit_auditrow SET reason = '伪造' WHERE id = %s", row.pk)
    with monkeypatch.context() as patch:
        patch.setattr(chain, "kept", lambda var, name: "another key")
        digest = bytes(Seal.objects.get(number=Seal.objects.get(row=row.pk).number - 1).digest)
        for link in Seal.objects.filter(row__gte=row.pk).order_by("number"):
            digest = chain.link(digest, AuditRow.objects.get(pk=link.row))
            tamper("UPDATE audit_seal SET digest = %s WHERE number = %s", digest, link.number)
    assert chain.verify().broken == row.pk


def test_the_key_lies_outside_the_database(sealed: SimpleNamespace) -> None:
    key = settings.VAR / "audit-key"
    assert key.stat().st_mode & 0o077 == 0
    assert secret.kept(settings.VAR, "audit-key") == key.read_text()


def test_a_cut_tail_is_found_with_the_head_that_was_noted(
    sealed: SimpleNamespace, tamper: Tamper
) -> None:
    noted = chain.head()
    last = Seal.objects.order_by("-number")[0]
    tamper("DELETE FROM audit_seal WHERE number = %s", last.number)
    tamper("DELETE FROM audit_auditrow WHERE id = %s", last.row)
    assert chain.verify().intact  # nothing inside tells
    verdict = chain.verify(head=noted)
    assert not verdict.intact
    assert noted in verdict.text
    assert "被删除或替换" in verdict.text


def test_a_head_noted_earlier_stays_good(sealed: SimpleNamespace) -> None:
    noted = chain.head()
    rename(sealed.west, "新西县")
    chain.seal_all()
    assert chain.head() != noted
    assert chain.verify(head=noted).intact


def test_sealing_goes_on_in_portions(committed_db: None, city: SimpleNamespace) -> None:
    assert [chain.seal(limit=5), chain.seal(limit=5)] == [5, 5]
    chain.seal_all()
    assert chain.verify().links == AuditRow.objects.count()


def test_a_transaction_that_commits_late_is_sealed_later(
    committed_db: None, city: SimpleNamespace
) -> None:
    """Its numbers are older than those of rows that others commit and want sealed meanwhile."""
    wrote, go_on = Event(), Event()

    def slow() -> None:
        with Write(system(), "test.slow") as write:
            write.change(city.east, name="慢")
            wrote.set()
            go_on.wait(20)
        connection.close()

    chain.seal_all()
    thread = Thread(target=slow)
    thread.start()
    wrote.wait(20)
    rename(city.west, "快")
    assert chain.seal_all() == 0  # the fast row is younger than one that may still come
    go_on.set()
    thread.join()
    assert chain.seal_all() == 2
    order = AuditRow.objects.filter(pk__in=Seal.objects.order_by("number").values("row"))
    assert [row.changes["name"][1] for row in order.order_by("xid", "id")][-2:] == ["慢", "快"]
    assert chain.verify().intact


def test_writers_and_sealers_at_once_lose_nothing(
    committed_db: None, city: SimpleNamespace
) -> None:
    areas = [city.east, city.west, city.east_town, city.west_town]
    done = Event()

    def writer(area: object) -> None:
        for number in range(15):
            rename(area, f"名{number}")  # type: ignore[arg-type]
        connection.close()

    def sealer() -> None:
        while not done.is_set():
            chain.seal(limit=7)
        connection.close()

    writers = [Thread(target=writer, args=[area]) for area in areas]
    sealers = [Thread(target=sealer) for _ in range(2)]
    for each in [*writers, *sealers]:
        each.start()
    for each in writers:
        each.join()
    done.set()
    for each in sealers:
        each.join()
    chain.seal_all()
    verdict = chain.verify()
    assert verdict.intact
    assert verdict.links == AuditRow.objects.count()
    assert AuditRow.objects.filter(verb="test.rename").count() == 60
    assert Seal.objects.values("row").distinct().count() == verdict.links


def test_the_watchman_asks_after_rows_that_wait(committed_db: None, city: SimpleNamespace) -> None:
    now = timezone.now()
    assert list(checks.late(now + timedelta(minutes=9))) == []
    (fault,) = checks.late(now + timedelta(minutes=11))
    assert "没有封存" in fault.text
    chain.seal_all()
    assert list(checks.late(now + timedelta(minutes=11))) == []


def test_the_watchman_knows_a_server_that_was_restored_from_a_dump(
    sealed: SimpleNamespace, tamper: Tamper
) -> None:
    assert list(checks.order(timezone.now())) == []
    with transaction.atomic():
        tamper("UPDATE audit_auditrow SET xid = '99999999999'::xid8 WHERE id = %s", middle().pk)
        (fault,) = checks.order(timezone.now())
    assert "pg_resetwal" in fault.text
