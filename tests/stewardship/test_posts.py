"""Leaders' posts: who may register them, and what ends with them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from anlan.kernel.errors import Forbidden, Refused, Unknown, WrongState
from anlan.stewardship.models import LeaderPost
from anlan.stewardship.services.posts import post_add, post_end, post_link
from tests.factories import day, happening, nothing_happens, resolved
from tests.stewardship.conftest import give, leader


def add(actor: Any, organisation: Any, **more: Any) -> LeaderPost:
    given = {"title": "县长", "name": "某人", "valid_from": day(-3)} | more
    return post_add(actor=actor, organisation=organisation, **given)


@pytest.mark.parametrize(
    ("seat", "unit", "may"),
    [
        ("east_staff", "east_government", True),
        ("east_staff", "east_town_government", True),  # it answers to the county
        ("east_staff", "west_government", False),
        ("town_staff", "east_government", False),
        ("bureau_staff", "bureau", True),
        ("bureau_staff", "government", False),
        ("clerk", "west_government", True),
        ("leader", "government", False),  # reads
    ],
)
def test_who_registers_whose_leaders(
    city: SimpleNamespace, who: SimpleNamespace, seat: str, unit: str, may: bool
) -> None:
    actor, organisation = getattr(who, seat), getattr(city, unit)
    if not may:
        with nothing_happens(Forbidden):
            add(actor, organisation)
        return
    with happening() as happened:
        made = add(actor, organisation)
    assert happened.verbs("stewardship_leaderpost") == ["stewardship.post.add"]
    assert happened.kinds() == ["post.begun"]
    assert str(made) == "某人（县长）"


@pytest.mark.parametrize(
    ("more", "error", "code"),
    [
        ({"valid_from": lambda: day(1)}, Refused, "day_to_come"),
        ({"name": "  "}, Refused, "post_incomplete"),
        ({"title": "甲\0乙"}, Refused, "invalid"),
        ({"name": "长" * 41}, Refused, "invalid"),
    ],
)
def test_what_is_no_post(
    city: SimpleNamespace, who: SimpleNamespace, more: dict[str, Any], error: Any, code: str
) -> None:
    with nothing_happens(error, code=code):
        add(who.east_staff, city.east_government, **resolved(more))


def test_one_person_holds_a_post_once(city: SimpleNamespace, who: SimpleNamespace) -> None:
    add(who.east_staff, city.east_government)
    with nothing_happens(WrongState, match="不必重复"):
        add(who.clerk, city.east_government, name=" 某人 ")


def test_an_account_is_of_the_same_unit(city: SimpleNamespace, who: SimpleNamespace) -> None:
    with nothing_happens(Refused, code="account_of_another"):
        add(who.east_staff, city.east_government, user=who.west_head.user)
    made = add(who.east_staff, city.east_government, user=who.east_head.user)
    assert made.user == who.east_head.user
    assert post_link(actor=who.clerk, post=made.pk, user=None).user is None
    with nothing_happens(Unknown):
        post_link(actor=who.west_staff, post=made.pk, user=None)
    with nothing_happens(Forbidden):
        post_link(actor=who.leader, post=made.pk, user=None)


def test_what_he_stewards_ends_with_the_post(
    who: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace
) -> None:
    ended, kept = give(leaders.east, mines.east), give(leaders.city, mines.east)
    with happening() as happened:
        post_end(actor=who.east_staff, post=leaders.east.pk, valid_to=day(-1), reason="任免文件")
    ended.refresh_from_db()
    kept.refresh_from_db()
    assert (ended.valid_to, ended.end_reason) == (day(-1), "离任：任免文件")
    assert kept.valid_to is None
    assert happened.kinds() == ["stewardship.ended", "post.ended"]
    with nothing_happens(WrongState, match="已登记到"):
        post_end(actor=who.east_staff, post=leaders.east.pk, valid_to=day(0), reason="又一次")


def test_a_post_does_not_end_before_what_hangs_on_it(
    city: SimpleNamespace, who: SimpleNamespace, mines: SimpleNamespace
) -> None:
    held = leader(city.east_government, "新人", valid_from=day(-20))
    give(held, mines.east, day(-10))
    for last, code in ((day(-30), "ends_early"), (day(-11), "ends_early"), (day(1), "day_to_come")):
        with nothing_happens(Refused, code=code):
            post_end(actor=who.east_staff, post=held.pk, valid_to=last, reason="调离")
    with nothing_happens(Refused, code="reason_missing"):
        post_end(actor=who.east_staff, post=held.pk, valid_to=day(0), reason=" ")
