"""The draft of a first report: when one is opened, what it says, what people do with it."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import docx
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from anlan.kernel.access.models import User
from anlan.kernel.audit.models import AuditRow
from anlan.kernel.deadlines.firing import fire_due
from anlan.kernel.errors import Forbidden, Refused, Unknown, WrongState
from anlan.kernel.events.models import Event
from anlan.kernel.norms.models import Norm, NormDocument
from anlan.kernel.notify.models import Notification
from anlan.monitoring.alarms import reporting
from anlan.monitoring.choices import DraftState
from anlan.monitoring.engine import Key, Step, Transition
from anlan.monitoring.models import Alarm, IncidentDraft, Point, RuleVersion
from anlan.monitoring.services import answering, calling, drafts
from tests.factories import day
from tests.kernel.access.conftest import browser
from tests.kernel.access.matrix import Seat, assert_visibility

pytestmark = pytest.mark.django_db
Told = Callable[..., Transition]
Record = Callable[..., int]
TYPED = {"situation": "回风巷甲烷超限", "measures": "已撤人断电", "injured": "2", "loss": ""}


def written(**more: Any) -> drafts.Content:
    given: Any = {
        "dead": None, "missing": None, "injured": 2, "trapped": 0, "loss": "",
        "situation": "回风巷甲烷超限", "measures": "已撤人断电", "other": "",
    }  # fmt: skip
    return given | more


@pytest.fixture
def draft(record: Record, told: Told) -> IncidentDraft:
    record(told("raised", 3, peak=1.62))
    return IncidentDraft.objects.get()


# --- opening --------------------------------------------------------------------------------------


def test_the_first_red_opens_one_and_nothing_opens_a_second(record: Record, told: Told) -> None:
    record(told("raised", 2))
    assert not IncidentDraft.objects.exists()
    record(told("raised", 3, begin=30, peak=1.7))
    one = IncidentDraft.objects.get()
    assert (one.alarm, one.site, one.state) == (Alarm.objects.get(), one.alarm.site, "draft")
    before = AuditRow.objects.count()
    record(told("raised", 3, begin=30, peak=1.7))  # told again after a crash
    record(told("cleared", 3, begin=30, after=60, peak=1.9))
    record(told("raised", 3, begin=90, peak=1.8))  # red again within the same event
    assert IncidentDraft.objects.get() == one
    opened = AuditRow.objects.filter(table_name="monitoring_incidentdraft")
    assert opened.count() == 1
    assert AuditRow.objects.count() > before  # the alarm itself went on


def test_an_alarm_that_is_not_stored_leaves_no_draft(
    record: Record, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(alarms: list[Alarm]) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr("anlan.monitoring.services.alarms._tell_pages", fail)
    with pytest.raises(RuntimeError, match="killed"):
        record(told("raised", 3))
    assert not Alarm.objects.exists()
    assert not IncidentDraft.objects.exists()


@pytest.mark.parametrize(("value", "count"), [("orange", 1), ("red", 0), ("purple", 0)])
def test_the_level_is_a_norm(record: Record, told: Told, value: str, count: int) -> None:
    book = NormDocument.objects.create(number="试", title="试", effective_from=day(-9))
    Norm.objects.create(key=drafts.LEVEL, document=book, value=value, effective_from=day(-9))
    record(told("raised", 2))
    assert Alarm.objects.count() == 1
    assert IncidentDraft.objects.count() == count


def test_a_storm_opens_its_drafts_by_few_queries(
    record: Record, version: RuleVersion, point: Point, now: int,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    points = Point.objects.bulk_create(
        Point(site=point.site, name=f"测点 {n}", quantity="methane", place="face_corner")
        for n in range(500)
    )
    steps = [
        Transition(Step.RAISED, Key(version.rule_id, version.number, 3, each.pk), now, now, 2, 2)
        for each in points
    ]
    with django_assert_max_num_queries(25):
        record(*steps)
    assert IncidentDraft.objects.count() == 500


# --- what people do -------------------------------------------------------------------------------


def test_it_is_filled_submitted_and_taken_over(draft: IncidentDraft, who: SimpleNamespace) -> None:
    Notification.objects.all().delete()
    drafts.draft_fill(actor=who.bureau_staff, draft=draft.pk, content=written(measures=""), seen=1)
    with pytest.raises(Refused, match="提交前须填写"):
        drafts.draft_submit(
            actor=who.bureau_staff, draft=draft.pk, content=written(measures=" "), seen=2
        )
    drafts.draft_submit(actor=who.bureau_staff, draft=draft.pk, content=written(), seen=2)
    draft.refresh_from_db()
    assert (draft.state, draft.submitted_by) == (DraftState.SUBMITTED, who.bureau_staff.user)
    event = Event.objects.get(kind="draft.submit")
    assert event.ids == {"alarm": draft.alarm_id, "site": draft.site_id}
    assert Notification.objects.filter(user=who.clerk.user).count() == 1
    with pytest.raises(Forbidden):
        drafts.draft_take(actor=who.bureau_staff, draft=draft.pk)
    drafts.draft_take(actor=who.clerk, draft=draft.pk)
    with pytest.raises(WrongState):
        drafts.draft_take(actor=who.clerk2, draft=draft.pk)
    assert Event.objects.filter(kind="draft.take").count() == 1


def test_who_saves_second_is_told_and_changes_nothing(
    draft: IncidentDraft, who: SimpleNamespace
) -> None:
    drafts.draft_fill(actor=who.bureau_staff, draft=draft.pk, content=written(), seen=1)
    other = written(situation="另一种说法")
    for service in (drafts.draft_fill, drafts.draft_submit):
        with pytest.raises(WrongState, match="别人已经保存过"):
            service(actor=who.clerk, draft=draft.pk, content=other, seen=1)
    draft.refresh_from_db()
    assert (draft.situation, draft.state, draft.revision) == ("回风巷甲烷超限", "draft", 2)


def test_who_may_report(draft: IncidentDraft, who: SimpleNamespace) -> None:
    for actor, refusal in ((who.leader, Forbidden), (who.west_head, Unknown)):
        with pytest.raises(refusal):
            drafts.draft_fill(actor=actor, draft=draft.pk, content=written(), seen=1)
        with pytest.raises(refusal):
            drafts.draft_accident(
                actor=actor, draft=draft.pk, knew_at=timezone.now(), unit_knew_at=None
            )
    draft.refresh_from_db()
    assert (draft.revision, draft.accident) == (1, False)


def test_hours_count_only_once_it_is_said_to_be_an_accident(
    draft: IncidentDraft, who: SimpleNamespace
) -> None:
    now = timezone.now()
    assert [(each.hours, each.until) for each in reporting.reporting_limits(draft, now)] == [
        (1, None),
        (2, None),
    ]
    with pytest.raises(Refused, match="不能晚于现在"):
        drafts.draft_accident(
            actor=who.clerk, draft=draft.pk, knew_at=now + timedelta(hours=1), unit_knew_at=None
        )
    knew = now - timedelta(minutes=90)
    drafts.draft_accident(actor=who.clerk, draft=draft.pk, knew_at=knew, unit_knew_at=knew)
    draft.refresh_from_db()
    unit, level = reporting.reporting_limits(draft, now)
    assert (unit.until, unit.passed) == (knew + timedelta(hours=1), True)
    assert (level.until, level.passed) == (knew + timedelta(hours=2), False)

    with pytest.raises(Refused, match="必须上报"):
        drafts.draft_dismiss(actor=who.clerk, draft=draft.pk, reason="不想报")
    with pytest.raises(Refused, match="须填写理由"):
        drafts.draft_revoke(actor=who.clerk, draft=draft.pk, reason=" ")
    drafts.draft_revoke(actor=who.clerk, draft=draft.pk, reason="校准气体")
    drafts.draft_dismiss(actor=who.clerk, draft=draft.pk, reason="校准气体")
    with pytest.raises(WrongState):
        drafts.draft_accident(actor=who.clerk, draft=draft.pk, knew_at=now, unit_knew_at=None)
    drafts.draft_reopen(actor=who.clerk, draft=draft.pk, reason="又有新情况")
    draft.refresh_from_db()
    assert (draft.state, draft.reason) == (DraftState.DRAFT, "又有新情况")


def test_before_the_hours_pass_those_are_called_with_whom_the_report_lies(
    draft: IncidentDraft, who: SimpleNamespace
) -> None:
    knew = timezone.now() - timedelta(minutes=10)
    end = knew + timedelta(hours=2)

    def called(at: datetime) -> tuple[str, set[User]]:
        Notification.objects.all().delete()
        assert fire_due(now=at + timedelta(seconds=1)) == 1
        told = Notification.objects.filter(kind="draft.hours").select_related("user")
        assert len({each.title for each in told}) == 1
        return told[0].title, {each.user for each in told}

    drafts.draft_accident(actor=who.clerk, draft=draft.pk, knew_at=knew, unit_knew_at=None)
    assert fire_due(now=end - timedelta(minutes=61)) == 0
    title, users = called(end - timedelta(minutes=60))
    assert ("将届满" in title, "未提交" in title) == (True, True)
    assert users == {who.bureau_staff.user}
    _, users = called(end - timedelta(minutes=20))
    assert users == {who.bureau_head.user}
    drafts.draft_submit(actor=who.clerk, draft=draft.pk, content=written(), seen=1)
    title, users = called(end)
    assert ("已届满" in title, "已提交、未接收" in title) == (True, True)
    assert users == {who.chief.user}
    draft.refresh_from_db()
    assert [each.title for each in reporting.course(draft)].count("催办") == 3
    drafts.draft_take(actor=who.clerk, draft=draft.pk)
    assert fire_due(now=end + timedelta(hours=5)) == 0


def test_what_is_no_accident_after_all_calls_nobody_and_mended_times_count(
    draft: IncidentDraft, who: SimpleNamespace
) -> None:
    knew = timezone.now() - timedelta(minutes=10)
    later = knew + timedelta(minutes=8)
    for moment in (knew, later):
        drafts.draft_accident(actor=who.clerk, draft=draft.pk, knew_at=moment, unit_knew_at=None)
    assert fire_due(now=knew + timedelta(minutes=61)) == 0
    drafts.draft_revoke(actor=who.clerk, draft=draft.pk, reason="校准气体")
    assert fire_due(now=knew + timedelta(hours=5)) == 0
    drafts.draft_accident(actor=who.clerk, draft=draft.pk, knew_at=later, unit_knew_at=None)
    assert fire_due(now=later + timedelta(minutes=61)) == 1


def test_who_sees_a_draft(draft: IncidentDraft, city: SimpleNamespace) -> None:
    from anlan.kernel.access.roles import Role

    assert_visibility(
        lambda actor: IncidentDraft.objects.visible_to(actor),
        rows={"draft": draft},
        expected={
            Seat(Role.SCO_STAFF, city.office): {"draft"},
            Seat(Role.LEADER, city.government): {"draft"},
            Seat(Role.UNIT_STAFF, city.bureau): {"draft"},
            Seat(Role.UNIT_STAFF, city.west_government): set(),
            Seat(Role.SCO_CHIEF, city.office): {"draft"},
            Seat(Role.UNIT_HEAD, city.east_town_government): {"draft"},
            **{
                Seat(role, city.office): set()
                for role in (Role.SYSTEM, Role.SECURITY, Role.AUDITOR)
            },
        },
    )


# --- pages and the paper --------------------------------------------------------------------------


def test_the_pages(draft: IncidentDraft, who: SimpleNamespace) -> None:
    client, address = browser(who.bureau_staff.user), f"/monitoring/drafts/{draft.pk}/"
    alarm = client.get(f"/monitoring/alarms/{draft.alarm_id}/").content.decode()
    assert f'href="{address}"' in alarm
    assert address in client.get("/monitoring/drafts/").content.decode()
    shown = client.get(address).content.decode()
    assert "1.62 %" in shown
    assert "报警不等于事故" in shown
    assert "计时中" not in shown

    refused = client.post(f"{address}fill/", TYPED | {"measures": "", "seen": "1", "submit": "1"})
    assert refused.status_code == 422
    assert "回风巷甲烷超限" in refused.content.decode()  # nothing typed is lost
    bad = client.post(f"{address}fill/", TYPED | {"injured": "-2", "seen": "1"})
    assert bad.status_code == 422
    saved = client.post(f"{address}fill/", TYPED | {"seen": "1", "save": "1"}, follow=True)
    assert "还没有提交" in saved.content.decode()
    late = browser(who.clerk.user).post(
        f"{address}fill/", TYPED | {"situation": "另一种说法", "seen": "1", "submit": "1"}
    )
    assert late.status_code == 409
    assert "另一种说法" in late.content.decode()
    assert 'name="seen" value="2"' in late.content.decode()
    assert "已保存的内容" in late.content.decode()

    moment = f"{timezone.localtime():%Y-%m-%dT%H:%M}"
    wrong = client.post(f"{address}accident/", {"knew_at": "昨天"})
    assert wrong.status_code == 422
    said = client.post(f"{address}accident/", {"knew_at": moment}, follow=True)
    assert "时限开始计算" in said.content.decode()
    assert "计时中" in said.content.decode()
    assert "接报时间待核实" in said.content.decode()  # the unit's
    done = client.post(f"{address}fill/", TYPED | {"seen": "2", "submit": "1"}, follow=True)
    assert "初报已提交" in done.content.decode()
    assert "受伤 2 人" in done.content.decode()
    clerk = browser(who.clerk.user)
    taken = clerk.post(f"{address}take/", {"back": address}, follow=True)
    assert "初报已接收" in taken.content.decode()
    assert address not in client.get("/monitoring/drafts/").content.decode()

    assert browser(who.west_head.user).get(address).status_code == 404
    assert browser(who.west_head.user).get(f"{address}paper/").status_code == 404
    assert browser(who.leader.user).post(f"{address}fill/", TYPED).status_code == 403


def test_a_longer_list_asks_no_more(
    draft: IncidentDraft, record: Record, told: Told, who: SimpleNamespace
) -> None:
    client = browser(who.bureau_staff.user)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/monitoring/drafts/").status_code == 200
        return len(queries)

    asked()  # what a first visit stores
    few = asked()
    record(told("cleared", 3, after=5), told("raised", 3, begin=60), told("raised", 3, begin=90))
    assert IncidentDraft.objects.count() > 1
    assert asked() == few


def test_the_paper_says_what_is_known_and_what_is_not(
    draft: IncidentDraft, who: SimpleNamespace
) -> None:
    calling.call_waiting()
    answering.alarm_answer(actor=who.bureau_staff, alarm=draft.alarm_id)
    client = browser(who.bureau_staff.user)

    def words() -> str:
        answer = client.get(f"/monitoring/drafts/{draft.pk}/paper/")
        file = io.BytesIO(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
        return "\n".join(each.text for each in docx.Document(file).paragraphs)

    said = words()
    assert "关于东山矿险情信息的初报" in said
    assert "尚未提交" in said
    assert "极值 1.62 %" in said
    assert "死亡 待核实" in said
    assert "应答（" in said
    assert "尚未认定为生产安全事故" in said
    drafts.draft_submit(actor=who.bureau_staff, draft=draft.pk, content=written(), seen=1)
    said = words()
    assert "受伤 2 人" in said
    assert "被困或受威胁 0 人" in said
    assert "已撤人断电" in said
    assert "草稿" not in said
