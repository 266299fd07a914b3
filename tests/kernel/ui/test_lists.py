"""Lists: what the parameters ask for, what is not understood, and the same rows in Excel."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils.safestring import mark_safe
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from anlan.kernel.access.models import User
from anlan.kernel.errors import Refused
from anlan.kernel.orgs.models import Organisation, OrganisationKind
from anlan.kernel.ui import export
from anlan.kernel.ui.lists import Column, Filter, List, Shown
from anlan.kernel.ui.models import SavedView
from tests.kernel.access.conftest import actor

Asks = Callable[..., HttpRequest]
LIST = List(
    key="test.organisations",
    columns=(
        Column("name", "单位", lambda o: o.name, sort="name", main=True),
        Column("area", "区划", lambda o: o.area.name, sort=("-area__code", "name")),
        Column("kind", "类别", lambda o: o.get_kind_display()),
    ),
    filters=(
        Filter("kind", "类别", OrganisationKind.choices, lambda rows, kind: rows.filter(kind=kind)),
    ),
    search=("name", "area__name"),
    order="-name",
    per_page=3,
    name="单位",
)


def shown(request: HttpRequest) -> Shown:
    return Shown(LIST, request, Organisation.objects.select_related("area"))


def names(request: HttpRequest) -> list[str]:
    return [row.name for row in shown(request).rows]


def test_the_declared_order_comes_first(asks: Asks) -> None:
    assert names(asks()) == sorted(names(asks()), reverse=True)
    assert len(names(asks())) == 7


@pytest.mark.parametrize(
    ("_case", "query", "expected"),
    [
        ("one word", {"q": "能源"}, ["试市能源局"]),
        ("every word must stand somewhere", {"q": "东 东镇"}, ["东镇人民政府"]),
        ("a word of another field", {"q": "政府 东县"}, ["东县人民政府"]),
        ("nothing", {"q": "水利"}, []),
        ("a filter", {"kind": "office"}, ["试市安委办"]),
        ("filter and search", {"kind": "office", "q": "能源"}, []),
        ("blank means all of them", {"kind": "", "q": " ", "sort": "name"}, None),
        ("a percent sign is itself", {"q": "%"}, []),
    ],
)
def test_what_remains(asks: Asks, _case: str, query: dict, expected: list[str] | None) -> None:
    assert names(asks(**query)) == (sorted(names(asks())) if expected is None else expected)


def test_order_by_several_fields_turns_all_of_them(asks: Asks) -> None:
    there = [(o.area.code, o.name) for o in shown(asks(sort="area")).rows]
    assert there == sorted(there, key=lambda pair: (-int(pair[0].ljust(9, "0")), pair[1]))
    back = [(o.area.code, o.name) for o in shown(asks(sort="-area")).rows]
    assert back == there[::-1]


@pytest.mark.parametrize("sort", ["kind", "password", "-", "name;drop", "area__code"])
def test_an_order_that_is_not_offered_is_the_declared_one(asks: Asks, sort: str) -> None:
    assert names(asks(sort=sort)) == names(asks())


def test_a_choice_that_is_not_offered_is_ignored_and_named(asks: Asks) -> None:
    found = shown(asks(kind="ministry"))
    assert found.ignored == ["类别"]
    assert len(found.rows) == 7
    assert "kind" not in found.query


def test_heads_turn_the_order_and_keep_the_filters(asks: Asks) -> None:
    name, area, kind = shown(asks(kind="bureau", q="能")).heads
    assert (name.direction, area.direction, kind.url) == ("descending", "", "")
    assert name.url == "?q=%E8%83%BD&kind=bureau&sort=name"
    assert shown(asks(sort="name")).heads[0].url == "?sort=-name"


@pytest.mark.parametrize(("page", "number"), [("2", 2), ("99", 3), ("0", 3), ("x", 1), ("", 1)])
def test_a_page_beyond_is_the_nearest(asks: Asks, page: str, number: int) -> None:
    assert shown(asks(page=page)).page.number == number


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.sampled_from(["q", "kind", "sort", "page", "x"]), st.text(max_size=300)))
def test_no_parameters_break_a_list(query: dict[str, str]) -> None:
    found = Shown(LIST, RequestFactory().get("/list/", query), Organisation.objects.all())
    assert list(found.page) == []
    assert found.query.count("&") <= 2


def test_the_excel_file_holds_the_same_rows(asks: Asks) -> None:
    answer = LIST.respond(asks(kind="government", export="xlsx"), Organisation.objects.all(), "")
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    rows = list(book["单位"].values)
    assert rows[0] == ("单位", "区划", "类别")
    assert [row[0] for row in rows[1:]] == names(asks(kind="government"))
    assert ("类别", "人民政府") in list(book["说明"].values)
    assert ("行数", "5") in list(book["说明"].values)


def test_a_text_like_a_formula_stays_a_text(asks: Asks) -> None:
    Organisation.objects.filter(name="试市能源局").update(name='=HYPERLINK("http://x","y")')
    answer = LIST.respond(asks(kind="bureau", export="xlsx"), Organisation.objects.all(), "")
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content)))["单位"]
    assert (sheet["A2"].value, sheet["A2"].data_type) == ('=HYPERLINK("http://x","y")', "s")


def test_too_many_rows_are_refused_with_the_limit(
    asks: Asks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "MOST", 6)
    with pytest.raises(Refused, match="共 7 行，一次最多导出 6 行"):
        LIST.respond(asks(export="xlsx"), Organisation.objects.all(), "")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("", None),
        (True, "是"),
        (0, 0),
        (Decimal("1.50"), 1.5),
        (date(2025, 3, 5), date(2025, 3, 5)),
        (datetime(2025, 3, 5, 16, 30, tzinfo=UTC), datetime(2025, 3, 6, 0, 30)),  # noqa: DTZ001
        (mark_safe("<b>重</b>大"), "重大"),
        ("<b>", "<b>"),
        ("坏\x00字\x0b", "坏字"),
        ("长" * 40_000, "长" * 32_767),
    ],
)
def test_what_excel_gets(value: object, expected: object) -> None:
    assert export.plain(value) == expected


def test_views_are_ones_own_and_of_this_list(asks: Asks, zhang: User) -> None:
    SavedView.objects.create(user=zhang, page=LIST.key, name="局", query="kind=bureau")
    SavedView.objects.create(user=zhang, page="other", name="别处", query="")
    found = shown(asks(kind="bureau"))
    assert [view.name for view in found.views] == ["局"]
    assert found.views[0].query == found.query
    assert actor(zhang).user == zhang
