"""Deputies: whose grants, between which days, by whose hand, and what happens when it lapses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.models import Deputy, LoginEvent, User
from anlan.kernel.access.roles import Role
from anlan.kernel.access.services import deputies, grants
from anlan.kernel.audit.models import AuditRow
from anlan.kernel.errors import Forbidden, Refused, Unknown
from tests.factories import resolved
from tests.kernel.access.conftest import actor, browser, days, grant


@pytest.fixture
def pair(make_user: Callable[..., User]) -> SimpleNamespace:
    """The head of a unit, who will be away, and a clerk of it."""
    return SimpleNamespace(
        head=make_user("head", Role.UNIT_HEAD), clerk=make_user("clerk", Role.UNIT_STAFF)
    )


def deputation(pair: SimpleNamespace, first: int = 0, last: int = 1, **more: Any) -> Deputy:
    return Deputy.objects.create(
        principal=pair.head, deputy=pair.clerk, valid_from=days(first), valid_to=days(last),
        authority="局党组会议纪要", **more,
    )  # fmt: skip


def seen_by(chrome: Any) -> Actor:
    """The actor of a fresh request of this browser."""
    actor: Actor = chrome.get("/account/").wsgi_request.actor
    return actor


def test_a_deputy_acts_with_the_principal_s_grants_instead_of_his_own(
    pair: SimpleNamespace,
) -> None:
    chrome = browser(pair.clerk)
    assert seen_by(chrome).has_role(Role.UNIT_STAFF)
    chrome.post("/account/acting/", {"deputation": deputation(pair).pk})
    acting = seen_by(chrome)
    assert (acting.user, acting.deputy.principal) == (pair.clerk, pair.head)
    assert acting.has_role(Role.UNIT_HEAD)
    assert not acting.has_role(Role.UNIT_STAFF)
    assert f"代 {pair.head.name} 行使职权" in chrome.get("/account/").content.decode()
    chrome.post("/account/acting/")
    assert not seen_by(chrome).has_role(Role.UNIT_HEAD)
    kinds = LoginEvent.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["login", "acting", "acting_end"]


@pytest.mark.parametrize(
    ("_case", "first", "last", "more", "possible"),
    [
        ("first day", 0, 5, {}, True),
        ("last day", -5, 0, {}, True),
        ("before", 1, 5, {}, False),
        ("after", -5, -1, {}, False),
        ("ended early", -5, 5, {"ended_at": timezone.now}, False),
    ],
)
def test_days(
    pair: SimpleNamespace, _case: str, first: int, last: int, more: dict[str, Any], possible: bool
) -> None:
    given = deputation(pair, first, last, **resolved(more))
    answer = browser(pair.clerk).post("/account/acting/", {"deputation": given.pk})
    assert answer.status_code == (302 if possible else 404)


def test_nobody_takes_up_another_s_deputation(
    pair: SimpleNamespace, make_user: Callable[..., User]
) -> None:
    stranger = browser(make_user("stranger"))
    assert stranger.post("/account/acting/", {"deputation": deputation(pair).pk}).status_code == 404
    assert seen_by(stranger).deputy is None


def test_a_live_page_loses_the_grants_when_the_deputation_ends(pair: SimpleNamespace) -> None:
    given = deputation(pair)
    acting = Actor(user=pair.clerk, deputy=given)
    assert acting.has_role(Role.UNIT_HEAD)
    deputies.end(actor=actor(pair.clerk), pk=given.pk)
    assert acting.fresh().grants == []


@pytest.mark.parametrize("typed", ["x", "-1", "1e3", "９", "9" * 40, "1\x00"])
def test_nonsense_is_refused(pair: SimpleNamespace, typed: str) -> None:
    answer = browser(pair.clerk).post("/account/acting/", {"deputation": typed})
    assert answer.status_code in (404, 422)


@pytest.mark.parametrize("lapse", ["ended", "principal disabled"])
def test_a_lapsed_deputation_never_turns_into_an_act_of_one_s_own(
    pair: SimpleNamespace, lapse: str
) -> None:
    chrome, given = browser(pair.clerk), deputation(pair, 0, 0)
    chrome.post("/account/acting/", {"deputation": given.pk})
    if lapse == "ended":
        deputies.end(actor=actor(pair.head), pk=given.pk)
    else:
        User.objects.filter(pk=pair.head.pk).update(is_active=False)
    refused = chrome.post("/account/sessions/end/")
    assert refused.status_code == 409
    assert "代理已到期或被结束" in refused.content.decode()
    assert seen_by(chrome).deputy is None
    assert chrome.post("/account/sessions/end/").status_code == 302  # now knowingly as himself


def test_expiry_at_midnight_within_a_session(
    pair: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    evening = timezone.localtime().replace(hour=23, minute=50)
    monkeypatch.setattr(timezone, "now", lambda: evening)
    chrome, given = browser(pair.clerk), deputation(pair, 0, 0)
    chrome.post("/account/acting/", {"deputation": given.pk})
    assert seen_by(chrome).has_role(Role.UNIT_HEAD)
    monkeypatch.setattr(timezone, "now", lambda: evening + timedelta(minutes=10))
    assert chrome.post("/account/sessions/end/").status_code == 409
    assert not seen_by(chrome).has_role(Role.UNIT_HEAD)


def test_the_principal_s_grants_are_those_in_force_now(
    pair: SimpleNamespace, make_user: Callable[..., User]
) -> None:
    guard = actor(make_user("guard", Role.SECURITY))
    acting = Actor(user=pair.clerk, deputy=deputation(pair))
    assert acting.has_role(Role.UNIT_HEAD)
    grants.end(actor=guard, pk=pair.head.grants.get().pk, reason="免职")
    assert not Actor(user=pair.clerk, deputy=acting.deputy).has_role(Role.UNIT_HEAD)


def test_a_deputy_does_not_pass_it_on(
    pair: SimpleNamespace, make_user: Callable[..., User]
) -> None:
    """Neither by appointing, nor because his principal is himself somebody's deputy."""
    third = make_user("third", Role.LEADER)
    acting = Actor(user=pair.clerk, deputy=deputation(pair))
    with pytest.raises(Forbidden):
        deputies.appoint(
            actor=acting, deputy=third, valid_from=days(0), valid_to=days(1), authority="x"
        )
    Deputy.objects.create(
        principal=third, deputy=pair.head, valid_from=days(0), valid_to=days(1), authority="x"
    )
    assert not acting.has_role(Role.LEADER)


@pytest.mark.parametrize(
    ("_case", "first", "last"), [("backwards", 3, 2), ("over already", -3, -1)]
)
def test_days_that_make_no_sense_are_refused(
    pair: SimpleNamespace, _case: str, first: int, last: int
) -> None:
    with pytest.raises(Refused, match="截止日期"):
        deputies.appoint(
            actor=actor(pair.head), deputy=pair.clerk, valid_from=days(first),
            valid_to=days(last), authority="x",
        )  # fmt: skip
    assert not Deputy.objects.exists()


def test_oneself_and_disabled_accounts_are_no_deputies(
    pair: SimpleNamespace, make_user: Callable[..., User]
) -> None:
    for other in (pair.head, make_user("gone", is_active=False)):
        with pytest.raises(Refused, match="另一个在用的账号"):
            deputies.appoint(
                actor=actor(pair.head), deputy=other, valid_from=days(0), valid_to=days(1),
                authority="x",
            )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Deputy.objects.create(
            principal=pair.head, deputy=pair.head, valid_from=days(0), valid_to=days(0),
            authority="x",
        )  # fmt: skip


def test_administrators_do_not_stand_in_for_each_other(
    make_user: Callable[..., User], city: SimpleNamespace
) -> None:
    guard, root, clerk = (
        make_user("guard", Role.SECURITY),
        make_user("root", Role.SYSTEM),
        make_user(),
    )
    dates = {"valid_from": days(0), "valid_to": days(1), "authority": "x"}
    with pytest.raises(Forbidden, match="三员分立"):
        deputies.appoint(actor=actor(guard), deputy=root, **dates)
    given = deputies.appoint(actor=actor(guard), deputy=clerk, **dates)
    grant(clerk, Role.AUDITOR, city.bureau)  # appointed first, auditor afterwards
    chrome = browser(clerk)
    assert chrome.post("/account/acting/", {"deputation": given.pk}).status_code == 403
    assert seen_by(chrome).deputy is None


def test_the_page_appoints_and_both_sides_can_end(pair: SimpleNamespace) -> None:
    head = browser(pair.head)
    given = {
        "deputy": "clerk", "valid_from": str(days(0)), "valid_to": str(days(3)),
        "authority": "批示",
    }  # fmt: skip
    assert head.post("/account/deputies/", given).status_code == 302
    made = Deputy.objects.get()
    row = AuditRow.objects.get(table_name="access_deputy", operation="INSERT")
    assert (row.verb, row.user_id, row.reason) == ("access.deputy.appoint", pair.head.pk, "批示")
    assert browser(pair.clerk).post(f"/account/deputies/{made.pk}/end/").status_code == 302
    made.refresh_from_db()
    assert made.ended_at
    assert head.post(f"/account/deputies/{made.pk}/end/").status_code == 409


def test_a_third_person_cannot_end_it(
    pair: SimpleNamespace, make_user: Callable[..., User]
) -> None:
    with pytest.raises(Unknown):
        deputies.end(actor=actor(make_user("third", Role.SYSTEM)), pk=deputation(pair).pk)


def test_wrong_input_on_the_page_keeps_what_was_typed(pair: SimpleNamespace) -> None:
    given = {"deputy": "nobody", "valid_from": "x", "valid_to": "", "authority": "某日批示"}
    answer = browser(pair.head).post("/account/deputies/", given)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"deputy", "valid_from", "valid_to"}
    assert "某日批示" in answer.content.decode()
