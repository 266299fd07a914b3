"""Body against table: the whole list for the real notice, and one case for each kind."""

from __future__ import annotations

import pytest

from anlan.notices.differences import DifferenceKind as K
from anlan.notices.differences import compare
from anlan.notices.document import (
    Chapter,
    Difference,
    Item,
    Notice,
    Part,
    Responsible,
    Role,
    TableRow,
    Unit,
)
from anlan.notices.reading import read_notice
from tests.shared import shared

# Written from the paper, body against table, before the code: (item, kind, in body, in table).
LULIANG = [
    (11, K.PART_MISSING, "", "消防方面"),
    (11, K.PART_MISSING, "", "电动自行车整治方面"),
    (9, K.UNIT_MISSING_IN_TABLE, "市规划和自然资源局", ""),
    (9, K.UNIT_MISSING_IN_TABLE, "市水利局", ""),
    (9, K.UNIT_MISSING_IN_TABLE, "市农业农村局", ""),
    (9, K.UNIT_MISSING_IN_TABLE, "市住建局", ""),
    (9, K.UNIT_MISSING_IN_TABLE, "市气象局", ""),
    (9, K.UNIT_MISSING_IN_TABLE, "市防震减灾中心", ""),
    (13, K.UNIT_MISSING_IN_TABLE, "市能源局", ""),
    (13, K.UNIT_MISSING_IN_TABLE, "市公安局", ""),
    (13, K.UNIT_MISSING_IN_TABLE, "市水利局", ""),
    (13, K.UNIT_MISSING_IN_TABLE, "市规划和自然资源局", ""),
    (13, K.UNIT_MISSING_IN_TABLE, "市气象局", ""),
    (13, K.UNIT_MISSING_IN_TABLE, "市水文分局", ""),
    (14, K.UNIT_MISSING_IN_TABLE, "吕梁公路分局", ""),
    (2, K.UNIT_MISSING_IN_BODY, "", "市安委会"),
    (13, K.UNIT_MISSING_IN_BODY, "", "市行政审批局"),
    (16, K.NUMBER, "应急管理站组建工作", "151"),
    (18, K.NUMBER, "至少建立一处应急避难场所", "每个村（社区）至少建成1处应急避难场所"),
    (11, K.UNIT_NAME, "建设与燃气", "建设及燃气"),
    (3, K.TITLE, "强化事故警示教育", ""),
    (2, K.TEXT_ONLY_IN_BODY, "播放警示教育片", ""),
    (11, K.TEXT_ONLY_IN_BODY, "及时提请党委政府专题研究", ""),
    (11, K.TEXT_ONLY_IN_BODY, "其他行业领域也要按照结合实际明确整治重点", ""),
    (11, K.TEXT_ONLY_IN_BODY, "着力解决高层建筑消防设施不完善等问题", ""),
    (12, K.TEXT_ONLY_IN_BODY, "持续推动矿山“1+4+4”行动方案的落地落实", ""),
    (12, K.TEXT_ONLY_IN_BODY, "由住建、行政审批部门牵头", ""),
    (13, K.TEXT_ONLY_IN_BODY, "完成国有企业所属加油站视频智能分析系统安装应用", ""),
    (16, K.TEXT_ONLY_IN_TABLE, "", "加强各级各类救援力量联训联演联战"),
    (18, K.TEXT_ONLY_IN_TABLE, "", "利用吕梁市应急救援基金资金"),
    (5, K.WORDING, "安全发展", "安发展"),
    (9, K.WORDING, "委员会", "议事协调机构"),
    (17, K.WORDING, "持续巩固基层防灾工程项目实施成果", "实施基层防灾工程项目"),
    (19, K.WORDING, "选取一个", "柳林、孝义"),
    (11, K.PUNCTUATION, "。", "；"),
]


def matches(found: Difference, expected: tuple[int, K, str, str]) -> bool:
    item, kind, body, table = expected
    if (found.item, found.kind) != (item, kind):
        return False
    return _says(found.body, body) and _says(found.table, table)


def _says(quote: str, words: str) -> bool:
    return words in quote if words else quote == ""


@pytest.fixture(scope="module")
def luliang() -> Notice:
    return read_notice(shared("notices/luliang-2025-draft.txt"))


@pytest.mark.parametrize("expected", LULIANG, ids=lambda e: f"{e[0]}-{e[1]}-{(e[2] or e[3])[:8]}")
def test_real_notice_shows_each_difference_once(luliang: Notice, expected) -> None:
    assert sum(matches(found, expected) for found in luliang.differences) == 1


def test_real_notice_shows_nothing_else(luliang: Notice) -> None:
    unexpected = [d for d in luliang.differences if not any(matches(d, e) for e in LULIANG)]
    assert unexpected == []


def test_real_notice_is_ordered_by_weight(luliang: Notice) -> None:
    weights = [list(K).index(K(d.kind)) for d in luliang.differences]
    assert weights == sorted(weights)
    assert luliang.differences[-1].kind == K.PUNCTUATION


# --- one case for each kind ---------------------------------------------------------------------


def units(*names: str, role: Role = Role.RESPONSIBLE, text: str = "") -> Responsible:
    return Responsible(text or "、".join(names), [Unit(name, role) for name in names])


def notice(items: list[Item], rows: list[TableRow]) -> Notice:
    return Notice(chapters=[Chapter(1, "甲", "", items)], table=rows)


def item(
    number: int | None = 1, text: str = "开展检查。", title: str | None = "检查", **more
) -> Item:
    return Item(number, title, text, **more)


def row(
    number: int | None = 1, text: str = "开展检查。", title: str | None = "检查", **more
) -> TableRow:
    return TableRow(number, more.pop("part", None), title, text, **more)


def pair(body: str, table: str) -> list[Difference]:
    return compare(notice([item(text=body)], [row(text=table)]))


def test_no_table_means_no_difference() -> None:
    assert compare(notice([item()], [])) == []


@pytest.mark.parametrize(
    ("body", "table"),
    [
        ("落实“三管三必须”（试行），办好事。", '落实"三管三必须"(试行),办好事。'),
        ("2025 年开展 2 次检查。", "2025年开展2次检查。"),
        ("组建ＡＩ队伍；", "组建AI队伍"),
        ("", ""),
    ],
)
def test_width_and_space_are_no_difference(body: str, table: str) -> None:
    assert pair(body, table) == []


TEXTS = [
    # body, table, kind, body quote, table quote
    (
        "抓好宣传，播放教育片，报道典型。",
        "抓好宣传，报道典型。",
        K.TEXT_ONLY_IN_BODY,
        "播放教育片，",
        "",
    ),
    ("抓好宣传。", "抓好宣传。用好基金。", K.TEXT_ONLY_IN_TABLE, "", "用好基金。"),
    ("助力企业安全发展。", "助力企业安发展。", K.WORDING, "助力企业安全发展", "助力企业安发展"),
    (
        "全年检查不少于10家。",
        "全年检查不少于12家。",
        K.NUMBER,
        "全年检查不少于10家",
        "全年检查不少于12家",
    ),
    ("至少建一处站点。", "至少建两处站点。", K.NUMBER, "至少建一处站点", "至少建两处站点"),
    ("6月底前完成整改。", "年底前完成整改。", K.NUMBER, "6月底前完成整改", "年底前完成整改"),
    ("抓好学习，做好宣传。", "抓好学习；做好宣传。", K.PUNCTUATION, "抓好学习，", "抓好学习；"),
]


@pytest.mark.parametrize(("body", "table", "kind", "left", "right"), TEXTS)
def test_text(body: str, table: str, kind: K, left: str, right: str) -> None:
    assert pair(body, table) == [Difference(1, kind, left, right)]


def test_same_figure_written_in_two_ways_is_no_number() -> None:
    assert [d.kind for d in pair("至少建成一处站点。", "至少建成1处站点。")] == [K.WORDING]


def test_long_clause_is_quoted_around_the_change() -> None:
    names = "、".join(f"第{n}类企业" for n in "一二三四五六七八九")
    (found,) = pair(f"检查{names}和矿山企业。", f"检查{names}和煤矿企业。")
    assert "矿山企业" in found.body
    assert "煤矿企业" in found.table
    assert len(found.body) < 40


def test_units_missing_on_either_side_and_same_body_written_in_two_ways() -> None:
    found = compare(
        notice(
            [item(responsible=units("市应急局", "市水利局", "建设与燃气安全专业委员会办公室"))],
            [row(responsible=units("市应急局", "市公安局", "建设及燃气安全专业委员会办公室"))],
        )
    )
    assert found == [
        Difference(1, K.UNIT_MISSING_IN_TABLE, "市水利局", ""),
        Difference(1, K.UNIT_MISSING_IN_BODY, "", "市公安局"),
        Difference(
            1, K.UNIT_NAME, "建设与燃气安全专业委员会办公室", "建设及燃气安全专业委员会办公室"
        ),
    ]


def test_order_of_units_is_no_difference() -> None:
    body, table = units("市应急局", "市水利局"), units("市水利局", "市应急局")
    assert compare(notice([item(responsible=body)], [row(responsible=table)])) == []


def test_role_differs_only_where_both_sides_state_it() -> None:
    lead = units("市应急局", role=Role.LEAD, text="市应急局牵头")
    assist = units("市应急局", role=Role.ASSIST, text="市应急局配合")
    plain = units("市应急局")
    (found,) = compare(notice([item(responsible=lead)], [row(responsible=assist)]))
    assert found == Difference(1, K.ROLE, "市应急局（牵头）", "市应急局（配合）")
    assert compare(notice([item(responsible=lead)], [row(responsible=plain)])) == []


def test_one_cell_for_two_parts_is_compared_with_both() -> None:
    parts = [
        Part("煤矿", "煤矿方面，治瓦斯。", units("煤矿专委办")),
        Part("非煤矿山", "非煤矿山方面，治采空区。", units("非煤矿山专委办")),
    ]
    both = units("煤矿专委办", "非煤矿山专委办", text="煤矿、非煤矿山专委办")
    rows = [
        row(part="煤矿", text="煤矿方面，治瓦斯。", responsible=both),
        row(part="非煤矿山", text="非煤矿山方面，治采空区。", responsible=both),
    ]
    assert compare(notice([item(text="", parts=parts)], rows)) == []


def test_part_on_one_side_only() -> None:
    parts = [Part("煤矿", "煤矿方面，治瓦斯。"), Part("燃气", "燃气方面，治管网。")]
    rows = [
        row(part="煤矿", text="煤矿方面，治瓦斯。"),
        row(part="消防", text="消防方面，治通道。"),
    ]
    assert compare(notice([item(text="", parts=parts)], rows)) == [
        Difference(1, K.PART_MISSING, "燃气方面，治管网。", ""),
        Difference(1, K.PART_MISSING, "", "消防方面，治通道。"),
    ]


def test_parts_in_the_body_against_one_cell_in_the_table() -> None:
    parts = [
        Part(None, "开展检查。", units("市应急局")),
        Part(None, "开展演练。", units("市水利局")),
    ]
    rows = [row(text="开展检查。开展演练。", responsible=units("市应急局"))]
    assert compare(notice([item(text="", parts=parts)], rows)) == [
        Difference(1, K.UNIT_MISSING_IN_TABLE, "市水利局", "")
    ]


def test_row_without_item_and_item_without_row() -> None:
    found = compare(
        notice(
            [item(1), item(2, "办好培训。", "培训")],
            [row(1), row(3, "建好队伍。", "队伍")],
        )
    )
    assert found == [
        Difference(2, K.MISSING_ROW, "培训", ""),
        Difference(3, K.MISSING_ITEM, "", "队伍"),
    ]


def test_rows_without_numbers_are_paired_by_title() -> None:
    items = [item(1, "开展检查。", "检查"), item(2, "办好培训。", "培训")]
    rows = [row(None, "办好培训班。", "培训"), row(None, "开展检查。", "检查")]
    assert compare(notice(items, rows)) == [Difference(2, K.WORDING, "办好培训", "办好培训班")]


def test_numbers_that_restart_are_paired_in_order() -> None:
    chapters = [
        Chapter(1, "甲", "", [item(1, "开展检查。", "检查")]),
        Chapter(2, "乙", "", [item(1, "办好培训。", "培训")]),
    ]
    rows = [row(1, "开展检查。", "检查"), row(1, "办好培训。", "培训")]
    assert compare(Notice(chapters=chapters, table=rows)) == []


def test_title_written_in_two_ways() -> None:
    (found,) = compare(notice([item(title="抓好检查")], [row(title="做好检查")]))
    assert found == Difference(1, K.TITLE, "抓好检查", "做好检查")


def test_table_that_never_gives_titles_lacks_none() -> None:
    assert compare(notice([item(1), item(2)], [row(1, title=None), row(2, title=None)])) == []


def test_row_split_over_two_pages_is_one_item() -> None:
    rows = [row(1, "开展检查，"), row(1, "抓好整改。")]
    assert compare(notice([item(1, "开展检查，抓好整改。")], rows)) == []


@pytest.mark.parametrize(
    ("body", "column", "expected"),
    [
        ("3月底前完成检查。", "完成时限：3月底前", []),
        ("3月底前完成检查。", "完成时限：2025年3月底", []),
        ("开展检查。", "完成时限：长期", []),
        ("开展检查。", "备注：", []),
        ("开展检查。", "完成时限：6月底前", [(K.TEXT_ONLY_IN_TABLE, "", "完成时限：6月底前")]),
        ("3月底前完成检查。", "完成时限：6月底前", [(K.NUMBER, "3月底", "完成时限：6月底前")]),
    ],
)
def test_column_of_dates(body: str, column: str, expected) -> None:
    found = pair(body, f"{body}\n{column}")
    assert [(each.kind, each.body, each.table) for each in found] == expected


def test_chapter_on_how_to_work_needs_no_rows() -> None:
    chapters = [
        Chapter(1, "重点任务", "", [item(1), item(2, "办好培训。", "培训")]),
        Chapter(2, "工作要求", "", [item(3, "加强领导。", "领导")]),
    ]
    (found,) = compare(Notice(chapters=chapters, table=[row(1)]))
    assert (found.item, found.kind) == (2, K.MISSING_ROW)
