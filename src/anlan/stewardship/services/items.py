"""The tasks of an issued list: reported done with proof, and accepted by another person."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.models import User
from anlan.kernel.evidence import services as evidence_of
from anlan.kernel.evidence.models import File
from anlan.kernel.notify.services import notify
from anlan.kernel.write import Write
from anlan.stewardship import flow
from anlan.stewardship.models import ListItem


def item_finish(*, actor: Actor, item: int, text: str, evidence: Iterable[File]) -> ListItem:
    """Say that a task is done, how, and with what proof; it waits for another person.

    Refused: no words or no proof; a duty list; a list that is not issued; not one's own unit.
    """
    files, text = list(evidence), " ".join(text.split())
    with Write(actor, "stewardship.item.finish") as write:
        found = write.lock(ListItem.objects.visible_to(actor), item)
        makers = sorted({*found.makers, *actor.people})
        fields = {"note": text, "makers": makers, "reason": ""}
        flow.ITEM.move(write, found, "finish", fields=fields, text=text, evidence=files)
        has = set(evidence_of.of(found).values_list("file", flat=True))
        for file in {each.pk: each for each in files if each.pk not in has}.values():
            unit = found.of.post.organisation
            evidence_of.attach(write, file=file, subject=found, organisation=unit)
        _changed(write, found)
    return found


def item_verify(*, actor: Actor, item: int) -> ListItem:
    """Accept that a task is done: from now on it counts."""
    with Write(actor, "stewardship.item.verify") as write:
        found = write.lock(ListItem.objects.visible_to(actor), item)
        fields = {"verifier": actor.user, "verified_at": timezone.now(), "reason": ""}
        flow.ITEM.move(write, found, "verify", fields=fields)
        _changed(write, found)
    return found


def item_return(*, actor: Actor, item: int, reason: str) -> ListItem:
    """Send a task back with a reason; tells who reported it."""
    return _open_again(actor, item, "return", reason)


def item_reopen(*, actor: Actor, item: int, reason: str) -> ListItem:
    """Take back an acceptance: it counts no longer; tells who reported it."""
    return _open_again(actor, item, "reopen", reason)


def _open_again(actor: Actor, item: int, verb: str, reason: str) -> ListItem:
    reason = reason.strip()
    with Write(actor, f"stewardship.item.{verb}", reason=reason) as write:
        found = write.lock(ListItem.objects.visible_to(actor), item)
        fields = {"verifier": None, "verified_at": None, "reason": reason}
        flow.ITEM.move(write, found, verb, fields=fields, reason=reason)
        _changed(write, found)
        notify(
            users=User.objects.filter(pk__in=found.makers),
            kind="list_item.returned",
            title="清单任务被退回",
            text=f"{found.text}。{reason.rstrip('。')}。",
            link=reverse("stewardship:list", args=[found.of_id]),
        )
    return found


def _changed(write: Write, item: ListItem) -> None:
    unit = item.of.post.organisation
    write.event("list_item.changed", item, area=unit.area, organisation=unit)
