"""Work records from Excel: judged row by row, kept as drafts until their proof is there."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Forbidden, Unknown
from anlan.kernel.imports.models import ImportBatch
from anlan.kernel.imports.registry import Context, find
from anlan.kernel.imports.services.reading import batch_read
from anlan.kernel.imports.services.taking import batch_consent, batch_take
from anlan.kernel.imports.services.uploading import batch_upload
from anlan.kernel.write import Write
from anlan.records import importing, selectors
from anlan.records.choices import MarkKind
from anlan.records.models import Record
from anlan.records.services.bringing import Brought, records_bring
from tests import factories
from tests.factories import day, happening, resolved
from tests.kernel.access.conftest import browser
from tests.kernel.imports import books
from tests.records.conftest import make_type, submitted, written

STUDY = ["单位", "日期", "做了什么", "主持人", "参加人数（人）"]
VISIT = ["单位", "日期", "做了什么", "矿山"]


def brought(by: Actor, code: str, rows: list[list[Any]]) -> ImportBatch:
    """Uploaded, read and taken."""
    batch = batch_upload(
        actor=by, importer=importing.KEY, given={"type": code}, organisation=None,
        upload=factories.upload(books.xlsx(rows), "记录.xlsx"),
    )  # fmt: skip
    batch_read(batch=batch.pk)
    batch.refresh_from_db()
    if batch.good:
        batch_consent(actor=by, batch=batch.pk, good=batch.good)
        batch_take(batch=batch.pk)
    return ImportBatch.objects.get(pk=batch.pk)


def test_rows_become_drafts_where_proof_is_needed(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> None:
    rows = [
        STUDY,
        ["", str(day(0)), "学习讲话", "张三", 12],
        ["东镇人民政府", str(day(-1)), "学习通报", "李四", "十二"],
        ["东镇人民政府", str(day(-1)), "学习通报", "李四", ""],
    ]
    with happening() as found:
        batch = brought(who.east_staff, "study", rows)
    assert (batch.taken, batch.faulty) == (2, 1)
    kept = Record.objects.order_by("pk").values_list("state", "organisation", "source", "values")
    assert list(kept) == [
        ("draft", city.east_government.pk, "import", {"chair": "张三", "people": 12}),
        ("draft", city.east_town_government.pk, "import", {"chair": "李四"}),
    ]
    assert found.kinds().count("record.changed") == 2
    assert importing.url(batch) == "/records/?type=study"


def test_what_needs_no_proof_waits_at_once_and_is_marked(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> None:
    rows = [VISIT, *(["", str(day(-n)), f"第{n}矿", "东山矿"] for n in range(9))]
    assert brought(who.bureau_staff, "visit", rows).taken == 9
    marks = [
        set(each.marks.values_list("kind", flat=True))
        for each in Record.objects.order_by("-held_on")
    ]
    assert marks == [{MarkKind.BULK}] * 8 + [{MarkKind.BULK, MarkKind.LATE}]
    waiting = selectors.to_verify(who.clerk)
    assert [each.mark_count for each in waiting] == [2] + [1] * 8


def today() -> str:
    return str(day(0))


@pytest.mark.parametrize(
    ("_case", "row", "column"),
    [
        ("another's unit", ["西县人民政府", today, "学习", "张三", 1], "unit"),
        ("no day", ["", "", "学习", "张三", 1], "held_on"),
        ("a day to come", ["", lambda: str(day(1)), "学习", "张三", 1], "held_on"),
        ("a closed year", ["", "2020-01-01", "学习", "张三", 1], "held_on"),
        ("no title", ["", today, "", "张三", 1], "title"),
        ("a missing field", ["", today, "学习", "", 1], "field_chair"),
        ("a field with nonsense", ["", today, "学习", "张三", 0], "field_people"),
        ("what stands already", ["", today, "已有", "张三", 1], "title"),
        ("twice in the file", ["", today, "首行", "张三", 1], "*"),
    ],
)
def test_faulty_rows(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace,
    _case: str, row: list[Any], column: str,
) -> None:  # fmt: skip
    written(who.bureau_staff, city.bureau, "study", title="已有")
    rows = [STUDY, ["", today(), "首行", "张三", 1], resolved(row)]
    batch = brought(who.bureau_staff, "study", rows)
    assert (batch.taken, batch.faulty) == (1, 1)
    (fault,) = batch.rows.filter(good=False)
    assert column in fault.faults, fault.faults


def test_who_imports_what(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> None:
    page = browser(who.bureau_staff.user).get("/imports/new/records.records/?type=study")
    assert page.status_code == 200
    assert "工作记录：学习" in page.content.decode()
    assert browser(who.leader.user).get("/imports/new/records.records/").status_code == 403
    with pytest.raises(Unknown):
        find(importing.KEY).options(who.bureau_staff, {"type": "nothing"})
    make_type("meeting", "会议", [], kinds=["government"], evidence_least=0)
    rows = [["单位", "日期", "做了什么"], ["", str(day(0)), "开会"]]
    batch = brought(who.bureau_staff, "meeting", rows)
    assert "由人民政府填报" in batch.rows.get().faults["unit"]


def test_bringing_refuses_what_is_not_ones_own_or_stands(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> None:
    study = selectors.version_of("study")
    one = Brought(city.west_government.pk, day(0), None, "学习", {"chair": "甲"})
    with pytest.raises(Forbidden), Write(who.bureau_staff, "test.bring") as write:
        records_bring(write, version=study, brought=[one])
    mine = Brought(city.bureau.pk, day(0), None, "学习", {"chair": "甲"})
    with pytest.raises(IntegrityError), Write(who.bureau_staff, "test.bring") as write:
        records_bring(write, version=study, brought=[mine, mine])
    assert Record.objects.count() == 0


def test_a_namesake_in_another_type_is_marked(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> None:
    submitted(who.bureau_staff, city.bureau, "study", title="到矿学习")
    rows = [VISIT, ["", str(day(0)), "到矿学习", "东山矿"], ["", str(day(0)), "别的", "东山矿"]]
    brought(who.bureau_staff, "visit", rows)
    marked = Record.objects.filter(marks__kind=MarkKind.TITLE).get()
    assert (marked.title, marked.marks.get(kind=MarkKind.TITLE).text) == (
        "到矿学习", "本单位同一天还有一条同名的“学习”记录。",
    )  # fmt: skip


def test_many_rows_cost_as_many_queries_as_few(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> None:
    version = selectors.version_of("visit")
    counts = []
    assert who.bureau_staff.grants  # read once in a request
    for size in (2, 200):
        rows = [
            Brought(city.bureau.pk, day(0), None, f"{size}之{n}", {"mine": "东"})
            for n in range(size)
        ]
        with CaptureQueriesContext(connection) as caught, Write(who.bureau_staff, "t") as write:
            records_bring(write, version=version, brought=rows)
        counts.append(len(caught))
    assert counts[0] == counts[1]
    context = Context(who.bureau_staff, city.bureau, {"type": "visit"})
    assert [each.key for each in importing.columns(context)] == [
        "unit", "held_on", "title", "field_mine",
    ]  # fmt: skip
