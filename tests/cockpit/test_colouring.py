"""The colour of an area by an indicator: by quartile, grey where nothing is on record."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.cockpit.colouring import SHADES, Counted
from anlan.cockpit.ranking import Side
from anlan.kernel.orgs.models import Area
from tests import factories
from tests.factories import day
from tests.kernel.access.conftest import browser
from tests.records.conftest import types as types
from tests.records.conftest import verified


def counted(*numbers: int) -> Counted:
    named = {str(index): Decimal(number) for index, number in enumerate(numbers)}
    return Counted("a", "甲", "次", named)


def tones(by: Counted) -> list[str]:
    return [by.tone(Side("", {}, code=code)) for code in by.values]


# numbers by area → tone of each, legend
TABLE = [
    ([1, 2, 3, 4], ["least", "less", "more", "most"], ["1 次", "2 次", "3 次", "4 次"]),
    ([0, 5], ["none", "most"], ["5 次"]),
    ([7, 7, 7], ["most", "most", "most"], ["7 次"]),
    ([1, 9], ["more", "most"], ["1 次", "9 次"]),
    ([1, 2, 3, 4, 5, 6, 7, 8], ["least"] * 2 + ["less"] * 2 + ["more"] * 2 + ["most"] * 2,
     ["1—2 次", "3—4 次", "5—6 次", "7—8 次"]),
    ([], [], []),
]  # fmt: skip


@pytest.mark.parametrize(("numbers", "expected", "legend"), TABLE)
def test_shades(numbers: list[int], expected: list[str], legend: list[str]) -> None:
    by = counted(*numbers)
    assert tones(by) == expected
    assert [words for _, words in by.legend] == legend
    assert by.tone(Side("", {}, code="elsewhere")) == "none"


@given(st.lists(st.integers(0, 50), max_size=20))
def test_a_darker_shade_is_never_less_and_the_legend_says_each(numbers: list[int]) -> None:
    by = counted(*numbers)
    order = ["none", *SHADES]
    by_number = sorted(zip(numbers, (order.index(tone) for tone in tones(by)), strict=True))
    shades = [shade for _, shade in by_number]
    assert shades == sorted(shades)
    assert set(tones(by)) - {"none"} == {tone for tone, _ in by.legend}


def test_the_map_is_coloured_by_an_indicator_and_opens_its_rows(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The small city has outlines of the real one's first counties."""
    item = factories.key_duty(factories.plan(city))
    factories.duty(item, city.east_government)
    factories.duty(item, city.west_government)
    factories.define("records.visit")
    for code, area in (("141102", city.east), ("141121", city.west)):
        Area.objects.filter(pk=area.pk).update(code=code, path=f"{city.city.code}/{code}")
    Area.objects.filter(pk=city.east_town.pk).update(path=f"{city.city.code}/141102/9001001")
    verified(who.east_staff, who.clerk, city.east_government, "visit", title="到东山")
    verified(who.town_staff, who.clerk, city.east_town_government, "visit", title="到北山")
    page = browser(who.leader.person).get("/cockpit/?by=records.visit").content.decode()
    rows = f"/indicators/records.visit/rows/{day(0).year}-01-01/{day(0)}/?area=141102"
    assert rows in page
    assert "检查 2" in page
    assert "tone-most" in page
    assert "没有记录" in page
    assert ">2 次<" in page  # the legend speaks of counties, not of the city as a whole
    opened = browser(who.leader.person).get(rows).content.decode()
    assert "到东山" in opened
    assert "到北山" in opened
    plain = browser(who.leader.person).get("/cockpit/?by=none.such").content.decode()
    assert "逾期占比" in plain
    assert 'aria-current="true">逾期占比' in plain
