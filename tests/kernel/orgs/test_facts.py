"""Reading the files of facts: Lüliang's are complete; contradictory ones are refused by name."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from anlan.kernel.orgs.facts import FactsError, read, village_name
from tests.kernel.orgs.conftest import LULIANG
from tests.shared import shared

VILLAGES = [
    ("东关社区居委会", "东关社区"),
    ("恒大社区居民委员会", "恒大社区"),
    ("苏家崖居委会", "苏家崖"),
    ("大中局村委会", "大中局村"),  # 大中局 + 村委会: the village is 大中局村
    ("柳树村村委会", "柳树村"),
    ("东南村村委", "东南村"),
    ("石桥村民委员会", "石桥村"),
    ("岚县普明工业园区虚拟社区", "岚县普明工业园区虚拟社区"),
]


@pytest.mark.parametrize(("committee", "village"), VILLAGES)
def test_village_of_its_committee(committee: str, village: str) -> None:
    assert village_name(committee) == village


def test_luliang_is_complete() -> None:
    facts = read(LULIANG)
    assert Counter(area.level.value for area in facts.areas) == {
        "city": 1, "county": 13, "zone": 1, "township": 151, "park": 3, "village": 2456,
    }  # fmt: skip
    kinds = Counter((each.kind.value, len(each.area)) for each in facts.organisations)
    assert kinds["government", 9] == 151 + 3
    assert kinds["village", 12] == 2456 - 3  # three virtual communities have no committee
    assert kinds["government", 6] == 1 + 13
    assert kinds["government", 7] == 1  # the development zone


def test_divisions_agree_with_the_code_list() -> None:
    with shared("data/admin/luliang_villages.csv").open(encoding="utf-8") as file:
        villages = {(row["code"], row["name"], row["town_code"]) for row in csv.DictReader(file)}
    with shared("data/admin/luliang_towns.csv").open(encoding="utf-8") as file:
        towns = {(row["code"], row["name"], row["county_code"]) for row in csv.DictReader(file)}
    ours = {(area.code, area.listed_as, area.parent) for area in read(LULIANG).areas}
    assert villages | towns <= ours


def test_groups_of_luliang() -> None:
    groups = {group.code: group for group in read(LULIANG).groups}
    sizes = {code: len(group.members) for code, group in groups.items()}
    assert sizes["141100-counties"] == 13
    assert sizes["141100-townships"] == 151  # the parks are not townships
    assert sizes["141100-specialist-offices"] == 7
    assert sizes["141100-city-and-counties"] == 14
    assert not groups["141100-member-units"].verified


def test_outlines_are_of_the_thirteen_counties() -> None:
    outlines = json.loads((LULIANG / "counties.geojson").read_text(encoding="utf-8"))
    counties = {(area.code, area.name) for area in read(LULIANG).areas if area.level == "county"}
    named = [each["properties"] for each in outlines["features"]]
    assert {(each["code"], each["name"]) for each in named} == counties
    assert "source" in outlines


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


DIVISIONS_WRONG = [
    ("a code twice", "999902,西河区", "999901,西河区", "999901"),
    ("a parent that is not there", "999901100,石桥镇,township,999901", "1,石桥镇,township,2", "2"),
    ("an unknown level", "高新区,zone", "高新区,planet", "planet"),
]


@pytest.mark.parametrize(("case", "old", "new", "named"), DIVISIONS_WRONG)
def test_wrong_divisions_are_refused(
    folder: Path, case: str, old: str, new: str, named: str
) -> None:
    _edit(folder / "divisions.csv", old, new)
    with pytest.raises(FactsError, match=named):
        read(folder)


ORGANISATIONS_WRONG = [
    ("a code twice", "999900-water", "999900-housing", "单位代码重复：999900-housing"),
    ("a name twice in one area", "names: [市安监局]", "names: [市水利局]", "市水利局"),
    ("a parent that is not there", "parent: 999900-committee", "parent: 999900-x", "999900-office"),
    ("a host that is not there", "host: 999900-emergency", "host: 999900-x", "999900-office"),
    ("a member that is not there", "999900-housing]", "999900-fire]", "999900-fire"),
    ("an unknown kind", "kind: committee", "kind: club", "club"),
    ("no name", "name: 澄江市水利局, ", "", "name"),
    ("not YAML", "source: invented", "source: [", "organisations.yaml"),
    ("not a mapping", "source: invented", "- a\n- b\n#", "organisations.yaml"),
]


@pytest.mark.parametrize(("case", "old", "new", "named"), ORGANISATIONS_WRONG)
def test_wrong_organisations_are_refused(
    folder: Path, case: str, old: str, new: str, named: str
) -> None:
    _edit(folder / "organisations.yaml", old, new)
    with pytest.raises(FactsError, match=named):
        read(folder)


@pytest.mark.parametrize("name", ["divisions.csv", "organisations.yaml"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(FactsError, match=name):
        read(folder)
