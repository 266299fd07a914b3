"""Who must explain for an area reads the area's rows, whomever their organisations answer to."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from anlan.calls.models import Call, FrozenDuty
from anlan.calls.paper import paper
from anlan.kernel.orgs.models import Organisation
from anlan.plan.models import Duty
from tests import factories
from tests.calls.conftest import decide, finish, last_week, stands
from tests.factories import day
from tests.kernel.access.conftest import browser

Take = Callable[..., Call]


@pytest.fixture
def brigade(city: SimpleNamespace, work: SimpleNamespace) -> Duty:
    """The duty of a fire brigade in the east that answers to the city; overdue."""
    made = Organisation.objects.create(
        code="9001-fire", name="东县消防大队", short_name="东县消防大队", kind="bureau",
        area=city.east, parent=city.bureau, path=f"{city.bureau.path}/9001-fire",
    )  # fmt: skip
    duty = factories.duty(work.key_duty, made)
    stands(duty, "overdue")
    return duty


@pytest.mark.usefixtures("late")
def test_the_page_lists_what_the_grounds_count(
    city: SimpleNamespace, who: SimpleNamespace, brigade: Duty, take: Take
) -> None:
    call = take()
    asked = call.explanations.get(organisation=city.east_government)
    assert "有逾期任务 2 项" in asked.grounds
    client = browser(who.east_staff.user)
    page = client.get(f"/calls/explanations/{asked.pk}/").content.decode()
    assert brigade.title in page
    assert "调度时的全部 2 项任务" in page
    rows = client.get(f"/calls/{call.pk}/rows/?area={city.east.code}").content.decode()
    assert "共 2 条" in rows
    assert brigade.title in rows
    for html in (page, rows):  # what he sees frozen is not his to open as it is today
        assert f"/plan/duties/{brigade.pk}/" not in html
    assert client.get(f"/plan/duties/{brigade.pk}/").status_code == 404


@pytest.mark.usefixtures("late", "brigade")
def test_it_is_compared_with_the_same_rows_of_the_last_call(
    who: SimpleNamespace, take: Take
) -> None:
    last_week(take())
    shown = paper(who.east_staff, take())
    assert shown.total.then is not None
    assert (shown.total.then.count("overdue"), shown.total.change("overdue")) == (2, 0)


@pytest.mark.usefixtures("brigade")
def test_who_need_not_explain_for_the_area_reads_his_own_rows_alone(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace, take: Take
) -> None:
    for n in range(12):  # so few are overdue that the first of two areas need not explain
        factories.duty(work.key_duty, city.east_government, period_start=day(-40 - n))
    stands(factories.duty(work.key_duty, city.west_government), "overdue")
    call = take()
    assert not call.explanations.filter(organisation=city.east_government).exists()
    decide(who, call, city.east_government)
    finish(who, call)
    seen = FrozenDuty.objects.visible_to(who.east_staff).filter(call=call)
    assert {each.organisation for each in seen} == {city.east_government}
