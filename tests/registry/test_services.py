"""Adding and changing: what is stored, what is refused, who was faster."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from anlan.kernel.access.actor import ActorSource, system
from anlan.kernel.audit.models import AuditRow
from anlan.kernel.errors import Forbidden, Refused, Unknown, WrongState
from anlan.registry.models import (
    Enterprise,
    Entry,
    Grade,
    IdentityOpening,
    Person,
    Register,
    Sector,
    Site,
)
from anlan.registry.selectors import default_regulator, masked, registers_for
from anlan.registry.services.doubts import doubts
from anlan.registry.services.entries import EntryFaults, entry_put
from anlan.registry.services.facts import CodeTaken, EnterpriseFacts, SiteFacts
from anlan.registry.services.grading import grade_set
from anlan.registry.services.people import appoint, identity_open, person_add, post_begin, post_end
from anlan.registry.services.subjects import (
    enterprise_add,
    enterprise_change,
    site_add,
    site_change,
)
from tests.factories import at_once, day, happening, nothing_happens

CODE = "91350100M000100Y43"
NUMBER = "11010519491231002X"


def _facts(city: SimpleNamespace, sector: Sector, **more: Any) -> EnterpriseFacts:
    return EnterpriseFacts(**{"name": "新煤业", "sector": sector, "area": city.east_town, **more})


def _site(city: SimpleNamespace, sector: Sector, **more: Any) -> SiteFacts:
    fields = {"name": "二号", "kind": "mine", "sector": sector, "area": city.east_town}
    return SiteFacts(**{**fields, **more})


# --- enterprises and sites ------------------------------------------------------------------------


def test_an_enterprise_gets_its_sector_s_regulator(
    city: SimpleNamespace, who: SimpleNamespace, coal: Sector
) -> None:
    with happening() as happened:
        made = enterprise_add(
            actor=who.bureau_staff,
            facts=_facts(
                city, coal, name=" 新煤业 ", credit_code=CODE.lower(),
                latitude=Decimal("37.52430049"), longitude=Decimal("111.1345"),
            ),
        )  # fmt: skip
    made.refresh_from_db()
    assert (made.name, made.credit_code, made.regulator) == ("新煤业", CODE, city.bureau)
    assert made.latitude == Decimal("37.524300")
    assert happened.verbs("registry_enterprise") == ["registry.enterprise.add"]
    assert happened.kinds() == ["enterprise.added"]
    assert (happened.events[0].area, happened.events[0].organisation) == (
        city.east_town,
        city.bureau,
    )


REFUSED = {
    "no name": ({"name": "　 "}, "name_missing"),
    "a code too short": ({"credit_code": CODE[:-1]}, "credit_code"),
    "a wrong check digit": ({"credit_code": f"{CODE[:-1]}9"}, "credit_code"),
    "half a place": ({"latitude": Decimal(37)}, "place_half"),
    "a place nowhere": ({"latitude": Decimal(97), "longitude": Decimal(1)}, "place_nowhere"),
    "another regulator without a reason": ({"regulator": "east_government"}, "regulator_reason"),
    "a regulator that is dissolved": (
        {"regulator": "dissolved", "regulator_reason": "x"}, "regulator_dissolved",
    ),
    "a sector out of use": ({"sector": "retired"}, "sector_retired"),
    "not the clerk's": ({"sector": "trade"}, "out_of_reach"),
    "a name too long": ({"name": "长" * 121}, "invalid"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_leaves_nothing_behind(
    city: SimpleNamespace, who: SimpleNamespace, coal: Sector, trade: Sector, case: str
) -> None:
    given, code = REFUSED[case]
    organisation = city.west_government
    organisation.valid_to = date(2020, 1, 1)
    organisation.save()
    named = {
        "east_government": city.east_government,
        "dissolved": organisation,
        "trade": trade,
        "retired": Sector.objects.create(code="old", name="旧", retired_on=date(2020, 1, 1)),
    }
    facts = {k: named.get(v, v) if isinstance(v, str) else v for k, v in given.items()}
    with nothing_happens(Refused, code=code):
        enterprise_add(
            actor=who.bureau_staff,
            facts=_facts(city, facts.pop("sector", coal), **facts),
        )


def test_another_regulator_stands_with_its_reason(
    city: SimpleNamespace, who: SimpleNamespace, coal: Sector
) -> None:
    facts = _facts(
        city, coal, regulator=city.east_government, regulator_reason="会议纪要〔2025〕3 号"
    )
    made = enterprise_add(actor=who.east_staff, facts=facts)
    assert (made.regulator, made.regulator_reason) == (city.east_government, "会议纪要〔2025〕3 号")


def test_a_code_stands_once(city: SimpleNamespace, who: SimpleNamespace, coal: Sector) -> None:
    first = enterprise_add(actor=who.bureau_staff, facts=_facts(city, coal, credit_code=CODE))
    with nothing_happens(CodeTaken, match="已登记在“新煤业”名下") as _:
        enterprise_add(actor=who.bureau_staff, facts=_facts(city, coal, credit_code=CODE))
    same = _facts(city, coal, credit_code=CODE, staff=3)
    changed = enterprise_change(
        actor=who.bureau_staff, enterprise=first.pk, facts=same, seen=first.revision
    )
    assert (changed.staff, changed.revision) == (3, 2)


@pytest.mark.parametrize("name", ["leader", "clerk", "chief"])
def test_who_oversees_does_not_register(
    city: SimpleNamespace, who: SimpleNamespace, coal: Sector, subjects: SimpleNamespace, name: str
) -> None:
    actor = getattr(who, name)
    with nothing_happens(Forbidden):
        enterprise_add(actor=actor, facts=_facts(city, coal))
    with nothing_happens(Forbidden):
        site_change(actor=actor, site=subjects.mine.pk, facts=_site(city, coal), seen=1)


def test_a_change_tells_what_changed_and_why(
    city: SimpleNamespace, who: SimpleNamespace, coal: Sector, subjects: SimpleNamespace
) -> None:
    facts = _site(
        city, coal, name="演示煤矿一号", enterprise=subjects.coal_east, business="stopped"
    )
    with happening() as happened:
        site_change(
            actor=who.bureau_staff, site=subjects.mine.pk, facts=facts, seen=1, reason="停产通知"
        )
    [row] = happened.audit
    assert row.changes == {"business": ["running", "stopped"], "revision": [1, 2]}
    assert row.reason == "停产通知"
    with happening() as happened:
        site_change(actor=who.bureau_staff, site=subjects.mine.pk, facts=facts, seen=2)
    assert happened.audit == happened.events == []


def test_a_change_upon_an_old_sight_is_refused(
    city: SimpleNamespace, who: SimpleNamespace, coal: Sector, subjects: SimpleNamespace
) -> None:
    def change(name: str) -> Enterprise:
        return enterprise_change(
            actor=who.bureau_staff, enterprise=subjects.coal_east.pk,
            facts=_facts(city, coal, name=name), seen=1,
        )  # fmt: skip

    change("先到")
    with nothing_happens(WrongState, match="已被另一人修改"):
        change("后到")
    assert Enterprise.objects.get(pk=subjects.coal_east.pk).name == "先到"


def test_what_is_out_of_sight_or_merged_is_not_changed(
    city: SimpleNamespace, who: SimpleNamespace, coal: Sector, subjects: SimpleNamespace
) -> None:
    change = {"enterprise": subjects.coal_east.pk, "facts": _facts(city, coal), "seen": 1}
    with nothing_happens(Unknown):
        enterprise_change(actor=who.west_staff, **change)
    Enterprise.objects.filter(pk=subjects.coal_east.pk).update(merged_into=subjects.stray)
    with nothing_happens(WrongState, match="已并入“演示新业态”"):
        enterprise_change(actor=who.bureau_staff, **change)


def test_a_subject_is_not_pushed_out_of_one_s_own_reach(
    city: SimpleNamespace, who: SimpleNamespace, coal: Sector, subjects: SimpleNamespace
) -> None:
    away = _facts(city, coal, regulator=city.east_government, regulator_reason="不归我们")
    change = {"enterprise": subjects.coal_east.pk, "facts": away, "seen": 1}
    with nothing_happens(Refused, code="out_of_reach"):
        enterprise_change(actor=who.bureau_staff, **change)
    changed = enterprise_change(actor=who.east_staff, **change)  # its area stays the county's
    assert changed.regulator == city.east_government


def test_a_site_stands_in_a_township_under_an_enterprise_that_is_seen(
    city: SimpleNamespace, who: SimpleNamespace, coal: Sector, subjects: SimpleNamespace
) -> None:
    with nothing_happens(Refused, code="area_too_wide"):
        site_add(actor=who.bureau_staff, facts=_site(city, coal, area=city.east))
    with nothing_happens(Unknown):
        site_add(actor=who.bureau_staff, facts=_site(city, coal, enterprise=subjects.shop_west))
    Enterprise.objects.filter(pk=subjects.coal_east.pk).update(merged_into=subjects.stray)
    subjects.coal_east.refresh_from_db()
    with nothing_happens(Refused, code="enterprise_merged"):
        site_add(actor=who.bureau_staff, facts=_site(city, coal, enterprise=subjects.coal_east))
    made = site_add(actor=who.bureau_staff, facts=_site(city, coal))
    assert made.enterprise is None
    assert len(made.token) == 16


def test_doubts_are_told_and_refuse_nothing(
    city: SimpleNamespace, who: SimpleNamespace, coal: Sector, subjects: SimpleNamespace
) -> None:
    twice = _facts(city, coal, name="演示（煤业）有限责任公司")
    [doubt] = doubts(who.bureau_staff, twice)
    assert doubt.others == [subjects.coal_east]
    assert doubts(who.bureau_staff, twice, subjects.coal_east) == []
    assert doubts(who.west_staff, twice) == []  # a name that he cannot see is not told
    assert enterprise_add(actor=who.bureau_staff, facts=twice).name_key == "演示煤业有限公司"


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ((Decimal("37.52"), Decimal("111.14")), None),  # 离石区
        ((Decimal("39.90"), Decimal("116.40")), "不在本市范围内"),
    ],
)
def test_a_place_outside_of_the_county_is_a_doubt(
    city: SimpleNamespace, who: SimpleNamespace, coal: Sector, place: Any, told: str | None
) -> None:
    city.east_town.path = "141100/141102/x"
    facts = _facts(city, coal, latitude=place[0], longitude=place[1])
    found = doubts(who.bureau_staff, facts)
    assert [told in each.text for each in found] == ([True] if told else [])


def test_default_regulators(city: SimpleNamespace, coal: Sector, trade: Sector) -> None:
    part = Sector.objects.create(code="part", name="煤矿的一部分", parent=coal)
    county = Sector.objects.create(
        code="county", name="县里管", city_regulator=city.bureau, county_regulator="government"
    )
    assert default_regulator(part, city.east_town) == city.bureau
    assert default_regulator(county, city.east_town) == city.east_government
    assert default_regulator(county, city.city) == city.bureau
    assert default_regulator(trade, city.east) is None
    city.bureau.valid_to = day(-1)
    city.bureau.save()
    fresh = Sector.objects.get(pk=coal.pk)
    assert default_regulator(fresh, city.east_town) is None


@pytest.mark.usefixtures("committed_db")
def test_two_clerks_at_the_same_moment(
    city: SimpleNamespace, who: SimpleNamespace, coal: Sector, register: Register
) -> None:
    def add() -> object:
        return enterprise_add(actor=who.bureau_staff, facts=_facts(city, coal, credit_code=CODE))

    assert sorted(type(each).__name__ for each in at_once(add, add)) == ["CodeTaken", "Enterprise"]
    mine = site_add(actor=who.bureau_staff, facts=_site(city, coal))

    def put() -> object:
        return entry_put(
            actor=who.bureau_staff, register=register, subject=mine, raw={"depth": 1}, seen=0
        )

    assert sorted(type(each).__name__ for each in at_once(put, put)) == ["Entry", "Stale"]

    def person() -> object:
        return person_add(actor=who.bureau_staff, name="张三", identity_number=NUMBER)

    assert [type(each).__name__ for each in at_once(person, person)] == ["Person", "Person"]
    assert Person.objects.count() == 1


# --- people ---------------------------------------------------------------------------------------


def test_a_person_is_known_by_his_number(who: SimpleNamespace, subjects: SimpleNamespace) -> None:
    first = person_add(actor=who.bureau_staff, name="张三", identity_number=NUMBER)
    same = person_add(
        actor=who.west_staff, name="张 三", identity_number=NUMBER.lower(), phone="13800000000"
    )
    assert first == same
    assert Person.objects.get().phone == "13800000000"
    with nothing_happens(Refused, code="identity_of_another") as _:
        person_add(actor=who.west_staff, name="李四", identity_number=NUMBER)
    with nothing_happens(Refused, code="identity", match="第 18 位应是“X”"):
        person_add(actor=who.west_staff, name="张三", identity_number=f"{NUMBER[:-1]}1")
    with nothing_happens(Refused, code="name_missing"):
        person_add(actor=who.west_staff, name=" ", identity_number=NUMBER)
    assert person_add(actor=who.bureau_staff, name="张三") != first


def test_a_number_is_nowhere_in_the_database(who: SimpleNamespace) -> None:
    person = person_add(actor=who.bureau_staff, name="张三", identity_number=NUMBER)
    assert NUMBER.encode() not in bytes(person.identity or b"")
    for row in AuditRow.objects.all():
        assert NUMBER not in str(row.changes)
        assert NUMBER not in row.reason
    assert masked(person) == "**************002X"
    Person.objects.filter(pk=person.pk).update(digest="0" * 64)
    assert masked(Person.objects.get(pk=person.pk)) == "无法读取"
    assert masked(Person(name="没有号码")) == ""


def test_a_post_begins_once_and_ends_once(who: SimpleNamespace, subjects: SimpleNamespace) -> None:
    begin = {
        "actor": who.bureau_staff, "enterprise": subjects.coal_east.pk, "kind": "principal",
        "valid_from": subjects.day, "name": "张三", "identity_number": NUMBER,
    }  # fmt: skip
    with happening() as happened:
        post = appoint(**begin)
    assert happened.kinds() == ["post.begun"]
    with nothing_happens(WrongState, match="不必重复登记"):
        appoint(**begin)
    with nothing_happens(Refused, code="post_in_future"):
        appoint(**{**begin, "kind": "controller", "valid_from": day(1)})
    with nothing_happens(Unknown):
        appoint(**{**begin, "actor": who.west_staff})
    end = {"actor": who.bureau_staff, "post": post.pk}
    with nothing_happens(Refused, code="post_ends_early"):
        post_end(**end, valid_to=subjects.day - timedelta(days=1))
    with nothing_happens(Refused, code="post_in_future"):
        post_end(**end, valid_to=day(1))
    with nothing_happens(Unknown):
        post_end(actor=who.west_staff, post=post.pk, valid_to=day(0))
    post_end(**end, valid_to=day(0), reason="调离")
    with nothing_happens(WrongState):
        post_end(**end, valid_to=day(0))
    again = post_begin(
        actor=who.bureau_staff, enterprise=subjects.coal_east.pk, person=post.person,
        kind="principal", valid_from=day(0),
    )  # fmt: skip
    assert again.pk != post.pk


def test_a_number_is_opened_with_a_reason_that_stays(
    who: SimpleNamespace, subjects: SimpleNamespace
) -> None:
    post = appoint(
        actor=who.bureau_staff, enterprise=subjects.coal_east.pk, kind="principal",
        valid_from=subjects.day, name="张三", identity_number=NUMBER,
    )  # fmt: skip
    person = post.person_id
    with nothing_happens(Refused, code="reason_missing"):
        identity_open(actor=who.bureau_staff, person=person, reason=" ")
    with nothing_happens(Forbidden):
        identity_open(actor=who.leader, person=person, reason="看看")
    with nothing_happens(Unknown):
        identity_open(actor=who.west_staff, person=person, reason="看看")
    with happening() as happened:
        assert identity_open(actor=who.clerk, person=person, reason="事故调查") == NUMBER
    [row] = happened.audit
    assert (row.verb, row.reason) == ("registry.identity.open", "事故调查")
    assert IdentityOpening.objects.get().by == who.clerk.user
    nameless = person_add(actor=who.bureau_staff, name="李四")
    Person.objects.filter(pk=person).update(digest="0" * 64)
    with nothing_happens(Refused, code="identity_broken"):
        identity_open(actor=who.clerk, person=person, reason="事故调查")
    post_begin(
        actor=who.bureau_staff, enterprise=subjects.coal_east.pk, person=nameless,
        kind="controller", valid_from=subjects.day,
    )  # fmt: skip
    with nothing_happens(Unknown, match="没有登记身份证号"):
        identity_open(actor=who.clerk, person=nameless.pk, reason="事故调查")


# --- grades and entries ---------------------------------------------------------------------------


def test_a_grade_follows_another(who: SimpleNamespace, subjects: SimpleNamespace) -> None:
    common = {"actor": who.bureau_staff, "subject": subjects.mine, "basis": "评估报告"}
    first = grade_set(**common, colour="red", reason="高瓦斯", set_on=day(0), seen=0)
    with nothing_happens(WrongState):
        grade_set(**common, colour="blue", reason="迟到", set_on=day(0), seen=0)
    with nothing_happens(Refused, code="grade_before_newest"):
        grade_set(**common, colour="blue", reason="倒填", set_on=day(-1))
    with nothing_happens(Refused, code="grade_in_future"):
        grade_set(**common, colour="blue", reason="x", set_on=day(1))
    with nothing_happens(Refused, code="grade_unknown"):
        grade_set(**common, colour="green", reason="x", set_on=day(0))
    with nothing_happens(Refused, code="grade_without_reason"):
        grade_set(**common, colour="blue", reason=" ", set_on=day(0))
    grade_set(**common, colour="orange", reason="已抽采", set_on=day(0), seen=first.pk)
    assert [g.colour for g in subjects.mine.grades.all()] == ["orange", "red"]
    assert Site.objects.get(pk=subjects.mine.pk).grade == "orange"
    assert Grade.objects.first().set_by == who.bureau_staff.user


def test_an_entry_is_judged_by_the_newest_version_in_force(
    who: SimpleNamespace, subjects: SimpleNamespace, register: Register
) -> None:
    put = {"actor": who.bureau_staff, "register": register, "subject": subjects.mine}
    with nothing_happens(EntryFaults) as _:
        entry_put(**put, raw={"depth": "很深", "gas": "x"})
    first = entry_put(**put, raw={"depth": "６２０", "gas": "高瓦斯", "other": "x"}, seen=0)
    assert first.values == {"depth": "620", "gas": "high"}
    fields = [{"key": "width", "label": "宽", "kind": "integer"}]
    register.versions.create(number=2, fields=fields, effective_from=day(1))
    same = entry_put(**put, raw={"depth": 1}, seen=1, checked_on=day(0))
    assert (same.version.number, same.revision) == (1, 2)
    register.versions.create(number=3, fields=fields, effective_from=day(0))
    new = entry_put(**put, raw={"width": 3}, seen=2)
    assert (new.version.number, new.values) == (3, {"width": 3})
    assert Entry.objects.count() == 1


def test_what_no_register_takes(
    who: SimpleNamespace, subjects: SimpleNamespace, register: Register
) -> None:
    put = {"actor": who.bureau_staff, "register": register, "raw": {"depth": 1}}
    with nothing_happens(Refused, code="register_of_others"):
        entry_put(**put, subject=subjects.coal_east)
    Site.objects.filter(pk=subjects.mine.pk).update(kind="plant")
    with nothing_happens(Refused, code="register_of_others"):
        entry_put(**put, subject=subjects.mine)
    with nothing_happens(Refused, code="checked_in_future"):
        entry_put(**put, subject=subjects.mine, checked_on=day(1))
    with nothing_happens(Unknown):
        entry_put(**{**put, "actor": who.west_staff}, subject=subjects.mine)
    register.retired_on = day(0)
    register.save()
    with nothing_happens(WrongState, match="停用"):
        entry_put(**put, subject=subjects.mine)
    empty = Register.objects.create(code="new", name="新", subject="site")
    with nothing_happens(WrongState, match="还没有启用的版本"):
        entry_put(**{**put, "register": empty}, subject=subjects.mine)


def test_the_registers_of_a_subject_are_those_of_its_kind_and_sector(
    coal: Sector, trade: Sector, subjects: SimpleNamespace, register: Register
) -> None:
    make = Register.objects.create
    everywhere = make(code="all", name="所有场所", subject="site", sort=1)
    make(code="trade", name="别的行业", subject="site", sector=trade)
    make(code="firm", name="企业的", subject="enterprise", sector=coal)
    make(code="old", name="停用的", subject="site", sector=coal, retired_on=date(2020, 1, 1))
    assert registers_for(subjects.mine) == [register, everywhere]
    part = Sector.objects.create(code="part", name="部分", parent=coal)
    subjects.mine.sector = part
    assert registers_for(subjects.mine) == [register, everywhere]


def test_our_own_jobs_may_register(city: SimpleNamespace, coal: Sector) -> None:
    made = enterprise_add(actor=system(ActorSource.IMPORT), facts=_facts(city, coal), is_demo=True)
    assert made.is_demo
