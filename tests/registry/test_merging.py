"""Two registrations of one subject: found, compared, made one; what they held is in one place."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Forbidden, Refused, Unknown, WrongState
from anlan.kernel.orgs.models import Organisation
from anlan.registry.duplicates import pairs
from anlan.registry.models import Enterprise, Grade, Person, Post, Register, Sector, Site
from anlan.registry.services.entries import entry_put
from anlan.registry.services.facts import SiteFacts
from anlan.registry.services.grading import grade_set
from anlan.registry.services.merging import merge
from anlan.registry.services.people import appoint, post_begin
from anlan.registry.services.subjects import site_add
from tests import factories
from tests.factories import at_once, day, happening, nothing_happens
from tests.kernel.access.conftest import browser

CODE = "91350100M000100Y43"
OTHER = "91110000100000001X"


@pytest.fixture
def twin(city: SimpleNamespace, subjects: SimpleNamespace, coal: Sector) -> Enterprise:
    """The coal enterprise once more, under another spelling and with its code."""
    return Enterprise.objects.create(
        name="演示煤业有限责任公司", credit_code=CODE, sector=coal, area=city.east,
        regulator=city.bureau,
    )  # fmt: skip


@pytest.fixture
def second(city: SimpleNamespace, subjects: SimpleNamespace, coal: Sector) -> Site:
    """The mine once more, without its owner."""
    own = {"kind": "mine", "sector": coal, "area": city.east_town, "regulator": city.bureau}
    return Site.objects.create(name="演示煤矿（一号）", **own)


def join(actor: Actor, goes: Any, stays: Any, **more: Any) -> Any:
    fields = {"model": type(goes), "goes": goes.pk, "stays": stays.pk, "reason": "同一家"}
    return merge(**{"actor": actor, **fields, **more})


# --- what is found --------------------------------------------------------------------------------


def test_pairs_are_of_one_name_in_one_county(
    city: SimpleNamespace, who: SimpleNamespace, subjects: SimpleNamespace, twin: Enterprise,
    second: Site,
) -> None:  # fmt: skip
    own = {"sector": twin.sector, "regulator": city.bureau}
    Enterprise.objects.create(name=twin.name, area=city.west_town, **own)
    other = Enterprise.objects.create(name=twin.name, area=city.east, credit_code=OTHER, **own)
    Enterprise.objects.create(name=twin.name, area=city.east, merged_into=twin, **own)
    Site.objects.create(name=second.name, kind="venue", area=city.east, **own)
    found = pairs(who.clerk, Enterprise)
    assert found == [(subjects.coal_east, twin), (subjects.coal_east, other)]  # not two codes
    assert pairs(who.clerk, Site) == [(subjects.mine, second)]
    assert pairs(who.bureau_staff, Enterprise) == []  # he is not the office


def test_an_office_finds_what_lies_in_its_area(
    city: SimpleNamespace, subjects: SimpleNamespace, twin: Enterprise
) -> None:
    office = Organisation.objects.create(
        code="9002-office", name="西县安委办", short_name="西县安委办", kind="office",
        area=city.west, path="90-government/9002-government/9002-office",
        parent=city.west_government,
    )  # fmt: skip
    west = factories.actor_of(
        factories.user(city, "west_office", factories.Role.SCO_STAFF, organisation=office)
    )
    assert pairs(west, Enterprise) == []
    with nothing_happens(Unknown):
        join(west, twin, subjects.coal_east)


# --- what becomes of them -------------------------------------------------------------------------


def test_the_one_that_stays_takes_over_all(
    city: SimpleNamespace, who: SimpleNamespace, subjects: SimpleNamespace, twin: Enterprise
) -> None:
    bureau, coal_east = who.bureau_staff, subjects.coal_east
    for subject, colour, on in ((coal_east, "blue", day(-3)), (twin, "red", day(-1))):
        grade_set(
            actor=bureau, subject=subject, colour=colour, basis="办法", reason="试", set_on=on
        )
    appoint(actor=bureau, enterprise=twin.pk, kind="principal", name="张三", valid_from=day(-9))
    old = Enterprise.objects.create(name="旧名", sector=twin.sector, area=city.east,
                                    merged_into=twin)  # fmt: skip
    with happening() as happened:
        join(who.clerk, twin, coal_east, seen=(twin.revision, coal_east.revision))
    for each in (twin, coal_east, old):
        each.refresh_from_db()
    assert twin.merged_into == old.merged_into == coal_east
    assert (twin.credit_code, coal_east.credit_code) == ("", CODE)
    assert coal_east.grade == "red"
    assert [each.colour for each in coal_east.grades.all()] == ["red", "blue"]
    assert Post.objects.get().enterprise == coal_east
    assert happened.kinds() == ["enterprise.merged"] * 2
    assert set(happened.verbs("registry_enterprise")) == {"registry.enterprise.merge"}
    assert (twin.revision, coal_east.revision) == (2, 2)


def test_sites_follow_their_enterprise(
    who: SimpleNamespace, subjects: SimpleNamespace, twin: Enterprise
) -> None:
    join(who.clerk, subjects.coal_east, twin)
    subjects.mine.refresh_from_db()
    assert (subjects.mine.enterprise, subjects.mine.revision) == (twin, 2)
    clerk = browser(who.clerk.user)
    answer = clerk.get(f"/registry/enterprises/{subjects.coal_east.pk}/", follow=True)
    assert answer.redirect_chain[-1][0] == f"/registry/enterprises/{twin.pk}/"
    assert "已并入" in answer.content.decode()
    assert "合并企业" in answer.content.decode()  # its history
    listed = clerk.get("/registry/enterprises/").content.decode()
    assert f"/registry/enterprises/{subjects.coal_east.pk}/" not in listed


@pytest.mark.parametrize(("gone_on", "kept_on", "holds"), [(-1, -2, 9), (-2, -1, 1), (-1, -1, 1)])
def test_of_a_register_in_which_both_stand_the_later_check_holds(
    who: SimpleNamespace, subjects: SimpleNamespace, second: Site, register: Register,
    gone_on: int, kept_on: int, holds: int,
) -> None:  # fmt: skip
    put = {"actor": who.bureau_staff, "register": register}
    theirs = entry_put(subject=second, raw={"depth": 9}, checked_on=day(gone_on), **put)
    own = entry_put(subject=subjects.mine, raw={"depth": 1}, checked_on=day(kept_on), **put)
    join(who.clerk, second, subjects.mine)
    for each in (theirs, own):
        each.refresh_from_db()
    assert (own.site, own.values) == (subjects.mine, {"depth": str(holds)})
    assert own.checked_on == day(max(gone_on, kept_on))
    assert (theirs.site, theirs.values) == (second, {"depth": "9"})  # nothing is deleted
    assert own.revision == (2 if holds == 9 else 1)


def test_an_entry_that_one_has_moves_and_an_owner_passes_on(
    who: SimpleNamespace, subjects: SimpleNamespace, second: Site, register: Register
) -> None:
    entry = entry_put(
        actor=who.bureau_staff, register=register, subject=subjects.mine, raw={"depth": 1}
    )
    join(who.clerk, subjects.mine, second)
    entry.refresh_from_db()
    second.refresh_from_db()
    assert (entry.site, second.enterprise) == (second, subjects.coal_east)


def test_who_holds_a_post_in_both_holds_it_once_since_the_earlier_day(
    who: SimpleNamespace, subjects: SimpleNamespace, twin: Enterprise
) -> None:
    person = Person.objects.create(name="张三")
    more = {"actor": who.bureau_staff, "person": person, "kind": "principal"}
    post_begin(enterprise=subjects.coal_east.pk, valid_from=day(-3), **more)
    post_begin(enterprise=twin.pk, valid_from=day(-9), **more)
    join(who.clerk, twin, subjects.coal_east)
    assert subjects.coal_east.posts.get().valid_from == day(-9)


# --- what is refused ------------------------------------------------------------------------------


def test_what_was_merged_is_not_merged_again(
    who: SimpleNamespace, subjects: SimpleNamespace, twin: Enterprise
) -> None:
    join(who.clerk, twin, subjects.coal_east)
    for goes, stays in ((twin, subjects.coal_east), (subjects.coal_east, twin)):
        with nothing_happens(WrongState, match="已并入“演示煤业有限公司”"):
            join(who.clerk, goes, stays)


def test_what_cannot_be_one_is_refused(
    city: SimpleNamespace, who: SimpleNamespace, subjects: SimpleNamespace, twin: Enterprise,
    second: Site,
) -> None:  # fmt: skip
    clerk = who.clerk
    with nothing_happens(Refused, code="reason_missing"):
        join(clerk, twin, subjects.coal_east, reason=" ")
    with nothing_happens(Refused, code="merge_with_itself"):
        join(clerk, twin, twin)
    with nothing_happens(WrongState, match="已被另一人修改"):
        join(clerk, twin, subjects.coal_east, seen=(1, 7))
    for actor in (who.bureau_staff, who.leader):
        with nothing_happens(Forbidden):
            join(actor, twin, subjects.coal_east)
    Enterprise.objects.filter(pk=subjects.coal_east.pk).update(credit_code=OTHER)
    with nothing_happens(Refused, match="是两家企业"):
        join(clerk, twin, subjects.coal_east)
    Site.objects.filter(pk=second.pk).update(enterprise=twin)
    with nothing_happens(Refused, match="属于不同的企业"):
        join(clerk, second, subjects.mine)
    Site.objects.filter(pk=second.pk).update(kind="venue", enterprise=None)
    with nothing_happens(Refused, match="类别不同"):
        join(clerk, second, subjects.mine)


def test_two_at_once(
    committed_db: None, city: SimpleNamespace, who: SimpleNamespace, subjects: SimpleNamespace,
    twin: Enterprise,
) -> None:  # fmt: skip
    """Either way round one is faster; the other is told, and neither points at itself."""
    done = at_once(
        lambda: join(who.clerk, twin, subjects.coal_east),
        lambda: join(who.clerk2, subjects.coal_east, twin),
    )
    assert sorted(type(each).__name__ for each in done) == ["Enterprise", "WrongState"]
    assert Enterprise.objects.filter(merged_into=None, name__startswith="演示煤业").count() == 1


def test_a_site_that_is_added_during_a_merge_is_not_lost(
    committed_db: None, city: SimpleNamespace, who: SimpleNamespace, subjects: SimpleNamespace,
    twin: Enterprise, coal: Sector,
) -> None:  # fmt: skip
    facts = SiteFacts(name="新井", kind="mine", sector=coal, area=city.east_town, enterprise=twin)
    merged, added = at_once(
        lambda: join(who.clerk, twin, subjects.coal_east),
        lambda: site_add(actor=who.bureau_staff, facts=facts),
    )
    assert isinstance(merged, Enterprise)
    if isinstance(added, Site):
        added.refresh_from_db()
        assert added.enterprise == subjects.coal_east
    else:
        assert isinstance(added, WrongState | Refused)
        assert not Site.objects.filter(name="新井").exists()


# --- the pages ------------------------------------------------------------------------------------


def test_the_office_compares_and_decides(
    who: SimpleNamespace, subjects: SimpleNamespace, twin: Enterprise, second: Site
) -> None:
    clerk = browser(who.clerk.user)
    address = f"/registry/duplicates/enterprise/{subjects.coal_east.pk}/{twin.pk}/"
    page = clerk.get("/registry/duplicates/").content.decode()
    assert address in page
    assert f"/registry/duplicates/site/{subjects.mine.pk}/{second.pk}/" in page
    shown = clerk.get(address)
    assert CODE in shown.content.decode()
    typed = {
        f"seen_{subjects.coal_east.pk}": 1, f"seen_{twin.pk}": 1, "stays": twin.pk,
        "reason": "营业执照一致",
    }  # fmt: skip
    assert clerk.post(address, {**typed, "stays": ""}).status_code == 422
    stale = clerk.post(address, {**typed, f"seen_{twin.pk}": 0})
    assert (stale.status_code, "已被另一人修改" in stale.content.decode()) == (409, True)
    answer = clerk.post(address, typed)
    assert (answer.status_code, answer.url) == (302, f"/registry/enterprises/{twin.pk}/")
    assert Grade.objects.count() == 0
    again = clerk.get(address).content.decode()
    assert "已并入" in again
    assert 'name="stays"' not in again


def test_nobody_else_decides(
    who: SimpleNamespace, subjects: SimpleNamespace, twin: Enterprise
) -> None:
    address = f"/registry/duplicates/enterprise/{subjects.coal_east.pk}/{twin.pk}/"
    for actor in (who.bureau_staff, who.leader):
        assert browser(actor.user).get(address).status_code == 403
    clerk = browser(who.clerk.user)
    for missing in (f"enterprise/{twin.pk}/{twin.pk}/", f"enterprise/{twin.pk}/0/", "x/1/2/"):
        assert clerk.get(f"/registry/duplicates/{missing}").status_code == 404
