"""A decision for a whole line of business: what follows it, what keeps its own, who is told."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from anlan.config.loaders import CITY
from anlan.kernel.access.roles import Role
from anlan.kernel.errors import Refused
from anlan.kernel.orgs.models import Area, Organisation
from anlan.registry.loading import load as load_registry
from anlan.registry.models import Dispute, Enterprise, Opinion, Sector, Site
from anlan.registry.regulators import Regulators
from tests import factories
from tests.factories import at_once, day, happening, nothing_happens
from tests.registry.test_disputes import ask, change, decide, give, raised
from tests.registry.test_disputes import heard as heard
from tests.registry.test_disputes import open_ as open_
from tests.registry.test_loading import WRITER
from tests.registry.test_loading import luliang as luliang


def counterparts(city: SimpleNamespace) -> tuple[Organisation, Organisation]:
    """A body of the city and the one that is like it in the eastern county; the west has none."""
    fire, east_fire = (
        Organisation.objects.create(
            code=code, name=code, short_name=code, kind="branch", area=area, parent=city.government,
            path=f"90-government/{code}",
        )
        for code, area in (("90-fire", city.city), ("9001-fire", city.east))
    )  # fmt: skip
    return fire, east_fire


def test_a_decision_for_a_line_of_business_moves_what_follows_the_default(
    city: SimpleNamespace, who: SimpleNamespace, subjects: SimpleNamespace, trade: Sector
) -> None:
    fire, east_fire = counterparts(city)
    part = Sector.objects.create(code="part", name="新业态之一", parent=trade)
    make = Enterprise.objects.create
    other = make(name="另一家", sector=trade, area=city.west_town)
    of_part = Site.objects.create(name="场地", kind="venue", sector=part, area=city.east_town)
    reasoned = make(name="有依据的", sector=trade, area=city.east, regulator=city.bureau,
                    regulator_reason="会议纪要")  # fmt: skip
    gone = make(name="并入的", sector=trade, area=city.west, merged_into=other)
    dispute = raised(who.town_staff, subjects.stray)
    ask(who.clerk, dispute, city.bureau)
    Opinion.objects.update(until=day(-1))
    with nothing_happens(Refused, code="regulator_of_a_part"):
        decide(who.chief, dispute, east_fire, scope="sector")
    decide(who.chief, dispute, fire, scope="sector")
    found = {each.pk: each.regulator for each in Enterprise.objects.all()}
    assert found[subjects.stray.pk] == east_fire  # the county's counterpart
    assert found[other.pk] == fire  # the west has none
    assert found[reasoned.pk] == city.bureau
    assert found[gone.pk] is None
    assert found[subjects.shop_west.pk] == city.west_government  # not the default: kept
    assert Site.objects.get(pk=of_part.pk).regulator == east_fire
    trade.refresh_from_db()
    assert (trade.city_regulator, trade.county_regulator) == (fire, "fire")
    dispute.refresh_from_db()
    assert (dispute.sector, dispute.regulator) == (trade, fire)


@pytest.fixture
def others(city: SimpleNamespace, subjects: SimpleNamespace, trade: Sector) -> SimpleNamespace:
    """More of the line of business, of nobody: two in the west, one of them a site."""
    own = {"sector": trade, "area": city.west_town}
    return SimpleNamespace(
        shop=Enterprise.objects.create(name="另一家", **own),
        venue=Site.objects.create(name="场地", kind="venue", **own),
    )


def test_who_led_to_a_decision_for_a_line_follows_the_next_one(
    city: SimpleNamespace, who: SimpleNamespace, subjects: SimpleNamespace, heard: Dispute
) -> None:
    decide(who.chief, heard, city.government, scope="sector")
    assert Enterprise.objects.get(pk=subjects.stray.pk).regulator_reason == ""
    later = raised(who.west_staff, subjects.shop_west)
    ask(who.clerk, later, city.bureau)
    give(who.bureau_staff, later, city.bureau)
    decide(who.chief, later, city.bureau, scope="sector")
    assert Enterprise.objects.get(pk=subjects.stray.pk).regulator == city.bureau


def test_what_is_disputed_itself_does_not_move_with_its_line(
    city: SimpleNamespace, who: SimpleNamespace, others: SimpleNamespace, heard: Dispute
) -> None:
    for subject in (others.shop, others.venue):
        raised(who.west_staff, subject)
    decide(who.chief, heard, city.bureau, scope="sector")
    for subject in (others.shop, others.venue):
        subject.refresh_from_db()
        assert (subject.regulator, subject.revision) == (None, 1)


@pytest.mark.parametrize("change", ["regulator", "reason", "merged"])
def test_what_a_clerk_saved_meanwhile_is_not_overwritten(
    city: SimpleNamespace, who: SimpleNamespace, subjects: SimpleNamespace,
    others: SimpleNamespace, heard: Dispute, monkeypatch: pytest.MonkeyPatch, change: str,
) -> None:  # fmt: skip
    """Between the reading of the subjects and their update."""
    saved = {
        "regulator": {"regulator": city.west_government},
        "reason": {"regulator_reason": "会议纪要"},
        "merged": {"merged_into": subjects.shop_west},
    }[change]
    of = Regulators.of

    def meanwhile(self: Regulators, sector: int, area: Area) -> Organisation | None:
        if area == others.shop.area:  # it was read, and its new regulator is looked up
            Enterprise.objects.filter(pk=others.shop.pk).update(**saved)
        return of(self, sector, area)

    monkeypatch.setattr(Regulators, "of", meanwhile)
    decide(who.chief, heard, city.bureau, scope="sector")
    others.shop.refresh_from_db()
    assert others.shop.regulator == saved.get("regulator")
    assert others.shop.revision == 1


def test_whom_a_line_of_business_moved_is_told_how_many(
    city: SimpleNamespace, who: SimpleNamespace, subjects: SimpleNamespace,
    others: SimpleNamespace, heard: Dispute, trade: Sector,
) -> None:  # fmt: skip
    trade.city_regulator = city.west_government
    trade.save()
    Enterprise.objects.filter(pk=others.shop.pk).update(regulator=city.west_government)
    fire, east_fire = counterparts(city)
    for name, of in (("fire", fire), ("east_fire", east_fire)):
        factories.user(city, name, Role.UNIT_STAFF, organisation=of)
    with happening() as happened:
        decide(who.chief, heard, fire, scope="sector")
    assert {"fire", "east_fire"} <= happened.told_to("dispute.decided")  # neither was asked
    assert happened.told_to("dispute.moved") == {"fire", "west_head", "west_staff"}
    texts = {each.user.username: each for each in happened.told if each.kind == "dispute.moved"}
    assert "，划入您单位企业 2 家、场所 2 个。" in texts["fire"].text
    assert "，从您单位划出企业 2 家、场所 1 个。" in texts["west_head"].text
    assert texts["west_head"].link == "/registry/enterprises/?sector=trade"
    counts = {
        each.organisation: (each.ids["gained"], each.ids["lost"])
        for each in happened.events if each.kind == "dispute.moved"
    }  # fmt: skip
    assert counts == {fire: (4, 0), city.west_government: (0, 3)}
    decided = next(each for each in happened.told if each.kind == "dispute.decided")
    assert "起由9001-fire监管（行业领域“新业态”由90-fire监管" in decided.text


def test_the_next_start_does_not_undo_a_decision(
    city: SimpleNamespace, who: SimpleNamespace, luliang: None
) -> None:
    load_registry(CITY, actor=WRITER)
    new = Sector.objects.get(code="new-business")
    stray = Enterprise.objects.create(name="演示新业态", sector=new, area=city.east_town)
    dispute = raised(who.town_staff, stray)
    ask(who.clerk, dispute, city.bureau)
    give(who.bureau_staff, dispute, city.bureau)
    decide(who.chief, dispute, city.bureau, scope="sector")
    Sector.objects.filter(pk=new.pk).update(name="旧名")
    load_registry(CITY, actor=WRITER)
    new.refresh_from_db()
    assert (new.city_regulator, new.verified, new.name) == (city.bureau, True, "新行业、新业态")


def test_two_decide_for_one_line_of_business_at_once(
    committed_db: None, city: SimpleNamespace, who: SimpleNamespace, subjects: SimpleNamespace,
    heard: Dispute,
) -> None:  # fmt: skip
    """Each by the dispute of another subject: neither locks the other up."""
    other = raised(who.west_staff, subjects.shop_west)
    ask(who.clerk, other, city.west_government)
    give(who.west_head, other, city.west_government)
    done = at_once(
        lambda: decide(who.chief, heard, city.bureau, scope="sector"),
        lambda: decide(who.chief, other, city.bureau, scope="sector"),
    )
    assert [type(each) for each in done] == [Dispute, Dispute]


def test_what_a_line_of_business_led_to_in_a_county_no_clerk_changes_either(
    city: SimpleNamespace, who: SimpleNamespace, subjects: SimpleNamespace, heard: Dispute
) -> None:
    """The city's body is decided on, and the county's counterpart regulates."""
    fire, east_fire = counterparts(city)
    decide(who.chief, heard, fire, scope="sector")
    assert Enterprise.objects.get(pk=subjects.stray.pk).regulator == east_fire
    with nothing_happens(Refused, code="regulator_decided", match="现由9001-fire监管"):
        change(who.east_staff, subjects.stray, regulator=city.bureau, regulator_reason="自己认为")
