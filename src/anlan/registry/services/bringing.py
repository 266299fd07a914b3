"""Many enterprises and entries at once, from Excel: one statement for all rows, not one for each.

The rows were judged by the importer; what only the database can know at this moment is judged here:
whether all is the actor's to keep, whether a subject was merged or made meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import JSONField, Value

from anlan.kernel.errors import Refused, WrongState
from anlan.kernel.typed.fields import Stored
from anlan.kernel.write import Write
from anlan.registry import policies
from anlan.registry.models import Enterprise, Entry, RegisterVersion, Site
from anlan.registry.naming import key
from anlan.registry.regulators import Regulators
from anlan.registry.services.facts import EnterpriseFacts, SiteFacts, SubjectFacts

_DEGREES = 6  # decimals that the columns of a location keep


@dataclass(frozen=True)
class Brought:
    """An entry as it was judged: on the subject of this key, or on a site that is to be made
    unless it stands."""

    values: Mapping[str, Stored]
    checked_on: date
    subject: int | None = None
    site: SiteFacts | None = None


def enterprises_bring(write: Write, *, facts: Sequence[EnterpriseFacts]) -> list[int]:
    """Register the enterprises under their default regulators; the key of each in order.

    IntegrityError if a code stands already; Refused if one would not be the actor's to keep.
    """
    policies.KEEP.require(write.actor)
    regulators = Regulators()
    made = Enterprise.objects.bulk_create(
        Enterprise(
            **_columns(each, regulators), credit_code=each.credit_code, staff=each.staff
        )
        for each in facts
    )  # fmt: skip
    _require_kept(write, Enterprise, {each.pk for each in made})
    _happened(write, "enterprise.added", made)
    return [each.pk for each in made]


def entries_bring(
    write: Write, *, version: RegisterVersion, brought: Sequence[Brought]
) -> list[int]:
    """Let the register hold these entries; the key of each in order.

    IntegrityError if a subject has an entry already; Refused if a subject is not the actor's to
    keep; WrongState if one was merged into another meanwhile.
    """
    policies.KEEP.require(write.actor)
    kind = version.type.subject
    model: Any = Site if kind == "site" else Enterprise
    made = _sites(write, [each.site for each in brought if each.site])
    subjects = [each.subject or made[_same(each.site)].pk for each in brought]  # type: ignore[arg-type]
    locked = _locked(model, subjects)
    _require_kept(write, model, set(subjects))
    entries = Entry.objects.bulk_create(
        Entry(
            register=version.type,
            version=version,
            # As an expression: of plain values Django makes arrays (UNNEST), whose JSON psycopg
            # escapes in Python, quotation mark by quotation mark: three times the time.
            values=Value(dict(each.values), JSONField()),
            checked_on=each.checked_on,
            **{kind: locked[subject]},
        )
        for each, subject in zip(brought, subjects, strict=True)
    )
    _happened(write, "entry.put", entries)
    return [each.pk for each in entries]


def _columns(facts: SubjectFacts, regulators: Regulators) -> dict[str, Any]:
    return {
        "name": facts.name,
        "name_key": key(facts.name),
        "sector": facts.sector,
        "area": facts.area,
        "address": facts.address,
        "business": facts.business,
        "regulator": regulators.of(facts.sector.pk, facts.area),
        "latitude": None if facts.latitude is None else round(facts.latitude, _DEGREES),
        "longitude": None if facts.longitude is None else round(facts.longitude, _DEGREES),
    }


# --- sites ----------------------------------------------------------------------------------------

_Same = tuple[str, int, int | None]  # key of the name, area, enterprise


def _same(facts: SiteFacts) -> _Same:
    return key(facts.name), facts.area.pk, facts.enterprise.pk if facts.enterprise else None


def _sites(write: Write, wanted: Sequence[SiteFacts]) -> dict[_Same, Site]:
    """Each wanted site, made unless somebody made it meanwhile."""
    if not wanted:
        return {}
    _take_turns()
    _locked(Enterprise, {each.enterprise.pk for each in wanted if each.enterprise})
    standing = Site.objects.standing().filter(name_key__in={key(each.name) for each in wanted})
    found: dict[_Same, Site] = {
        (each.name_key, each.area_id, each.enterprise_id): each for each in standing
    }
    regulators = Regulators()
    missing = {_same(each): each for each in wanted if _same(each) not in found}
    made = Site.objects.bulk_create(
        Site(**_columns(each, regulators), kind=each.kind, enterprise=each.enterprise)
        for each in missing.values()
    )
    if made:
        _happened(write, "site.added", made)
    return found | dict(zip(missing, made, strict=True))


def _take_turns() -> None:
    """Of two who bring one site at the same moment, the second waits and finds the first's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('anlan.registry.sites', 0))")


# --- all ------------------------------------------------------------------------------------------


def _locked(model: type[Any], wanted: Iterable[int]) -> dict[int, Any]:
    """The rows, locked in the order of their keys; WrongState if one was merged."""
    rows = model.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk")
    found = {each.pk: each for each in rows.select_related("area", "regulator")}
    for each in found.values():
        if each.merged_into_id:
            raise WrongState(f"“{each}”已并入另一条登记，请重新上传。")
    return found


def _require_kept(write: Write, model: type[Any], wanted: set[int]) -> None:
    kept = model.objects.kept_by(write.actor).filter(pk__in=wanted).count()
    if kept != len(wanted):
        raise Refused("out_of_reach", "登记对象不由您单位登记。请核对行业领域和区划。")


def _happened(write: Write, kind: str, made: Sequence[Any]) -> None:
    """One event for each regulator, which recounts what its organisation has."""
    first: dict[int | None, Any] = {}
    for each in made:
        subject = each.subject if isinstance(each, Entry) else each
        first.setdefault(subject.regulator_id, (each, subject))
    for each, subject in first.values():
        write.event(kind, each, area=subject.area, organisation=subject.regulator)
