"""Sending what is due: at least once, with a bounded number of attempts."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from anlan.kernel.notify import senders
from anlan.kernel.notify.models import Delivery, DeliveryState

log = logging.getLogger("anlan.notify")

MOST_ATTEMPTS = 8  # with the waits below: over about two hours
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)


def send_due() -> int:
    """Send every delivery that is due, each in a transaction of its own; how many were tried."""
    tried = 0
    while _send_next():
        tried += 1
    return tried


def _send_next() -> bool:
    """Send one; False when nothing is due that another worker is not sending already."""
    with transaction.atomic():
        delivery = (
            Delivery.objects.select_for_update(of=("self",), skip_locked=True)
            .filter(state=DeliveryState.QUEUED, due_at__lte=timezone.now())
            .select_related("notification__user")
            .order_by("due_at", "pk")
            .first()
        )
        if delivery is None:
            return False
        _attempt(delivery)
        return True


def _attempt(delivery: Delivery) -> None:
    # A process killed between the sending and the commit sends again: twice, never not at all.
    delivery.attempts += 1
    try:
        senders.sender().send(_message(delivery))
    except Exception as error:  # whatever a sender of a city's own raises is a failed attempt
        log.warning("delivery %s, attempt %s failed: %s", delivery.pk, delivery.attempts, error)
        _failed(delivery, f"{type(error).__name__}: {error}"[:500])
    else:
        delivery.state, delivery.error, delivery.sent_at = DeliveryState.SENT, "", timezone.now()
    delivery.save(update_fields=["attempts", "state", "error", "due_at", "sent_at"])


def _failed(delivery: Delivery, error: str) -> None:
    delivery.error = error
    if delivery.attempts >= MOST_ATTEMPTS:
        delivery.state = DeliveryState.FAILED
        log.error("delivery %s given up after %s attempts", delivery.pk, delivery.attempts)
        return
    delivery.due_at = timezone.now() + wait_after(delivery.attempts)


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: doubling, at most an hour."""
    doubled: timedelta = FIRST_WAIT * 2 ** (attempts - 1)
    return min(doubled, LONGEST_WAIT)


def _message(delivery: Delivery) -> senders.Message:
    told = delivery.notification
    title = told.title if told.count == 1 else f"{told.title}（共 {told.count} 条）"
    return senders.Message(
        id=told.pk, to=told.user.name, phone=told.user.phone, kind=told.kind, title=title,
        text=told.text, link=told.link, count=told.count,
        at=timezone.localtime(told.at).isoformat(),
    )  # fmt: skip
