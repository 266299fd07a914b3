"""Every responsibility expression of the real notice, read by hand."""

from __future__ import annotations

import pytest

from anlan.notices.readers import read_source
from anlan.notices.responsibility import fill, find_inheritance, is_open, parse
from anlan.notices.structure import build
from tests.notices.responsibility.cases import bracketed, cells, expected, units
from tests.shared import shared

NOTICE = "notices/luliang-2025-draft.txt"
MEMBERS = "市安委会成员单位"
SOME_MEMBERS = "市安委会有关成员单位"
REGULATORS = "市级负有安全生产监管职责的部门"

# (where, bodies with roles, whether 等 leaves the list open)
BODY = [
    ("1", "市安委会各成员单位 吕梁经开区 各县市区人民政府", False),
    ("2", "市安委会各成员单位", False),
    ("3", MEMBERS, False),
    ("4", MEMBERS, False),
    ("5", MEMBERS, False),
    ("6", f"oversee: {REGULATORS} 国家金融监管总局吕梁分局", False),
    ("7", f"oversee: {REGULATORS}", False),
    ("8", SOME_MEMBERS, False),
    (
        "9",
        "市应急局 市消防救援支队 市规划和自然资源局 市水利局 市农业农村局 市住建局 "
        "市气象局 市防震减灾中心",
        True,
    ),
    ("10", MEMBERS, False),
    ("11 煤矿", "lead: 煤矿安全专业委员会办公室", False),
    ("11 非煤矿山", "lead: 非煤矿山安全专业委员会办公室", False),
    ("11 冶金工贸", "lead: 冶金工贸安全专业委员会办公室", False),
    ("11 危险化学品", "lead: 危险化学品安全专业委员会办公室", False),
    ("11 建筑施工及燃气", "lead: 建设与燃气安全专业委员会办公室", False),
    ("11 道路交通", "lead: 交通安全专业委员会办公室", False),
    ("12", SOME_MEMBERS, False),
    (
        "13",
        "市应急局 市能源局 市交通运输局 市公安局 市水利局 市规划和自然资源局 市气象局 "
        "市消防救援支队 市财政局 市水文分局",
        True,
    ),
    (
        "14",
        "市住建局 市城市管理局 市交通运输局 市水利局 市应急局 市市场监管局 市能源局 市消防救援支队 "
        "市防震减灾中心 吕梁公路分局 市财政局",
        True,
    ),
    ("15", SOME_MEMBERS, False),
    ("16", "市应急局 市规划和自然资源局 市消防救援支队 市防震减灾中心 市财政局", True),
    ("17", SOME_MEMBERS, False),
    ("18", "市发改委 市交通运输局 市财政局 市应急局 市规划和自然资源局", True),
    (
        "19",
        "市城市管理局 市交通运输局 市水利局 市应急局 市规划和自然资源局 市消防救援支队",
        True,
    ),
    ("20", SOME_MEMBERS, False),
    ("21", REGULATORS, False),
]

TABLE = [
    ("1", "市安委会各成员单位 吕梁经开区 各县市区人民政府", False),
    ("2", "市安委会 市安委会各成员单位", False),
    ("3", MEMBERS, False),
    ("4", MEMBERS, False),
    ("5", MEMBERS, False),
    ("6", f"oversee: {REGULATORS} 国家金融监管总局吕梁分局", False),
    ("7", f"oversee: {REGULATORS}", False),
    ("8", SOME_MEMBERS, False),
    ("9", "市应急局 市消防救援支队", True),
    ("10", MEMBERS, False),
    ("11 煤矿、非煤矿山", "lead: 煤矿安全专业委员会办公室 非煤矿山安全专业委员会办公室", False),
    ("11 冶金工贸", "lead: 冶金工贸安全专业委员会办公室", False),
    ("11 危险化学品", "lead: 危险化学品安全专业委员会办公室", False),
    ("11 消防", "lead: 消防安全专业委员会办公室", False),
    ("11 电动自行车", "lead: 消防安全专业委员会办公室", False),
    ("11 建筑施工及燃气", "lead: 建设及燃气安全专业委员会办公室", False),
    ("11 道路交通", "lead: 交通安全专业委员会办公室", False),
    ("12", SOME_MEMBERS, False),
    ("13", "市交通运输局 市应急局 市行政审批局 市消防救援支队 市财政局", True),
    (
        "14",
        "市住建局 市城市管理局 市交通运输局 市水利局 市应急局 市市场监管局 市能源局 市消防救援支队 "
        "市防震减灾中心 市财政局",
        True,
    ),
    ("15", SOME_MEMBERS, False),
    ("16", "市规划和自然资源局 市应急局 市消防救援支队 市防震减灾中心 市财政局", True),
    ("17", SOME_MEMBERS, False),
    ("18", "市发改委 市交通运输局 市应急局 市规划和自然资源局 市财政局", True),
    (
        "19",
        "市城市管理局 市交通运输局 市水利局 市应急局 市规划和自然资源局 市消防救援支队",
        True,
    ),
    ("20", SOME_MEMBERS, False),
    ("21", REGULATORS, False),
]


def test_the_body_holds_these_expressions_and_no_other_bracket_is_taken_for_one() -> None:
    expressions, others = bracketed(shared(NOTICE))
    assert len(expressions) == len(BODY)
    assert len(others) > 40


@pytest.mark.parametrize("place", range(len(BODY)), ids=[case[0] for case in BODY])
def test_body(place: int) -> None:
    words = bracketed(shared(NOTICE))[0][place]
    _, bodies, is_left_open = BODY[place]
    assert units(parse(words)) == expected(bodies)
    assert is_open(words) is is_left_open


def test_the_table_holds_these_expressions_and_no_other_cell_is_taken_for_one() -> None:
    expressions, others = cells(shared(NOTICE))
    assert len(expressions) == len(TABLE)
    assert "责任单位" in others


@pytest.mark.parametrize("place", range(len(TABLE)), ids=[case[0] for case in TABLE])
def test_table(place: int) -> None:
    words = cells(shared(NOTICE))[0][place]
    _, bodies, is_left_open = TABLE[place]
    assert units(parse(words)) == expected(bodies)
    assert is_open(words) is is_left_open


def test_only_the_first_item_and_the_first_row_bind_later_ones() -> None:
    path = shared(NOTICE)
    for words in (bracketed(path)[0], cells(path)[0]):
        rules = [find_inheritance(each) for each in words]
        assert rules[0] is not None
        assert rules[0].units == ["吕梁经开区", "县市区人民政府"]
        assert not rules[0].first_leads
        assert rules[1:] == [None] * (len(words) - 1)


def test_the_first_item_binds_items_2_to_21_their_parts_and_the_later_rows() -> None:
    notice = build(read_source(shared(NOTICE)))
    fill(notice)
    bound = ["吕梁经开区", "县市区人民政府"]
    items = {item.number: item for item in notice.items}
    assert sorted(number for number in items if number) == list(range(1, 22))
    assert items[1].responsible.inherited == []
    assert units(items[1].responsible) == expected(BODY[0][1])
    assert all(items[number].responsible.inherited == bound for number in range(2, 22))
    assert [part.responsible.inherited for part in items[11].parts] == [bound] * 6
    assert [row.responsible.inherited for row in notice.table] == [
        [] if row.item == 1 else bound for row in notice.table
    ]
