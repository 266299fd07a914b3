"""Sectors and registers from the city's files."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from django.utils import timezone

from anlan.config.loaders import CITY
from anlan.kernel.access.actor import ActorSource, system
from anlan.kernel.orgs.models import Organisation
from anlan.registry.loading import RegistryFactsError, Report, load
from anlan.registry.models import Register, RegisterVersion, Sector

WRITER = system(ActorSource.IMPORT)
NAMED = {  # docs/registry.md
    "coal-mine", "non-coal-mine", "tailings-pond", "chemical-park", "hazardous-chemicals",
    "metallurgy", "dust", "deep-well-casting", "crowded-venue", "small-venue", "petrol-station",
    "tunnel", "key-vehicle", "high-rise", "gas-pipe",
}  # fmt: skip


@pytest.fixture
def luliang(city: SimpleNamespace) -> None:
    """The organisations that the sectors name, and no others: the whole city takes long to load."""
    named = {
        each[name]
        for each in _facts("sectors")["sectors"]
        for name in ("committee_office", "city_regulator")
        if name in each
    }
    for code in named:
        Organisation.objects.create(
            code=code, name=code, short_name=code, kind="bureau", area=city.city, path=code
        )


def test_the_sectors_name_organisations_of_the_city() -> None:
    organisations = yaml.safe_load((CITY / "organisations.yaml").read_text(encoding="utf-8"))
    codes = {each["code"] for each in organisations["organisations"]}
    endings = {each["suffix"] for each in organisations["each"] if each["level"] == "county"}
    for each in _facts("sectors")["sectors"]:
        named = {each.get("committee_office"), each.get("city_regulator")} - {None}
        assert named <= codes
        assert {each.get("county_regulator")} - {None} <= endings


def _facts(name: str) -> dict[str, Any]:
    return yaml.safe_load((CITY / f"{name}.yaml").read_text(encoding="utf-8"))


def _changed(folder: Path, sectors: dict[str, Any], registers: dict[str, Any]) -> Path:
    for name, facts in (("sectors", sectors), ("registers", registers)):
        text = yaml.safe_dump(facts, allow_unicode=True)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_the_city_s_files_load_once_and_a_second_time_change_nothing(luliang: None) -> None:
    report = load(CITY, actor=WRITER)
    assert report == Report(
        created=len(_facts("sectors")["sectors"]) + len(NAMED), changed=0, versions=len(NAMED)
    )
    assert set(Register.objects.values_list("code", flat=True)) == NAMED
    assert load(CITY, actor=WRITER) == Report()
    assert RegisterVersion.objects.count() == len(NAMED)


def test_a_changed_field_makes_a_version_from_today_and_the_old_one_stays(
    luliang: None, tmp_path: Path
) -> None:
    load(CITY, actor=WRITER)
    sectors, registers = _facts("sectors"), _facts("registers")
    registers["registers"][0]["fields"][1]["label"] = "核定能力"
    sectors["sectors"][0]["name"] = "煤炭"
    assert load(_changed(tmp_path, sectors, registers), actor=WRITER) == Report(0, 1, 1)
    coal = Register.objects.get(code="coal-mine")
    first, second = coal.versions.order_by("number")
    assert (first.number, second.number) == (1, 2)
    assert first.fields[1]["label"] == "核定（设计）生产能力"
    today = timezone.localdate()
    assert second.effective_from == today
    assert coal.newest(today) == second
    assert coal.newest(today - timedelta(days=1)) == first


def test_every_register_names_a_sector_and_each_choice_once(luliang: None) -> None:
    load(CITY, actor=WRITER)
    for version in RegisterVersion.objects.select_related("type__sector"):
        assert version.type.sector
        labels = Counter(each.label for each in version.schema)
        assert labels.most_common(1)[0][1] == 1
    assert not Sector.objects.filter(verified=True).exists()


@pytest.mark.parametrize(
    ("_case", "spoil", "told"),
    [
        ("an organisation that is not on file",
         lambda s, r: s["sectors"][0].update(city_regulator="141100-x"), "141100-x"),
        ("a parent that comes later",
         lambda s, r: s["sectors"][0].update(parent="tailings"), "tailings"),
        ("a word that means nothing", lambda s, r: s["sectors"][0].update(x=1), "不认识的项：x"),
        ("a sector that is not listed",
         lambda s, r: r["registers"][0].update(sector="x"), "不在 sectors.yaml"),
        ("a subject that is none", lambda s, r: r["registers"][0].update(subject="x"), "登记对象"),
        ("a kind of site that is none",
         lambda s, r: r["registers"][0].update(site_kind="x"), "场所类别"),
        ("a field that is none",
         lambda s, r: r["registers"][0]["fields"][0].update(kind="x"), "字段有误"),
        ("no name", lambda s, r: r["registers"][0].pop("name"), "缺少：name"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_named_and_nothing_is_loaded(
    luliang: None, tmp_path: Path, _case: str, spoil: Any, told: str
) -> None:
    sectors, registers = _facts("sectors"), _facts("registers")
    spoil(sectors, registers)
    with pytest.raises(RegistryFactsError, match=told):
        load(_changed(tmp_path, sectors, registers), actor=WRITER)
    assert not Sector.objects.exists()
    assert not Register.objects.exists()


def test_a_file_that_is_none_is_named(luliang: None, tmp_path: Path) -> None:
    shutil.copy(CITY / "sectors.yaml", tmp_path)
    with pytest.raises(RegistryFactsError, match=r"registers\.yaml：读不了"):
        load(tmp_path, actor=WRITER)
    (tmp_path / "registers.yaml").write_text("types: []", encoding="utf-8")
    with pytest.raises(RegistryFactsError, match="没有“registers”一节"):
        load(tmp_path, actor=WRITER)
