"""Call and answer, and what people do with an alarm."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from anlan.kernel.deadlines.firing import fire_due
from anlan.kernel.deadlines.models import Deadline, DeadlineStep
from anlan.kernel.errors import Refused, Unknown, WrongState
from anlan.kernel.notify.models import Notification
from anlan.monitoring.alarms.selectors import timeline
from anlan.monitoring.choices import AlarmState, Level
from anlan.monitoring.models import Alarm, Point
from anlan.monitoring.services import answering, calling, hushes
from tests.kernel.access.conftest import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def red(record: Callable[..., int], told: Callable[..., Any], who: SimpleNamespace) -> Alarm:
    record(told("raised", 3, peak=1.8))
    return Alarm.objects.get()


@pytest.fixture
def called(alarm: Alarm, who: SimpleNamespace) -> Alarm:
    assert calling.call_waiting() == 1
    alarm.refresh_from_db()
    return alarm


def test_the_regulators_staff_are_called_first(called: Alarm, who: SimpleNamespace) -> None:
    assert called.state == AlarmState.NOTIFIED
    assert "1 人" in called.called
    users = {each.user_id for each in Notification.objects.all()}
    assert users == {who.bureau_staff.user.pk}
    assert calling.call_waiting() == 0


def test_nobody_answers_until_the_chief_is_called(called: Alarm, who: SimpleNamespace) -> None:
    clock = Deadline.objects.get(subject_id=called.pk, name="answer")
    assert clock.due_at - clock.started_at >= timedelta(minutes=4)  # orange: five minutes
    line = [{who.bureau_head}, {who.clerk, who.clerk2}, {who.chief}]
    for place, expected in enumerate(line):
        Notification.objects.all().delete()
        assert fire_due(now=clock.due_at + timedelta(minutes=5 * place, seconds=1)) == 1
        users = {each.user_id for each in Notification.objects.all()}
        assert users == {each.user.pk for each in expected}
    assert sum(each.title == "催办" for each in timeline(called)) == 3


def test_calls_of_one_moment_stand_in_their_order(called: Alarm, who: SimpleNamespace) -> None:
    late = Deadline.objects.get(subject_id=called.pk, name="answer").due_at + timedelta(hours=1)
    while fire_due(now=late):  # the job stood still for an hour: all steps at once
        pass
    calls = [each for each in timeline(called) if each.title == "催办"]
    assert {each.at for each in calls} == {late}
    told = DeadlineStep.objects.filter(deadline__subject_id=called.pk).order_by("-place")
    assert [each.text for each in calls] == [step.text for step in told]
    assert len({each.text for each in calls}) == 3
    shown = browser(who.clerk.user).get(f"/monitoring/alarms/{called.pk}/").content.decode()
    assert f"{timezone.localtime(late):%H:%M:%S}</time>" in shown


def test_an_answer_ends_the_calling(called: Alarm, who: SimpleNamespace) -> None:
    answering.alarm_answer(actor=who.bureau_staff, alarm=called.pk)
    assert fire_due(now=timezone.now() + timedelta(hours=1)) == 0
    with pytest.raises(WrongState):
        answering.alarm_answer(actor=who.clerk, alarm=called.pk)
    called.refresh_from_db()
    assert called.answered_by == who.bureau_staff.user


def test_others_do_not_see_it(called: Alarm, who: SimpleNamespace) -> None:
    with pytest.raises(Unknown):
        answering.alarm_answer(actor=who.west_head, alarm=called.pk)


def test_it_is_closed_only_when_it_is_over(
    called: Alarm, who: SimpleNamespace, record: Callable[..., int], told: Callable[..., Any]
) -> None:
    answering.alarm_answer(actor=who.clerk, alarm=called.pk)
    with pytest.raises(Refused, match="说明"):
        answering.alarm_handle(actor=who.clerk, alarm=called.pk, text=" ")
    answering.alarm_handle(actor=who.clerk, alarm=called.pk, text="撤人断电")
    with pytest.raises(Refused, match="还没有解除"):
        answering.alarm_close(actor=who.clerk, alarm=called.pk)
    record(told("cleared", after=60))
    answering.alarm_close(actor=who.clerk, alarm=called.pk)
    called.refresh_from_db()
    assert (called.state, called.handling) == (AlarmState.CLOSED, "撤人断电")


def test_one_person_dismisses_what_is_not_red(called: Alarm, who: SimpleNamespace) -> None:
    with pytest.raises(Refused, match="理由"):
        answering.alarm_dismiss(actor=who.clerk, alarm=called.pk, reason="")
    with pytest.raises(Refused, match="只有红色"):
        answering.alarm_doubt(actor=who.clerk, alarm=called.pk, reason="校准")
    answering.alarm_dismiss(actor=who.clerk, alarm=called.pk, reason="校准")
    called.refresh_from_db()
    assert called.state == AlarmState.FALSE


def test_a_false_one_that_gets_worse_is_called_anew(
    called: Alarm, who: SimpleNamespace, record: Callable[..., int], told: Callable[..., Any]
) -> None:
    answering.alarm_dismiss(actor=who.clerk, alarm=called.pk, reason="校准")
    record(told("raised", 3, begin=30))
    called.refresh_from_db()
    assert (called.state, called.highest) == (AlarmState.RAISED, Level.RED)
    assert calling.call_waiting() == 1
    assert Deadline.objects.get(subject_id=called.pk).running


def test_a_red_one_needs_a_second_person(red: Alarm, who: SimpleNamespace) -> None:
    with pytest.raises(Refused, match="第二人"):
        answering.alarm_dismiss(actor=who.clerk, alarm=red.pk, reason="校准")
    answering.alarm_doubt(actor=who.clerk, alarm=red.pk, reason="校准")
    with pytest.raises(Refused, match="另一人"):
        answering.alarm_confirm(actor=who.clerk, alarm=red.pk)
    answering.alarm_confirm(actor=who.clerk2, alarm=red.pk)
    red.refresh_from_db()
    assert red.state == AlarmState.FALSE


def test_the_second_person_may_deny_it(red: Alarm, who: SimpleNamespace) -> None:
    answering.alarm_doubt(actor=who.clerk, alarm=red.pk, reason="校准")
    answering.alarm_deny(actor=who.chief, alarm=red.pk, reason="现场确有瓦斯")
    red.refresh_from_db()
    assert (red.state, red.answered_by, red.doubted_by) == ("answered", who.chief.user, [])


def test_a_silence_ends_and_what_goes_on_is_called(
    point: Point, who: SimpleNamespace, record: Callable[..., int], told: Callable[..., Any]
) -> None:
    until = timezone.now() + timedelta(hours=2)
    with pytest.raises(Refused, match="为什么"):
        hushes.point_silence(actor=who.clerk, point=point.pk, until=until, reason=" ")
    hushes.point_silence(actor=who.clerk, point=point.pk, until=until, reason="检修")
    record(told("raised"))
    assert "检修" in Alarm.objects.get().hushed
    assert calling.call_waiting() == 0
    assert calling.call_waiting(now=until + timedelta(seconds=1)) == 1


def test_what_ended_in_silence_calls_nobody(
    point: Point, who: SimpleNamespace, record: Callable[..., int], told: Callable[..., Any]
) -> None:
    until = timezone.now() + timedelta(hours=2)
    hushes.site_silence(actor=who.clerk, site=point.site_id, until=until, reason="检修")
    record(told("raised"), told("cleared", after=5))
    assert calling.call_waiting(now=until + timedelta(seconds=1)) == 0
