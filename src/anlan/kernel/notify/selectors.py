"""Reads of one's own notifications: they are nobody else's business."""

from __future__ import annotations

from django.db.models import QuerySet

from anlan.kernel.access.actor import Actor
from anlan.kernel.notify.models import Notification


def notifications(actor: Actor) -> QuerySet[Notification]:
    """The notifications of the person himself, also while he deputises for another."""
    if actor.user is None:
        return Notification.objects.none()
    return Notification.objects.filter(user=actor.user)


def unread_count(actor: Actor) -> int:
    """How many he has not read."""
    return notifications(actor).filter(read_at__isnull=True).count()
