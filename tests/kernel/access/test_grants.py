"""Grants: by whom, to whom, from which day to which, and never two administrators in one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.models import Deputy, Grant, User
from anlan.kernel.access.roles import ADMINISTRATORS, Role
from anlan.kernel.access.services import grants
from anlan.kernel.audit.models import AuditRow
from anlan.kernel.errors import Forbidden, Refused, WrongState
from tests.kernel.access.conftest import actor, browser, days, grant, user
from tests.kernel.access.test_login import in_threads
from tests.kernel.access.town import build


@pytest.mark.parametrize(
    ("_case", "first", "last", "in_force"),
    [
        ("begins today", 0, None, True),
        ("begins tomorrow", 1, None, False),
        ("ends today: the last day counts", -9, 0, True),
        ("ended yesterday", -9, -1, False),
        ("one day only", 0, 0, True),
    ],
)
def test_days(
    make_user: Callable[..., User], city: SimpleNamespace, _case: str, first: int,
    last: int | None, in_force: bool,
) -> None:  # fmt: skip
    zhang = make_user()
    until = None if last is None else days(last)
    grant(zhang, Role.LEADER, city.government, valid_from=days(first), valid_to=until)
    assert actor(zhang).has_role(Role.LEADER) is in_force


def test_the_last_day_ends_at_midnight_here_not_in_greenwich(
    make_user: Callable[..., User], city: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    zhang = make_user()
    grant(zhang, Role.LEADER, city.government, valid_from="2026-01-01", valid_to="2026-03-31")
    edge = timezone.make_aware(timezone.datetime(2026, 3, 31, 23, 59, 59))
    for moment, in_force in ((edge, True), (edge + timedelta(seconds=1), False)):
        monkeypatch.setattr(timezone, "now", lambda moment=moment: moment)
        assert actor(zhang).has_role(Role.LEADER) is in_force


def test_giving_and_ending(make_user: Callable[..., User], city: SimpleNamespace) -> None:
    zhang, guard = make_user(), actor(make_user("guard", Role.SECURITY))
    made = grants.give(
        actor=guard, user_id=zhang.pk, role=Role.UNIT_STAFF, organisation=city.bureau, reason="任命"
    )
    assert (made.area, made.granted_by) == (city.city, guard.user)
    assert actor(zhang).has_role(Role.UNIT_STAFF)
    grants.end(actor=guard, pk=made.pk, reason="调离")
    assert not actor(zhang).has_role(Role.UNIT_STAFF)  # at once, though given today
    rows = AuditRow.objects.filter(table_name="access_grant", user_id=guard.user.pk)
    assert list(rows.order_by("pk").values_list("verb", "reason")) == [
        ("access.grant.give", "任命"),
        ("access.grant.end", "调离"),
    ]
    with pytest.raises(WrongState):
        grants.end(actor=guard, pk=made.pk, reason="again")
    again = grants.give(
        actor=guard, user_id=zhang.pk, role=Role.UNIT_STAFF, organisation=city.bureau
    )
    with pytest.raises(Refused, match="已经有了"):
        grants.give(actor=guard, user_id=zhang.pk, role=Role.UNIT_STAFF, organisation=city.bureau)
    assert Grant.objects.in_force().filter(user=zhang).get() == again


def test_nobody_grants_to_himself(make_user: Callable[..., User], city: SimpleNamespace) -> None:
    guard = make_user("guard", Role.SECURITY)
    with pytest.raises(Forbidden):
        grants.give(
            actor=actor(guard), user_id=guard.pk, role=Role.LEADER, organisation=city.government
        )
    with pytest.raises(Forbidden):
        grants.end(actor=actor(guard), pk=guard.grants.get().pk, reason="x")
    assert guard.grants.count() == 1


def test_a_deputy_grants_neither_to_himself_nor_to_his_principal(
    make_user: Callable[..., User], city: SimpleNamespace
) -> None:
    guard, deputy = make_user("guard", Role.SECURITY), make_user("deputy")
    acting = Actor(
        user=deputy,
        deputy=Deputy.objects.create(
            principal=guard, deputy=deputy, valid_from=days(0), valid_to=days(1), authority="x"
        ),
    )
    for target in (guard, deputy):
        with pytest.raises(Forbidden):
            grants.give(
                actor=acting, user_id=target.pk, role=Role.LEADER, organisation=city.government
            )
    other = make_user("other")
    made = grants.give(actor=acting, user_id=other.pk, role=Role.LEADER, organisation=city.bureau)
    row = AuditRow.objects.get(table_name="access_grant", row_id=str(made.pk))
    assert (row.user_id, row.principal_id, row.authority) == (deputy.pk, guard.pk, "x")


@pytest.mark.parametrize("role", [each for each in Role if each is not Role.SECURITY])
def test_only_security_administrators_grant(
    make_user: Callable[..., User], city: SimpleNamespace, role: Role
) -> None:
    zhang, other = make_user(), actor(make_user("other", role))
    with pytest.raises(Forbidden):
        grants.give(actor=other, user_id=zhang.pk, role=Role.LEADER, organisation=city.bureau)
    assert not zhang.grants.exists()


@pytest.mark.parametrize("held", ADMINISTRATORS)
@pytest.mark.parametrize("given", ADMINISTRATORS)
def test_three_administrators_are_three_people(
    make_user: Callable[..., User], city: SimpleNamespace, held: Role, given: Role
) -> None:
    if held is given:
        return  # the same role for a second organisation is no union of powers
    zhang, guard = make_user("zhang", held), actor(make_user("guard", Role.SECURITY))
    with pytest.raises(Refused, match="不同的人"):
        grants.give(actor=guard, user_id=zhang.pk, role=given, organisation=city.bureau)
    with pytest.raises(IntegrityError), transaction.atomic():  # nor past the services
        grant(zhang, given, city.bureau)
    assert zhang.grants.count() == 1


@pytest.mark.parametrize(
    ("_case", "first", "last", "refused"),
    [
        ("the day after the other ends", 11, None, False),
        ("the day on which the other ends", 10, None, True),
        ("open end over a later one", -5, None, True),
        ("ends the day before the other begins", -9, -2, False),
    ],
)
def test_administrators_one_after_the_other(
    make_user: Callable[..., User], city: SimpleNamespace, _case: str, first: int,
    last: int | None, refused: bool,
) -> None:  # fmt: skip
    zhang = make_user()
    grant(zhang, Role.SYSTEM, city.bureau, valid_from=days(-1), valid_to=days(10))
    dates = {"valid_from": days(first), "valid_to": None if last is None else days(last)}
    try:
        with transaction.atomic():
            grant(zhang, Role.AUDITOR, city.bureau, **dates)
    except IntegrityError:
        assert refused
    else:
        assert not refused


def test_an_ended_administrator_may_become_another(
    make_user: Callable[..., User], city: SimpleNamespace
) -> None:
    zhang = make_user()
    grant(zhang, Role.SYSTEM, city.bureau, ended_at=timezone.now())
    grant(zhang, Role.AUDITOR, city.bureau)
    with pytest.raises(IntegrityError), transaction.atomic():  # and back by an update
        Grant.objects.filter(role=Role.SYSTEM).update(ended_at=None)


def test_two_administrator_grants_at_once_cannot_pass_each_other(committed_db: None) -> None:
    city = build()
    zhang = user(city, "zhang")
    results = iter((Role.SYSTEM, Role.AUDITOR))

    def give() -> str:
        return grant(zhang, next(results), city.bureau).role

    outcomes = in_threads(2, give)
    assert IntegrityError in outcomes
    assert Grant.objects.filter(user=zhang).count() == 1


def test_the_pages_give_and_end(make_user: Callable[..., User], city: SimpleNamespace) -> None:
    zhang = make_user()
    chrome = browser(make_user("guard", Role.SECURITY))
    given = {
        "role": "unit_staff", "organisation": "试市能源局", "valid_from": str(days(0)),
        "reason": "任命",
    }  # fmt: skip
    assert chrome.post(f"/accounts/{zhang.pk}/grants/", given).status_code == 302
    made = zhang.grants.get()
    refused = chrome.post(f"/accounts/grants/{made.pk}/end/", {"reason": " "})
    assert refused.status_code == 422
    assert "没有写明理由" in refused.content.decode()
    assert chrome.post(f"/accounts/grants/{made.pk}/end/", {"reason": "调离"}).status_code == 302
    assert not actor(zhang).grants


@pytest.mark.parametrize(
    ("_case", "change", "field", "told"),
    [
        ("unknown organisation", {"organisation": "没有这个局"}, "organisation", "没有找到单位"),
        ("unknown role", {"role": "king"}, "role", ""),
        ("ends before it begins", {"valid_to": "2020-01-01"}, "valid_to", "不能早于"),
        ("no date", {"valid_from": "昨天"}, "valid_from", ""),
        ("no reason", {"reason": ""}, "reason", ""),
        ("NUL", {"organisation": "a\x00"}, "organisation", ""),
    ],
)
def test_wrong_input_is_told_and_what_was_typed_kept(
    make_user: Callable[..., User], _case: str, change: dict[str, str], field: str, told: str
) -> None:
    zhang = make_user()
    chrome = browser(make_user("guard", Role.SECURITY))
    given = {
        "role": "leader", "organisation": "90-bureau", "valid_from": str(days(0)),
        "reason": "市政府任命通知",
    } | change  # fmt: skip
    answer = chrome.post(f"/accounts/{zhang.pk}/grants/", given)
    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert list(errors) == [field]
    assert told in errors[field][0]
    if "reason" not in change:
        assert "市政府任命通知" in answer.content.decode()
    assert not zhang.grants.exists()
