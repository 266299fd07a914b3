"""Layouts beyond the documents at hand: numbering, responsibility, head, tail, dirt."""

from __future__ import annotations

import time

import pytest

from anlan.notices.document import Item, Notice, NoticeError
from anlan.notices.readers.text import from_text
from anlan.notices.structure import build, read
from anlan.notices.structure.accounting import Account, account

HEAD = "关于做好2025年安全生产工作的通知\n"


def _notice(text: str) -> Notice:
    reading = read(from_text(text))
    assert account(reading) == Account()
    return reading.notice


def _item(lines: str) -> Item:
    """The first item of a notice whose first item consists of ``lines``."""
    return _notice(f"{HEAD}一、工作任务\n（一）{lines}\n（二）第二项任务。抓好落实。").items[0]


@pytest.mark.parametrize(
    ("lines", "text", "units"),
    [
        ("加强检查。每月检查。（市应急局负责）", "每月检查。", "市应急局负责"),
        ("加强检查。每月检查（市应急局负责）。", "每月检查。", "市应急局负责"),
        ("加强检查。每月检查。（市应急局负责）。", "每月检查。", "市应急局负责"),
        ("加强检查。每月检查。(责任单位:市应急局)", "每月检查。", "责任单位：市应急局"),
        ("加强检查。每月检查。〔市应急局〕", "每月检查。", "市应急局"),
        (
            "加强检查。每月检查。[市应急局，各县（市）区政府]",
            "每月检查。",
            "市应急局，各县（市）区政府",
        ),
        ("加强检查。每月检查。\n（市应急局负责）", "每月检查。", "市应急局负责"),
        (
            "加强检查。每月检查。\n责任单位：市应急局、市公安局",
            "每月检查。",
            "责任单位：市应急局、市公安局",
        ),
        (
            "加强检查。每月检查。\n牵头单位：市应急局\n配合单位：市公安局",
            "每月检查。",
            "牵头单位：市应急局\n配合单位：市公安局",
        ),
        (
            "加强检查。每月检查。——牵头单位：市应急局；责任单位：市公安局",
            "每月检查。",
            "牵头单位：市应急局；责任单位：市公安局",
        ),
        ("加强检查。每月检查。责任单位：市应急局。", "每月检查。", "责任单位：市应急局。"),
        ("加强检查。每月检查。\n市应急局、市公安局负责", "每月检查。", "市应急局、市公安局负责"),
        (
            "加强检查。每月检查。（责任单位：市应急局；完成时限：2025年6月底前）",
            "每月检查。\n完成时限：2025年6月底前",
            "责任单位：市应急局",
        ),
        ("加强检查。每月检查。（市应急局、市公安局负责", "每月检查。", "市应急局、市公安局负责"),
        ("加强检查。每月检查。市应急局、市公安局负责）", "每月检查。", "市应急局、市公安局负责"),
        ("加强检查（市应急局负责）\n每月检查。", "每月检查。", "市应急局负责"),
        ("加强检查。按《办法（试行）》检查。", "按《办法（试行）》检查。", ""),
        ("加强检查。落实（国办发〔2024〕54号）。", "落实（国办发〔2024〕54号）。", ""),
        ("加强检查。由市应急局牵头，各县配合检查。", "由市应急局牵头，各县配合检查。", ""),
    ],
)
def test_where_a_responsibility_may_stand(lines: str, text: str, units: str) -> None:
    item = _item(lines)
    assert (item.title, item.text, item.responsible.text) == ("加强检查", text, units)


def test_a_lost_half_of_a_bracket_is_a_repair() -> None:
    notice = _notice(f"{HEAD}一、任务\n（一）检查。每月检查。（市应急局、市公安局负责")
    (repair,) = notice.repairs
    assert (repair.line, repair.kind) == (3, "unbalanced_bracket")
    assert repair.after == "（市应急局、市公安局负责）"


@pytest.mark.parametrize(
    ("lines", "title", "text"),
    [
        ("加强领导。各县要落实。", "加强领导", "各县要落实。"),
        ("加强领导：各县要落实。", "加强领导", "各县要落实。"),
        ("加强领导\n各县要落实。", "加强领导", "各县要落实。"),
        ("提升 安全 意识。各县要落实。", "提升安全意识", "各县要落实。"),
        ("提高政治站位，压实各方责任。各县要落实。", "提高政治站位，压实各方责任", "各县要落实。"),
        ("各县要于每月5日前报送情况。", None, "各县要于每月5日前报送情况。"),
        ("主要任务如下：检查企业。", None, "主要任务如下：检查企业。"),
    ],
)
def test_titles(lines: str, title: str | None, text: str) -> None:
    item = _item(lines)
    assert (item.title, item.text) == (title, text)


def test_lines_of_a_list_have_no_titles() -> None:
    notice = _notice(f"{HEAD}一、材料\n1. 申请表；\n2. 承诺书；\n3. 方案。均需签字。")
    assert [(item.title, item.text) for item in notice.items] == [
        (None, "申请表；"),
        (None, "承诺书；"),
        (None, "方案。均需签字。"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "第一章 总则\n第一条 为了安全，制定本办法。\n第二章 职责\n第二条 局长负责。",
            [(1, [1]), (2, [2])],
        ),
        ("一、甲类\n（一）子。丑寅。\n二、乙类\n（二）卯。辰巳。", [(1, [1]), (2, [2])]),
        (
            "一、甲类\n1．子。丑寅。\n2．卯。辰巳。\n二、乙类\n1．午。未申。",
            [(1, [1, 2]), (2, [1])],
        ),
        ("第一部分 甲类\n一、子。丑寅。\n二、卯。辰巳。", [(1, [1, 2])]),
        ("1、子。丑寅。\n2、卯。辰巳。", [(None, [1, 2])]),
        ("（一）子。丑寅。1.卯；2.辰。\n（二）巳。午未。", [(None, [1, 2])]),
        ("第一条 各级要落实。\n第二条 各县要检查。", [(None, [1, 2])]),
        ("一、甲类\n各县要落实。\n二、乙类\n各县要检查。", [(1, [None]), (2, [None])]),
        ("一、甲类\n1. 子。下列：\n（一）丑；\n（二）寅。\n2. 卯。辰巳。", [(1, [1, 2])]),
        (
            "一、甲类\n1. 子；\n2. 丑。\n（一）寅。卯辰。\n1. 巳；\n2. 午。\n（二）未。申酉。",
            [(1, [1, 2])],
        ),
        ("三、丙类\n（七）子。丑寅。\n（八）卯。辰巳。", [(3, [7, 8])]),
        ("一．甲类\n㈠ 子。丑寅。\n㈡ 卯。辰巳。", [(1, [1, 2])]),
        ("一、甲类\n⒈ 子。丑寅。\n⒉ 卯。辰巳。", [(1, [1, 2])]),
        ("二十一、甲类\n（一百零三）子。丑寅。", [(21, [103])]),
        ("各县要落实责任。\n各县要每月检查。", [(None, [None])]),
        ("一、甲类\n重点检查：1.制度；2.隐患；3.演练。", [(1, [None])]),
        ("一、甲类\n（一）一级重大危险源要备案。二、三级要登记。\n（二）卯。辰巳。", [(1, [1, 2])]),
        (
            "一、甲类\n（一）占比达到\n10.5%以上，全年不少于\n3.5次。\n（二）卯。辰巳。",
            [(1, [1, 2])],
        ),
    ],
)
def test_numbering(text: str, expected: list[tuple[int | None, list[int | None]]]) -> None:
    notice = _notice(f"{HEAD}各县：\n{text}")
    assert [
        (chapter.number, [item.number for item in chapter.items]) for chapter in notice.chapters
    ] == expected


def test_sectors_in_paragraphs_and_in_sentences() -> None:
    item = _item(
        "整治。分工如下：\n1．煤矿方面，治瓦斯。（市能源局负责）\n2．燃气方面，换管网。（市住建局负责）"
    )
    assert [(part.sector, part.responsible.text) for part in item.parts] == [
        ("煤矿", "市能源局负责"),
        ("燃气", "市住建局负责"),
    ]
    assert item.text == "分工如下："
    item = _item(
        "整治。学校方面，抓教育（市教育局负责）；医院方面，抓用电（市卫健委负责）。其他参照。"
    )
    assert [(part.sector, part.text) for part in item.parts] == [
        ("学校", "学校方面，抓教育；"),
        ("医院", "医院方面，抓用电。"),
    ]
    assert item.text == "其他参照。"


def test_sectors_that_share_one_responsibility() -> None:
    item = _item(
        "整治。抓好整治。\n煤矿方面，治瓦斯。\n消防方面，清通道。\n（市安委会成员单位负责）"
    )
    assert item.responsible.text == "市安委会成员单位负责"
    assert [(part.sector, part.responsible.text) for part in item.parts] == [
        ("煤矿", ""),
        ("消防", ""),
    ]


def test_head_with_letterhead_number_and_a_title_on_two_lines() -> None:
    notice = _notice(
        "西山市人民政府办公室文件\n西政办发〔2025〕12号\n西山市人民政府办公室关于印发\n"
        "西山市2025年安全生产工作要点的通知（征求意见稿）\n各县：\n一、甲类\n（一）子。丑寅。"
    )
    assert notice.title == "关于印发西山市2025年安全生产工作要点的通知"
    assert (notice.issuer, notice.year, notice.draft) == ("西山市人民政府办公室", 2025, True)
    assert notice.preamble == "西山市人民政府办公室文件\n西政办发〔2025〕12号\n各县："


def test_tail_with_attachments_signature_and_buttons() -> None:
    notice = _notice(
        f"{HEAD}一、甲类\n（一）子。各县落实。\n特此通知。\n附件：1.任务表\n2.联系表\n"
        "某某市安委会办公室\n二〇二四年五月二十日\n打印 关闭"
    )
    assert notice.items[0].text == "各县落实。"
    assert notice.closing == (
        "特此通知。\n附件：1.任务表\n2.联系表\n某某市安委会办公室\n二〇二四年五月二十日"
    )
    assert notice.issuer == "某某市安委会办公室"
    assert [repair.kind for repair in notice.repairs] == ["web_debris"]


def test_an_attachment_with_chapters_of_its_own() -> None:
    notice = _notice(
        f"{HEAD}一、甲类\n各县落实。\n二、乙类\n各县检查。\n某某市应急局\n2025年5月2日\n附件\n"
        "检查方案\n一、丙类\n各镇落实。\n二、丁类\n各镇检查。"
    )
    assert [(each.number, each.title) for each in notice.chapters] == [
        (1, "甲类"),
        (2, "乙类"),
        (1, "丙类"),
        (2, "丁类"),
    ]
    assert notice.items[1].text == "各县检查。"
    assert notice.closing == "某某市应急局\n2025年5月2日\n附件\n检查方案"


def test_the_year_comes_from_the_date_where_the_title_has_none() -> None:
    text = "关于做好防汛工作的通知\n一、甲类\n（一）子。2023年做过，2023年总结。"
    assert _notice(text).year == 2023
    assert _notice(f"{text}\n某某市应急局\n2024年5月2日").year == 2024


def test_a_bracket_wrapped_inside_a_name_is_whole() -> None:
    item = _item("检查。每月检查。（市应急局、各县（市、区）政府负\n责）")
    assert item.responsible.text == "市应急局、各县（市、区）政府负责"


@pytest.mark.parametrize("place", range(1, 40))
def test_a_responsibility_over_three_lines_is_whole(place: int) -> None:
    units = "（责任单位：市应急局、市公安局、市财政局，各县（市、区）政府）"
    broken = f"检查。每月检查。{units[:place]}\n{units[place : place + 9]}\n{units[place + 9 :]}"
    item = _item(broken)
    assert (item.text, item.responsible.text) == ("每月检查。", units[1:-1])


def test_closing_words_behind_a_space() -> None:
    notice = _notice(
        f"{HEAD}一、甲类\n（一）检查。每月检查。（市应急局负责） 本通知自印发之日起施行。"
    )
    assert notice.items[0].responsible.text == "市应急局负责"
    assert notice.closing == "本通知自印发之日起施行。"


def test_page_numbers_in_the_middle_of_a_sentence() -> None:
    notice = _notice(f"{HEAD}一、甲类\n（一）子。各县要落实\n— 3 —\n责任，每月检查。")
    assert notice.items[0].text == "各县要落实责任，每月检查。"
    assert [repair.kind for repair in notice.repairs] == ["page_number", "joined_lines"]


@pytest.mark.parametrize(
    "text",
    [
        "你好",
        "Lorem ipsum dolor sit amet.",
        "今天天气很好，我们去公园玩。",
        "1. 苹果\n2. 香蕉",
        "《》、。",
    ],
)
def test_what_is_no_notice_is_refused(text: str) -> None:
    with pytest.raises(NoticeError, match="没有读到通知的内容"):
        build(from_text(text))


@pytest.mark.parametrize(
    "text",
    [
        "关于做好工作的通知",
        "各县（市、区）人民政府：",
        "各县要落实责任。",
        "加强检查。（市应急局负责）",
        "工作要点\n一、甲类\n二、乙类",
        "序号\t主要任务\t责任单位\n1\t检查\t市应急局",
    ],
)
def test_one_trace_of_the_genre_is_enough(text: str) -> None:
    _notice(text)


def test_time_grows_with_the_length_of_the_text() -> None:
    item = (
        "（一）加强检查。各县（市、区）要每月检查一次，全年不少于12次。（市应急局、市公安局负责）\n"
    )
    small, large = (HEAD + "一、任务\n" + item * count for count in (1_000, 8_000))

    def seconds(text: str) -> float:
        source = from_text(text)
        begun = time.process_time()
        build(source)
        return time.process_time() - begun

    assert seconds(large) < 24 * max(seconds(small), seconds(small))
