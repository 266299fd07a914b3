"""Every change leaves a row: who, when, from what to what, why; and the rows stay."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from anlan.kernel.access.actor import Actor, ActorSource, system
from anlan.kernel.access.models import Deputy
from anlan.kernel.access.roles import Role
from anlan.kernel.audit import checks
from anlan.kernel.audit.apps import _migrated, _migrating
from anlan.kernel.audit.models import AuditRow
from anlan.kernel.orgs.models import Area
from anlan.kernel.write import Write
from tests.kernel.access.conftest import days, user
from tests.kernel.audit.conftest import rename

# What people do not decide over: logs of their own, and what is computed or told.
NOT_AUDITED = {
    "access.LoginEvent": "a log itself, append-only",
    "access.LoginState": "counts failed logins, each of which is logged",
    "access.PastPassword": "nothing but digests of secrets, each with an audited change",
    "access.RecoveryCode": "nothing but digests of secrets; their use is logged",
    "evidence.Flag": "computed when evidence is attached, and never changed",
    "access.AccountSession": "comes and goes with every login, which is logged",
    "almanac.Told": "a log itself, append-only",
    "audit.AuditRow": "the log itself",
    "audit.Seal": "the chain over it",
    "events.Event": "the outbox, written with each change",
    "calls.FrozenDuty": "what the audited duties said when a call was taken, append-only",
    "calls.Item": "what the audited key duties were called then, append-only",
    "calls.Place": "how the areas stood then, append-only",
    "cockpit.Daily": "how each day began, restated from the audited duties",
    "deadlines.DeadlineStep": "a log itself, append-only",
    "imports.ImportRow": "read from a kept file; what it becomes in a ledger is audited there",
    "monitoring.EdgePosition": "how far a node has come, written with every message",
    "monitoring.EngineState": "what the engine remembers, written with every message",
    "monitoring.Revision": "counts the changes of audited tables, by the database",
    "monitoring.TamperLook": "how far the detector came; the signals that it found are audited",
    "monitoring.Span": "what the engine told, a log itself; the alarm that it makes is audited",
    "notify.Notification": "what was told; what it was told of is audited",
    "notify.Delivery": "how it was sent",
    "plan.Tally": "counted from duties by the database, and counted anew at will",
    "plan.Title": "the titles of duties once more, for the search",
    "records.Mark": "computed at each submission; their number stands in the audited record",
    "ui.SavedView": "a person's own arrangement of a list",
    "watchman.Finding": "what the program itself finds, every minute",
    "watchman.Heartbeat": "signs of life",
}


def last() -> AuditRow:
    return AuditRow.objects.order_by("-pk")[0]


def test_a_change_is_kept_with_all_that_belongs_to_it(city: SimpleNamespace) -> None:
    zhang, li = user(city, "zhang", Role.SYSTEM), user(city, "li", Role.SYSTEM)
    deputation = Deputy.objects.create(
        principal=li, deputy=zhang, valid_from=days(-1), valid_to=days(1), authority="会议纪要 3 号"
    )
    actor = Actor(user=zhang, source=ActorSource.API, deputy=deputation, request_id="r1")
    with Write(actor, "orgs.area.rename", reason="更名批复") as write:
        write.change(city.east, name="新东县")
    row = last()
    assert (row.table_name, row.row_id, row.operation) == (
        "orgs_area",
        str(city.east.pk),
        "UPDATE",
    )
    assert row.changes == {"name": ["东县", "新东县"]}
    assert (row.user_id, row.principal_id, row.authority) == (zhang.pk, li.pk, "会议纪要 3 号")
    assert (row.source, row.request, row.verb, row.reason) == (
        "api", "r1", "orgs.area.rename", "更名批复",
    )  # fmt: skip
    assert abs((timezone.now() - row.at).total_seconds()) < 60


def test_inserts_and_deletes(city: SimpleNamespace) -> None:
    with Write(system(), "test.add") as write:
        area = write.add(
            Area(code="9003", name="北县", level="county", parent=city.city, path="90/9003")
        )
    row = last()
    assert (row.operation, row.changes["name"]) == ("INSERT", [None, "北县"])
    with Write(system(), "test.remove"):
        area.delete()
    row = last()
    assert (row.operation, row.changes["name"]) == ("DELETE", ["北县", None])


def test_what_does_not_change_leaves_no_row(city: SimpleNamespace) -> None:
    before = AuditRow.objects.count()
    rename(city.east, "东县")
    assert AuditRow.objects.count() == before


def test_secrets_are_recorded_as_changed_without_their_content(city: SimpleNamespace) -> None:
    zhang = user(city, "zhang")
    with Write(system(), "test.password") as write:
        write.change(zhang, password="argon2$secret")
    assert last().changes == {"password": ["***", "***"]}
    inserted = AuditRow.objects.get(table_name="access_user", operation="INSERT")
    assert inserted.changes["password"] == ["***", "***"]


def test_what_is_undone_leaves_no_row(city: SimpleNamespace) -> None:
    before = AuditRow.objects.count()

    def fail() -> None:
        with Write(system(), "test.fail") as write:
            write.change(city.east, name="不成")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert AuditRow.objects.count() == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET {} = {}",
        "DELETE FROM {}",
        "TRUNCATE {}",
    ],
)
@pytest.mark.parametrize(
    ("table", "column"), [("audit_auditrow", "reason"), ("audit_seal", "sealed_at")]
)
def test_the_log_is_only_added_to(
    city: SimpleNamespace, statement: str, table: str, column: str
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_seal (number, row, xid, digest) "
            "SELECT 1, min(id), min(xid::text)::xid8, 'x' FROM audit_auditrow"
        )
        with (
            pytest.raises(DatabaseError, match=r"Cannot update or delete|append-only"),
            transaction.atomic(),
        ):
            cursor.execute(statement.format(table, column, column))


def test_every_model_is_audited_or_says_why_not() -> None:
    audited = {
        model._meta.label
        for model in apps.get_models()
        if any(each.name == "audited" for each in getattr(model._meta, "triggers", ()))
    }
    ours = {
        model._meta.label for model in apps.get_models() if model.__module__.startswith("anlan.")
    }
    assert ours - audited == set(NOT_AUDITED) & ours
    assert not audited & set(NOT_AUDITED)


def test_a_change_around_the_services_is_told(city: SimpleNamespace) -> None:
    unnamed = {fault.key for fault in checks.unnamed(timezone.now())}
    assert unnamed == {"orgs_area", "orgs_organisation"}  # the town is built by hand
    (fault, _) = checks.unnamed(timezone.now())
    assert "没有经过程序的办理流程" in fault.text


def test_what_migrations_change_has_their_name(city: SimpleNamespace) -> None:
    _migrating(using="default")
    Area.objects.filter(pk=city.east.pk).update(name="迁移改的")
    assert last().verb == "system.migrate"
    rename(city.east, "服务改的")
    assert last().verb == "test.rename"
    _migrated(using="default")
    Area.objects.filter(pk=city.east.pk).update(name="手工改的")
    assert last().verb == ""
