"""The auditor's page: filters, search, export; and nobody else's."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pytest
from django.test import Client
from openpyxl import load_workbook

from anlan.kernel.access.actor import system
from anlan.kernel.access.roles import Role
from anlan.kernel.audit import chain
from anlan.kernel.write import Write
from tests.kernel.access.conftest import actor, browser, user

URL = "/system/audit/"


@pytest.fixture
def auditor(city: SimpleNamespace) -> Client:
    """Two changes to find: one by 人zhang with a reason, one by a job."""
    zhang = user(city, "zhang", Role.SYSTEM)
    with Write(actor(zhang), "orgs.area.rename", reason="更名批复") as write:
        write.change(city.east, name="新东县")
    with Write(system(), "test.job") as write:
        write.change(city.west, name="新西县")
    city.zhang = zhang
    return browser(user(city, "shen", Role.AUDITOR))


def text(client: Client, **asked: object) -> str:
    answer = client.get(URL, asked, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("asked", "found", "left_out"),
    [
        ({"table": "orgs_area"}, ["新东县", "新西县"], ["试市能源局"]),
        ({"verb": "orgs.area.rename"}, ["新东县", "更名批复", "人zhang"], ["新西县"]),
        ({"verb": "test.job"}, ["新西县"], ["新东县"]),
        ({"verb": "-"}, ["（未具名）", "试市能源局"], ["新东县"]),
        ({"person": "-", "table": "orgs_area"}, ["新西县"], ["新东县"]),
        ({"q": "人zhang"}, ["新东县"], ["新西县"]),
        ({"q": "更名批复"}, ["新东县"], ["新西县"]),
        ({"operation": "UPDATE"}, ["东县 → 新东县"], ["试市能源局"]),
        ({"date": "today"}, ["新东县", "新西县"], []),
        ({"date": "7", "q": "更名批复"}, ["新东县"], []),
    ],
)
def test_filters_and_search(
    auditor: Client, asked: dict[str, str], found: list[str], left_out: list[str]
) -> None:
    page = text(auditor, **asked)
    assert [each for each in found if each not in page] == []
    assert [each for each in left_out if each in page] == []


def test_by_person(auditor: Client, city: SimpleNamespace) -> None:
    page = text(auditor, person=city.zhang.pk)
    assert "新东县" in page
    assert "新西县" not in page


def test_a_month_without_changes_is_empty(auditor: Client) -> None:
    from django.utils import timezone

    month = timezone.localdate()
    last_year = f"{month.year - 1}-{month.month:02}"
    assert "没有符合条件的记录" in text(auditor, date=last_year)
    assert "新东县" in text(auditor, date=f"{month.year}-{month.month:02}")


def test_the_page_shows_where_the_chain_ends(auditor: Client) -> None:
    assert chain.head() in auditor.get(URL).content.decode()


def test_what_is_shown_can_be_exported(auditor: Client) -> None:
    answer = auditor.get(URL, {"verb": "orgs.area.rename", "export": "xlsx"})
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:4] == ("时间", "操作人", "事项", "数据")
    (row,) = rows[1:]
    assert row[1:4] == ("人zhang", "orgs.area.rename", "区划")
    assert row[6] == "名称：东县 → 新东县"


@pytest.mark.parametrize("role", [each for each in Role if each != Role.AUDITOR])
def test_it_is_the_auditor_s_alone(city: SimpleNamespace, role: Role) -> None:
    assert browser(user(city, "x", role)).get(URL).status_code == 403


def test_verbs_and_columns_are_in_chinese_beside_the_verb_itself(
    auditor: Client, city: SimpleNamespace
) -> None:
    with Write(system(), "orgs.organisation.rename", reason="机构改革") as write:
        write.change(city.bureau, short_name="试市新能源局")
    page = text(auditor, verb="orgs.organisation.rename")
    assert '单位更名<br><small class="muted">orgs.organisation.rename</small>' in page
    assert '<span class="audit-reason">机构改革</span>' in page
    field = city.bureau._meta.get_field("short_name").verbose_name
    assert f"{field}：试市能源局 → 试市新能源局" in page
    assert "short_name：" not in page
