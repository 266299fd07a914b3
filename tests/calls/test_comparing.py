"""What a call is compared with: the last one or a day's record; what became of the decisions."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from types import SimpleNamespace

import pytest
from docx import Document

from anlan.calls.choices import Change
from anlan.calls.exports.papers import bulletin
from anlan.calls.models import Call
from anlan.calls.paper import paper
from anlan.calls.services.taking import call_cancel
from anlan.cockpit import snapshots
from anlan.plan.models import Duty
from tests import factories
from tests.calls.conftest import decide, finish, last_week, stands
from tests.factories import day
from tests.kernel.access.conftest import browser

Take = Callable[..., Call]


def test_what_became_of_what_was_overdue(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace, take: Take
) -> None:
    lifted = factories.duty(work.key_duty, city.west_government)
    for each in (work.east, work.west, lifted):
        stands(each, "overdue")
    gone = factories.duty(factories.key_duty(work.plan, 3), city.bureau)
    stands(gone, "overdue")
    first = last_week(take())
    stands(work.bureau, "overdue")
    Duty.objects.filter(pk=work.west.pk).update(state="met", standing="met")
    Duty.objects.filter(pk=lifted.pk).update(standing="on_track", due_on=day(30))
    Duty.objects.filter(pk=gone.pk).update(state="cancelled")
    second = take()
    assert second.previous == first
    assert dict(second.rows.exclude(change="").values_list("duty", "change")) == {
        work.east.pk: Change.AGAIN,
        work.bureau.pk: Change.NEW,
        work.west.pk: Change.SETTLED,
        lifted.pk: Change.LIFTED,
    }
    made = paper(who.leader, second)
    assert [row.duty_id for row in made.gone] == [gone.pk]
    assert made.compared_with == str(first)
    east = next(line for line in made.lines if line.name == "东县")
    assert (east.then and east.then.count("overdue"), east.change("overdue")) == (1, 0)
    again = second.explanations.get(organisation=city.east_government)
    assert "1 项任务连续两次调度都逾期" in again.grounds


def test_the_last_call_is_of_the_same_kind_and_not_cancelled(
    who: SimpleNamespace, held: Call, take: Take
) -> None:
    last_week(held)
    assert take("monthly").previous is None
    call_cancel(actor=who.clerk, call=held.pk, reason="开错了")
    assert take().previous is None


def test_without_a_last_call_the_day_s_record_serves(
    who: SimpleNamespace, work: SimpleNamespace, take: Take
) -> None:
    snapshots.take(day(-9))  # too long ago
    snapshots.take(day(-6))
    stands(work.east, "overdue")
    made = take()
    assert made.baseline == day(-6)
    assert not made.rows.exclude(change="").exists()  # the record has no duties
    shown = paper(who.leader, made)
    east = next(line for line in shown.lines if line.name == "东县")
    assert east.then is not None
    assert (east.then.rank, east.now and east.now.rank) == (1, 2)
    assert east.change("overdue") == 1
    assert shown.total.change("overdue") == 1
    assert "每日记录" in shown.compared_with


def test_with_neither_nothing_is_compared(who: SimpleNamespace, held: Call) -> None:
    shown = paper(who.leader, held)
    assert shown.compared_with == ""
    assert shown.total.then is None
    assert all(line.then is None for line in shown.lines)


def test_the_next_call_tells_what_became_of_the_decisions(
    city: SimpleNamespace, who: SimpleNamespace, held: Call, take: Take
) -> None:
    decision = decide(who, held, city.east_government, city.bureau)
    finish(who, held)
    last_week(held)
    done = decision.charges.get(organisation=city.bureau).duty
    assert done is not None
    Duty.objects.filter(pk=done.pk).update(state="met", standing="met")
    second = take()
    outcomes = {
        o.organisation: o.row and o.row.standing for o in paper(who.leader, second).outcomes
    }
    assert outcomes == {"东县人民政府": "at_risk", "试市能源局": "met"}
    (own,) = paper(who.east_staff, second).outcomes
    assert own.organisation == "东县人民政府"


def test_what_was_decided_after_the_figures_were_frozen_is_not_called_cancelled(
    city: SimpleNamespace, who: SimpleNamespace, held: Call, take: Take
) -> None:
    decide(who, held, city.bureau)
    last_week(held)
    second = Call.objects.get(pk=take().pk)
    finish(who, held)
    (outcome,) = paper(who.leader, second).outcomes
    assert (outcome.row, outcome.absent) == (None, "本次数据冻结后下达")
    page = browser(who.leader.user).get(f"/calls/{second.pk}/").content.decode()
    assert "本次数据冻结后下达" in page
    assert "已撤销" not in page
    text = "\n".join(
        p.text for p in Document(BytesIO(bulletin(paper(who.leader, second)))).paragraphs
    )
    assert "十日内销号，本次数据冻结后下达。" in text


def test_a_duty_of_the_last_call_that_was_cancelled_since_is_called_so(
    city: SimpleNamespace, who: SimpleNamespace, held: Call, take: Take
) -> None:
    decide(who, held, city.bureau)
    finish(who, held)
    last_week(held)
    Duty.objects.filter(origin="call").update(state="cancelled")
    (outcome,) = paper(who.leader, take()).outcomes
    assert (outcome.row, outcome.absent) == (None, "已撤销")


@pytest.mark.parametrize("recorded", [False, True], ids=["the last call", "a day's record"])
def test_a_key_duty_that_was_not_there_has_no_zeros(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace, take: Take, recorded: bool
) -> None:
    if recorded:
        snapshots.take(day(-6))
    else:
        last_week(take())
    factories.duty(factories.key_duty(work.plan, 3), city.bureau)
    then = {line.item.number: line.then for line in paper(who.leader, take()).items}
    assert then[1] is not None
    assert then[2] is not None
    assert then[3] is None
