"""Lists of duties show one year: the newest plan's, until another or all are asked for."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from anlan.kernel.orgs.models import Area
from anlan.plan.models import Plan
from tests import factories
from tests.kernel.access.conftest import browser


@pytest.fixture
def newer(city: SimpleNamespace, work: SimpleNamespace) -> Plan:
    """The plan of the year after, with one duty of the bureau."""
    area = Area.objects.get(pk=work.plan.area_id)
    made = Plan.objects.create(
        year=work.plan.year + 1, area=area, title="下一年的计划", issuer="试市人民政府",
        published_at=work.plan.published_at,
    )  # fmt: skip
    factories.duty(factories.key_duty(made, 1), city.bureau)
    return made


@pytest.mark.parametrize(
    ("query", "old", "new"),
    [
        ("", False, True),
        ("?plan=", True, True),
        ("?plan=no-such-plan", False, True),
        ("?plan={}", True, False),
    ],
)
@pytest.mark.parametrize(("path", "person"), [("/tasks/", "bureau_staff"), ("/duties/", "leader")])
def test_the_year_of_a_list(
    who: SimpleNamespace, work: SimpleNamespace, newer: Plan,
    path: str, person: str, query: str, old: bool, new: bool,
) -> None:  # fmt: skip
    answer = browser(getattr(who, person).user).get(path + query.format(work.plan.pk))
    plans = {each.key_duty.plan_id for each in answer.context["list"].rows}
    assert (work.plan.pk in plans, newer.pk in plans) == (old, new)
    summed = sum(count for _, count, _ in answer.context["summary"])
    assert summed == answer.context["list"].page.paginator.count
    # What a saved view and the Excel file keep: the newest year goes without saying.
    kept = query.format(work.plan.pk).removeprefix("?") if old else ""
    assert answer.context["list"].query == kept
    assert "年度：全部" in answer.content.decode()


def test_open_duties_of_years_before_are_told(
    who: SimpleNamespace, work: SimpleNamespace, newer: Plan
) -> None:
    staff = browser(who.bureau_staff.user)
    assert "以前年度还有 2 项没有办结" in staff.get("/tasks/").content.decode()
    assert "以前年度还有" not in staff.get("/tasks/?plan=").content.decode()


def test_the_numbers_of_a_key_duty_lead_to_what_they_count(
    who: SimpleNamespace, work: SimpleNamespace, newer: Plan
) -> None:
    leader = browser(who.leader.user)
    answer = leader.get(f"/key-duties/{work.east.key_duty_id}/")
    for standing, count in answer.context["counts"].items():
        address = (
            f"/duties/?plan={work.plan.pk}&key_duty={work.east.key_duty_id}"
            f"&level=top&standing={standing}"
        )
        assert address.replace("&", "&amp;") in answer.content.decode()
        assert leader.get(address).context["list"].rows.count() == count
