"""Making two registrations of one enterprise or site one. Nothing is deleted: the one that goes
points to the one that stays, and its address leads there."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import F

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Refused, WrongState
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.write import Write
from anlan.registry import handover, policies
from anlan.registry.choices import DisputeState
from anlan.registry.duplicates import hindrance
from anlan.registry.models import Dispute, Enterprise, Entry, Grade, Post, Site
from anlan.registry.services.locking import Stale
from anlan.registry.visibility import overseen_by

S = TypeVar("S", bound=Enterprise | Site)
Seen = tuple[int, int]  # revisions of who goes and who stays


def merge(
    *, actor: Actor, model: type[S], goes: int, stays: int, reason: str, seen: Seen | None = None
) -> S:
    """Let ``goes`` be the same as ``stays``, which takes over all that hangs on it.

    A credit code, and a site's enterprise, that only the one that goes has, pass on; so does its
    regulator, if the newest decision on who regulates is about it. Of a register in which both
    stand, the entry that was checked later holds. ``seen``: the revisions that the
    page showed. Refused: no reason; they cannot be one (``hindrance``); on both it is disputed who
    regulates them. Unknown: not in an area for which the actor is the office. WrongState: one was
    merged or changed meanwhile.
    """
    policies.MERGE.require(actor)
    if not reason.strip():
        raise Refused("reason_missing", "请写明为什么是同一个，理由会留存备查。")
    if goes == stays:
        raise Refused("merge_with_itself", "不能把一条登记并入它自己。")
    kind = "site" if model is Site else "enterprise"
    with Write(actor, f"registry.{kind}.merge", reason=reason.strip()) as write:
        gone, kept = _both(write, model, goes, stays)
        _check(gone, kept, seen)
        _hand_over_facts(write, gone, kept)
        left = _hand_over_decision(write, gone, kept, kind)
        _hand_over_rows(write, gone, kept, kind)
        _regrade(write, kept)
        handover.run(write, gone, kept)
        model.objects.filter(merged_into=gone).update(merged_into=kept)  # one step, not two
        write.change(gone, merged_into=kept, revision=gone.revision + 1)
        write.change(kept, revision=kept.revision + 1)
        for each in (gone, kept):
            write.event(
                f"{kind}.merged", each, area=each.area, organisation=each.regulator, into=kept.pk
            )
        if left != kept.regulator:  # whom it leaves counts it no longer
            write.event(f"{kind}.merged", kept, area=kept.area, organisation=left, into=kept.pk)
    return kept


def _both(write: Write, model: type[S], goes: int, stays: int) -> tuple[S, S]:
    """Both rows, always locked in the order of their keys, so that two merges never lock up."""
    own: Any = model.objects.filter(overseen_by(write.actor))
    found = {pk: write.lock(own, pk) for pk in sorted((goes, stays))}
    return found[goes], found[stays]


def _check(gone: S, kept: S, seen: Seen | None) -> None:
    for each in (gone, kept):
        if each.merged_into_id:
            raise WrongState(f"“{each}”已并入“{each.merged_into}”，请从疑似重复清单重新进入。")
    if seen is not None and seen != (gone.revision, kept.revision):
        raise Stale(gone if seen[0] != gone.revision else kept)
    if gone.disputes.open().exists() and kept.disputes.open().exists():
        raise Refused(
            "two_open_disputes",
            "两条登记都有没有办结的归属争议，请先办结或撤回其中一项，再合并。",
        )
    if said := hindrance(gone, kept):
        raise Refused("merge_of_two", said)


def _hand_over_facts(write: Write, gone: Enterprise | Site, kept: Enterprise | Site) -> None:
    if isinstance(gone, Enterprise) and gone.credit_code:
        code = gone.credit_code
        write.change(gone, credit_code="")  # first: a code stands once
        write.change(kept, credit_code=code)
    if isinstance(gone, Site) and isinstance(kept, Site) and kept.enterprise is None:
        write.change(kept, enterprise=gone.enterprise)


def _hand_over_decision(
    write: Write, gone: Enterprise | Site, kept: Enterprise | Site, kind: str
) -> Organisation | None:
    """Whom the newest decision on either named regulates the one that stays; who did before."""
    before: Organisation | None = kept.regulator
    decided = Dispute.objects.filter(
        state=DisputeState.DECIDED, **{f"{kind}__in": (gone.pk, kept.pk)}
    )
    newest: Dispute | None = decided.order_by("closed_at", "pk").last()
    if newest is not None and newest.subject == gone:
        write.change(kept, regulator=gone.regulator, regulator_reason=gone.regulator_reason)
    return before


def _hand_over_rows(
    write: Write, gone: Enterprise | Site, kept: Enterprise | Site, kind: str
) -> None:
    to: dict[str, Any] = {kind: kept}
    if isinstance(gone, Enterprise) and isinstance(kept, Enterprise):
        gone.sites.update(enterprise=kept, revision=F("revision") + 1)
        for post in gone.posts.all():
            _hand_over_post(write, post, kept)
    theirs = {each.register_id: each for each in kept.entries.select_for_update()}
    for entry in gone.entries.select_for_update():
        if entry.register_id in theirs:
            _join(write, entry, theirs[entry.register_id])
        else:
            write.change(entry, **to)
    Grade.objects.filter(**{kind: gone}).update(**to)
    gone.disputes.update(**to)


def _hand_over_post(write: Write, post: Post, kept: Enterprise) -> None:
    """One who holds the same post in both holds it once, since the earlier day."""
    held = kept.posts.held().filter(person=post.person_id, kind=post.kind).first()
    if post.valid_to is None and held is not None:
        if post.valid_from < held.valid_from:
            write.change(held, valid_from=post.valid_from)
        return
    write.change(post, enterprise=kept)


def _join(write: Write, theirs: Entry, own: Entry) -> None:
    """The entry of the one that goes stays with it; what it says holds if it was checked later."""
    if theirs.checked_on > own.checked_on:
        write.change(
            own,
            version=theirs.version,
            values=theirs.values,
            checked_on=theirs.checked_on,
            revision=own.revision + 1,
        )


def _regrade(write: Write, kept: Enterprise | Site) -> None:
    newest = kept.grades.first()
    if newest and kept.grade != newest.colour:
        write.change(kept, grade=newest.colour)
