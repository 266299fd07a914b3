"""The table and the importer of ``bench_imports``: Django must be set up before this is loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models
from django.db.models import Value

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.policies import Policy
from anlan.kernel.access.roles import Role
from anlan.kernel.imports.registry import (
    Context,
    ImportColumn,
    Importer,
    Judged,
    RawRow,
    register,
)
from anlan.kernel.imports.services.uploading import batch_upload
from anlan.kernel.write import Write
from tests import factories
from tests.kernel.access import town

KEY = "bench"
_AUDIT = """
CREATE FUNCTION bench_audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM anlan_audit(TG_TABLE_NAME::text, TG_OP, NULL, to_jsonb(NEW), ARRAY[]::text[]);
    RETURN NULL;
END $$;
CREATE TRIGGER audited AFTER INSERT ON bench_enterprise
    FOR EACH ROW EXECUTE FUNCTION bench_audit();
"""


class Enterprise(models.Model):
    """A table like a ledger's: indexed, unique by its code, every row audited."""

    name = models.CharField(max_length=200)
    code = models.CharField(max_length=18, unique=True)
    more = models.JSONField()

    class Meta:
        app_label = "imports"
        db_table = "bench_enterprise"


@contextmanager
def importing(
    labels: Sequence[str], keys: Sequence[str], path: Path
) -> Iterator[tuple[Actor, int, Callable[[], int]]]:
    """A clerk, his batch of the file just uploaded, and how many rows the table holds."""
    with connection.schema_editor() as editor:
        editor.create_model(Enterprise)
    with connection.cursor() as cursor:
        cursor.execute(_AUDIT)
    columns = [ImportColumn(k, each, k in keys[:2]) for k, each in zip(keys, labels, strict=True)]
    policy = Policy("bench.import", "测量", (Role.UNIT_STAFF,))
    register(
        Importer(KEY, "测量", policy, lambda context: columns, _judge, _take, lambda batch: "/")
    )
    actor = factories.people(town.build()).bureau_staff
    upload: Any = SimpleUploadedFile("bench.xlsx", path.read_bytes())
    batch = batch_upload(actor=actor, importer=KEY, given={}, organisation=None, upload=upload)
    del upload
    yield actor, batch.pk, Enterprise.objects.count


def _judge(context: Context, rows: list[RawRow]) -> list[Judged]:
    """With one look into the table for the whole portion, as a ledger's judge has."""
    codes = [str(row.cells["c1"] or "") for row in rows]
    known = set(Enterprise.objects.filter(code__in=codes).values_list("code", flat=True))
    return [
        Judged(dict(row.cells), {} if code and code not in known else {"c1": "没有填写。"}, code)
        for row, code in zip(rows, codes, strict=True)
    ]


def _take(write: Write, context: Context, rows: list[Any]) -> list[int]:
    # The JSON as an expression, as the registry does it (registry/services/bringing.py).
    made = [
        Enterprise(
            name=row.values["c0"], code=row.values["c1"], more=Value(row.values, models.JSONField())
        )
        for row in rows
    ]
    return [each.pk for each in Enterprise.objects.bulk_create(made)]
