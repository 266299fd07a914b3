"""Descriptions of fields, whole rows, and forms made of them."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms

from anlan.kernel.typed import forms as typed_forms
from anlan.kernel.typed.schema import Schema, SchemaError

MINE: list[dict[str, Any]] = [
    {"key": "depth", "label": "采深", "kind": "number", "unit": "m", "required": True,
     "minimum": "0", "maximum": "2000"},
    {"key": "intelligent", "label": "智能化", "kind": "yes_no"},
    {"key": "gas", "label": "瓦斯等级", "kind": "choice", "help": "以最近一次鉴定为准",
     "choices": [{"code": "low", "label": "低瓦斯"}, {"code": "high", "label": "高瓦斯"}]},
]  # fmt: skip


def test_a_description_comes_back_as_it_was() -> None:
    assert Schema.load(MINE).dump() == MINE
    assert Schema.load(Schema.load(MINE).dump()) == Schema.load(MINE)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"key": "Depth"}, "lower-case"),
        ({"key": ""}, "lower-case"),
        ({"label": " "}, "no label"),
        ({"kind": "colour"}, "colour"),
        ({"colour": "red"}, "colour"),
        ({"key": "gas"}, "two fields have the key gas"),
        ({"label": "瓦斯等级"}, "two fields have the label"),
        ({"minimum": "3000"}, "above its maximum"),
        ({"minimum": "deep"}, "no bound"),
        ({"kind": "text"}, "only numbers have bounds"),
        ({"choices": [{"code": "a", "label": "甲"}]}, "choices belong"),
    ],
)
def test_a_description_that_is_none_is_refused_by_name(change: dict[str, Any], says: str) -> None:
    with pytest.raises(SchemaError, match=says):
        Schema.load([{**MINE[0], **change}, *MINE[1:]])


@pytest.mark.parametrize(
    "choices",
    [[], [{"code": "a"}], [{"code": "a", "label": "甲"}, {"code": "a", "label": "乙"}],
     [{"code": "a", "label": "甲"}, {"code": "b", "label": "甲"}]],
)  # fmt: skip
def test_choices_that_are_none_are_refused(choices: list[dict[str, str]]) -> None:
    with pytest.raises(SchemaError):
        Schema.load([{"key": "gas", "label": "瓦斯", "kind": "choice", "choices": choices}])


def test_a_row_gives_its_values_and_every_fault() -> None:
    schema = Schema.load(MINE)
    got = schema.clean({"depth": "620", "intelligent": "", "gas": "高瓦斯", "else": "x"})
    assert (got.values, got.faults) == ({"depth": "620", "gas": "high"}, {})
    got = schema.clean({"depth": "", "intelligent": "也许", "gas": "中"})
    assert got.values == {}
    assert list(got.faults) == ["depth", "intelligent", "gas"]


def test_what_an_older_version_did_not_ask_is_missing() -> None:
    schema = Schema.load(MINE)
    assert [each.key for each in schema.missing({"gas": "low"})] == ["depth"]
    assert schema.missing({"depth": "0"}) == []


def test_a_row_is_shown_by_label_without_what_is_empty() -> None:
    shown = Schema.load(MINE).shown({"depth": "620", "intelligent": False})
    assert shown == [("采深", "620 m"), ("智能化", "否")]


def form(data: dict[str, str] | None = None, **options: Any) -> forms.Form:
    made = forms.Form(data, **options)
    made.fields.update(typed_forms.form_fields(Schema.load(MINE)))
    return made


def test_a_form_judges_as_the_field_does() -> None:
    made = form({"field_depth": "2001", "field_intelligent": "是", "field_gas": "high"})
    assert not made.is_valid()
    assert made.errors == {"field_depth": ["“采深”不能大于 2000（填写的是 2001）。"]}


def test_a_form_gives_what_is_stored_and_shows_it_again() -> None:
    made = form({"field_depth": "620", "field_intelligent": "否", "field_gas": ""})
    assert made.is_valid()
    stored = typed_forms.values(made.cleaned_data)
    assert stored == {"depth": "620", "intelligent": False}
    again = form(initial=typed_forms.initial(Schema.load(MINE), stored))
    assert 'value="620"' in str(again["field_depth"])
    assert '<option value="否" selected>' in str(again["field_intelligent"])
