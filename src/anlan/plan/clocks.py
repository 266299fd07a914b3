"""The clock of a duty: it runs while the duty is open, up to the end of its last day."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef
from django.urls import reverse

from anlan.kernel.access.actor import system
from anlan.kernel.access.models import User
from anlan.kernel.deadlines import services as deadlines
from anlan.kernel.deadlines.calendar import end_of
from anlan.kernel.deadlines.handlers import on_step
from anlan.kernel.deadlines.ladder import Rung, ladder
from anlan.kernel.deadlines.models import Deadline
from anlan.kernel.norms.values import values
from anlan.kernel.notify.services import notify
from anlan.kernel.write import Write
from anlan.plan import audience
from anlan.plan.choices import DutyState
from anlan.plan.models import Duty

SUBJECT, NAME = "plan.duty", "due"
BATCH = 500


def start(write: Write, duties: Iterable[Duty]) -> None:
    """Start the clocks of new duties, with the reminders that the norms in force give."""
    due_at = [(duty, end_of(duty.due_on)) for duty in duties]
    if due_at:
        deadlines.start_many(write, due_at, NAME, ladder=reminders())


def keep(write: Write, duty: Duty) -> None:
    """Make the clock say what the duty says, after its date or state has changed."""
    clock = deadlines.find(duty, NAME)
    if clock is None:
        if duty.state == DutyState.OPEN:
            start(write, [duty])
    elif duty.state == DutyState.MET:
        deadlines.meet(write, duty, NAME)
    elif duty.state == DutyState.CANCELLED:
        deadlines.end(write, duty, NAME)
    elif clock.met_at or clock.ended_at:
        deadlines.reopen(write, duty, NAME, due_at=end_of(duty.due_on))
    elif clock.due_at != end_of(duty.due_on):
        deadlines.move(write, duty, NAME, due_at=end_of(duty.due_on))


def start_missing() -> int:
    """Start the clocks of open duties that have none (of data from before clocks, or loaded
    around the services); how many."""
    has = Deadline.objects.filter(subject_type=SUBJECT, name=NAME, subject_id=OuterRef("pk"))
    lacking = Duty.objects.filter(~Exists(has), state=DutyState.OPEN).order_by("pk")
    started = 0
    while True:
        with Write(system(), "plan.duty.clock") as write:
            duties = list(lacking.select_for_update(of=("self",))[:BATCH])
            start(write, duties)
        if not duties:
            return started
        started += len(duties)


def reminders() -> list[Rung]:
    """How long before and after its date a duty is reminded of, by the norms in force today.

    An installation whose norms are not loaded yet reminds a week before and the day after.
    """
    days = values({"reminder.days_before_due": [7], "reminder.days_after_due": [1]})
    return ladder(before=days["reminder.days_before_due"], after=days["reminder.days_after_due"])


@on_step(SUBJECT, NAME)
def remind(write: Write, clock: Deadline, step: str) -> str:
    """Before the date remind the owners; after it tell them again, and who verifies them.

    The messages lead to the lists: those of one morning are bundled into one.
    """
    duty = Duty.objects.select_related("organisation", "area", "parent__organisation").get(
        pk=clock.subject_id
    )
    owners = list(audience.owners(duty))
    tasks = f"{reverse('plan:tasks')}?plan="  # it may be of a plan before the newest
    told = f"{duty.title}。完成期限 {duty.due_on:%Y-%m-%d}，"
    if step == "remind":
        _tell(owners, "duty.due", "有任务将到期", f"{told}请抓紧办理。", tasks)
        return f"提醒{duty.organisation} {len(owners)} 人：期限 {duty.due_on:%Y-%m-%d}"
    above = list(audience.verifiers(duty))
    overdue = "duty.overdue", "有任务已逾期"
    _tell(owners, *overdue, f"{told}请尽快办理并上报。", tasks)
    link = f"{reverse('plan:duties')}?plan=&standing=overdue"
    _tell(above, *overdue, f"{told}责任单位{duty.organisation}还没有办结。", link)
    verifier = duty.parent.organisation if duty.parent else "安委办"
    return f"逾期，提醒{duty.organisation} {len(owners)} 人，告知{verifier} {len(above)} 人"


def _tell(users: Iterable[User], kind: str, title: str, text: str, link: str) -> None:
    notify(users=users, kind=kind, title=title, text=text, link=link)
