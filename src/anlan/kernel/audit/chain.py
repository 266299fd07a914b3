"""The sealed chain over the audit rows: sealing, and verifying from the first link to the last.

A link's digest is HMAC-SHA-256, under a key that lies in the data folder and not in the database,
over the digest before it and the row in canonical form. Whoever can write to the database alone
can therefore neither change a sealed row nor forge the links after it unnoticed. The head
(number and digest of the last link) may be noted elsewhere, on paper even: with it ``verify``
also proves that no links were cut off the end.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from anlan.kernel.audit.models import AuditRow, Seal
from anlan.kernel.secret import kept

GENESIS = bytes(32)
_SEALING = 0x616E6C616E  # advisory lock: one process seals at a time


@dataclass(frozen=True)
class Verdict:
    """``broken`` names the first audit row that was touched (None: intact), ``text`` says how."""

    links: int
    head: str
    broken: int | None
    text: str

    @property
    def intact(self) -> bool:
        return self.broken is None


def canonical(row: AuditRow) -> bytes:
    """The row's bytes under seal: every column, in one order, times in UTC."""
    return json.dumps(
        [
            row.pk, row.xid, row.at.astimezone(UTC).isoformat(), row.table_name, row.row_id,
            row.operation, row.changes, row.user_id, row.principal_id, row.authority, row.source,
            row.request, row.verb, row.reason,
        ],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    ).encode()  # fmt: skip


def link(previous: bytes, row: AuditRow) -> bytes:
    """The digest of the link that seals ``row`` after the link with digest ``previous``."""
    key = kept(settings.VAR, "audit-key").encode()
    return hmac.digest(key, previous + canonical(row), "sha256")


def seal_all() -> int:
    """Seal everything that can be sealed now; how many rows."""
    total = 0
    while sealed := seal():
        total += sealed
    return total


def seal(*, limit: int = 10_000) -> int:
    """Seal up to ``limit`` rows that no running transaction can still precede; how many."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SEALING])
        last = Seal.objects.order_by("-number").first()
        number, digest = (last.number, bytes(last.digest)) if last else (0, GENESIS)
        links = []
        for row in _unsealed(last, limit):
            number, digest = number + 1, link(digest, row)
            links.append(Seal(number=number, row=row.pk, xid=row.xid, digest=digest))
        Seal.objects.bulk_create(links, batch_size=1000)
    return len(links)


def verify(*, head: str | None = None) -> Verdict:
    """Walk the chain; with ``head`` (``number:digest``, noted earlier) also prove its length."""
    number, digest, last = 0, GENESIS, None
    met_head = head is None or head == _head(0, GENESIS)
    for chunk in _chunks():
        found = AuditRow.objects.in_bulk([each.row for each in chunk])
        for each in chunk:
            if fault := _fault(number, digest, each, found.get(each.row)):
                return Verdict(number, _head(number, digest), each.row, fault)
            number, digest, last = each.number, bytes(each.digest), each
            met_head = met_head or _head(number, digest) == head
    if last and (slipped := _slipped_in(last)):
        fault = f"{_named(slipped)}没有封存，却排在已封存的记录之前：是后来塞入的"
        return Verdict(number, _head(number, digest), slipped.pk, fault)
    if not met_head:
        fault = f"链上没有先前记下的封存号 {head}：第 {number} 号之后的封存记录被删除或替换"
        return Verdict(number, _head(number, digest), last.row if last else 0, fault)
    return Verdict(number, _head(number, digest), None, "完好")


def head() -> str:
    """The last link, ``number:digest``: note it elsewhere, and ``verify`` proves the length."""
    last = Seal.objects.order_by("-number").first()
    return _head(last.number, bytes(last.digest)) if last else _head(0, GENESIS)


def _head(number: int, digest: bytes) -> str:
    return f"{number}:{digest.hex()}"


def _fault(number: int, digest: bytes, each: Seal, row: AuditRow | None) -> str:
    if each.number != number + 1:
        return f"缺少第 {number + 1} 号封存记录（下一条封存的是审计记录 {each.row}）"
    if row is None:
        return f"第 {each.number} 号封存的审计记录 {each.row} 被删除"
    if each.xid != row.xid or not hmac.compare_digest(link(digest, row), bytes(each.digest)):
        return f"第 {each.number} 号封存的{_named(row)}或其封存被改动"
    return ""


def _named(row: AuditRow) -> str:
    at = timezone.localtime(row.at)
    return f"审计记录 {row.pk}（{at:%Y-%m-%d %H:%M:%S}，{row.table_name} 第 {row.row_id} 行）"


def _slipped_in(last: Seal) -> AuditRow | None:
    """The first row that stands before the end of the chain and has no link in it."""
    found = AuditRow.objects.raw(
        "SELECT * FROM audit_auditrow AS a WHERE (xid, id) <= (%s::text::xid8, %s) "
        "AND NOT EXISTS (SELECT FROM audit_seal AS s WHERE s.row = a.id) "
        "ORDER BY xid, id LIMIT 1",
        [str(last.xid), last.row],
    )
    return next(iter(found), None)


def _chunks(size: int = 2000) -> Iterator[list[Seal]]:
    number = 0
    while chunk := list(Seal.objects.filter(number__gt=number).order_by("number")[:size]):
        yield chunk
        number = chunk[-1].number


def unsealed(*, before: datetime) -> int:
    """How many rows were written before that moment and are not sealed yet."""
    last = Seal.objects.order_by("-number").first()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM audit_auditrow "
            "WHERE (xid, id) > (%s::text::xid8, %s) AND at < %s",
            [str(last.xid if last else 0), last.row if last else 0, before],
        )
        return int(cursor.fetchone()[0])


def _unsealed(last: Seal | None, limit: int) -> list[AuditRow]:
    return list(
        AuditRow.objects.raw(
            "SELECT * FROM audit_auditrow WHERE (xid, id) > (%s::text::xid8, %s) "
            "AND xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid, id LIMIT %s",
            [str(last.xid if last else 0), last.row if last else 0, limit],
        )
    )
