"""Putting a subject's data into a register."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Refused, WrongState
from anlan.kernel.typed.finding import Finder
from anlan.kernel.write import Write
from anlan.registry import policies
from anlan.registry.models import Enterprise, Entry, Register, RegisterVersion, Site
from anlan.registry.services.locking import Stale, locked


class EntryFaults(Refused):
    """Values that are none of their fields'; ``faults`` by the field's key, in Chinese."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__("entry_faults", "".join(faults.values()))
        self.faults = faults


def entry_put(
    *,
    actor: Actor,
    register: Register,
    subject: Enterprise | Site,
    raw: Mapping[str, object],
    seen: int | None = None,
    checked_on: date | None = None,
    reason: str = "",
) -> Entry:
    """Let the register hold these values of the subject, by its newest version in force today.

    ``seen``: the revision of the entry that the clerk saw, 0 for none; None where it is no matter.
    ``checked_on``: the day on which the values were true (today). What the form leaves out is gone:
    ``raw`` is the whole row. Refused: a register that is out of use or about something else; a day
    to come; EntryFaults. WrongState: another has put something since.
    """
    policies.KEEP.require(actor)
    day = checked_on or timezone.localdate()
    if day > timezone.localdate():
        raise Refused("checked_in_future", "核对日期不能晚于今天。")
    version = _version(register)
    values = _values(version, raw, Finder(actor))
    with Write(actor, "registry.entry.put", reason=reason.strip()) as write:
        found = locked(write, type(subject), subject.pk)
        check_fits(register, found)
        kind = "site" if isinstance(found, Site) else "enterprise"
        entry = Entry.objects.select_for_update().filter(register=register, **{kind: found}).first()
        if seen is not None and seen != (entry.revision if entry else 0):
            raise Stale(f"{found}的{register}")
        if entry is None:
            entry = write.add(
                Entry(
                    register=register,
                    version=version,
                    values=values,
                    checked_on=day,
                    **{kind: found},
                )
            )
        else:
            write.change(
                entry,
                version=version,
                values=values,
                checked_on=day,
                revision=entry.revision + 1,
            )
        write.event("entry.put", entry, area=found.area, organisation=found.regulator)
    return entry


def check_fits(register: Register, subject: Enterprise | Site) -> None:
    """Refused if the register is not about such subjects."""
    kind = "site" if isinstance(subject, Site) else "enterprise"
    fits = register.subject == kind
    if isinstance(subject, Site) and register.site_kind:
        fits = fits and register.site_kind == subject.kind
    if not fits:
        raise Refused("register_of_others", f"“{register}”不登记“{subject}”这一类对象。")


def _version(register: Register) -> RegisterVersion:
    today = timezone.localdate()
    if register.retired_on and register.retired_on <= today:
        raise WrongState(f"“{register}”已于 {register.retired_on} 停用，不能再登记。")
    try:
        return register.newest(today)
    except RegisterVersion.DoesNotExist as error:
        raise WrongState(f"“{register}”还没有启用的版本，不能登记。") from error


def _values(
    version: RegisterVersion, raw: Mapping[str, object], finder: Finder
) -> dict[str, object]:
    cleaned = version.schema.clean(raw, finder)
    if cleaned.faults:
        raise EntryFaults(cleaned.faults)
    return dict(cleaned.values)
