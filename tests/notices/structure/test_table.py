"""Tables of assignments: other columns, merged and split cells, lost numbers, several tables."""

from __future__ import annotations

from anlan.notices.document import Notice, Paragraph, Row, Source
from anlan.notices.structure import read
from anlan.notices.structure.accounting import Account, account

HEAD = ("序号", "任务", "主要内容", "责任单位")
BODY = [
    "关于做好2025年工作的通知",
    "一、强化监管",
    "（一）加强执法。每月检查企业一次，全年不少于十二次，问题限期整改。（市应急局负责）",
    "（二）加强帮扶。组织专家帮扶中小企业，免费开展安全诊断和培训。（市工信局负责）",
    "附表",
]


def _notice(*rows: tuple[str, ...], body: list[str] | None = None, split: int = 0) -> Notice:
    """A notice with ``body`` and a table of ``rows``, a second one from row ``split`` on."""
    lines = BODY if body is None else body
    blocks: list[Paragraph | Row] = [Paragraph(text, line) for line, text in enumerate(lines, 1)]
    blocks += [
        Row(cells, len(lines) + index + 1, table=int(bool(split) and index >= split))
        for index, cells in enumerate(rows)
    ]
    reading = read(Source(lines=[], blocks=blocks))
    assert account(reading) == Account()
    return reading.notice


def _rows(notice: Notice) -> list[tuple[int | None, str | None, str, str]]:
    return [(row.item, row.title, row.text, row.responsible.text) for row in notice.table]


def _kinds(notice: Notice) -> list[str]:
    return [repair.kind for repair in notice.repairs]


def test_contents_with_their_own_numbers_under_a_merged_chapter() -> None:
    notice = _notice(
        HEAD,
        ("一", "强化 监管", "1. 加强执法。每月检查。", "市应急局"),
        ("", "", "2. 加强帮扶。组织专家。", "市工信局"),
    )
    assert _rows(notice) == [
        (1, "加强执法", "每月检查。", "市应急局"),
        (2, "加强帮扶", "组织专家。", "市工信局"),
    ]
    assert notice.repairs == []


def test_numbers_and_titles_in_columns_of_their_own() -> None:
    notice = _notice(
        ("序号", "重点任务", "工作措施", "牵头单位", "配合单位", "完成时限", "备注"),
        ("1", "加强执法", "每月检查。", "市应急局", "市公安局、市住\n建局", "12月底前", ""),
        ("", "", "开展回头看。", "市公安局", "", "", "另行部署"),
        ("2", "加强帮扶", "组织专家。", "市工信局", "市财政局", "", ""),
    )
    assert _rows(notice) == [
        (
            1,
            "加强执法",
            "每月检查。\n完成时限：12月底前",
            "牵头单位：市应急局\n配合单位：市公安局、市住建局",
        ),
        (1, "加强执法", "开展回头看。\n备注：另行部署", "牵头单位：市公安局"),
        (2, "加强帮扶", "组织专家。", "牵头单位：市工信局\n配合单位：市财政局"),
    ]


def test_tasks_that_are_the_bodys_items_take_their_numbers() -> None:
    notice = _notice(("主要任务", "责任单位"), ("加强帮扶", "市工信局"))
    assert _rows(notice) == [(2, "加强帮扶", "", "市工信局")]
    notice = _notice(
        ("主要任务", "重点工作和要求", "责任单位", "完成时限", "完成进展"),
        ("加强帮扶", "组织专家。", "市工信局", "年底前", "已启动"),
    )
    assert _rows(notice) == [
        (2, "加强帮扶", "组织专家。\n完成时限：年底前\n完成进展：已启动", "市工信局")
    ]


def test_contents_without_numbers_under_a_merged_chapter() -> None:
    notice = _notice(
        HEAD,
        ("一", "强化监管", "加强执法。每月检查。", "市应急局"),
        ("", "", "加强帮扶。组织专家。", "市工信局"),
    )
    assert _rows(notice) == [
        (1, "加强执法", "每月检查。", "市应急局"),
        (2, "加强帮扶", "组织专家。", "市工信局"),
    ]


def test_a_row_without_number_is_found_by_its_words() -> None:
    notice = _notice(
        HEAD,
        ("一", "强化监管", "1. 加强执法。每月检查。", "市应急局"),
        ("", "", "组织专家帮扶中小企业，免费开展安全诊断。", "市工信局"),
    )
    assert [(row.item, row.title) for row in notice.table] == [(1, "加强执法"), (2, None)]
    assert _kinds(notice) == ["missing_number"]


def test_a_row_that_resembles_nothing_is_a_further_row_of_the_item_above() -> None:
    notice = _notice(
        HEAD,
        ("一", "强化监管", "1. 加强执法。每月检查。", "市应急局"),
        ("", "", "植树造林，绿化荒山。", "市林业局"),
    )
    assert [(row.item, row.responsible.text) for row in notice.table] == [
        (1, "市应急局"),
        (1, "市林业局"),
    ]


def test_a_row_split_by_a_page_with_repeated_head_and_cells() -> None:
    notice = _notice(
        HEAD,
        ("一", "强化监管", "1. 加强执法。每月检", "市应急局"),
        HEAD,
        ("一", "强化监管", "查一次。", ""),
        ("", "", "2. 加强帮扶。组织专家。", "市工信局"),
        split=2,
    )
    assert [row.text for row in notice.table] == ["每月检查一次。", "组织专家。"]
    assert notice.table[0].lines == (7, 9)
    assert _kinds(notice) == ["repeated_cell", "split_row"]


def test_a_table_that_goes_on_without_its_head() -> None:
    notice = _notice(
        HEAD,
        ("一", "强化监管", "1. 加强执法。每月检查。", "市应急局"),
        ("", "", "2. 加强帮扶。组织专家。", "市工信局"),
        split=2,
    )
    assert [row.item for row in notice.table] == [1, 2]


def test_units_beside_several_paragraphs_of_one_cell() -> None:
    both = "1. 整治。\n煤矿方面，治瓦斯。\n消防方面，清通道。"
    one_row = _notice(HEAD, ("一", "强化监管", both, "市能源局\n市消防救援支队"))
    assert [(row.part, row.responsible.text) for row in one_row.table if row.part] == [
        ("煤矿", "市能源局"),
        ("消防", "市消防救援支队"),
    ]
    two_rows = _notice(HEAD, ("一", "强化监管", both, "市能源局"), ("", "", "", "市消防救援支队"))
    assert [(row.part, row.responsible.text) for row in two_rows.table if row.part] == [
        ("煤矿", "市能源局"),
        ("消防", "市消防救援支队"),
    ]
    shared = _notice(HEAD, ("一", "强化监管", both, "市能源局、市消防救援支队牵头负责"))
    assert {row.responsible.text for row in shared.table if row.part} == {
        "市能源局、市消防救援支队牵头负责"
    }
    assert (_kinds(one_row), _kinds(two_rows), _kinds(shared)) == (
        ["two_units"],
        ["two_units"],
        ["merged_cell"],
    )


def test_a_unit_cell_over_two_parts_but_not_over_two_items() -> None:
    notice = _notice(
        HEAD,
        ("一", "强化监管", "1. 整治。分工如下。", "市安委办"),
        ("", "", "煤矿方面，治瓦斯。", "市能源局"),
        ("", "", "消防方面，清通道。", ""),
        ("", "", "2. 加强帮扶。组织专家。", ""),
    )
    assert [(row.item, row.part, row.responsible.text) for row in notice.table] == [
        (1, None, "市安委办"),
        (1, "煤矿", "市能源局"),
        (1, "消防", "市能源局"),
        (2, None, ""),
    ]


def test_cells_moved_by_one_column() -> None:
    notice = _notice(
        HEAD,
        ("一", "强化监管", "1. 加强执法。每月检查。", "", "市应急局"),
        ("", "", "2. 加强帮扶。组织专家。", "市工信局", ""),
    )
    assert [row.responsible.text for row in notice.table] == ["市应急局", "市工信局"]


def test_a_doubled_heading() -> None:
    notice = _notice(HEAD, ("一", "强化监管", "1. 加强执法。加强执法。每月检查。", "市应急局"))
    assert _rows(notice) == [(1, "加强执法", "每月检查。", "市应急局")]
    assert [(each.kind, each.before, each.after) for each in notice.repairs] == [
        ("repeated_title", "加强执法。加强执法。", "加强执法。")
    ]


def test_a_group_that_is_no_chapter_stays_in_the_text() -> None:
    notice = _notice(
        HEAD,
        ("一", "夯实基础", "1. 加强执法。每月检查。", "市应急局"),
        body=["2025年重点任务分工表"],
    )
    assert _rows(notice) == [(1, "加强执法", "夯实基础\n每月检查。", "市应急局")]
    assert (notice.title, notice.chapters) == ("2025年重点任务分工表", [])


def test_other_tables_stay_running_text() -> None:
    body = [*BODY[:3], "各县任务见下表。"]
    notice = _notice(("县名", "任务数"), ("甲县", "100"), body=body)
    assert notice.table == []
    assert "甲县\u2003100" in notice.closing


def test_a_table_without_head_is_known_by_its_units() -> None:
    long = "每月检查企业一次，全年不少于十二次，问题限期整改。" * 3
    notice = _notice(
        ("一", "强化监管", long, "市应急局"),
        ("二", "强化宣传", long, "市委宣传部、市教育局"),
        body=BODY[:1],
    )
    assert [(row.item, row.title, row.responsible.text) for row in notice.table] == [
        (1, "强化监管", "市应急局"),
        (2, "强化宣传", "市委宣传部、市教育局"),
    ]


def test_two_tables_with_different_columns() -> None:
    notice = _notice(
        HEAD,
        ("一", "强化监管", "1. 加强执法。每月检查。", "市应急局"),
        ("任务", "要求", "责任部门"),
        ("加强帮扶", "组织专家。", "市工信局"),
        split=2,
    )
    assert _rows(notice) == [
        (1, "加强执法", "每月检查。", "市应急局"),
        (2, "加强帮扶", "组织专家。", "市工信局"),
    ]
