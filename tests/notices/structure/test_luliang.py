"""The real notice, written down from the paper before the code."""

from __future__ import annotations

import pytest

from anlan.notices.document import Notice
from anlan.notices.readers import read_source
from anlan.notices.structure import build
from tests.shared import shared

CHAPTERS = [
    (1, "提升安全意识", [1, 2, 3]),
    (2, "落实安全责任", [4, 5, 6, 7, 8]),
    (3, "健全体制机制", [9, 10]),
    (4, "整治问题隐患", [11, 12]),
    (5, "强化科技赋能", [13, 14]),
    (6, "强化应急救援准备", [15, 16, 17, 18]),
    (7, "强化人员能力素质", [19, 20, 21]),
]
TITLES = [
    "树牢安全发展理念",
    "强化安全宣传引导",
    "强化事故警示教育",
    "压实党政领导责任",
    "强化部门监管责任",
    "落实企业主体责任",
    "抓牢员工岗位责任",
    "严肃追责问责",
    "持续建设完善管理体制",
    "持续建设完善工作机制",
    "深度破解重大问题",
    "根源上杜绝重大隐患",
    "加快推进信息化建设",
    "扎实开展安全工程治理",
    "修订完善应急预案",
    "加强应急队伍建设",
    "强化应急装备配备",
    "加强应急救援基地和物资保障",
    "开展应急救援队伍实战练兵",
    "开展职工安全技能竞赛",
    "开展安全监管人员执法比武",
]
BODY_PARTS = ["煤矿", "非煤矿山", "冶金工贸", "危险化学品", "建筑施工及燃气", "道路交通"]
TABLE_PARTS = {
    "煤矿": "煤矿、非煤矿山安全专业委员会办公室牵头负责",
    "非煤矿山": "煤矿、非煤矿山安全专业委员会办公室牵头负责",
    "冶金工贸": "冶金工贸安全专业委员会办公室牵头负责",
    "危险化学品": "危险化学品安全专业委员会办公室牵头负责",
    "消防": "消防安全专业委员会办公室牵头负责",
    "电动自行车整治": "消防安全专业委员会办公室牵头负责",
    "建筑施工及燃气": "建设及燃气安全专业委员会办公室牵头负责",
    "道路交通": "交通安全专业委员会办公室牵头负责",
}
REPAIRS = {(line, "joined_lines") for line in (17, 23, 29, 39, 45, 55, 73, 81, 85, 93, 99)} | {
    *((line, "half_width") for line in (93, 95, 97, 99, 103)),
    (63, "stray_line"),
    *((line, "repeated_cell") for line in (123, 127, 141, 143, 149, 151)),
    (123, "missing_number"),
    *((line, "repeated_title") for line in (131, 147, 149)),
    (135, "merged_cell"),
    (142, "two_units"),
}


@pytest.fixture(scope="module")
def notice() -> Notice:
    return build(read_source(shared("notices/luliang-2025-draft.txt")))


def test_head_and_tail(notice: Notice) -> None:
    assert (notice.title, notice.issuer, notice.year, notice.draft) == (
        "关于做好2025年安全生产工作的通知",
        "吕梁市人民政府",
        2025,
        True,
    )
    assert notice.preamble.startswith(
        "各县（市、区）人民政府，市人民政府各委、办、局：\n2025年，是"
    )
    assert notice.closing.split("\n") == [
        "附表：重点任务分工",
        "吕梁市人民政府",
        "2025年 月 日",
        "附表",
        "重点任务分工",
    ]


def test_chapters_and_items(notice: Notice) -> None:
    assert [
        (chapter.number, chapter.title, [item.number for item in chapter.items])
        for chapter in notice.chapters
    ] == CHAPTERS
    assert [item.title for item in notice.items] == TITLES
    assert {chapter.text for chapter in notice.chapters} == {""}


def test_every_item_but_the_divided_one_has_its_units(notice: Notice) -> None:
    assert [item.number for item in notice.items if not item.responsible.text] == [11]
    assert all(part.responsible.text for part in notice.items[10].parts)


def test_the_rule_said_once_stays_with_the_first_item(notice: Notice) -> None:
    assert notice.items[0].responsible.text.endswith(
        "负责。以下均需吕梁经开区及县市区人民政府负责，不再一一列出"
    )


def test_item_11_has_six_parts_and_keeps_its_first_and_last_words(notice: Notice) -> None:
    item = notice.items[10]
    assert [part.sector for part in item.parts] == BODY_PARTS
    first, last = item.text.split("\n")
    assert first.startswith("聚焦重点行业领域")
    assert last.startswith("其他行业领域")
    assert [part.lines for part in item.parts][:2] == [(53, 55), (57, 57)]


def test_leading_bodies_in_a_running_sentence_stay_text(notice: Notice) -> None:
    assert "由住建、行政审批部门牵头" in notice.items[11].text
    assert notice.items[11].parts == []
    assert "（国办发〔2024〕54号）" in notice.items[4].text


def test_sentences_cut_by_a_page_are_whole(notice: Notice) -> None:
    assert "省委省政府、市委市政府" in notice.items[0].text
    assert "统筹乡镇（街道）灾害信息员" in notice.items[15].text
    assert "《中共中央办公厅 国务院办公厅关于" in notice.items[8].text


def test_table_rows(notice: Notice) -> None:
    assert [row.item for row in notice.table if not row.part] == list(range(1, 22))
    expected = [None if title == "强化事故警示教育" else title for title in TITLES]
    assert [row.title for row in notice.table if not row.part] == expected
    parts = {row.part: row.responsible.text for row in notice.table if row.part}
    assert parts == TABLE_PARTS
    assert {row.item for row in notice.table if row.part} == {11}
    bare = [row for row in notice.table if not row.responsible.text]
    assert [(row.item, row.part) for row in bare] == [(11, None)]  # the words before its parts


def test_lines_lead_back_to_the_original(notice: Notice) -> None:
    assert notice.chapters[0].lines == (13, 23)
    assert notice.items[0].lines == (15, 17)
    assert notice.items[11].lines == (71, 75)
    assert notice.items[20].lines == (107, 107)
    traffic = next(row for row in notice.table if row.part == "道路交通")
    assert traffic.lines == (141, 142)


def test_every_repair_is_reported_and_none_besides(notice: Notice) -> None:
    assert {(repair.line, repair.kind) for repair in notice.repairs} == REPAIRS


def test_repairs_quote_what_stood_there(notice: Notice) -> None:
    stray = next(repair for repair in notice.repairs if repair.kind == "stray_line")
    assert (stray.before, stray.after) == ("责)", "")
    missing = next(repair for repair in notice.repairs if repair.kind == "missing_number")
    assert missing.after == "3. " + missing.before
