"""The pages of an import, as a clerk goes through them, and what others get."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from anlan.kernel.imports import tasks
from anlan.kernel.imports.choices import BatchState
from anlan.kernel.imports.models import ImportBatch
from anlan.kernel.imports.services.reading import batch_read
from anlan.kernel.imports.services.taking import batch_take
from tests import factories
from tests.kernel.access.conftest import browser
from tests.kernel.imports import books, villages
from tests.kernel.imports.steps import GOOD, fresh, jobs

START = f"/imports/new/{villages.KEY}/"


@pytest.fixture
def clerk(who: SimpleNamespace, importer: villages.Villages) -> Client:
    return browser(who.bureau_staff.user)


def text(answer: Any) -> str:
    return answer.content.decode()


def downloaded(answer: Any) -> Any:
    assert answer.status_code == 200
    return load_workbook(io.BytesIO(b"".join(answer.streaming_content)))


def sent(clerk: Client, content: bytes, address: str = START) -> Any:
    return clerk.post(address, {"file": factories.upload(content, "村.xlsx")})


def test_the_whole_way(clerk: Client) -> None:
    page = text(clerk.get(START))
    assert "导入东镇的村" in page
    assert "统一" not in page
    assert "三位数字" in page
    answer = sent(clerk, books.xlsx([villages.HEAD, *GOOD, ["x", "坏村"]]))
    batch = ImportBatch.objects.get()
    assert answer["Location"] == f"/imports/{batch.pk}/"
    assert "等待读取" in text(clerk.get(f"/imports/{batch.pk}/"))
    batch_read(batch=batch.pk)
    page = text(clerk.get(f"/imports/{batch.pk}/"))
    assert "接收 3 行，略过 1 行有问题的" in page
    assert "“代码”须是数字（填写的是“x”）。" in page
    assert "甲村" not in page
    assert "甲村" in text(clerk.get(f"/imports/{batch.pk}/good/"))
    answer = clerk.post(f"/imports/{batch.pk}/take/", {"good": 3})
    assert answer["Location"] == f"/imports/{batch.pk}/"
    assert "正在接收：0 / 3 行" in text(clerk.get(f"/imports/{batch.pk}/"))
    batch_take(batch=batch.pk)
    page = text(clerk.get(f"/imports/{batch.pk}/"))
    assert "3 行" in page
    assert 'href="/organisations/"' in page
    assert "村.xlsx" in text(clerk.get("/imports/"))


def test_the_template_filled_in_comes_back(clerk: Client) -> None:
    """The example is left out, the words are offered, and every heading is found again."""
    book = downloaded(clerk.get(f"{START}template.xlsx?town=西镇"))
    sheet = book.worksheets[0]
    assert sheet.title == "西镇的村"
    assert [cell.value for cell in sheet[1]] == ["序号", "*代码", "*名称", "类型", "备注"]
    assert [cell.value for cell in sheet[2]] == ["示例", "001", "东村", "社区", None]
    rule = sheet.data_validations.dataValidation[0]
    assert (str(rule.sqref), rule.formula1) == ("D2:D200000", "'可选项'!$A$1:$A$2")
    assert [cell.value for cell in book["可选项"]["A"]] == ["行政村", "社区"]
    assert book["可选项"].sheet_state == "hidden"
    assert "三位数字" in [cell.value for cell in book["填写说明"]["C"]]
    sheet.append([1, "007", "西村", "社区", None])
    sent(clerk, books.saved(book), f"{START}?town=西镇")
    batch = ImportBatch.objects.get()
    batch_read(batch=batch.pk)
    assert (fresh(batch).good, fresh(batch).faulty, batch.options) == (1, 0, {"town": "西镇"})
    assert fresh(batch).notes == ["第 2 行标着“示例”，没有导入。"]


def test_faulty_rows_are_mended_and_sent_again(ready: Any, clerk: Client) -> None:
    batch = ready([*GOOD, ["x", "坏村", "社区", "留着"], ["", "无号村"]])
    book = downloaded(clerk.get(f"/imports/{batch.pk}/?export=xlsx"))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["行号", "问题", *villages.HEAD]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [row[0] for row in rows] == [5, 6]
    assert rows[0][1] == "“代码”须是数字（填写的是“x”）。"
    assert rows[0][2:] == ["x", "坏村", "社区", "留着"]
    sheet["C2"], sheet["C3"] = "005", "006"
    again = ready([], content=books.saved(book))
    assert (again.good, again.faulty, again.notes) == (2, 0, [])
    assert again.rows.get(number=2).cells["name"] == "坏村"


def test_filters_and_search(ready: Any, clerk: Client) -> None:
    batch = ready([["x", "甲"], ["001", ""], ["002", "丙"], ["002", "丁"]])
    address = f"/imports/{batch.pk}/"
    for query, shown in (
        ("", {"2", "3", "5"}), ("?column=code", {"2"}), ("?column=*", {"5"}), ("?q=丁", {"5"}),
    ):  # fmt: skip
        rows = clerk.get(address + query).context["list"].page
        assert {str(row.number) for row in rows} == shown, query


def test_fifty_rows_to_a_page(ready: Any, clerk: Client) -> None:
    batch = ready([["x", f"坏{n}"] for n in range(120)])
    page = clerk.get(f"/imports/{batch.pk}/?page=3").context["list"].page
    assert (len(page), page.paginator.num_pages) == (20, 3)


def test_script_in_a_cell_stays_text(ready: Any, clerk: Client) -> None:
    batch = ready([["<script>x</script>", "<b>甲</b>"]], name="<i>.xlsx")
    page = text(clerk.get(f"/imports/{batch.pk}/"))
    assert "<script>x" not in page
    assert "<b>甲" not in page
    assert "<i>.xlsx" not in page
    assert "&lt;b&gt;甲" in page


@pytest.mark.parametrize(
    ("content", "said"),
    [(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(99), "旧版 Excel"), (b"\x00\x01", "不是 Excel")],
)
def test_a_refused_file_says_so_beside_the_field(clerk: Client, content: bytes, said: str) -> None:
    answer = sent(clerk, content)
    assert answer.status_code == 422
    assert said in text(answer)
    assert not ImportBatch.objects.exists()


def test_failed_dropped_and_the_original(ready: Any, clerk: Client) -> None:
    content = books.xlsx([["号"], ["1"]])
    batch = ready([], content=content)
    page = text(clerk.get(f"/imports/{batch.pk}/"))
    assert "没有找到表头" in page
    assert f'href="{START}"' in page
    answer = clerk.get(f"/imports/{batch.pk}/file/")
    assert b"".join(answer.streaming_content) == content
    assert answer["Content-Disposition"].startswith("attachment")
    assert clerk.post(f"/imports/{batch.pk}/drop/").status_code == 302
    assert "已放弃" in text(clerk.get(f"/imports/{batch.pk}/"))
    assert clerk.get(f"/imports/{batch.pk}/file/").status_code == 404


def test_progress_is_asked_for_and_then_the_page_reloads(
    send: Any, clerk: Client, importer: villages.Villages
) -> None:
    batch = send(GOOD)
    ask = {"HX-Request": "true", "HX-Target": "progress"}
    answer = clerk.get(f"/imports/{batch.pk}/", headers=ask)
    assert text(answer).lstrip().startswith('<div id="progress"')
    batch_read(batch=batch.pk)
    answer = clerk.get(f"/imports/{batch.pk}/", headers=ask)
    assert (answer.status_code, answer["HX-Refresh"]) == (204, "true")


def test_a_halted_one_can_be_set_going(send: Any, clerk: Client) -> None:
    batch = send(GOOD)
    assert "继续" not in text(clerk.get(f"/imports/{batch.pk}/")).replace("会继续", "")
    ImportBatch.objects.filter(pk=batch.pk).update(moved_at="2025-01-01T00:00Z")
    assert f"/imports/{batch.pk}/resume/" in text(clerk.get(f"/imports/{batch.pk}/"))
    assert clerk.post(f"/imports/{batch.pk}/resume/").status_code == 302
    assert jobs(batch) == ["imports.read"] * 2
    assert clerk.post(f"/imports/{batch.pk}/resume/").status_code == 409


def test_the_same_file_twice_is_said_and_allowed(ready: Any, clerk: Client) -> None:
    content = books.xlsx([villages.HEAD, *GOOD])
    ready([], content=content)
    again = ready([], content=content)
    page = text(clerk.get(f"/imports/{again.pk}/"))
    assert "同一份文件还上传过" in page
    assert "接收 3 行" in page


def test_consent_twice_and_to_what_was_not_shown(ready: Any, clerk: Client) -> None:
    batch = ready(GOOD)
    for given in ({"good": 2}, {"good": "x"}, {}):
        assert clerk.post(f"/imports/{batch.pk}/take/", given).status_code == 409
    assert fresh(batch).state == BatchState.READY
    assert clerk.post(f"/imports/{batch.pk}/take/", {"good": 3}).status_code == 302
    assert clerk.post(f"/imports/{batch.pk}/take/", {"good": 3}).status_code == 409


DOORS = ["", "good/", "file/", "take/", "drop/", "resume/"]


@pytest.mark.parametrize(
    ("name", "status"), [("east_staff", 404), ("bureau_head", 404), ("leader", 403)]
)
def test_anothers_batch(
    ready: Any, who: SimpleNamespace, importer: villages.Villages, name: str, status: int
) -> None:
    batch = ready(GOOD)
    other = browser(getattr(who, name).user)
    for door in DOORS:
        address = f"/imports/{batch.pk}/{door}"
        answer = (
            other.get(address)
            if door in ("", "good/", "file/")
            else other.post(address, {"good": 3})
        )
        assert answer.status_code == status, door
    assert fresh(batch).state == BatchState.READY
    start = {"east_staff": 200, "bureau_head": 404, "leader": 403}[name]
    assert other.get(START).status_code == start
    assert other.get(f"{START}template.xlsx").status_code == start


def test_addresses_that_lead_nowhere(clerk: Client) -> None:
    for address in ("/imports/new/x.y/", "/imports/999/", f"{START}?town=别镇"):
        assert clerk.get(address).status_code == 404, address


def test_one_job_at_a_time(send: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one is at work, another comes back a little later; then it does its work."""
    batch = send(GOOD)
    monkeypatch.setattr(tasks, "close_old_connections", lambda: None)
    with tasks._hands:
        tasks.read_batch(batch=batch.pk)
    assert (fresh(batch).state, jobs(batch)) == (BatchState.UPLOADED, ["imports.read"] * 2)
    tasks.read_batch(batch=batch.pk)
    assert fresh(batch).state == BatchState.READY
