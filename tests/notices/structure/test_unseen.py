"""Layouts that notices of other governments showed when nobody had seen them before."""

from __future__ import annotations

import pytest

from anlan.notices.document import Notice
from anlan.notices.readers.text import from_text
from anlan.notices.structure import read
from anlan.notices.structure.accounting import Account, account

HEAD = "云岭县2025年安全生产工作要点\n"
ITEM = "一、工作任务\n（一）加强检查。每月检查一次。（县应急局）\n"


def _notice(text: str) -> Notice:
    reading = read(from_text(text))
    assert account(reading) == Account()
    return reading.notice


# --- numbering ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("1.2025年底前，建成消防队三支。", "2.2026年底前，建成消防队四支。"),
        ("1.9月底前完成隐患治理。", "2.12月底前完成道路改造。"),
        ("1、2025年6月底前完成。", "2、6月15日前完成。"),
        ("1 、加强检查。", "2 、加强演练。"),
        ("1 .加强检查。", "2 .加强演练。"),
        ("（ 一 ）加强检查。", "（ 二 ）加强演练。"),
    ],
)
def test_a_date_or_a_space_beside_the_mark_hides_no_item(first: str, second: str) -> None:
    notice = _notice(
        f"{HEAD}一、消防建设\n{first}\n责任单位：县应急局\n{second}\n责任单位：县公安局\n"
    )
    assert [item.number for item in notice.items] == [1, 2]
    assert [item.responsible.text for item in notice.items] == [
        "责任单位：县应急局",
        "责任单位：县公安局",
    ]


def test_a_decimal_number_is_no_mark() -> None:
    notice = _notice(f"{HEAD}一、水利\n1.建成堤防。\n1.5公里河道同步治理。\n2.维护河道。\n")
    assert [item.number for item in notice.items] == [1, 2]


def test_a_space_in_a_chapter_mark_hides_no_chapter() -> None:
    notice = _notice(
        f"{HEAD}一 、压实责任\n（ 一 ）领导。每月研究。\n二 、深化整治\n（ 二 ）整治。每月检查。\n"
    )
    assert [(each.number, each.title) for each in notice.chapters] == [
        (1, "压实责任"),
        (2, "深化整治"),
    ]


# --- title, issuer, debris ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    [
        "白石市小型生产经营场所消防安全管理规定（试行）",
        "鹤山市重点行业领域安全风险防控任务",
        "云岭县消防工作责任分解",
        "安全生产专项规划",
    ],
)
def test_a_title_needs_no_year(title: str) -> None:
    assert _notice(f"{title}\n{ITEM}").title == title


def test_a_letter_without_title_has_the_title_of_the_paper_that_it_sends() -> None:
    notice = _notice(
        "各乡镇，县直各有关单位：\n《方案》已经县政府同意，现印发给你们，请抓好落实。\n"
        "云岭县人民政府办公室\n2025年4月18日\n（此件主动公开）\n"
        f"2025年云岭县道路交通安全整治方案\n为预防事故，制定本方案。\n{ITEM}"
    )
    assert notice.title == "2025年云岭县道路交通安全整治方案"
    assert notice.issuer == "云岭县人民政府办公室"


@pytest.mark.parametrize("between", [" ", "\n"])
def test_two_issuers_are_kept_apart(between: str) -> None:
    notice = _notice(f"{HEAD}{ITEM}中共云岭县委办公室{between}云岭县人民政府办公室\n2025年1月8日\n")
    assert notice.issuer == "中共云岭县委办公室 云岭县人民政府办公室"


def test_a_short_signature_is_a_signature() -> None:
    notice = _notice("各镇街：\n各单位要于9月28日前完成检查。\n区安委办\n2025年9月20日\n")
    assert notice.issuer == "区安委办"
    assert notice.closing == "区安委办\n2025年9月20日"


@pytest.mark.parametrize(
    "line",
    [
        "当前位置: 首页 > 信息公开 > 旗安委会",
        "当前位置：文档库 › 实施方案",
        "来源:应急管理局 发布时间:2024-06-13 00:00 字号: 打印 保存 分享至:",
        "发布日期：2024-06-13 字体：【大 中 小】",
    ],
)
def test_lines_of_a_web_page_are_removed(line: str) -> None:
    notice = _notice(f"{line}\n\n{HEAD}{ITEM}")
    assert notice.title == HEAD.strip()
    assert notice.preamble == ""
    assert [repair.kind for repair in notice.repairs] == ["web_debris"]


def test_the_title_of_a_second_paper_is_neither_joined_nor_part_of_the_item_before() -> None:
    notice = _notice(
        f"{HEAD}一、任务\n（一）检查。每月检查。\n（二）强化督导。每月调度一次。\n"
        "云岭县风险识别工作方案\n为全面识别风险，制定本方案。\n一、目标\n完成普查。\n"
    )
    assert notice.items[1].text == "每月调度一次。"
    assert notice.closing == "云岭县风险识别工作方案\n为全面识别风险，制定本方案。"


# --- responsibility and its date ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bracket", "units", "date"),
    [
        ("（县应急局；2025年6月底前）", "县应急局", "2025年6月底前"),
        ("（县应急局、县水利局；2025年汛期前）", "县应急局、县水利局", "2025年汛期前"),
        (
            "（县应急局牵头，县公安局配合，10月底前完成）",
            "县应急局牵头，县公安局配合",
            "10月底前完成",
        ),
        ("（县应急局，长期坚持）", "县应急局", "长期坚持"),
        ("（县应急局；6月30日和12月20日前）", "县应急局", "6月30日和12月20日前"),
        ("(县应急局;3月底前)", "县应急局", "3月底前"),
        ("——县应急局，2025年12月31日前", "县应急局", "2025年12月31日前"),
    ],
)
def test_a_bare_date_in_the_bracket_ends_the_text(bracket: str, units: str, date: str) -> None:
    item = _notice(
        f"{HEAD}一、任务\n（一）检查。组织检查。{bracket}\n（二）演练。组织演练。"
    ).items[0]
    assert item.responsible.text == units
    assert item.text == f"组织检查。\n{date}"


def test_the_date_below_the_last_responsibility_belongs_to_the_last_item() -> None:
    notice = _notice(
        f"{HEAD}一、任务\n（一）检查。组织检查。\n责任单位：县应急局\n时限要求：2025年6月底前\n"
    )
    assert notice.items[0].text == "组织检查。\n时限要求：2025年6月底前"
    assert notice.closing == ""


# --- tables ---------------------------------------------------------------------------------------


def _rows(*rows: str) -> list[tuple[int | None, str | None, str, str]]:
    notice = _notice("云岭县2025年任务分工表\n" + "\n".join(rows))
    return [(row.item, row.title, row.text, row.responsible.text) for row in notice.table]


def test_two_columns_of_groups_and_the_role_in_the_head_of_an_only_cell() -> None:
    assert _rows(
        "序号\t领域\t任务\t举措\t牵头单位\t配合单位",
        "1\t一、政务服务\t（一）便利开办\t压缩时间。\t县市场监管局\t县税务局",
        "2\t\t（二）登记\t当日办结。\t县自然资源局\t",
        "3\t二、要素保障\t（三）用电\t加快接电。\t\t县发改局",
    ) == [
        (1, "便利开办", "一、政务服务\n压缩时间。", "牵头单位：县市场监管局\n配合单位：县税务局"),
        (2, "登记", "当日办结。", "牵头单位：县自然资源局"),
        (3, "用电", "二、要素保障\n加快接电。", "配合单位：县发改局"),
    ]


def test_a_chapter_with_its_number_in_the_column_of_groups_is_layout() -> None:
    notice = _notice(
        f"{HEAD}一、压实责任\n（一）检查。每月检查。\n附表\n"
        "章节\t任务\t主要内容\t责任单位\n一、压实责任\t（一）检查\t每月检查。\t县应急局\n"
    )
    row = notice.table[0]
    assert (row.item, row.title, row.text) == (1, "检查", "每月检查。")


# --- traditional characters -----------------------------------------------------------------------


def test_traditional_characters_are_read_as_simplified_and_reported() -> None:
    notice = _notice(
        "雲嶺縣2025年安全生產工作要點\n一、壓實責任\n"
        "（一）組織檢查。每季度檢查一次。（縣應急管理局牽頭，各鄉鎮人民政府負責）\n"
    )
    assert notice.title == "云岭县2025年安全生产工作要点"
    assert notice.items[0].responsible.text == "县应急管理局牵头，各乡镇人民政府负责"
    repair = notice.repairs[0]
    assert (repair.kind, repair.line) == ("traditional", 1)
    assert "雲" in repair.before
    assert "云" in repair.after


def test_traditional_characters_in_a_table() -> None:
    notice = _notice(
        "云岭县2025年任务分工表\n序號\t任務\t主要內容\t責任單位\n1\t檢查\t每月檢查。\t縣應急局\n"
    )
    row = notice.table[0]
    assert (row.title, row.text, row.responsible.text) == ("检查", "每月检查。", "县应急局")


def test_rows_that_head_others_stand_above_the_next_row() -> None:
    assert _rows(
        "序号\t任务\t工作内容\t责任单位\t完成时限",
        "一\t责任体系",
        "1\t党政责任\t每季度研究。\t县安委办\t全年",
        "二\t专项整治",
        "2\t消防整治\t逐栋检查。\t县消防大队\t6月底前",
    ) == [
        (1, "党政责任", "责任体系\n每季度研究。\n完成时限：全年", "县安委办"),
        (2, "消防整治", "专项整治\n逐栋检查。\n完成时限：6月底前", "县消防大队"),
    ]


def test_a_table_between_its_title_and_a_sum() -> None:
    notice = _notice(
        "附件2\n云岭县2025年重点工作任务清单\n序号\t任务\t责任单位\n1\t检查。每月检查。\t县应急局\n合计：1项\n"
    )
    assert notice.title == "云岭县2025年重点工作任务清单"
    assert notice.closing in ("", "合计：1项")


def test_units_as_the_last_sentence_of_a_paragraph() -> None:
    item = _notice(
        f"{HEAD}1、防疫。落实测温。旗卫健委牵头，各苏木镇、各嘎查村（社区）负责。\n2、抗旱。打井。旗农牧局负责。\n"
    ).items[0]
    assert item.text == "落实测温。"
    assert item.responsible.text == "旗卫健委牵头，各苏木镇、各嘎查村（社区）负责"


# --- no breaks at all -----------------------------------------------------------------------------

FLOOD = (
    "关于印发《南湖区消防整治2023年工作方案》的通知各镇人民政府，区级各部门：现将《南湖区消防整治2023年工作方案》"
    "印发给你们，请认真贯彻执行。南湖区消防安全委员会2023年3月20日（此件公开发布）南湖区消防整治2023年工作方案"
    "一、工作目标亡人火灾起数下降20%，遏制较大以上火灾。二、重点任务（一）打通生命通道。5月底前完成划线标识。"
    "（责任单位：区住建局）（二）整治重点行业。对高层住宅建立档案，每栋明确1名“楼长”，每季度开展1次演练。"
    "（责任单位：区消防大队、区商务局）三、工作要求各单位要提高认识，压实责任，严格考核，确保各项任务落到实处。"
)


def test_a_notice_without_any_break() -> None:
    notice = _notice(FLOOD)
    assert notice.title == "关于印发《南湖区消防整治2023年工作方案》的通知"
    assert notice.issuer == "南湖区消防安全委员会"
    assert notice.preamble.split("\n")[0] == "各镇人民政府，区级各部门："
    assert [chapter.number for chapter in notice.chapters] == [1, 2, 3]
    items = notice.chapters[1].items
    assert [(item.number, item.title) for item in items] == [
        (1, "打通生命通道"),
        (2, "整治重点行业"),
    ]
    assert items[1].responsible.text == "责任单位：区消防大队、区商务局"
