"""Names as documents write them: the organisations they mean, in which area, on which day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from anlan.kernel.access.actor import system
from anlan.kernel.orgs import services
from anlan.kernel.orgs.models import Area, Group, Membership, Organisation
from anlan.kernel.orgs.resolving import How, resolve, resolve_all

pytestmark = pytest.mark.django_db
DAY = date(2025, 5, 1)

SINGLE = [
    # name, area of the document, code of the organisation, how
    ("澄江市应急管理局", "999900", "999900-emergency", How.EXACT),
    ("市应急局", "999900", "999900-emergency", How.EXACT),
    ("市应急管理局", "999900", "999900-emergency", How.ALIAS),
    ("市安监局", "999900", "999900-emergency", How.ALIAS),
    ("市应急局等部门", "999900", "999900-emergency", How.NORMALISED),
    ("澄江市政府", "999900", "999900-government", How.NORMALISED),
    ("东山县", "999900", "999901-government", How.ALIAS),
    ("东山", "999900", "999901-government", How.ALIAS),
    ("东山县政府", "999900", "999901-government", How.EXACT),
    ("高新区", "999900", "9999KFQ-government", How.EXACT),
    # a county's document: its own bodies, and those of the city around it
    ("县应急局", "999901", "999901-emergency", How.ALIAS),
    ("市应急局", "999901", "999900-emergency", How.EXACT),
    ("石桥镇", "999901", "999901100-government", How.EXACT),
    ("石桥镇", "999902", "999902100-government", How.EXACT),
    ("西河区石桥镇人民政府", "999900", "999902100-government", How.EXACT),
]


@pytest.mark.parametrize(("name", "area", "code", "how"), SINGLE)
def test_one_organisation(city: Area, name: str, area: str, code: str, how: How) -> None:
    found = resolve(name, area=Area.objects.get(code=area), on=DAY)
    assert [each.code for each in found.organisations] == [code]
    assert found.how is how
    assert found.suggestions == []


GROUPS = [
    ("市安委会成员单位", "999900", "999900-members", ["999900-emergency", "999900-housing"]),
    ("市安委会各成员单位", "999900", "999900-members", ["999900-emergency", "999900-housing"]),
    ("各县市区人民政府", "999900", "999900-counties", ["999901-government", "999902-government"]),
    # in a county's document the county's own townships are meant
    (
        "各乡镇(街道)",
        "999902",
        "999900-townships",
        ["999902001-government", "999902100-government"],
    ),
    # a group with no member in the county stands for all
    ("市安委会成员单位", "999901", "999900-members", ["999900-emergency", "999900-housing"]),
]


@pytest.mark.parametrize(("name", "area", "code", "members"), GROUPS)
def test_a_group_stands_for_its_members(
    city: Area, name: str, area: str, code: str, members: list[str]
) -> None:
    found = resolve(name, area=Area.objects.get(code=area), on=DAY)
    assert found.how is How.GROUP
    assert found.group is not None
    assert found.group.code == code
    assert [each.code for each in found.organisations] == members


UNKNOWN = [
    ("石桥镇", "two counties have one", ["东山县石桥镇人民政府", "西河区石桥镇人民政府"]),
    ("市住建和城乡建设局", "like one", ["市住建局"]),
    ("宇航局", "like nothing much", None),
    ("各", "a filler alone", []),
]


@pytest.mark.parametrize(("name", "case", "suggestions"), UNKNOWN)
def test_what_is_not_certain_is_unknown(
    city: Area, name: str, case: str, suggestions: list[str] | None
) -> None:
    found = resolve(name, area=city, on=DAY)
    assert found.how is How.UNKNOWN
    assert found.organisations == []
    assert len(found.suggestions) <= 3
    assert len(set(found.suggestions)) == len(found.suggestions)
    if suggestions is not None:
        assert found.suggestions[: len(suggestions)] == suggestions


def test_members_on_the_edges_of_their_time(city: Area) -> None:
    group = Group.objects.get(code="999900-members")
    water = Organisation.objects.get(code="999900-water")
    first, last = date(2025, 4, 1), date(2025, 6, 30)
    services.group_add_member(
        actor=system(), group=group, organisation=water, valid_from=first, valid_to=last
    )

    def is_member(on: date) -> bool:
        return water in resolve("市安委会成员单位", area=city, on=on).organisations

    day = timedelta(days=1)
    assert [is_member(on) for on in (first - day, first, last, last + day)] == [
        False, True, True, False,
    ]  # fmt: skip


def test_before_a_group_had_members_it_stands_for_nobody(city: Area) -> None:
    found = resolve("市安委会成员单位", area=city, on=date(2024, 12, 31))
    assert (found.how, found.organisations) == (How.GROUP, [])


def test_a_renamed_organisation_is_known_by_both_names_at_their_times(city: Area) -> None:
    housing = Organisation.objects.get(code="999900-housing")
    services.organisation_rename(
        actor=system(), organisation=housing, name="澄江市城乡建设局", short_name="市城建局",
        on=date(2025, 6, 1), reason="机构改革",
    )  # fmt: skip
    assert resolve("市城建局", area=city, on=date(2025, 5, 31)).how is How.UNKNOWN
    assert resolve("市城建局", area=city, on=date(2025, 6, 1)).organisations == [housing]
    assert resolve("市住建局", area=city, on=date(2025, 5, 31)).organisations == [housing]
    late = resolve("市住建局", area=city, on=date(2025, 12, 1))  # out of habit
    assert (late.how, late.organisations) == (How.ALIAS, [housing])


def test_a_former_name_gives_way_to_the_body_that_bears_it_now(city: Area) -> None:
    housing = Organisation.objects.get(code="999900-housing")
    water = Organisation.objects.get(code="999900-water")
    services.organisation_rename(
        actor=system(), organisation=housing, name="澄江市城乡建设局", short_name="市城建局",
        on=date(2025, 6, 1), reason="机构改革",
    )  # fmt: skip
    services.organisation_rename(
        actor=system(), organisation=water, name="澄江市水利和住建局", short_name="市住建局",
        on=date(2025, 7, 1), reason="机构改革",
    )  # fmt: skip
    assert resolve("市住建局", area=city, on=date(2025, 6, 15)).organisations == [housing]
    assert resolve("市住建局", area=city, on=date(2025, 7, 1)).organisations == [water]


def test_a_dissolved_organisation_is_not_meant_afterwards(city: Area) -> None:
    water = Organisation.objects.get(code="999900-water")
    services.organisation_dissolve(
        actor=system(), organisation=water, on=date(2025, 6, 30), reason="撤并"
    )
    assert resolve("市水利局", area=city, on=date(2025, 6, 30)).organisations == [water]
    assert resolve("市水利局", area=city, on=date(2025, 7, 1)).how is How.UNKNOWN


def test_a_dissolved_organisation_leaves_its_groups(city: Area) -> None:
    housing = Organisation.objects.get(code="999900-housing")
    services.organisation_dissolve(
        actor=system(), organisation=housing, on=date(2025, 6, 30), reason="撤并"
    )
    members = resolve("市安委会成员单位", area=city, on=date(2025, 7, 1)).organisations
    assert [each.code for each in members] == ["999900-emergency"]
    assert Membership.objects.get(organisation=housing).valid_to == date(2025, 6, 30)


def test_many_names_each_once(city: Area) -> None:
    found = resolve_all(["市应急局", "市水利局", "市应急局"], area=city, on=DAY)
    assert list(found) == ["市应急局", "市水利局"]
    assert found["市水利局"].organisations[0].code == "999900-water"
