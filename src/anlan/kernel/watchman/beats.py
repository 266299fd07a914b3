"""Signs of life of jobs, inside the database and outside of it."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

from anlan.kernel.watchman.models import Heartbeat

FILE = "watchman-heartbeat"


def beat(name: str, *, now: datetime | None = None, place: str = "") -> None:
    """The job ``name`` ended well."""
    Heartbeat.objects.update_or_create(
        name=name, defaults={"at": now or timezone.now(), "place": place}
    )


def last(name: str) -> datetime | None:
    """When the job ``name`` last ended well; None if it never did."""
    return Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()


def place(name: str) -> str:
    """Where the job ``name`` goes on; empty if it never ran."""
    return Heartbeat.objects.filter(name=name).values_list("place", flat=True).first() or ""


def day(name: str) -> date | None:
    """The day in China on which the job ``name`` last ended well."""
    at = last(name)
    return timezone.localdate(at) if at else None


def touch(now: datetime) -> None:
    """Leave a sign in the data folder, for something that looks from outside."""
    settings.VAR.joinpath(FILE).write_text(now.isoformat(), encoding="utf-8")
