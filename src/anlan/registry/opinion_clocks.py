"""The clock of an opinion that was asked: it runs while the organisation owes an answer."""

from __future__ import annotations

from django.urls import reverse

from anlan.kernel.deadlines import services as deadlines
from anlan.kernel.deadlines.calendar import end_of
from anlan.kernel.deadlines.handlers import on_step
from anlan.kernel.deadlines.ladder import ladder
from anlan.kernel.deadlines.models import Deadline
from anlan.kernel.notify.services import notify
from anlan.kernel.write import Write
from anlan.registry import audience
from anlan.registry.models import Dispute, Opinion

SUBJECT, NAME = "registry.opinion", "answer"
LADDER = ladder(before=[1], after=[1])


def keep(write: Write, opinion: Opinion) -> None:
    """Start the clock of what was asked, or let it end with another day."""
    due_at = end_of(opinion.until)
    if deadlines.find(opinion, NAME) is None:
        deadlines.start(write, opinion, NAME, due_at=due_at, ladder=LADDER)
    else:
        deadlines.move(write, opinion, NAME, due_at=due_at)


def meet(write: Write, opinion: Opinion) -> None:
    """The organisation has answered."""
    deadlines.meet(write, opinion, NAME)


def end(write: Write, dispute: Dispute) -> None:
    """The dispute is closed: nobody owes an opinion on it any more."""
    for each in dispute.opinions.filter(given_at__isnull=True):
        deadlines.end(write, each, NAME)


@on_step(SUBJECT, NAME)
def remind(write: Write, clock: Deadline, step: str) -> str:
    """The day before remind the organisation; the day after tell the office that it is silent."""
    opinion = Opinion.objects.select_related(
        "organisation", "dispute__enterprise__area", "dispute__site__area"
    ).get(pk=clock.subject_id)
    dispute, asked = opinion.dispute, opinion.organisation
    if step == "remind":
        users, title = list(audience.of(asked)), "归属争议的意见将到答复期限"
    else:
        users, title = list(audience.office(dispute.subject.area)), f"{asked}逾期未答复归属争议"
    notify(
        users=users,
        kind=f"dispute.{step}",
        title=title,
        text=f"{dispute}，答复期限 {opinion.until:%Y-%m-%d}。",
        link=reverse("registry:dispute", args=[dispute.pk]),
    )
    return f"{title}，告知 {len(users)} 人"
