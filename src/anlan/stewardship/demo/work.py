"""What the demonstration's leaders did: visits to their mines, lists of their duties and tasks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from anlan.kernel.access.actor import Actor, ActorSource
from anlan.kernel.access.demo import account_for
from anlan.kernel.access.models import Grant
from anlan.kernel.access.roles import Role
from anlan.kernel.evidence.models import File
from anlan.kernel.evidence.services import file_store
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.typed import referables
from anlan.records.services.recording import record_draft, record_submit
from anlan.records.services.verifying import record_verify
from anlan.registry.referables import MINE
from anlan.stewardship.choices import ListKind
from anlan.stewardship.models import LeaderPost, Stewardship
from anlan.stewardship.referables import POST
from anlan.stewardship.services.items import item_finish, item_verify
from anlan.stewardship.services.lists import item_add, list_draw_up, list_issue
from anlan.stewardship.visits import TYPE, quarter

EVERY = 4  # every fourth steward has not been to his mine, every fourth leader has no list
SEEN = "演示：已看过材料。"  # what was entered late is marked, and needs an opinion
DUTIES = ("演示：负责分管行业领域的安全生产工作", "演示：包保矿山，协调解决安全生产突出问题")
# Days from today: one that is over and done, one that is over, one to come.
TASKS = ((-120, "演示：组织分管领域安全生产大检查"), (-20, "演示：召开半年专题会议"),
         (25, "演示：到包保矿山检查不少于四次"))  # fmt: skip


def visits(given: Sequence[Stewardship]) -> int:
    """A visit of this quarter for all but every fourth, verified but for the second; how many."""
    gone = [each for each in enumerate(given, 1) if each[0] % EVERY]
    office = _office()
    for number, stewardship in gone:
        made = _visit(number, stewardship)
        if office and number != 2:
            record_verify(actor=office, record=made, reason=SEEN)
    return len(gone)


def _visit(number: int, stewardship: Stewardship) -> int:
    clerk = _acting(stewardship.post.organisation)
    today = timezone.localdate()
    day = max(quarter(today)[0], today - timedelta(days=3 * number))
    made = record_draft(
        actor=clerk,
        type_code=TYPE,
        organisation=stewardship.post.organisation_id,
        held_on=day,
        title=f"演示：到{stewardship.site}检查",
        values={
            "mine": referables.get(MINE).stored(stewardship.site),
            "steward": referables.get(POST).stored(stewardship.post),
            "found": number % 5,
            "solved": number % 2,
        },
        evidence=[_note(clerk, f"到矿{number}", f"{stewardship}，{day}")],
    )
    return int(record_submit(actor=clerk, record=made.pk).pk)


def lists(posts: Iterable[LeaderPost]) -> int:
    """Both lists of this year for all but every fourth leader; how many."""
    drawn = 0
    for number, post in enumerate(posts, 1):
        if number % EVERY:
            _duties(post)
            _tasks(post, late=number % 2 == 0)
            drawn += 2
    return drawn


def _duties(post: LeaderPost) -> None:
    head, year = _acting(post.organisation), timezone.localdate().year
    row = list_draw_up(actor=head, post=post.pk, year=year, kind=ListKind.DUTIES)
    for text in DUTIES:
        item_add(actor=head, of=row.pk, text=text)
    list_issue(actor=head, of=row.pk)


def _tasks(post: LeaderPost, *, late: bool) -> None:
    """Issued; the first task is done and accepted, the second waits, or is late."""
    head, today = _acting(post.organisation), timezone.localdate()
    row = list_draw_up(actor=head, post=post.pk, year=today.year, kind=ListKind.TASKS)
    items = [
        item_add(actor=head, of=row.pk, text=text, due_on=_within(today, days))
        for days, text in TASKS
    ]
    list_issue(actor=head, of=row.pk)
    for item in items[: 1 if late else 2]:
        proof = _note(head, f"清单{item.pk}", f"{post}：{item.text}")
        item_finish(actor=head, item=item.pk, text="演示：已完成。", evidence=[proof])
    if office := _office():
        item_verify(actor=office, item=items[0].pk)


def _within(today: date, days: int) -> date:
    """So many days from today, within its year."""
    first, last = date(today.year, 1, 1), date(today.year, 12, 31)
    return min(max(today + timedelta(days=days), first), last)


def _note(actor: Actor, name: str, words: str) -> File:
    content = f"演示材料：{words}，全部为虚构内容。".encode()
    upload = SimpleUploadedFile(f"演示材料-{name}.txt", content, "text/plain")
    return file_store(actor=actor, upload=upload)


def _acting(organisation: Organisation) -> Actor:
    return Actor(account_for(organisation), ActorSource.COMMAND)


def _office() -> Actor | None:
    """The committee's office of the demonstration, if it has an account."""
    grants = Grant.objects.in_force().filter(user__is_demo=True, role=Role.SCO_STAFF)
    grant = grants.select_related("user").order_by("pk").first()
    return Actor(grant.user, ActorSource.COMMAND) if grant else None
