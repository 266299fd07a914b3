"""Telling people: rows that commit with the change that they are about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from anlan.kernel.access.actor import Actor, system
from anlan.kernel.access.models import User
from anlan.kernel.notify import selectors, senders
from anlan.kernel.notify.models import Delivery, DeliveryState, Notification
from anlan.kernel.write import Write

BUNDLE = timedelta(minutes=2)


def notify(
    *,
    users: Iterable[User],
    kind: str,
    title: str,
    text: str = "",
    link: str = "",
    urgent: bool = False,
) -> list[Notification]:
    """Tell each of ``users`` once, inside a ``Write``: they are told only if that commits.

    Shown in the page at once. The message by ``ANLAN_SENDER`` leaves two minutes later, and what
    is told of the same ``kind`` and ``link`` meanwhile joins it with a count; an ``urgent`` one
    leaves at once and joins nothing. Accounts that are switched off are passed over.
    ``link`` is a path of ours.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("notify() outside a Write: the change could fail after people were told")
    if link and (not link.startswith("/") or link.startswith("//")):
        raise ValueError(f"link must be a path of ours, not {link!r}")
    now = timezone.now()
    words = {"title": title[:120], "text": text[:1000], "at": now}
    told = {user.pk: user for user in users if user.is_active}
    with Write(system(), "notify.tell") as write:
        open_bundles = {} if urgent else _open_bundles(list(told), kind, link, now)
        shown = [
            _join(write, open_bundles[pk], words) if pk in open_bundles
            else _open(write, user, kind, link, words, now if urgent else now + BUNDLE)
            for pk, user in told.items()
        ]  # fmt: skip
    if urgent and shown:
        from anlan.kernel.notify.tasks import send_due

        send_due.defer()
    return shown


def read(*, actor: Actor, pk: int) -> Notification:
    """Mark one of the actor's own as read; Unknown if it is not his."""
    with Write(actor, "notify.read") as write:
        notification = write.lock(selectors.notifications(actor), pk)
        if notification.read_at is None:
            write.change(notification, read_at=timezone.now())
            _event(write, notification)
    return notification


def read_all(*, actor: Actor) -> int:
    """Mark all of the actor's own as read; how many there were."""
    with Write(actor, "notify.read_all") as write:
        unread = selectors.notifications(actor).filter(read_at__isnull=True)
        first = unread.first()
        count = unread.update(read_at=timezone.now())
        if first:
            _event(write, first)
    return count


def _open_bundles(users: list[int], kind: str, link: str, now: datetime) -> dict[int, Notification]:
    """The messages of each user that have not left yet. One that somebody else is writing or
    sending is passed over rather than waited for: told twice is better than not told."""
    rows = Notification.objects.filter(
        user__in=users, kind=kind, link=link, read_at__isnull=True,
        deliveries__in=Delivery.objects.filter(
            state=DeliveryState.QUEUED, attempts=0, due_at__gt=now
        ),
    )  # fmt: skip
    locked = rows.select_for_update(of=("self",), skip_locked=True).order_by("pk")
    return {row.user_id: row for row in locked if row.deliveries.filter(due_at__gt=now).exists()}


def _join(write: Write, bundle: Notification, words: dict[str, object]) -> Notification:
    write.change(bundle, count=bundle.count + 1, **words)
    _event(write, bundle)
    return bundle


def _open(
    write: Write, user: User, kind: str, link: str, words: dict[str, object], due_at: datetime
) -> Notification:
    notification = write.add(Notification(user=user, kind=kind, link=link, **words))
    channel = senders.sender().channel
    write.add(Delivery(notification=notification, channel=channel, due_at=due_at))
    _event(write, notification)
    return notification


def _event(write: Write, notification: Notification) -> None:
    """Reaches the live pages of this person alone."""
    write.event("notification.changed", notification, user=notification.user_id)
