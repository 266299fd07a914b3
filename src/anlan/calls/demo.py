"""Progress calls of the demonstration year: a monthly one that is finished, last week's weekly one,
and this week's, which runs. Invented, and marked so on every page by the plan itself.

Everything goes through the services that people use, as of today; only last week's call then says
that it was a week ago, so that this week's has something to be compared with.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from anlan.calls.choices import CallKind
from anlan.calls.models import Call, Explanation
from anlan.calls.services.explanations import explanation_answer, explanation_strike
from anlan.calls.services.minutes import call_close, decision_write, minutes_submit
from anlan.calls.services.taking import call_take
from anlan.kernel.access.actor import ActorSource, system
from anlan.kernel.evidence.services import file_store
from anlan.kernel.notify.services import read_all
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.write import Write
from anlan.plan.choices import Standing
from anlan.plan.demo import people, pictures
from anlan.plan.models import Duty, KeyDuty, Plan
from anlan.plan.services.reports import report_accept, report_submit

WEEK = timedelta(days=7)
SETTLED = 3  # overdue duties that are met between the two weekly calls
MORNING = time(9)


def load() -> str:
    """Hold the calls of the demonstration's plan, once, all or nothing; says what it did."""
    today = timezone.localdate()
    plan = Plan.objects.filter(year=today.year, is_demo=True).first()
    if plan is None:
        return "没有演示计划，未改动"
    if Call.objects.filter(plan=plan).exists():
        return "已载入，未改动"
    with transaction.atomic():
        Demonstration(plan, today).do()
    return f"演示调度 {Call.objects.filter(plan=plan).count()} 次"


class Demonstration:
    """The calls of ``plan``, for meetings tomorrow morning."""

    def __init__(self, plan: Plan, today: date) -> None:
        self.plan = plan
        self.today = today
        self.people = people.People()
        self.office = self.people.account(people.OFFICE)
        self.chief = self.people.account(people.CHIEF)
        self.meets_at = datetime.combine(
            today + timedelta(days=1), MORNING, timezone.get_current_timezone()
        )

    def do(self) -> None:
        """Hold all three."""
        monthly = self._take(CallKind.MONTHLY)
        self._explain(list(monthly.explanations.all()))
        self._decide(monthly, "对逾期任务逐项倒排工期，明确责任人，每周报送进度", days=20)
        self._decide(monthly, "组织一次专项督查，形成问题清单并督促整改", days=30, bureau=True)
        self._finish(monthly)
        last = self._take(CallKind.WEEKLY)
        self._explain(list(last.explanations.all()))
        self._decide(last, "本周内补报逾期任务的佐证材料", days=5)
        self._finish(last)
        self._a_week_ago(last)
        self._settle()
        for actor in (self.office, self.chief, self.people.account(people.BUREAU)):
            read_all(actor=actor)
        running = self._take(CallKind.WEEKLY)
        asked = list(running.explanations.all())
        self._explain(asked[: len(asked) // 2])
        if len(asked) > 2:
            explanation_strike(
                actor=self.office, explanation=asked[-1].pk, reason="演示：已当面说明情况。"
            )
        self._decide(running, "三日内完成连续两次逾期任务的整改并申请核验", days=6)

    def _take(self, kind: CallKind) -> Call:
        return call_take(actor=self.office, plan=self.plan.pk, kind=kind, meets_at=self.meets_at)

    def _explain(self, asked: list[Explanation]) -> None:
        for each in asked:
            explanation_answer(
                actor=self.people.of(each.organisation),
                explanation=each.pk,
                cause="演示：部分项目资料收集滞后，佐证材料没有按时上报。",
                measure="演示：由分管负责人牵头，逐项核对，每天调度一次。",
                until=self.today + timedelta(days=10),
            )

    def _decide(self, call: Call, text: str, *, days: int, bureau: bool = False) -> None:
        decision_write(
            actor=self.office,
            call=call.pk,
            key_duty=self._worst(call).pk,
            text=f"演示：{text}",
            due_on=self.today + timedelta(days=days),
            organisations=[each.pk for each in self._charged(call, bureau=bureau)],
        )

    def _worst(self, call: Call) -> KeyDuty:
        """The key duty of the duty that is overdue for longest; else the first one."""
        late = call.rows.filter(standing=Standing.OVERDUE).order_by("-days", "pk").first()
        return late.key_duty if late else self.plan.key_duties.all()[0]

    def _charged(self, call: Call, *, bureau: bool) -> list[Organisation]:
        """The county that can be logged in to, and those that rank last; or the bureau."""
        if bureau:
            return list(Organisation.objects.filter(code="141100-emergency"))
        last = [place.organisation for place in call.places.exclude(rank=None).order_by("-rank")]
        county = Organisation.objects.get(code=people.COUNTY)
        return [county, *[each for each in last if each and each != county][:2]]

    def _finish(self, call: Call) -> None:
        minutes_submit(actor=self.office, call=call.pk)
        call_close(actor=self.chief, call=call.pk)

    def _a_week_ago(self, call: Call) -> None:
        with Write(system(ActorSource.COMMAND), "calls.demo.date", reason="演示数据") as write:
            row = write.lock(Call.objects.all(), call.pk)
            moments = ("meets_at", "counted_at", "closed_at")
            earlier = {name: getattr(row, name) - WEEK for name in moments}
            write.change(row, first_day=row.first_day - WEEK, **earlier)

    def _settle(self) -> None:
        """Some of what was overdue is done."""
        reported = Q(clause=None) | Q(clause__measure="")  # what a ledger counts nobody types in
        overdue = Duty.objects.filter(
            reported, key_duty__plan=self.plan, standing=Standing.OVERDUE, parent=None
        )
        for duty in overdue.select_related("organisation").order_by("pk")[:SETTLED]:
            actor = self.people.of(duty.organisation)
            file = file_store(actor=actor, upload=pictures.note("演示：已办结。", f"call{duty.pk}"))
            report = report_submit(
                actor=actor,
                duty=duty.pk,
                text="演示：已办结，全部为虚构内容。",
                value=Decimal(100) if duty.target is None else duty.target,
                complete=True,
                evidence=[file],
            )
            report_accept(actor=self.office, report=report.pk)
