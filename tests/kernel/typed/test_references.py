"""Fields that refer to a subject of another ledger: found by words, within reach, as it is now."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.kernel.access.actor import Actor, anonymous, system
from anlan.kernel.imports.typed import typed_column
from anlan.kernel.orgs.models import Area
from anlan.kernel.typed import finding, referables
from anlan.kernel.typed.fields import Field, FieldError, Kind
from anlan.kernel.typed.finding import Finder, linked
from anlan.kernel.typed.forms import form_fields, initial
from anlan.kernel.typed.referables import GONE, Referable
from anlan.kernel.typed.schema import Schema, SchemaError
from tests.kernel.access import town

KEY = "test.area"
FIELD = Field("area", "区划", Kind.REFERENCE, refers=KEY, required=True)
SCHEMA = Schema((FIELD, Field("note", "说明", Kind.TEXT)))


@pytest.fixture
def city(db: None) -> SimpleNamespace:
    return town.build()


@pytest.fixture(autouse=True)
def areas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Areas stand for subjects: our own jobs reach all but the west, a stranger none; one that is
    called 旧 was merged into its parent."""
    monkeypatch.setattr(referables, "_referables", dict(referables._referables))

    def reach(actor: Actor) -> Any:
        rows = Area.objects.exclude(name__startswith="旧").select_related("parent")
        return rows.exclude(path__contains="9002") if actor.is_system else rows.none()

    referables.declare(
        Referable(
            key=KEY, label="区划", reach=reach,
            everything=lambda: Area.objects.select_related("parent__parent"),
            hint=lambda area: str(area.parent or "全市"),
            url=lambda area: f"/areas/{area.pk}/",
            stays=lambda area: area.parent if area.name.startswith("旧") else area,
        )
    )  # fmt: skip


def add(name: str, parent: Area, code: str) -> Area:
    return Area.objects.create(
        code=code, name=name, level="township", parent=parent, path=f"{parent.path}/{code}"
    )


def stored(area: Area) -> str:
    return f"{KEY}:{area.pk}"


@pytest.mark.parametrize("typed", ["东镇", " 东镇 ", "东镇（东县）", "东镇(东县)", "镇"])
def test_words_that_mean_one(city: SimpleNamespace, typed: str) -> None:
    assert FIELD.parse(typed, Finder(system())) == stored(city.east_town)


def test_a_stored_reference_is_taken_again(city: SimpleNamespace) -> None:
    assert FIELD.parse(stored(city.east_town), Finder(system())) == stored(city.east_town)


@pytest.mark.parametrize("typed", ["西镇", "没有的", "test.area:0", f"test.area:{'9' * 30}", "x\0"])
def test_what_is_out_of_reach_does_not_exist(city: SimpleNamespace, typed: str) -> None:
    with pytest.raises(FieldError, match="管辖范围内"):
        FIELD.parse(typed, Finder(system()))
    with pytest.raises(FieldError, match="管辖范围内"):
        FIELD.parse(stored(city.west_town), Finder(system()))
    with pytest.raises(FieldError, match="管辖范围内"):
        FIELD.parse("东镇", Finder(anonymous()))


def test_without_a_finder_none_is_taken(city: SimpleNamespace) -> None:
    with pytest.raises(FieldError, match="不能在这里填写"):
        FIELD.parse(stored(city.east_town))
    assert SCHEMA.clean({"area": "东镇", "note": "甲"}).values == {"note": "甲"}


def test_of_namesakes_the_hint_decides(city: SimpleNamespace) -> None:
    twin = add("东镇", city.city, "9009")
    with pytest.raises(FieldError, match="可能是东镇（东县）、东镇（试市）"):
        FIELD.parse("东镇", Finder(system()))
    assert FIELD.parse("东镇（试市）", Finder(system())) == stored(twin)


@pytest.mark.parametrize("name", ["新镇", "新镇（筹）"])
def test_names_and_hints_may_hold_brackets(city: SimpleNamespace, name: str) -> None:
    host = add("新区（挂牌）", city.city, "9010")
    made = add(name, host, "9010001")
    add("新镇", city.city, "9009")
    finder = Finder(system())
    assert FIELD.parse(f"{name}（新区（挂牌））", finder) == stored(made)
    finder.prime(SCHEMA, [{"area": f"{name}（新区（挂牌））"}])
    assert FIELD.parse(f"{name}（新区（挂牌））", finder) == stored(made)


def test_where_words_coincide_numbers_tell(city: SimpleNamespace) -> None:
    first, second = (add("双镇", city.east, code) for code in ("9001011", "9001012"))
    told = [f"双镇（东县）#{each.pk}" for each in (first, second)]
    finder = Finder(system())
    with pytest.raises(FieldError, match="、".join(told)):
        FIELD.parse("双镇（东县）", finder)
    assert set(told) < set(finder.offers(FIELD))
    assert FIELD.parse(told[1], finder) == stored(second)


def test_a_portion_of_brackets_is_soon_read() -> None:
    assert len(finding._names("（" * 1_000_000)) <= 201


class Asked(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update(form_fields(SCHEMA, Finder(system())))


def test_words_left_as_they_were_drawn_mean_what_was_filled_in(city: SimpleNamespace) -> None:
    twin, _ = (add("双镇", city.east, code) for code in ("9001011", "9001012"))
    drawn = str(Asked(initial={"field_area": stored(twin)}))
    sent = {"field_area": "双镇（东县）", "field_area.meant": f"{stored(twin)} 双镇（东县）"}
    for name, value in sent.items():
        assert f'name="{name}" value="{value}"' in drawn
    Area.objects.filter(pk=city.east.pk).update(name="新东县")  # its hint is another now
    kept, changed = Asked(sent), Asked(sent | {"field_area": "东镇"})
    assert kept.is_valid()
    assert kept.cleaned_data["field_area"] == stored(twin)
    assert changed.is_valid()
    assert changed.cleaned_data["field_area"] == stored(city.east_town)
    forged = Asked({"field_area": "甲", "field_area.meant": f"{stored(city.west_town)} 甲"})
    assert not forged.is_valid()
    assert "西镇" not in str(forged)


def test_a_merged_subject_is_the_one_that_stays(city: SimpleNamespace) -> None:
    old = add("旧镇", city.east, "9001009")
    assert FIELD.parse(stored(old), Finder(system())) == stored(city.east)
    assert FIELD.show(stored(old)) == "东县（试市）"


def test_what_people_read(city: SimpleNamespace) -> None:
    values = {"area": stored(city.east_town), "note": "甲"}
    assert SCHEMA.shown(values) == [("区划", "东镇（东县）"), ("说明", "甲")]
    assert linked(SCHEMA, values, system())[0][2] == f"/areas/{city.east_town.pk}/"
    west = {"area": stored(city.west_town)}
    assert linked(SCHEMA, west, system()) == [("区划", "西镇（西县）", "")]  # named, not linked
    assert FIELD.show(f"{KEY}:0") == GONE
    assert FIELD.show("一座矿") == "一座矿"  # an older version's words
    assert FIELD.show(None) == ""


def test_the_form_offers_what_is_in_reach(city: SimpleNamespace) -> None:
    drawn = str(Asked(initial={"field_area": stored(city.east_town)}))
    assert 'value="东镇（东县）"' in drawn
    assert "西镇" not in str(Asked(initial={"field_area": stored(city.west_town)}))
    assert "西镇" not in str(Asked({"field_area": stored(city.west_town)}))
    held = initial(SCHEMA, {"area": stored(city.west_town)})
    assert 'value="西镇（西县）"' in str(Asked(initial=held))  # a row says what it holds
    assert '<option value="东县（试市）">' in drawn
    assert "西" not in drawn
    again = Asked({"field_area": "东<b>", "field_note": ""})
    assert not again.is_valid()
    assert "&lt;b&gt;" in str(again)
    assert 'value="东&lt;b&gt;"' in str(again)  # nothing typed is lost
    assert Asked({"field_area": "东镇"}).is_valid()


def test_the_excel_column_offers_the_same(
    city: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    column = typed_column(FIELD, "field_", Finder(system()))
    assert "东镇（东县）" in column.words
    assert column.example == column.words[0]
    monkeypatch.setattr(finding, "MOST_OFFERED", 2)
    assert typed_column(FIELD, "field_", Finder(system())).words == []


def test_a_portion_of_rows_asks_once(city: SimpleNamespace) -> None:
    raws = [{"area": each} for each in ("东镇", "东县（试市）", "西镇", "", None, "东") * 50]
    finder = Finder(system())
    with CaptureQueriesContext(connection) as caught:
        finder.prime(SCHEMA, raws)
        cleaned = [SCHEMA.clean(raw, finder) for raw in raws]
    assert len(caught) == 1
    assert [each.values.get("area") for each in cleaned[:6]] == [
        stored(city.east_town), stored(city.east), None, None, None, None,
    ]  # fmt: skip


def test_a_key_is_declared_once() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        referables.declare(
            Referable(KEY, "甲", lambda _: Area.objects.all(), Area.objects.all, str, str)
        )


@pytest.mark.parametrize(
    "described",
    [
        {"key": "a", "label": "甲", "kind": "reference"},
        {"key": "a", "label": "甲", "kind": "text", "refers": KEY},
    ],
)
def test_a_reference_says_what_it_refers_to(described: dict[str, str]) -> None:
    with pytest.raises(SchemaError, match="refers"):
        Schema.load([described])


def test_it_lies_in_json_as_it_was_described() -> None:
    described = [{"key": "a", "label": "甲", "kind": "reference", "refers": "no.such"}]
    schema = Schema.load(described)
    assert schema.dump() == described
    assert finding.unknown(schema) == ["no.such"]
    assert finding.unknown(SCHEMA) == []
    assert schema["a"].show("no.such:1") == GONE
