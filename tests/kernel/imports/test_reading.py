"""A file is read and its rows are judged: whole, once, and with every fault in words."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from anlan.kernel.errors import Refused
from anlan.kernel.imports.choices import BatchState
from anlan.kernel.imports.models import ImportBatch
from anlan.kernel.imports.registry import WHOLE_ROW
from anlan.kernel.imports.services import reading
from anlan.kernel.imports.services.reading import batch_read
from tests import factories
from tests.factories import happening
from tests.kernel.imports import books, villages
from tests.kernel.imports.steps import GOOD, faults, fresh, jobs, made


def test_an_upload_waits_for_its_job(
    send: Any, who: SimpleNamespace, city: SimpleNamespace
) -> None:
    with happening() as happened:
        batch = send(GOOD)
    assert (batch.state, batch.organisation, batch.by) == (
        BatchState.UPLOADED, city.bureau, who.bureau_staff.user,
    )  # fmt: skip
    assert (batch.title, batch.options) == ("东镇的村", {"town": "东镇"})
    assert batch.path.read_bytes()[:2] == b"PK"
    assert jobs(batch) == ["imports.read"]
    assert happened.kinds() == ["import.changed"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(99), "旧版 Excel"),
        (b"%PDF-1.7\x00", "不是 Excel"),
        (b"", "空文件"),
    ],
)
def test_what_is_no_excel_is_not_kept(send: Any, store: Any, content: bytes, said: str) -> None:
    with pytest.raises(Refused, match=said):
        send([], content=content)
    assert not ImportBatch.objects.exists()
    folder = store.parent / "imports"
    assert [each for each in folder.rglob("*") if each.is_file()] == []


def test_rows_are_judged_and_kept(ready: Any) -> None:
    batch = ready([*GOOD, ["x", ""], ["001", "又甲村"], [10**16, "长村"]])
    assert (batch.state, batch.good, batch.faulty) == (BatchState.READY, 3, 3)
    assert (batch.sheet, batch.heading_row, batch.read_to) == ("数据", 1, 7)
    assert faults(batch) == {
        5: {"code": "“代码”须是数字（填写的是“x”）。", "name": "“名称”没有填写。"},
        6: {WHOLE_ROW: "与第 2 行重复，请删去其中一行。"},
        7: {"code": faults(batch)[7]["code"]},
    }
    assert "15 位" in faults(batch)[7]["code"]  # what was read goes before what was judged
    first = batch.rows.get(number=2)
    assert first.cells == {"code": "001", "name": "甲村", "kind": None, "note": None}
    assert (first.values, first.became) == ({"code": "001", "name": "甲村"}, None)
    assert made() == []


def test_the_same_in_different_portions(ready: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PORTION", 2)
    batch = ready([["1", "甲"], ["2", "乙"], ["3", "丙"], ["1", "丁"], ["1", "戊"]])
    said = "与第 2 行重复，请删去其中一行。"
    assert faults(batch) == {5: {WHOLE_ROW: said}, 6: {WHOLE_ROW: said}}


def test_long_rows_make_short_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PORTION_CHARACTERS", 100)
    rows = [reading.Data(n, {"a": "长" * 60}, {}) for n in range(5)]
    assert [len(each) for each in reading.portions(rows)] == [2, 2, 1]


@pytest.mark.parametrize(
    ("rows", "said"),
    [([["名字", "号"], ["甲", "1"]], "没有找到表头"), ([villages.HEAD], "没有数据行")],
)
def test_what_cannot_be_read_fails_in_words(ready: Any, rows: list[list[Any]], said: str) -> None:
    batch = ready([], content=books.xlsx(rows))
    assert (batch.state, batch.rows.count()) == (BatchState.FAILED, 0)
    assert said in batch.error


def test_a_file_that_breaks_off_leaves_no_half(ready: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PORTION", 1)
    head = "".join(f"<c t='inlineStr'><is><t>{each}</t></is></c>" for each in villages.HEAD)
    row = "<row><c><v>1</v></c><c t='inlineStr'><is><t>甲</t></is></c></row>"
    content = books.packed(books.parts(f"<sheetData><row>{head}</row>{row}{row}<row><c t='s'>"))
    batch = ready([], content=content)
    assert (batch.state, batch.good, batch.rows.count()) == (BatchState.FAILED, 0, 0)
    assert "损坏" in batch.error


def test_a_reading_goes_on_where_it_was_cut_off(
    send: Any, importer: villages.Villages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PORTION", 2)
    batch, judged, judge = send([*GOOD, ["004", "丁"], ["001", "戊"]]), [], importer._judge

    def cut(row: Any) -> Any:
        judged.append(row.number)
        if row.number == 5 and judged.count(5) == 1:
            raise KeyboardInterrupt
        return judge(row)

    monkeypatch.setattr(importer, "_judge", cut)
    with pytest.raises(KeyboardInterrupt):
        batch_read(batch=batch.pk)
    assert (fresh(batch).state, fresh(batch).read_to) == (BatchState.UPLOADED, 3)
    batch_read(batch=batch.pk)
    assert judged == [2, 3, 4, 5, 4, 5, 6]
    assert (fresh(batch).state, fresh(batch).good, fresh(batch).faulty) == (BatchState.READY, 4, 1)
    assert list(batch.rows.values_list("number", flat=True)) == [2, 3, 4, 5, 6]


def test_a_reading_begins_anew_where_the_rules_changed(
    send: Any, importer: villages.Villages, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = send(GOOD)
    monkeypatch.setattr(reading, "_finish", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        batch_read(batch=batch.pk)
    monkeypatch.undo()
    importer.version, importer.needs_kind = "2", True
    batch_read(batch=batch.pk)
    assert (fresh(batch).good, fresh(batch).faulty, fresh(batch).version) == (1, 2, "2")


def test_reading_twice_changes_nothing(ready: Any) -> None:
    batch = ready(GOOD)
    before = factories.counts()
    batch_read(batch=batch.pk)
    assert factories.counts() == before


def test_a_judge_that_does_not_answer_is_an_error(
    send: Any, importer: villages.Villages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importer, "judge", lambda context, rows: [])
    batch = send(GOOD)
    with pytest.raises(ValueError, match="judged 0 of 3"):
        batch_read(batch=batch.pk)
