"""Loading: complete, safe to repeat, deaf to what a person has edited, all or nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.db import models

from anlan.kernel.access.actor import system
from anlan.kernel.orgs import services
from anlan.kernel.orgs.facts import FactsError
from anlan.kernel.orgs.loading import Report, load
from anlan.kernel.orgs.models import Area, Group, Membership, Organisation, OrganisationName

pytestmark = pytest.mark.django_db
TABLES: list[type[models.Model]] = [Area, Organisation, OrganisationName, Group, Membership]


def _load(folder: Path) -> Report:
    return load(folder, actor=system())


def _everything() -> dict[str, list[dict[str, object]]]:
    return {each.__name__: list(each._default_manager.order_by("pk").values()) for each in TABLES}


def _edit(folder: Path, old: str, new: str, file: str = "organisations.yaml") -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")


def test_a_second_time_changes_nothing(city: Area, folder: Path) -> None:
    before = _everything()
    again = _load(folder)
    assert again.nothing_new
    assert again.kept == []
    assert _everything() == before


def test_paths_hold_the_codes_from_the_root(city: Area) -> None:
    village = Area.objects.get(code="999901100200")
    assert village.path == "999900/999901/999901100/999901100200"
    assert village.name == "上湾村"
    committee = Organisation.objects.get(area=village)
    assert committee.path.split("/") == [
        "999900-government", "999901-government", "999901100-government", "999901100200-committee",
    ]  # fmt: skip
    assert committee.parent is not None
    assert committee.parent.name == "东山县石桥镇人民政府"


def test_hosts_are_set_though_they_may_come_later(folder: Path) -> None:
    text = (folder / "organisations.yaml").read_text(encoding="utf-8")
    line = next(each for each in text.splitlines() if "999900-emergency, name" in each)
    text = text.replace(line + "\n", "").replace("each:\n", line + "\neach:\n", 1)
    (folder / "organisations.yaml").write_text(text, encoding="utf-8")
    report = _load(folder)
    host = Organisation.objects.get(code="999900-office").host
    assert host is not None
    assert host.code == "999900-emergency"
    assert report.changed.total() == 0


def test_a_fact_changed_in_the_file_is_changed(city: Area, folder: Path) -> None:
    _edit(folder, "short: 市水利局, verified: false", "short: 市水务局")
    report = _load(folder)
    water = Organisation.objects.get(code="999900-water")
    assert (water.short_name, water.verified) == ("市水务局", True)
    assert report.changed["单位"] == 1
    # The old short name stays on record: documents that use it still resolve.
    assert {"市水利局", "市水务局"} <= set(water.names.values_list("name", flat=True))


def test_an_organisation_edited_by_a_person_is_kept(city: Area, folder: Path) -> None:
    housing = Organisation.objects.get(code="999900-housing")
    services.organisation_rename(
        actor=system(), organisation=housing, name="澄江市住房城乡建设和城市管理局",
        short_name="市住建城管局", on=date(2025, 6, 1), reason="机构改革",
    )  # fmt: skip
    before = _everything()
    report = _load(folder)
    assert report.nothing_new
    assert any("市住建城管局" in each for each in report.kept)
    assert _everything() == before


def test_a_group_edited_by_a_person_is_kept(city: Area, folder: Path) -> None:
    group = Group.objects.get(code="999900-members")
    housing = Organisation.objects.get(code="999900-housing")
    services.group_end_member(
        actor=system(), group=group, organisation=housing, valid_to=date(2025, 3, 31)
    )
    _edit(folder, "[999900-emergency, 999900-housing]", "[999900-emergency, 999900-water]")
    _edit(folder, "aliases: [市安委会有关成员单位]", "aliases: [安委会成员单位]")
    before = _everything()
    report = _load(folder)
    assert any("市安委会成员单位" in each for each in report.kept)
    assert _everything() == before


def test_a_member_added_in_the_file_joins_a_group_nobody_edited(city: Area, folder: Path) -> None:
    _edit(folder, "[999900-emergency, 999900-housing]", "[999900-emergency, 999900-water]")
    report = _load(folder)
    assert report.created["组成员"] == 1
    codes = Membership.objects.filter(group__code="999900-members").values_list(
        "organisation__code", flat=True
    )
    # 999900-housing left the file, not the database: loading never deletes
    assert set(codes) == {"999900-emergency", "999900-housing", "999900-water"}


def test_what_left_the_files_stays(city: Area, folder: Path) -> None:
    _edit(folder, "999902001001,河口社区居委会,village,999902001\n", "", "divisions.csv")
    before = _everything()
    assert _load(folder).nothing_new
    assert _everything() == before


def test_a_name_that_means_another_body_is_not_taken_over(city: Area, folder: Path) -> None:
    services.organisation_add_name(
        actor=system(), organisation=Organisation.objects.get(code="999900-water"), name="水务局"
    )
    _edit(folder, "names: [市安监局]", "names: [市安监局, 水务局]")
    report = _load(folder)
    assert report.nothing_new
    assert [each for each in report.kept if "水务局" in each]
    assert OrganisationName.objects.get(name="水务局").organisation.code == "999900-water"


def test_a_contradiction_leaves_all_as_it_was(city: Area, folder: Path) -> None:
    _edit(folder, "short: 市水利局", "short: 市应急局")
    before = _everything()
    with pytest.raises(FactsError):
        _load(folder)
    assert _everything() == before


def test_progress_reaches_its_total(folder: Path) -> None:
    heard: list[tuple[str, int, int]] = []
    load(folder, actor=system(), progress=lambda *step: heard.append(step))
    assert [done for _, done, _ in heard] == list(range(1, len(heard) + 1))
    assert {total for _, _, total in heard} == {len(heard)}


def test_keys_of_an_older_normal_form_are_renewed(city: Area, folder: Path) -> None:
    OrganisationName.objects.filter(name="市安监局").update(key="old")
    _load(folder)
    assert OrganisationName.objects.get(name="市安监局").key == "市安监局"
