"""What pages show to whom: units as a notice lists them, a matrix without columns, numbers."""

from __future__ import annotations

import re
from decimal import Decimal
from types import SimpleNamespace

import pytest

from anlan.plan.forms import ReportForm
from anlan.plan.models import Assignment
from anlan.plan.services import reports
from tests.kernel.access.conftest import browser


def test_units_of_one_role_and_part_stand_in_one_line(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace
) -> None:
    Assignment.objects.filter(key_duty=work.key_duty).delete()
    for unit, role, part in [
        (city.bureau, "lead", "煤矿"), (city.east_government, "responsible", ""),
        (city.west_government, "responsible", ""),
    ]:  # fmt: skip
        Assignment.objects.create(
            key_duty=work.key_duty, organisation=unit, role=role, part=part, name=str(unit)
        )
    page = browser(who.leader.user).get(f"/key-duties/{work.key_duty.pk}/").content.decode()
    lines = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page)
    assert lines == [
        ("牵头 · 煤矿", str(city.bureau)),
        ("负责", f"{city.east_government}、{city.west_government}"),
    ]
    assert "这一项没有列出条款" in page


def test_who_has_no_duty_of_the_notice_is_told_so(
    who: SimpleNamespace, work: SimpleNamespace
) -> None:
    work.town.delete()
    page = browser(who.town_staff.user).get("/matrix/").content.decode()
    assert "这一年度没有直接安排给您单位的任务" in page
    assert "合计" not in page
    assert f"/key-duties/{work.key_duty.pk}/" in page
    assert "合计" in browser(who.leader.user).get("/matrix/").content.decode()


def test_the_inbox_says_the_number_that_was_reported(
    who: SimpleNamespace, work: SimpleNamespace
) -> None:
    reports.report_submit(
        actor=who.bureau_staff, duty=work.counted.pk, text="做了", value=Decimal(7)
    )
    page = browser(who.clerk.user).get("/inbox/").content.decode()
    assert "累计完成 7 家" in page


@pytest.mark.parametrize(
    ("value", "words"),
    [("-5", "不能小于 0。"), ("很多", "请填写数字，例如 12 或 12.5。"), ("", "没有完成的填 0")],
)
def test_a_number_that_cannot_be(work: SimpleNamespace, value: str, words: str) -> None:
    form = ReportForm({"text": "说明", "value": value}, duty=work.counted)
    [said] = form.errors["value"]
    assert words in said
