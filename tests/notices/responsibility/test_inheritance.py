"""Rules said once for all, and what they do to a whole notice."""

from __future__ import annotations

import pytest

from anlan.notices.document import Chapter, Item, Notice, Part, Responsible, TableRow
from anlan.notices.responsibility import (
    Inheritance,
    fill,
    find_inheritance,
    is_expression,
    parse,
)
from tests.notices.responsibility.cases import expected, units

RULES = [
    (
        "市级部门负责。以下均需滨江经开区及县市区人民政府负责，不再一一列出",
        Inheritance(["滨江经开区", "县市区人民政府"]),
    ),
    (
        "市财政局（以下均需滨江经开区及县市区人民政府负责，不再一一列出）",
        Inheritance(["滨江经开区", "县市区人民政府"]),
    ),
    (
        "责任单位：市财政局；以下各项工作任务均涉及各县（市、区）、市直园区，不再单独列出",
        Inheritance(["各县（市、区）", "市直园区"]),
    ),
    ("以下各项均由各县（市、区）人民政府负责", Inheritance(["各县（市、区）人民政府"])),
    ("市财政局。以下任务均需各乡镇、街道办事处落实", Inheritance(["各乡镇", "各街道办事处"])),
    ("市财政局、市税务局；列首位的为牵头单位，下同", Inheritance([], True, True)),
    ("市财政局、市税务局，排在第一位的为牵头单位，下同", Inheritance([], True, True)),
    ("市财政局、市税务局（列首位的为牵头单位）", Inheritance([], True, False)),
    (
        "市财政局；列首位的为牵头单位，下同。以下各项工作任务均涉及各乡镇，不再单独列出",
        Inheritance(["各乡镇"], True, True),
    ),
    (
        "市财政局，各县（市、区）政府为各项任务的责任单位，以下不再列出",
        Inheritance(["各县（市、区）政府"]),
    ),
    (
        "以下各项任务，各县（市、区）政府均为责任单位，不再一一列出",
        Inheritance(["各县（市、区）政府"]),
    ),
    ("市财政局负责，各乡镇均需落实，以下不再列出", Inheritance(["各乡镇"])),
    ("市财政局；下列各项均由各乡镇负责", Inheritance(["各乡镇"])),
    ("市财政局（以下任务责任单位均包括各乡镇）", Inheritance(["各乡镇"])),
    ("市财政局。以下各项任务均需落实", None),
    ("市财政局、市税务局。责任单位中排在第一位的为牵头单位，以下均同", Inheritance([], True, True)),
    ("市财政局、市税务局（首个单位为牵头单位，其他为配合单位，下同）", Inheritance([], True, True)),
    ("市财政局、市税务局（第一责任单位为牵头单位，下同）", Inheritance([], True, True)),
    ("市财政局、市税务局；首位为牵头单位，下同", Inheritance([], True, True)),
    ("各乡镇均需落实", None),
    ("市财政局、市税务局负责", None),
    ("含产业链配套企业，下同", None),
    ("以下简称市安委办", None),
    ("", None),
]


@pytest.mark.parametrize("words", [words for words, _ in RULES if words.startswith("市财政局")])
def test_the_words_of_a_rule_name_no_body_of_the_expression_itself(words: str) -> None:
    listed = ["市财政局", "市税务局"] if "市税务局" in words else ["市财政局"]
    assert [unit.name for unit in parse(words).units] == listed
    assert is_expression(words)


@pytest.mark.parametrize(("words", "rule"), RULES, ids=[words for words, _ in RULES])
def test_rules(words: str, rule: Inheritance | None) -> None:
    assert find_inheritance(words) == rule


RULE = (
    "市安委会各成员单位、滨江经开区、各县市区人民政府负责。以下均需滨江经开区及县市区人民政府负责"
)
BOUND = ["滨江经开区", "县市区人民政府"]


def _item(number: int, words: str, *parts: str) -> Item:
    item = Item(number, None, "", Responsible(words))
    item.parts = [Part(None, "", Responsible(part)) for part in parts]
    return item


def _notice(*items: Item, rows: tuple[tuple[int, str], ...] = ()) -> Notice:
    half = len(items) // 2
    chapters = [Chapter(1, None, "", list(items[:half])), Chapter(2, None, "", list(items[half:]))]
    table = [TableRow(number, None, None, "", Responsible(words)) for number, words in rows]
    return Notice(chapters=chapters, table=table)


def test_a_rule_binds_later_items_in_all_chapters_and_not_the_item_that_states_it() -> None:
    notice = _notice(_item(1, "市教育局"), _item(2, RULE), _item(3, "市财政局"), _item(4, ""))
    fill(notice)
    assert [item.responsible.inherited for item in notice.items] == [[], [], BOUND, BOUND]
    assert units(notice.items[1].responsible) == expected(
        "市安委会各成员单位 滨江经开区 各县市区人民政府"
    )
    assert units(notice.items[2].responsible) == expected("市财政局")


def test_a_listed_body_is_not_inherited_as_well_however_it_is_written() -> None:
    notice = _notice(_item(1, RULE), _item(2, "市财政局、各县（市、区）人民政府"))
    fill(notice)
    assert notice.items[1].responsible.inherited == ["滨江经开区"]


def test_parts_with_words_of_their_own_inherit_and_parts_without_do_not() -> None:
    notice = _notice(_item(1, RULE), _item(2, "", "市能源局牵头", ""))
    fill(notice)
    own, none = notice.items[1].parts
    assert (units(own.responsible), own.responsible.inherited) == (
        expected("lead: 市能源局"),
        BOUND,
    )
    assert (none.responsible.units, none.responsible.inherited) == ([], [])


def test_a_rule_in_a_row_binds_later_rows_only() -> None:
    rows = ((1, "市教育局"), (2, RULE), (3, "市财政局"))
    notice = _notice(_item(1, "市教育局"), _item(2, "市公安局"), rows=rows)
    fill(notice)
    assert [row.responsible.inherited for row in notice.table] == [[], [], BOUND]
    assert [item.responsible.inherited for item in notice.items] == [[], []]


def test_without_a_rule_of_its_own_a_row_inherits_as_its_item_does() -> None:
    rows = ((1, "市教育局"), (2, "市公安局"), (3, "市财政局"), (9, "市气象局"))
    notice = _notice(_item(1, "市教育局"), _item(2, RULE), _item(3, "市财政局"), rows=rows)
    fill(notice)
    assert [row.responsible.inherited for row in notice.table] == [[], [], BOUND, []]


def test_the_first_body_leads_in_every_later_expression_that_names_no_other_lead() -> None:
    notice = _notice(
        _item(1, "市教育局、市税务局"),
        _item(2, "市财政局、市税务局；列首位的为牵头单位，下同"),
        _item(3, "市公安局、市税务局"),
        _item(4, "市公安局配合，市税务局牵头"),
    )
    fill(notice)
    assert [units(item.responsible) for item in notice.items] == [
        expected("市教育局 市税务局"),
        expected("lead: 市财政局 | responsible: 市税务局"),
        expected("lead: 市公安局 | responsible: 市税务局"),
        expected("assist: 市公安局 | lead: 市税务局"),
    ]


def test_unless_it_says_so_the_first_body_leads_only_here() -> None:
    notice = _notice(_item(1, "市财政局、市税务局（列首位的为牵头单位）"), _item(2, "市公安局"))
    fill(notice)
    assert [item.responsible.units[0].role for item in notice.items] == ["lead", "responsible"]


def test_a_second_rule_adds_to_the_first() -> None:
    notice = _notice(
        _item(1, RULE), _item(2, "市财政局。以下各项均需各乡镇负责"), _item(3, "市公安局")
    )
    fill(notice)
    assert notice.items[2].responsible.inherited == ["各乡镇", *BOUND]
