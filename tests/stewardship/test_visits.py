"""Visits are work records that name a mine of the registry and a leader's post."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from anlan.config.loaders import CITY
from anlan.kernel.access.actor import system
from anlan.kernel.errors import Refused
from anlan.kernel.typed import referables
from anlan.records.loading import load as load_types
from anlan.records.models import Record, RecordType, RecordTypeVersion
from anlan.records.services.recording import record_copy, record_draft, record_submit
from anlan.records.services.verifying import record_verify, record_withdraw
from anlan.registry.models import Site
from anlan.registry.services.merging import merge
from anlan.stewardship.board import Board, Need
from anlan.stewardship.models import Stewardship
from anlan.stewardship.visits import missing, owes, quarter, quarters, record_urls, visits
from tests import factories
from tests.factories import day, nothing_happens
from tests.kernel.access.conftest import browser
from tests.registry.conftest import brought
from tests.stewardship.conftest import give, leader, site

CODE = "mine_visit"


@pytest.fixture(autouse=True)
def types(city: SimpleNamespace) -> None:
    load_types(CITY / "record_types.yaml", actor=system())


def ref(key: str, row: Any) -> str:
    return referables.get(key).stored(row)


def values(mine: Any, post: Any, **more: Any) -> dict[str, Any]:
    return {"mine": str(mine), "steward": str(post.name), "found": 2, "solved": 1} | more


def draft(actor: Any, post: Any, mine: Any, **more: Any) -> Record:
    given: dict[str, Any] = {
        "held_on": day(0),
        "title": f"到{mine}检查",
        "values": values(mine, post),
    } | more
    if "evidence" not in given:
        given["evidence"] = [factories.stored(actor)]
    return record_draft(actor=actor, type_code=CODE, organisation=post.organisation_id, **given)


def visit(who: SimpleNamespace, post: Any, mine: Any) -> Record:
    """Recorded by the county's clerk and verified by the office."""
    made = draft(who.east_staff, post, mine, title=f"{mine} {day(0)}")
    record_submit(actor=who.east_staff, record=made.pk)
    return record_verify(actor=who.clerk, record=made.pk, reason="看过照片")


def test_a_visit_names_a_mine_and_a_post_within_reach(
    who: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace
) -> None:
    made = draft(who.east_staff, leaders.east, mines.east)
    bare = {"evidence": ()}
    assert made.values["mine"] == ref("registry.mine", mines.east)
    assert made.values["steward"] == ref("stewardship.post", leaders.east)
    with nothing_happens(Refused, code="invalid", match="没有找到矿山"):
        draft(who.east_staff, leaders.east, mines.west, **bare)
    west = ref("registry.mine", mines.west)
    with nothing_happens(Refused, code="invalid", match="管辖范围"):
        named = values(west, leaders.east)
        draft(who.east_staff, leaders.east, mines.east, values=named, **bare)
    with nothing_happens(Refused, code="invalid", match="没有找到领导岗位"):
        draft(
            who.east_staff,
            leaders.east,
            mines.east,
            values=values(mines.east, leaders.city),
            **bare,
        )


def test_only_verified_visits_count(
    who: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace
) -> None:
    give(leaders.city, mines.east)
    give(leaders.east, mines.east)
    made = draft(who.east_staff, leaders.east, mines.east)
    assert visits(day(0), day(0)) == []
    record_submit(actor=who.east_staff, record=made.pk)
    shown = Board(who.clerk, day(0)).of(mines.east)
    assert (shown.count(quarter(day(0))), shown.waiting, shown.last) == (0, 1, None)
    record_verify(actor=who.clerk, record=made.pk, reason="看过照片")
    shown = Board(who.clerk, day(0)).of(mines.east)
    assert (shown.count(quarter(day(0))), shown.waiting, shown.last) == (1, 0, day(0))
    assert [each.post for each in shown.due] == [leaders.city]
    assert shown.need == Need.VISIT
    record_withdraw(actor=who.clerk, record=made.pk, reason="照片不实")
    assert len(Board(who.clerk, day(0)).of(mines.east).due) == 2


def test_a_visit_to_a_mine_that_was_merged_is_one_to_the_mine_that_it_is(
    city: SimpleNamespace, who: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace,
    coal: Any,
) -> None:  # fmt: skip
    twin = site("东山矿", area=city.east_town, sector=coal, regulator=city.bureau)
    words = {"mine": ref("registry.mine", twin)}
    waiting = draft(who.east_staff, leaders.east, twin, values=values(twin, leaders.east) | words)
    merge(actor=who.clerk, model=Site, goes=twin.pk, stays=mines.east.pk, reason="同一座")
    record_submit(actor=who.east_staff, record=waiting.pk)
    waiting.refresh_from_db()
    assert waiting.values["mine"] == ref("registry.mine", mines.east)
    Record.objects.filter(pk=waiting.pk).update(values=waiting.values | words)  # verified before
    assert [each.mine for each in visits(day(0), day(0))] == [mines.east.pk]
    page = browser(who.east_staff.user).get(f"/records/{waiting.pk}/").content.decode()
    assert f'href="/registry/sites/{mines.east.pk}/"' in page


def test_records_of_the_first_version_stay_readable(
    city: SimpleNamespace, who: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace
) -> None:
    """An installation that recorded mines in words gets the new version as its second."""
    kind = RecordType.objects.get(code=CODE)
    newest = kind.versions.get()
    RecordTypeVersion.objects.filter(pk=newest.pk).update(
        fields=[
            {"key": "mine", "label": "矿山名称", "kind": "text", "required": True},
            {"key": "steward", "label": "包保领导职务", "kind": "text", "required": True},
            {"key": "found", "label": "发现问题数", "kind": "integer"},
            {"key": "solved", "label": "当场协调解决数", "kind": "integer"},
        ]
    )
    old = draft(who.east_staff, leaders.east, mines.east, values=values("东山矿", leaders.east))
    record_submit(actor=who.east_staff, record=old.pk)
    assert load_types(CITY / "record_types.yaml", actor=system()).versions == 1
    assert kind.versions.count() == 2
    page = browser(who.east_staff.user).get(f"/records/{old.pk}/").content.decode()
    assert "矿山名称" in page
    assert "东山矿" in page
    assert visits(day(0), day(0)) == []  # words are no reference
    again = record_copy(actor=who.east_staff, record=old.pk)
    assert again.values["mine"] == ref("registry.mine", mines.east)  # the words mean one mine


def test_a_retired_type_takes_no_new_visits_and_its_old_ones_count(
    who: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace
) -> None:
    visit(who, leaders.east, mines.east)
    RecordType.objects.filter(code=CODE).update(retired_on=day(0))
    with nothing_happens(Refused, code="type_retired"):
        draft(who.east_staff, leaders.east, mines.east, evidence=())
    assert Board(who.clerk, day(0)).of(mines.east).count(quarter(day(0))) == 1


def test_a_visit_is_opened_with_mine_and_leader_filled_in(
    who: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace
) -> None:
    made = give(leaders.east, mines.east)
    assert record_urls(who.clerk, [made]) == {}  # the office records nothing
    assert record_urls(who.town_staff, [made]) == {}  # not for the county's leaders
    address = record_urls(who.east_staff, [made])[made.pk]
    client = browser(who.east_staff.user)
    assert (
        address.replace("&", "&amp;")
        in client.get(f"/stewardship/mines/{mines.east.pk}/").content.decode()
    )
    form = client.get(address).content.decode()
    assert 'value="东山矿（东县东镇）"' in form
    assert 'value="东甲（东县人民政府副职）"' in form
    filled = {key: value[0] for key, value in parse_qs(urlsplit(address).query).items()}
    sent = filled | {"held_on": day(0).isoformat(), "act": "draft"}
    assert client.post("/records/new/mine_visit/", sent).status_code == 302
    assert Record.objects.get().values["mine"] == ref("registry.mine", mines.east)


def test_a_bureau_records_the_visits_of_its_leaders(
    city: SimpleNamespace, who: SimpleNamespace, mines: SimpleNamespace
) -> None:
    made = give(leader(city.bureau, "局甲"), mines.east)
    address = record_urls(who.bureau_staff, [made])[made.pk]
    assert browser(who.bureau_staff.user).get(address).status_code == 200
    RecordTypeVersion.objects.filter(type__code=CODE).update(kinds=["government"])
    assert record_urls(who.bureau_staff, [made]) == {}  # no button leads to a refusal


def test_the_mine_s_page_and_the_board_agree_on_who_is_due(
    who: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace
) -> None:
    held = give(leaders.east, mines.east)
    client = browser(who.clerk.user)
    address, due = f"/stewardship/mines/{mines.east.pk}/", "/stewardship/?visit=due"

    def shown() -> tuple[bool, bool]:
        page, listed = (client.get(each).content.decode() for each in (address, due))
        return "未到</span>" in page, "东山矿" in listed

    assert shown() == (True, True)  # the city's level is vacant, and he is due all the same
    Stewardship.objects.filter(pk=held.pk).update(valid_from=day(0))
    owing = owes(Stewardship.objects.get(), quarter(day(0)))
    assert shown() == (owing, owing)
    Stewardship.objects.filter(pk=held.pk).update(valid_from=day(-300))
    Site.objects.filter(pk=mines.east.pk).update(business="closed")
    assert shown() == (False, False)


def test_an_address_tells_nothing_of_what_is_out_of_reach(
    who: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace
) -> None:
    client = browser(who.east_staff.user)
    claimed = {
        "field_mine": ref("registry.mine", mines.west),
        "field_steward": ref("stewardship.post", leaders.west),
    }
    address = f"/records/new/{CODE}/"
    for answer in (client.get(address, claimed), client.post(address, claimed)):
        page = answer.content.decode()
        assert "包保领导" in page
        assert "西山矿" not in page
        assert "西甲" not in page


def test_visits_from_excel(
    who: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace
) -> None:
    head = ["日期", "做了什么", "矿山", "包保领导", "发现问题数（个）", "当场协调解决数（个）"]
    rows = [
        [day(0).isoformat(), "检查", "东山矿", "东甲", 1, 1],
        [day(0).isoformat(), "检查二", "东沟矿（东县东镇）", "东甲（东县人民政府副职）", 0, 0],
        [day(0).isoformat(), "检查三", "西山矿", "东甲", 0, 0],
    ]
    batch = brought(who.east_staff, "records.records", [head, *rows], type=CODE)
    assert (batch.good, batch.faulty) == (2, 1)
    (fault,) = batch.rows.exclude(faults={}).values_list("faults", flat=True)
    assert "没有找到矿山“西山矿”" in fault["field_mine"]
    named = set(Record.objects.values_list("values__mine", flat=True))
    assert named == {ref("registry.mine", mines.east), ref("registry.mine", mines.second)}


# --- what is owed ---------------------------------------------------------------------------------


def test_quarters() -> None:
    assert quarter(date(2026, 3, 31)) == (date(2026, 1, 1), date(2026, 3, 31))
    assert quarter(date(2026, 4, 1)) == (date(2026, 4, 1), date(2026, 6, 30))
    assert quarters(date(2026, 2, 1), date(2026, 7, 1)) == [
        quarter(date(2026, month, 1)) for month in (1, 4, 7)
    ]
    assert quarters(date(2026, 2, 1), date(2026, 3, 31)) == [quarter(date(2026, 2, 1))]


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "expected"),
    [
        (date(2025, 1, 1), None, True),
        (date(2026, 5, 16), None, True),  # 46 of 91 days
        (date(2026, 5, 17), None, False),
        (date(2025, 1, 1), date(2026, 5, 16), True),
        (date(2025, 1, 1), date(2026, 5, 15), False),
        (date(2025, 1, 1), date(2026, 3, 31), False),
    ],
)
def test_who_is_steward_for_half_of_a_quarter_owes_it(
    valid_from: date, valid_to: date | None, expected: bool
) -> None:
    held = Stewardship(valid_from=valid_from, valid_to=valid_to)
    assert owes(held, quarter(date(2026, 4, 1))) is expected


def test_a_visit_counts_for_the_leader_whom_it_names(
    who: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace
) -> None:
    mine, other = give(leaders.east, mines.east), give(leaders.east, mines.second)
    visit(who, leaders.east, mines.east)
    made = visits(day(0), day(0))
    assert missing([mine, other], made, quarter(day(0)), 1) == [other]
    assert missing([mine, other], made, quarter(day(0)), 2) == [mine, other]
    assert missing([mine], made, quarter(day(-100)), 1) == [mine]
