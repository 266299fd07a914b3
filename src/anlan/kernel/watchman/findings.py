"""Opening and closing findings; telling the system administrators of a new one."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from anlan.kernel.access.actor import system
from anlan.kernel.access.models import Grant, User
from anlan.kernel.access.roles import Role
from anlan.kernel.notify.services import notify
from anlan.kernel.watchman.models import Finding
from anlan.kernel.write import Write


def found(rule: str, key: str, text: str) -> Finding:
    """Note a fault: opens a finding and tells of it, or refreshes the one that is open."""
    now, text = timezone.now(), text[:500]
    with Write(system(), "watchman.find") as write:
        finding, new = Finding.objects.get_or_create(
            rule=rule, key=key[:120], closed_at=None,
            defaults={"text": text, "first_seen": now, "last_seen": now},
        )  # fmt: skip
        if new:
            _tell(finding)
        else:
            write.change(finding, text=text, last_seen=now)
    return finding


def gone(rule: str, key: str) -> None:
    """The fault is no more: its finding closes."""
    with Write(system(), "watchman.close"):
        Finding.objects.filter(rule=rule, key=key[:120], closed_at=None).update(
            closed_at=timezone.now()
        )


@transaction.atomic
def settle(rule: str, keys: set[str]) -> None:
    """Close the findings of ``rule`` whose key is none of ``keys``."""
    for key in open_keys(rule) - {key[:120] for key in keys}:
        gone(rule, key)


def open_keys(rule: str) -> set[str]:
    """The keys of the rule's open findings."""
    return set(Finding.objects.filter(rule=rule, closed_at=None).values_list("key", flat=True))


def _tell(finding: Finding) -> None:
    holders = Grant.objects.in_force().filter(role=Role.SYSTEM)
    notify(
        users=User.objects.filter(is_active=True, pk__in=holders.values("user")),
        kind="watchman.finding",
        title="系统检查发现问题",
        text=finding.text,
        link=reverse("watchman:status"),
    )
