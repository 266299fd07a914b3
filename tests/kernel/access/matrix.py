"""Who may what: the access matrix, and the test of what each role sees of other areas' rows.

``DOORS`` states for each declared policy the roles that come through it. It is written by hand,
from what the offices do, and compared with the code: a policy added, dropped or widened without a
line here fails ``test_matrix.py``.

For rows, an app writes its expectations as a table and hands them to :func:`assert_visibility`:

    assert_visibility(
        lambda actor: Duty.objects.visible_to(actor),
        rows={"east duty": duty_east, "west duty": duty_west},
        expected={
            Seat(Role.LEADER, city.government): {"east duty", "west duty"},
            Seat(Role.UNIT_STAFF, city.east_government): {"east duty"},
            …
        },
    )
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone

from anlan.kernel.access.actor import Actor, anonymous, system
from anlan.kernel.access.models import Grant, User
from anlan.kernel.access.roles import Role
from anlan.kernel.orgs.models import Area, Organisation

EVERYBODY = frozenset(Role)
SCO = frozenset({Role.SCO_STAFF, Role.SCO_CHIEF})
UNIT = frozenset({Role.UNIT_STAFF, Role.UNIT_HEAD})
BUSINESS = SCO | UNIT | {Role.LEADER}

# policy → the roles that come through. ``public`` lets even strangers in, ``anyone`` any account.
DOORS: dict[str, frozenset[Role]] = {
    "public": EVERYBODY,
    "anyone": EVERYBODY,
    "access.accounts": frozenset({Role.SYSTEM, Role.SECURITY, Role.AUDITOR}),
    "access.accounts.manage": frozenset({Role.SYSTEM}),
    "access.grants.manage": frozenset({Role.SECURITY}),
    "access.login_events": frozenset({Role.AUDITOR}),
    "orgs.organisations": frozenset({Role.SYSTEM}),
    "orgs.groups": SCO | {Role.SYSTEM},
    "audit.view": frozenset({Role.AUDITOR}),
    "watchman.status": frozenset({Role.SYSTEM, Role.AUDITOR}),
    "indicators.view": BUSINESS,
    "indicators.define": frozenset({Role.SCO_CHIEF}),
    "imports.use": SCO | UNIT,  # each importer has a narrower policy of its own
    "plan.view": BUSINESS,
    "plan.matrix": BUSINESS,
    "plan.report": UNIT,
    "plan.hand_down": frozenset({Role.UNIT_HEAD}),
    "plan.verify": SCO | UNIT,  # a unit verifies what it handed down
    "plan.extend": UNIT,
    "plan.decide": frozenset({Role.SCO_CHIEF, Role.UNIT_HEAD}),
    "plan.supervise": frozenset({Role.SCO_CHIEF}),
    "plan.follow": SCO,
    "registry.view": BUSINESS,
    "registry.keep": UNIT,
    "registry.identity": SCO | UNIT,
    "registry.merge": SCO,
    "registry.dispute": SCO | UNIT,
    "registry.dispute.ask": SCO,
    "registry.dispute.opine": SCO | UNIT,  # an office too may be asked
    "registry.dispute.decide": frozenset({Role.SCO_CHIEF}),  # not who raised it
    "records.view": BUSINESS,
    "records.record": UNIT,
    "records.verify": SCO | UNIT,  # a unit verifies what answers to it
    "records.withdraw": SCO | UNIT,  # the unit its own, who verifies what was verified
    "monitoring.view": BUSINESS,
    "monitoring.answer": SCO | UNIT,  # the regulator, the area's government, the office
    "monitoring.draft.report": SCO | UNIT,  # whose alarm it is
    "monitoring.draft.take": SCO,  # the area's office
    "monitoring.keep": SCO | UNIT,
    "monitoring.tamper.judge": SCO | UNIT,  # the regulator, the area's government, the office
    "monitoring.nodes": SCO,
    "monitoring.rules.propose": SCO,
    "monitoring.rules.publish": frozenset({Role.SCO_CHIEF}),  # not who drew it up
    "stewardship.view": BUSINESS,
    "stewardship.keep": SCO | UNIT,  # a unit its own leaders, the office those in its area
    "stewardship.lists": UNIT,
    "stewardship.lists.issue": frozenset({Role.UNIT_HEAD}),
    "stewardship.lists.confirm": SCO | UNIT,  # a unit what answers to it, its head his own
    "cockpit.view": BUSINESS,
    "cockpit.begin": frozenset({Role.LEADER}),
    "cockpit.draft": SCO,
    "calls.view": BUSINESS,
    "calls.run": SCO,
    "calls.explain": UNIT,
    "calls.close": frozenset({Role.SCO_CHIEF}),  # the second person
    "almanac.view": BUSINESS,  # the subscription's address is public, and opens one's own alone
    "intake.view": SCO,
    "intake.import": frozenset({Role.SCO_STAFF}),
    "intake.publish": frozenset({Role.SCO_CHIEF}),  # the second person
}


@dataclass(frozen=True)
class Seat:
    """A place that a person can sit in: a role for an organisation, within its area or another."""

    role: Role
    organisation: Organisation
    area: Area | None = None

    def __str__(self) -> str:
        return f"{self.role.label} @ {self.organisation}{f' / {self.area}' if self.area else ''}"


def sit(seat: Seat, **dates: Any) -> Actor:
    """A fresh account that holds this one grant, as the actor of a request."""
    user = User.objects.create(
        username=f"seat{User.objects.count()}",
        name=str(seat)[:40],
        organisation=seat.organisation,
        password="!",
    )
    Grant.objects.create(
        user=user,
        role=seat.role,
        organisation=seat.organisation,
        area=seat.area or seat.organisation.area,
        valid_from=dates.pop("valid_from", timezone.localdate()),
        **dates,
    )
    return Actor(user=user)


def assert_visibility(
    visible_to: Callable[[Actor], QuerySet[Any]],
    *,
    rows: Mapping[str, Model],
    expected: Mapping[Seat, Iterable[str]],
    roles: Iterable[Role] = Role,
) -> None:
    """Each seat sees exactly the named rows; every one of ``roles`` must have a seat.

    Also: our own jobs see all rows, and neither a stranger nor an account without a grant any.
    """
    missing = set(roles) - {seat.role for seat in expected}
    assert not missing, f"no expectation for {sorted(missing)}"
    unknown = {name for names in expected.values() for name in names} - set(rows)
    assert not unknown, f"no such rows: {sorted(unknown)}"
    for seat, names in expected.items():
        _compare(f"{seat}", _seen(visible_to, sit(seat), rows), names)
    _compare("our own job", _seen(visible_to, system(), rows), rows)
    _compare("a stranger", _seen(visible_to, anonymous(), rows), ())
    ended = sit(next(iter(expected)), ended_at=timezone.now())
    _compare("a grant taken back", _seen(visible_to, ended, rows), ())


def _compare(who: str, seen: Iterable[str], expected: Iterable[str]) -> None:
    too_much, too_little = set(seen) - set(expected), set(expected) - set(seen)
    assert not too_much, f"{who} sees {sorted(too_much)}"
    assert not too_little, f"{who} does not see {sorted(too_little)}"


def _seen(
    visible_to: Callable[[Actor], QuerySet[Any]], actor: Actor, rows: Mapping[str, Model]
) -> list[str]:
    visible = set(visible_to(actor).values_list("pk", flat=True))
    return sorted(name for name, row in rows.items() if row.pk in visible)
