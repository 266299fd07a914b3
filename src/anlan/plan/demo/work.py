"""A year's work of the demonstration, through the services that people use.

What each unit does is drawn by chance from a seed of its own: the same every time, and another
unit's share does not change when a unit is added.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.evidence.models import File
from anlan.kernel.evidence.services import file_store
from anlan.kernel.notify.services import read_all
from anlan.kernel.orgs.models import AreaLevel
from anlan.plan.choices import DutyState
from anlan.plan.demo import people, pictures
from anlan.plan.demo.records import Ledger
from anlan.plan.models import Duty, Extension, Plan, Report, SupervisionOrder
from anlan.plan.services.extensions import extension_apply, extension_decide
from anlan.plan.services.handing_down import below, hand_down
from anlan.plan.services.orders import (
    order_answer,
    order_close,
    order_dismiss,
    order_issue,
    propose_for_overdue,
)
from anlan.plan.services.reports import report_accept, report_return, report_submit

COUNTY_RANK = (AreaLevel.COUNTY, AreaLevel.ZONE)
BUREAUS = ("141100-emergency", "141100-energy")  # those with accounts that one can log in to
PHOTOGRAPHS = 8
# What becomes of a duty that runs, in percent; the rest has not been reported on.
OUTCOMES = (("met", 36), ("pace", 36), ("slow", 12), ("waits", 4), ("returned", 4))
OVERDUE_MET = 65  # of the duties whose date has passed


class Work:
    """The work on ``plan``."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.today = timezone.localdate()
        self.people = people.People()
        self.office = self.people.account(people.OFFICE)
        self.chief = self.people.account(people.CHIEF)
        self.photographs: list[File] = []
        self.done: Counter[str] = Counter()

    def do(self) -> str:
        """Do all of it; says how much."""
        self._missed()
        self._running()
        recorded = Ledger(self.plan, self.people).do(self._of_reporting_units())
        _know_sizes()
        self._handed_down()
        self._extensions()
        self._reused()
        self._orders()
        self._read()
        self._waiting()
        return "、".join([*(f"{name} {count}" for name, count in self.done.items()), recorded])

    # --- reports ------------------------------------------------------------------------------

    def _missed(self) -> None:
        """Most of what was due by now is done; of the rest a part is, so that it is overdue."""
        for duty in self._reporting().filter(due_on__lt=self.today):
            chance = self._chance(duty)
            if chance.randrange(100) < OVERDUE_MET:
                self._accept(self._complete(duty))
            else:
                self._accept(self._progress(duty, chance.uniform(0.2, 0.8)))

    def _running(self) -> None:
        running = self._reporting().filter(period_start__lte=self.today, due_on__gte=self.today)
        for duty in running:
            self._outcome(duty)

    def _outcome(self, duty: Duty) -> None:
        chance = self._chance(duty)
        drawn = chance.choices(
            [name for name, _ in OUTCOMES] + ["nothing"],
            [share for _, share in OUTCOMES] + [100 - sum(share for _, share in OUTCOMES)],
        )[0]
        if drawn == "met":
            self._accept(self._complete(duty))
        elif drawn == "pace":
            self._accept(self._progress(duty, self._elapsed(duty) + chance.uniform(-0.1, 0.05)))
        elif drawn == "slow":
            self._accept(self._progress(duty, self._elapsed(duty) * chance.uniform(0.1, 0.4)))
        elif drawn == "waits":
            self._progress(duty, self._elapsed(duty))
        elif drawn == "returned":
            report = self._progress(duty, self._elapsed(duty))
            report_return(
                actor=self.office, report=report, reason="演示：没有写清完成的数量，请补充。"
            )
            self.done["退回"] += 1

    def _complete(self, duty: Duty) -> int:
        """Report it as done, with a drawn photograph or a note."""
        actor = self.people.of(duty.organisation)
        words = f"演示：{duty.organisation}已完成“{duty.title}”，全部为虚构内容。"
        if len(self.photographs) < PHOTOGRAPHS:
            picture = pictures.photograph(f"{self.plan.year}-{len(self.photographs) + 1}")
            file = self._store(actor, picture)
            self.photographs.append(file)
        else:
            file = self._store(actor, pictures.note(f"{words}（{duty.pk}）", str(duty.pk)))
        value = duty.target if duty.target is not None else Decimal(100)
        return self._report(duty, words, value, [file])

    def _progress(self, duty: Duty, share: float) -> int:
        """Report a share of it as done."""
        whole = Decimal(100) if duty.target is None else duty.target
        value = (whole * Decimal(min(max(share, 0), 0.95))).quantize(Decimal(1))
        words = f"演示：{duty.organisation}正在推进，全部为虚构内容。"
        return self._report(duty, words, value, [])

    def _report(self, duty: Duty, words: str, value: Decimal, files: list[File]) -> int:
        report = report_submit(
            actor=self.people.of(duty.organisation),
            duty=duty.pk,
            text=words,
            value=value,
            complete=bool(files),
            evidence=files,
        )
        self.done["上报"] += 1
        return int(report.pk)

    def _accept(self, report: int, actor: Actor | None = None) -> None:
        report_accept(actor=actor or self.office, report=report)
        self.done["核验"] += 1

    def _reused(self) -> None:
        """Another unit offers a photograph that was proof of other work; it waits, flagged."""
        used = self.photographs[0]
        duty = self._untouched().exclude(organisation=used.uses.get().organisation).first()
        if duty:
            self._report(duty, "演示：重复使用了一张照片，请看疑点提示。", _whole(duty), [used])

    def _waiting(self) -> None:
        """The last reports, for the office to verify: the only news that is not read yet."""
        for duty in self._untouched()[:5]:
            self._progress(duty, self._elapsed(duty))

    def _read(self) -> None:
        for actor in (self.office, self.chief, self.people.account(people.BUREAU)):
            read_all(actor=actor)

    # --- the rest -----------------------------------------------------------------------------

    def _handed_down(self) -> None:
        """Three counties hand duties down, that of the account three: one done, two open."""
        taken: set[int] = set()
        for turn, duty in enumerate(self._above_the_account()):
            taken.add(duty.organisation_id)
            self._hand_down(duty, turn)
        whole = self._untouched().filter(clause=None, area__level=AreaLevel.COUNTY)
        for duty in whole.order_by("organisation__sort", "pk"):
            if len(taken) < 3 and duty.organisation_id not in taken and _townships(duty):
                taken.add(duty.organisation_id)
                self._hand_down(duty)

    def _above_the_account(self) -> list[Duty]:
        """Open duties of the county whose townships have an account; the untouched ones first."""
        running = self._duties().filter(
            organisation__code=people.COUNTY, clause=None, state=DutyState.OPEN,
            period_start__lte=self.today, due_on__gt=self.today,
        )  # fmt: skip
        touched = self._touched()
        return sorted(running, key=lambda each: each.pk in touched)[:3]

    def _hand_down(self, duty: Duty, turn: int = 0) -> None:
        """``turn`` moves on whose report is verified whole, whose in part, and who reports none."""
        head, townships = self.people.of(duty.organisation), _townships(duty)
        given = hand_down(
            actor=head, duty=duty.pk, organisations=townships, due_on=duty.due_on,
            note="演示：请按时上报。",
        )  # fmt: skip
        self.done["下达"] += len(given)
        for number, each in enumerate(sorted(given, key=lambda each: each.organisation.code), turn):
            if number % 3 == 0:
                self._accept(self._complete(each), head)
            elif number % 3 == 1:
                self._accept(self._progress(each, self._elapsed(each)), head)

    def _extensions(self) -> None:
        """One granted, one refused, one that waits."""
        verdicts = (True, False, None)
        for duty, grant in zip(self._untouched()[10:13], verdicts, strict=False):
            extension = extension_apply(
                actor=self.people.of(duty.organisation),
                duty=duty.pk,
                until=duty.due_on + timedelta(days=20),
                text="演示：设备到货推迟，申请延期。",
            )
            self.done["延期申请"] += 1
            if grant is not None:
                extension_decide(
                    actor=self.chief, extension=extension.pk, grant=grant, reason="演示：已研究。"
                )

    def _orders(self) -> None:
        """The rule proposes for what is overdue; the chief signs most, some units have answered."""
        propose_for_overdue()
        proposed = SupervisionOrder.objects.filter(duty__key_duty__plan=self.plan)
        for number, order in enumerate(proposed.order_by("pk")):
            self.done["督办"] += 1
            if number % 5 == 4:
                order_dismiss(
                    actor=self.chief, order=order.pk, reason="演示：已电话核实，暂不督办。"
                )
            elif number % 5 != 3:
                self._issue(order, stage=number % 5)

    def _issue(self, order: SupervisionOrder, *, stage: int) -> None:
        order_issue(actor=self.chief, order=order.pk, until=self.today + timedelta(days=7))
        if stage:
            unit = self.people.of(order.duty.organisation)
            order_answer(actor=unit, order=order.pk, text="演示：已安排专人补办，三日内报送。")
        if stage > 1:
            order_close(actor=self.office, order=order.pk)

    # --- small things -------------------------------------------------------------------------

    def _duties(self) -> QuerySet[Duty]:
        return (
            Duty.objects.running()
            .filter(key_duty__plan=self.plan, parent=None)
            .select_related("organisation__area", "clause", "key_duty", "area")
            .order_by("pk")
        )

    def _of_reporting_units(self) -> QuerySet[Duty]:
        """The duties of the counties and of two bureaus; the other bureaus report nothing."""
        reporting = Q(area__level__in=COUNTY_RANK) | Q(organisation__code__in=BUREAUS)
        return self._duties().filter(reporting)

    def _reporting(self) -> QuerySet[Duty]:
        """Of them those that people report on: what a ledger counts nobody types in."""
        return self._of_reporting_units().filter(Q(clause=None) | Q(clause__measure=""))

    def _untouched(self) -> QuerySet[Duty]:
        """Running duties of counties on which nothing was done, a date of their own apart."""
        running = self._duties().filter(
            period_start__lte=self.today, due_on__gt=self.today, area__level__in=COUNTY_RANK
        )
        return running.filter(target=None).exclude(pk__in=self._touched())

    def _touched(self) -> set[int]:
        """The duties that something was done on. Asked for by themselves: anti-joins over rows
        that no statistics know of yet take minutes."""
        reported = Report.objects.values_list("duty_id", flat=True)
        extended = Extension.objects.values_list("duty_id", flat=True)
        handed_down = Duty.objects.exclude(parent=None).values_list("parent_id", flat=True)
        return {pk for rows in (reported, extended, handed_down) for pk in rows if pk}

    def _elapsed(self, duty: Duty) -> float:
        days = (duty.due_on - duty.period_start).days + 1
        return ((self.today - duty.period_start).days + 1) / days

    def _chance(self, duty: Duty) -> Random:
        clause = duty.clause.text if duty.clause else ""
        return Random(
            f"{duty.key_duty.number}|{clause}|{duty.organisation.code}|{duty.period_start}"
        )

    def _store(self, actor: Actor, upload: SimpleUploadedFile) -> File:
        return file_store(actor=actor, upload=upload)


def _townships(duty: Duty) -> list[int]:
    """The first six to whom the duty can be handed down."""
    governments = below(duty).filter(kind="government").order_by("code")
    return list(governments.values_list("pk", flat=True)[:6])


def _whole(duty: Duty) -> Decimal:
    return Decimal(100) if duty.target is None else duty.target


def _know_sizes() -> None:
    """Nobody outside this transaction sees its rows, so that the database's own housekeeping cannot
    count them; without their number it plans the questions that follow as for empty tables."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE plan_keyduty, plan_clause, plan_duty, plan_report, plan_extension")
