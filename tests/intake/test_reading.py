"""The job that reads an upload: safe to repeat, all or nothing, and plain about what it cannot."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from anlan.intake.choices import DocumentState
from anlan.intake.models import Clause, Document, Item, Point, Unit
from anlan.intake.services import publication, reading
from tests.factories import at_once, counts, upload
from tests.kernel.access import town
from tests.plan.conftest import _log_guards as _log_guards
from tests.plan.conftest import committed_db as committed_db
from tests.plan.conftest import store as store
from tests.plan.conftest import who as who

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"


@pytest.fixture
def city(db: None, store: Path) -> SimpleNamespace:
    return town.build()


@pytest.fixture
def sent(who: SimpleNamespace, city: SimpleNamespace) -> Any:
    def send(name: str = "yunling-2026-sample.txt", content: bytes | None = None) -> Document:
        content = (SAMPLES / name).read_bytes() if content is None else content
        return reading.document_upload(
            actor=who.clerk, upload=upload(content, name), area=city.city
        )

    return send


def fresh(document: Document) -> Document:
    return Document.objects.get(pk=document.pk)


def rows() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in (Item, Unit, Clause, Point)}


@pytest.mark.parametrize("name", [f"yunling-2026-sample.{each}" for each in ("txt", "docx", "pdf")])
def test_a_notice_is_read_and_waits_for_people(sent: Any, name: str) -> None:
    document = sent(name)
    assert document.state == DocumentState.READING
    reading.document_read(document=document.pk)
    document = fresh(document)
    assert (document.state, document.year, document.kind) == (DocumentState.REVIEW, 2026, "draft")
    assert "云岭市" in document.issuer
    assert min(rows().values()) > 0
    numbers = list(document.items.values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))


TABLE = """2026年重点任务分工
序号\t任务\t主要内容\t责任单位
一\t强化演练\t1. 组织演练。年底前至少组织一次应急演练。\t试市能源局
\t\t2. 更新预案。每半年修订一次预案。\t试市能源局、试市安委办
"""


def test_a_table_alone_gives_its_rows_as_items(sent: Any) -> None:
    document = sent("分工.txt", TABLE.encode())
    reading.document_read(document=document.pk)
    assert fresh(document).state == DocumentState.REVIEW
    assert list(document.items.values_list("number", "title")) == [(1, "组织演练"), (2, "更新预案")]
    assert document.items.get(number=2).units.count() == 2
    assert set(Clause.objects.values_list("period", "deadline__year")) == {
        ("", 2026),
        ("half_year", None),
    }


def test_reading_again_changes_nothing(sent: Any) -> None:
    document = sent()
    reading.document_read(document=document.pk)
    before = counts()
    reading.document_read(document=document.pk)
    assert counts() == before


@pytest.mark.usefixtures("committed_db")
def test_two_jobs_at_once_read_it_once(sent: Any) -> None:
    document = sent()
    results = at_once(*[lambda: reading.document_read(document=document.pk)] * 2)
    assert results == [None, None]
    items = fresh(document).items.count()
    assert Item.objects.count() == items > 0
    assert fresh(document).state == DocumentState.REVIEW


def test_withdrawn_while_it_is_being_read(
    sent: Any, who: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    document, read = sent(), reading.read_bounded

    def withdraw_meanwhile(path: Path) -> Any:
        publication.document_withdraw(actor=who.clerk, document=document.pk)
        return read(path)

    monkeypatch.setattr(reading, "read_bounded", withdraw_meanwhile)
    reading.document_read(document=document.pk)
    assert fresh(document).state == DocumentState.WITHDRAWN
    assert set(rows().values()) == {0}


@pytest.mark.parametrize(
    ("content", "said"),
    [("　\n".encode(), "没有读到文字"), (b"%PDF-1.7\n" + b" " * 300, "损坏")],
)
def test_what_cannot_be_read_is_kept_with_its_reason(sent: Any, content: bytes, said: str) -> None:
    document = sent("坏的.pdf", content)
    reading.document_read(document=document.pk)
    document = fresh(document)
    assert document.state == DocumentState.FAILED
    assert said in document.error
    assert document.file.path.read_bytes() == content
    assert set(rows().values()) == {0}


@pytest.mark.parametrize("step", ["_store_item", "_bind", "_points"])
@pytest.mark.parametrize("after", [0, 2])
def test_cut_off_in_the_middle_of_storing(
    sent: Any, monkeypatch: pytest.MonkeyPatch, step: str, after: int
) -> None:
    """Nothing of it stays, and the next attempt succeeds."""
    document, real, done = sent(), getattr(reading, step), []

    def fail(*arguments: Any) -> Any:
        if len(done) >= min(after, 2 if step == "_store_item" else 0):
            raise MemoryError
        done.append(1)
        return real(*arguments)

    monkeypatch.setattr(reading, step, fail)
    before = counts()
    with pytest.raises(MemoryError):
        reading.document_read(document=document.pk)
    assert counts() == before
    assert fresh(document).state == DocumentState.READING
    monkeypatch.undo()
    reading.document_read(document=document.pk)
    assert fresh(document).state == DocumentState.REVIEW
