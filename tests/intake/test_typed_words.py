"""A refused form comes back with what was typed, and says why."""

from __future__ import annotations

import pytest

from anlan.intake.models import Document
from anlan.kernel.access.models import User
from tests.kernel.access.conftest import browser

TYPED = {"title": "我重写的标题", "issuer": "试市人民政府", "kind": "final"}


@pytest.mark.parametrize(
    ("year", "words"),
    [("", "这个字段是必填项"), ("1066", "年度须在"), ("-3", "大于或等于"), ("二零二五", "整数")],
)
def test_the_head_of_a_notice(document: Document, clerk: User, year: str, words: str) -> None:
    answer = browser(clerk).post(f"/notices/{document.pk}/edit/", {**TYPED, "year": year})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert 'value="我重写的标题"' in page
    assert '<details class="doc-form" open>' in page
    document.refresh_from_db()
    assert document.title == "关于做好演示工作的通知"


def test_an_item_that_was_submitted_meanwhile(document: Document, clerk: User) -> None:
    item = document.items.get(number=1)
    mine = browser(clerk)
    Document.objects.filter(pk=document.pk).update(state="submitted")
    typed = {"title": "我重写的标题", "text": "我写的一大段", "due_on": "2025-12-31"}
    answer = mine.post(f"/notices/{document.pk}/items/{item.pk}/", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "不能再修改。需要修改时请先退回核对。" in page
    assert "我写的一大段" in page
    item.refresh_from_db()
    assert item.title == "先做"


def test_a_clause_that_was_submitted_meanwhile(document: Document, clerk: User) -> None:
    clause = document.items.get(number=1).clauses.get()
    Document.objects.filter(pk=document.pk).update(state="submitted")
    typed = {"text": "我改的条款", "kind": "frequency", "period": "quarter"}
    answer = browser(clerk).post(f"/notices/{document.pk}/clauses/{clause.pk}/", typed)
    assert answer.status_code == 422
    assert "我改的条款" in answer.content.decode()


def test_a_unit_that_nobody_knows(document: Document, clerk: User) -> None:
    item = document.items.get(number=1)
    answer = browser(clerk).post(
        f"/notices/{document.pk}/items/{item.pk}/units/",
        {"organisation": "没有这个局", "role": "lead"},
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "单位库中没有“没有这个局”" in page
    assert 'value="没有这个局"' in page
    assert item.units.count() == 3


@pytest.mark.parametrize("path", ["edit/", "items/{item}/units/"])
def test_the_address_of_a_refused_form_can_be_opened_again(
    document: Document, clerk: User, path: str
) -> None:
    item = document.items.get(number=1).pk
    answer = browser(clerk).get(f"/notices/{document.pk}/{path.format(item=item)}")
    assert answer.status_code == 302


def test_a_decision_that_names_none_is_asked_for(document: Document, clerk: User) -> None:
    point = document.points.get(number=3)
    answer = browser(clerk).post(f"/notices/{document.pk}/points/", {"points": [point.pk]})
    assert answer.status_code == 422
    assert "请选择怎样处理。" in answer.content.decode()
