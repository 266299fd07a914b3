"""The ranking and the bulletin: their figures are those of the page."""

from __future__ import annotations

import io
import re
from types import SimpleNamespace

import docx
import openpyxl
from django.test import Client

from anlan.plan.models import Duty, Plan
from tests.kernel.access.conftest import browser


def content(client: Client, address: str) -> io.BytesIO:
    answer = client.get(address)
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    return io.BytesIO(b"".join(answer.streaming_content))


def words(file: io.BytesIO) -> str:
    return "\n".join(each.text for each in docx.Document(file).paragraphs)


def test_the_sheet_says_what_the_page_says(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace
) -> None:
    Duty.objects.filter(pk=work.east.pk).update(standing="overdue")
    book = openpyxl.load_workbook(content(browser(who.leader.user), "/cockpit/ranking.xlsx"))
    rows = list(book["排名"].values)
    named = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    assert [(r["名次"], r["地区"], r["已逾期"], r["逾期占比"]) for r in named] == [
        (1, city.west.name, 0, "0%"),
        (2, city.east.name, 1, "100%"),
    ]
    assert named[1]["原因"] == "逾期 1 项，在第 1 项任务"
    about = dict(book["说明"].values)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", str(about["计数截至"]))


def test_the_bulletin_names_who_lags_and_what_is_overdue(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace
) -> None:
    Duty.objects.filter(pk=work.east.pk).update(standing="overdue")
    file = content(browser(who.clerk.user), "/cockpit/bulletin.docx")
    text = words(file)
    assert "各单位任务共4项" in text
    assert "已逾期1项（25%）" in text
    assert f"{city.east.name}排第2名，逾期 1 项，在第 1 项任务。" in text
    assert f"1．{city.east_government.name}：" in text
    table = docx.Document(file).tables[0]
    assert [cell.text for cell in table.rows[2].cells][:3] == ["2", city.east.name, "1"]


def test_without_anything_overdue_it_says_so(who: SimpleNamespace, work: SimpleNamespace) -> None:
    assert "没有逾期的任务。" in words(content(browser(who.chief.user), "/cockpit/bulletin.docx"))


def test_a_demonstration_s_bulletin_is_marked(who: SimpleNamespace, work: SimpleNamespace) -> None:
    Plan.objects.update(is_demo=True)
    client = browser(who.clerk.user)
    assert "演示数据，不是正式文件" in words(content(client, "/cockpit/bulletin.docx"))
    book = openpyxl.load_workbook(content(client, "/cockpit/ranking.xlsx"))
    assert "演示数据" in str(dict(book["说明"].values)["说明"])


def test_only_the_office_drafts(who: SimpleNamespace, work: SimpleNamespace) -> None:
    assert browser(who.leader.user).get("/cockpit/bulletin.docx").status_code == 403
    assert "通报稿" not in browser(who.leader.user).get("/cockpit/").content.decode()
    assert "通报稿" in browser(who.clerk.user).get("/cockpit/").content.decode()


def test_without_a_plan_there_is_nothing_to_export(who: SimpleNamespace) -> None:
    assert browser(who.leader.user).get("/cockpit/ranking.xlsx").status_code == 404
