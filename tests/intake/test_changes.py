"""What publishing changes, told so that the second person sees what he agrees to."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from anlan.intake.models import Document
from anlan.intake.pages.changes import differing, told
from anlan.kernel.access.models import User
from anlan.kernel.access.roles import Role
from anlan.plan.publishing import Change
from tests.kernel.access.conftest import browser, user

QUOTA = Change(
    "clause", "changed", "至少解决 12 项",
    {"value": Decimal("10.000"), "op": ">=", "assigned": False, "lines": [1, 2]},
    {"value": Decimal("12.000"), "op": "all", "assigned": True, "lines": [3, 4]},
)  # fmt: skip
AS_KEPT = {
    **vars(QUOTA),
    "before": {k: str(v) for k, v in QUOTA.before.items()},
    "after": {k: str(v) for k, v in QUOTA.after.items()},
}


@pytest.mark.parametrize("change", [QUOTA, AS_KEPT], ids=["previewed", "kept"])
def test_a_changed_clause_says_what_it_was_and_what_it_is(change: Any) -> None:
    [line] = told([change])
    assert line.details == [
        ("关系", "≥", "全部"),
        ("单独列为任务", "否", "是"),
        ("数值", "10", "12"),
    ]


@pytest.mark.parametrize("none", [None, "None", ""])
def test_nothing_is_called_nothing(none: str | None) -> None:
    [line] = told([Change("clause", "changed", "甲", {"value": none}, {"value": "3"})])
    assert line.details == [("数值", "（没有）", "3")]


def test_roles_and_periods_are_in_chinese() -> None:
    owner = Change("owner", "changed", "甲：乙局", {"role": "assist"}, {"role": "lead"})
    clause = Change("clause", "changed", "丙", {"period": "year"}, {"period": "month"})
    assert [each.details for each in told([owner, clause])] == [
        [("责任", "配合", "牵头")],
        [("周期", "每年", "每月")],
    ]


def test_of_long_texts_only_the_place_of_the_difference_is_shown() -> None:
    was = "甲" * 60 + "至少解决10项" + "乙" * 60
    assert differing(was, was.replace("10", "12")) == (
        "…" + "甲" * 7 + "至少解决10项" + "乙" * 11 + "…",
        "…" + "甲" * 7 + "至少解决12项" + "乙" * 11 + "…",
    )
    assert differing("甲" * 50, "甲" * 50 + "乙") == ("…" + "甲" * 12, "…" + "甲" * 12 + "乙")


def test_units_that_join_one_item_together_stand_in_one_line() -> None:
    added = [Change("owner", "added", f"取暖检查：{unit}") for unit in ("住建局", "应急局")]
    other = Change("owner", "added", "防汛检查：水利局")
    removed = Change("owner", "removed", "防汛检查：气象局")
    names = [(each.how, each.name) for each in told([*added, other, removed])]
    assert names == [
        ("added", "取暖检查：住建局、应急局"),
        ("added", "防汛检查：水利局"),
        ("removed", "防汛检查：气象局"),
    ]


def test_after_publishing_the_page_tells_what_was_changed(document: Document, clerk: User) -> None:
    Document.objects.filter(pk=document.pk).update(state="submitted")
    Document.objects.filter(pk=document.pk).update(state="published", changes=[AS_KEPT])
    page = browser(clerk).get(f"/notices/{document.pk}/?tab=publish").content.decode()
    assert "发布改变了什么" in page
    assert "已有发布的计划" not in page
    assert "数值：<del>10</del> → <ins>12</ins>" in page


def test_the_second_person_is_told_who_submitted(
    document: Document, city: SimpleNamespace, clerk: User
) -> None:
    Document.objects.filter(pk=document.pk).update(state="submitted", submitted_by=clerk)
    chief = user(city, "chief", Role.SCO_CHIEF, organisation=city.office)
    told_clerk = browser(clerk).get(f"/notices/{document.pk}/?tab=publish").content.decode()
    assert f"已由{clerk.name}提交。发布须由另一人" in told_clerk
    document.points.update(decision="accepted")
    document.items.get(number=3).units.create(name="某局", role="lead", left_out=True)
    document.items.get(number=1).units.update(left_out=True)
    document.items.get(number=2).units.update(left_out=True)
    page = browser(chief).get(f"/notices/{document.pk}/?tab=publish").content.decode()
    assert f"已由{clerk.name}提交。请看清下面的变化，再发布或退回。" in page


def test_what_is_missing_leads_to_where_it_is_mended(document: Document, clerk: User) -> None:
    def there() -> str:
        return browser(clerk).get(f"/notices/{document.pk}/?tab=publish").content.decode()

    assert 'href="?tab=points">去处理' in there()
    document.points.update(decision="accepted")
    assert 'href="?tab=units">去处理' in there()
    for item in document.items.all():
        item.units.update(left_out=True)
    assert 'href="?tab=read">去处理' in there()  # an item without a unit


@pytest.mark.parametrize(("column", "word"), [("title", "标题"), ("issuer", "发文机关")])
def test_a_notice_without_a_name_or_an_issuer_is_not_submitted(
    document: Document, column: str, word: str
) -> None:
    """Both stand in the plan: publishing would refuse it after everything else was checked."""
    document.points.update(decision="accepted")
    for item in document.items.all():
        item.units.update(left_out=True)
    assert word not in (document.what_is_missing() or "")
    setattr(document, column, "")
    assert f"没有读出{word}，请填写" in (document.what_is_missing() or "")
