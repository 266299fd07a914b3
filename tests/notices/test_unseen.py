"""What a careful clerk is told of notices of other governments that nobody had seen before."""

from __future__ import annotations

import pytest

from anlan.notices.document import Notice, NoticeError
from anlan.notices.readers.text import from_text
from anlan.notices.reading import read_from
from anlan.notices.report import report

HEAD = "关于开展排查整治行动的通知\n各乡镇人民政府：\n"
LETTER = "一、高度重视。各单位要成立专班。\n二、按时报送。每月28日前报送进展。\n"
RESTARTING = (
    f"{HEAD}一、矿山\n1.检查。每月检查不少于1次。（县应急局、县能源局等部门）\n"
    "二、燃气\n1.检查。每周巡查，适时通报。（县住建局等部门）\n2.改造。年底前改造12公里。\n"
)


def _read(text: str) -> Notice:
    return read_from(from_text(text))


def test_chapters_of_the_covering_letter_need_no_row() -> None:
    notice = _read(
        f"{HEAD}{LETTER}安和县安全生产委员会\n2025年3月25日\n附件1\n安和县排查整治行动方案\n"
        "一、整治目标\n5月底前，排查率100%。\n二、整治重点\n（一）矿山。整治越界开采。（县应急局）\n"
        "附件2\n任务分工表\n序号\t任务\t责任单位\n1\t矿山。整治越界开采。\t县应急局\n"
    )
    assert notice.differences == []


def test_a_table_of_titles_is_not_compared_with_whole_texts() -> None:
    notice = _read(
        f"{HEAD}一、任务\n（一）健全体系。每季度研究1次。（县安委办牵头）\n"
        "（二）排查隐患。每月排查1次。（县应急局牵头）\n"
        "附表\n序号\t工作任务\t牵头单位\n1\t健全体系\t县安委办\n2\t排查隐患\t县公安局\n"
    )
    assert [(each.kind, each.item) for each in notice.differences] == [
        ("unit_missing_in_table", 2),
        ("unit_missing_in_body", 2),
    ]


def test_items_that_restart_are_named_with_their_chapter() -> None:
    notice = _read(RESTARTING)
    texts = {(each.item, each.kind): each.text for each in notice.warnings}
    opened = [each.text for each in notice.warnings if each.kind == "open_units"]
    assert [text[:8] for text in opened] == ["“矿山”部分：正", "“燃气”部分：正"]
    assert "“县能源局等部门”" in opened[0]
    assert texts[2, "no_owner"].startswith("“燃气”部分：没有写责任单位")


def test_differences_of_items_that_restart_name_their_chapter_outside_the_json() -> None:
    table = (
        "附表\n序号\t任务\t主要内容\t责任单位\n1\t检查\t每月检查不少于1次。\t县应急局、县能源局等部门\n"
        "2\t检查\t每周巡查，适时通报。\t县住建局等部门\n3\t改造\t年底前改造15公里。\t\n"
    )
    notice = _read(RESTARTING + table)
    numbers = [each for each in notice.differences if each.kind == "number"]
    assert [each.chapter for each in numbers] == ["燃气"]
    assert set(notice.as_dict()["differences"][0]) == {"item", "kind", "body", "table"}
    assert "“燃气”部分第2项" in report(notice, colour=False)


def test_an_open_list_is_quoted_to_its_end() -> None:
    notice = _read(
        f"{HEAD}一、任务\n（一）检查。每月查。（旗应急局、旗能源局等旗安委会成员单位）\n"
    )
    (remark,) = [each for each in notice.warnings if each.kind == "open_units"]
    assert "“旗能源局等旗安委会成员单位”" in remark.text


def test_a_notice_that_is_a_table_only_has_one_chapter_without_number_in_the_json() -> None:
    notice = _read("云岭县2025年任务分工表\n序号\t任务\t责任单位\n1\t检查。每月检查。\t县应急局\n")
    plain = notice.as_dict()
    (chapter,) = plain["chapters"]
    (item,) = chapter["items"]
    assert (chapter["number"], chapter["title"], chapter["text"]) == (None, None, "")
    assert (item["number"], item["title"], item["text"]) == (None, None, "")
    assert list(plain) == [
        "title", "issuer", "year", "draft", "preamble", "closing", "chapters", "table",
        "differences", "warnings", "repairs",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "第一章 风雪夜\n老张推开门，雪花扑面。他点了一支烟。\n第二章 归途\n他想起母亲。\n",
        "第一章 归来\n她说：“你回来了？”他点头。村里人说政府要修路了。\n第二章 别离\n他走了。\n"
        * 20,
        "一、和面\n面粉加水，揉匀。\n二、调馅\n白菜剁碎，加盐。\n三、上锅\n大火蒸二十分钟。\n",
        "目录\n第一章 绪论\n第二章 光的折射\n第三章 透镜\n",
    ],
)
def test_a_numbered_text_that_tells_nobody_what_to_do_is_no_notice(text: str) -> None:
    with pytest.raises(NoticeError, match="没有读到通知的内容"):
        _read(text)


def test_a_list_of_tasks_is_not_compared_with_the_items_of_the_letter_that_encloses_it() -> None:
    notice = _read(
        f"{HEAD}一、工作机制\n（一）定期会商。县安委办每月召开1次例会。（县安委办牵头）\n"
        "（二）督导检查。每季度督查1次。（县政府督查室）\n附件\n云岭县任务清单\n"
        "序号\t任务\t具体措施\t责任单位\n1\t煤矿整治\t淘汰煤矿2处。\t县能源局\n2\t尾矿库\t闭库1座。\t县应急局\n"
    )
    assert notice.differences == []


def test_the_same_question_is_asked_once() -> None:
    words = "每季度至少检查1次。每季度至少检查1次。"
    notice = _read(f"{HEAD}一、任务\n（一）检查。{words}（县应急局）\n")
    assert [each.kind for each in notice.warnings] == ["unclear_unit"]
