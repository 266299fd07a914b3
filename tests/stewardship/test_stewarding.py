"""Giving mines stewards: who, whom, since when; the edges of days; two at once; merges."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.roles import Role
from anlan.kernel.errors import Forbidden, Refused, Unknown, WrongState
from anlan.registry.models import Register, Site
from anlan.registry.services.merging import merge
from anlan.stewardship import mines as which
from anlan.stewardship import selectors
from anlan.stewardship.board import Board, Need
from anlan.stewardship.choices import Level
from anlan.stewardship.models import Stewardship
from anlan.stewardship.services.posts import post_end
from anlan.stewardship.services.stewarding import steward_assign, steward_end
from tests.factories import at_once, day, happening, nothing_happens
from tests.kernel.access.conftest import browser, grant, user
from tests.stewardship.conftest import give, leader, site


def assign(actor: Any, post: Any, mine: Any, **more: Any) -> Stewardship:
    given = {"valid_from": day(-5)} | more
    return steward_assign(actor=actor, post=post.pk, site=mine.pk, **given)


def test_the_level_is_that_of_the_post(
    who: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace
) -> None:
    with happening() as happened:
        made = assign(who.east_staff, leaders.east, mines.east)
    assert made.level == Level.COUNTY
    assert happened.kinds() == ["stewardship.begun"]
    assert assign(who.clerk, leaders.city, mines.east).level == Level.CITY
    assert assign(who.town_staff, leaders.town, mines.east).level == Level.TOWNSHIP
    assert mines.east.stewardships.count() == 3


@pytest.mark.parametrize(
    ("seat", "post", "mine", "error"),
    [
        ("east_staff", "west", "west", Unknown),  # neither is his
        ("east_staff", "city", "east", Unknown),  # the city's posts are not his to see
        ("leader", "city", "east", Forbidden),
        ("town_staff", "east", "east", Unknown),
        ("clerk", "east", "west", Refused),  # a county's leader and another county's mine
    ],
)
def test_who_gives_which_mine_to_whom(
    who: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace,
    seat: str, post: str, mine: str, error: type[Refused],
) -> None:  # fmt: skip
    with nothing_happens(error):
        assign(getattr(who, seat), getattr(leaders, post), getattr(mines, mine))


def test_the_holder_is_told(
    city: SimpleNamespace, who: SimpleNamespace, mines: SimpleNamespace
) -> None:
    held = leader(city.east_government, "县长", user=who.east_head.user)
    with happening() as happened:
        assign(who.east_staff, held, mines.east)
    assert happened.told_to("stewardship.begun") == {"east_head"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"business": "closed"}, "no_mine"),
        ({"kind": "plant"}, "no_mine"),
    ],
)
def test_what_needs_no_steward(
    who: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace,
    change: dict[str, str], code: str,
) -> None:  # fmt: skip
    Site.objects.filter(pk=mines.east.pk).update(**change)
    with nothing_happens(Refused, code=code):
        assign(who.east_staff, leaders.east, mines.east)


def test_days_that_cannot_be(
    city: SimpleNamespace, who: SimpleNamespace, mines: SimpleNamespace
) -> None:
    held = leader(city.east_government, "新人", valid_from=day(-20))
    with nothing_happens(Refused, code="post_not_held"):
        assign(who.east_staff, held, mines.east, valid_from=day(-21))
    with nothing_happens(Refused, code="day_to_come"):
        assign(who.east_staff, held, mines.east, valid_from=day(1))
    post_end(actor=who.east_staff, post=held.pk, valid_to=day(-2), reason="调离")
    with nothing_happens(Refused, code="post_not_held"):
        assign(who.east_staff, held, mines.east, valid_from=day(-1))


def test_who_is_known_to_leave_gets_no_mine(
    who: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace
) -> None:
    post_end(actor=who.east_staff, post=leaders.east.pk, valid_to=day(0), reason="调离")
    with nothing_happens(Refused, code="post_ends"):
        assign(who.east_staff, leaders.east, mines.east, valid_from=day(0))
    offered = selectors.candidates(who.east_staff, mines.east)
    assert offered[Level.COUNTY] == [leaders.east2]


def test_who_replaces_a_steward_keeps_the_post_of_both(
    city: SimpleNamespace, who: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace
) -> None:
    give(leaders.city, mines.east, day(-30))
    own = leader(city.bureau, "局甲")
    with nothing_happens(Forbidden, match="市甲"):
        assign(who.bureau_staff, own, mines.east, reason="换成自己的")
    page = browser(who.bureau_staff.user).get(f"/stewardship/mines/{mines.east.pk}/")
    assert "更换市级包保领导" not in page.content.decode()
    assign(who.bureau_staff, own, mines.second)
    assign(who.clerk, own, mines.east, reason="分工调整")


def test_one_grant_reaches_both_post_and_mine(
    city: SimpleNamespace, who: SimpleNamespace, mines: SimpleNamespace
) -> None:
    """A clerk of a unit that regulates no mine, who reads the whole city as a leader."""
    both = user(city, "both", Role.UNIT_STAFF, organisation=city.office)
    grant(both, Role.LEADER, city.government)
    own = leader(city.office, "办甲")
    with nothing_happens(Forbidden, match="东山矿"):
        assign(Actor(both), own, mines.east)
    assert not any(selectors.candidates(Actor(both), mines.east).values())


def test_another_takes_his_place_from_a_day_on(
    who: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace
) -> None:
    first = give(leaders.east, mines.east, day(-30))
    with nothing_happens(Refused, code="reason_missing"):
        assign(who.east_staff, leaders.east2, mines.east)
    with nothing_happens(Refused, code="overlaps"):
        assign(who.east_staff, leaders.east2, mines.east, valid_from=day(-30), reason="分工调整")
    with nothing_happens(WrongState, match="已经是"):
        assign(who.east_staff, leaders.east, mines.east, reason="分工调整")
    second = assign(who.east_staff, leaders.east2, mines.east, reason="分工调整")
    first.refresh_from_db()
    assert (first.valid_to, first.end_reason) == (day(-6), "分工调整")
    assert list(Stewardship.objects.in_force(day(-6))) == [first]
    assert list(Stewardship.objects.in_force(day(-5))) == [second]


def test_who_saw_another_steward_is_told(
    who: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace
) -> None:
    first = give(leaders.east, mines.east)
    with nothing_happens(WrongState, match="现在是东甲"):
        assign(who.east_staff, leaders.east2, mines.east, reason="分工调整", seen=0)
    assign(who.east_staff, leaders.east2, mines.east, reason="分工调整", seen=first.pk)


def test_it_ends_for_a_reason_and_may_begin_again_the_day_after(
    who: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace
) -> None:
    made = give(leaders.east, mines.east, day(-30))

    def end(actor: Any, **more: Any) -> Stewardship:
        given = {"valid_to": day(-7), "reason": "分工调整"} | more
        return steward_end(actor=actor, stewardship=made.pk, **given)

    for more, code in (
        ({"reason": " "}, "reason_missing"),
        ({"valid_to": day(1)}, "day_to_come"),
        ({"valid_to": day(-31)}, "ends_early"),
    ):
        with nothing_happens(Refused, code=code):
            end(who.east_staff, **more)
    with nothing_happens(Unknown):
        end(who.west_staff)
    with nothing_happens(Forbidden):
        end(who.town_staff)  # sees the mine, and does not keep the county's post
    end(who.east_staff)
    with nothing_happens(WrongState):
        end(who.east_staff)
    with nothing_happens(Refused, code="overlaps"):
        assign(who.east_staff, leaders.east2, mines.east, valid_from=day(-7))
    assign(who.east_staff, leaders.east2, mines.east, valid_from=day(-6))


def test_the_database_keeps_one_of_a_level(
    mines: SimpleNamespace, leaders: SimpleNamespace
) -> None:
    made = give(leaders.east, mines.east)
    with pytest.raises(IntegrityError, match="stewardship_one_of_a_level"), transaction.atomic():
        Stewardship.objects.create(
            post=leaders.east2, site=mines.east, level=made.level, valid_from=day(0)
        )
    with pytest.raises(IntegrityError, match="ends_for_a_reason"), transaction.atomic():
        Stewardship.objects.filter(pk=made.pk).update(valid_to=day(0))


def test_two_at_once_take_turns(
    committed_db: None, city: SimpleNamespace, who: SimpleNamespace, mines: SimpleNamespace,
    leaders: SimpleNamespace,
) -> None:  # fmt: skip
    results = at_once(
        lambda: assign(who.east_staff, leaders.east, mines.east),
        lambda: assign(who.clerk, leaders.east2, mines.east),
    )
    assert sum(isinstance(each, Stewardship) for each in results) == 1
    (refused,) = [each for each in results if isinstance(each, Refused)]
    assert refused.code == "overlaps"
    assert mines.east.stewardships.count() == 1


# --- vacancies ------------------------------------------------------------------------------------


def test_vacancies_at_the_edges_of_days(
    who: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace
) -> None:
    give(leaders.city, mines.east)
    made = give(leaders.east, mines.east, day(-10))
    steward_end(actor=who.clerk, stewardship=made.pk, valid_to=day(0), reason="调离")
    today, tomorrow = Board(who.clerk, day(0)), Board(who.clerk, day(1))
    assert today.of(mines.east).vacant == ()
    assert today.of(mines.east).need == Need.VISIT
    assert tomorrow.of(mines.east).vacant == (Level.COUNTY,)
    assert Board(who.clerk, day(-11)).of(mines.east).vacant == (Level.COUNTY,)
    assert set(today.lacking(Level.CITY)) == {mines.second.pk, mines.west.pk}
    give(leaders.city, mines.second)
    give(leaders.east2, mines.second)
    assert Board(who.clerk, day(1)).ordered.order_by("need_rank", "pk").last() == mines.second


def test_a_township_s_steward_is_no_substitute(
    who: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace
) -> None:
    give(leaders.town, mines.east)
    assert Board(who.clerk, day(0)).of(mines.east).vacant == (Level.CITY, Level.COUNTY)


def test_mines_that_are_not_asked_for(
    city: SimpleNamespace, who: SimpleNamespace, mines: SimpleNamespace, coal: Any
) -> None:
    site("停产矿", area=city.east_town, sector=coal, business="stopped")
    site("关闭矿", area=city.east_town, sector=coal, business="closed")
    site("并走矿", area=city.east_town, sector=coal, merged_into=mines.east)
    site("厂", area=city.east_town, sector=coal, kind="plant")
    ponds = Register.objects.create(code="tailings-pond", name="尾矿库", subject="site")
    version = ponds.versions.create(number=1, fields=[], effective_from=day(-900))
    for use in ("in_use", "stopped", "closed", "struck_off"):
        pond = site(use, area=city.east_town, sector=coal, kind="tailings_pond")
        ponds.entries.create(version=version, site=pond, values={"use": use}, checked_on=day(0))
    named = set(which.asked().values_list("name", flat=True))
    assert named == {"东山矿", "东沟矿", "西山矿", "停产矿", "in_use", "stopped"}
    assert len(Board(who.clerk, day(0)).areas) == 6


def test_each_sees_his_own_area(
    who: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace
) -> None:
    give(leaders.city, mines.east)
    seen = {
        name: set(Board(getattr(who, name), day(0)).areas)
        for name in ("clerk", "leader", "east_staff", "west_staff", "town_staff", "bureau_staff")
    }
    everything = {mines.east.pk, mines.second.pk, mines.west.pk}
    assert seen["clerk"] == seen["leader"] == seen["bureau_staff"] == everything
    assert seen["east_staff"] == seen["town_staff"] == {mines.east.pk, mines.second.pk}
    assert seen["west_staff"] == {mines.west.pk}
    assert [county.area.name for county in Board(who.east_staff, day(0)).counties] == ["东县"]


def test_stewards_go_with_a_mine_that_is_merged(
    city: SimpleNamespace, who: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace,
    coal: Any,
) -> None:  # fmt: skip
    twin = site("东山矿", area=city.east_town, sector=coal, regulator=city.bureau)
    kept = give(leaders.east, mines.east)
    ends, goes = give(leaders.east2, twin), give(leaders.city, twin)
    merge(actor=who.clerk, model=Site, goes=twin.pk, stays=mines.east.pk, reason="同一座")
    for each in (ends, goes, kept):
        each.refresh_from_db()
        assert each.site == mines.east
    assert (kept.valid_to, goes.valid_to) == (None, None)
    assert ends.valid_to == day(-1)
    assert "并入" in ends.end_reason
    with nothing_happens(WrongState, match="已并入"):
        assign(who.clerk, leaders.city2, twin)
