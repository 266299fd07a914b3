"""Letters with enclosed papers, pages of government sites, tables cut by lines."""

from __future__ import annotations

import pytest

from anlan.notices.document import Notice
from anlan.notices.readers.text import from_text
from anlan.notices.structure import read
from anlan.notices.structure.accounting import Account, account

HEAD = "云岭县2025年安全生产工作要点\n"


def _notice(text: str) -> Notice:
    reading = read(from_text(text))
    assert account(reading) == Account()
    return reading.notice


# --- letter and enclosed paper --------------------------------------------------------------------

LETTER = (
    "各镇（街道），区直各单位：\n现将任务分工印发给你们，并提出如下要求。\n"
    "一、高度重视。各单位要认真学习。\n二、加强督导。区安委办每季度调度一次。\n"
)
SIGNED = "附件：安和区安全发展分工方案\n安和区人民政府办公室\n2025年3月6日\n"
POINTS = "1. 建成指挥中心。（牵头单位：区应急局）\n2. 整治园区。（牵头单位：区工信局）\n"


@pytest.mark.parametrize("between", ["附件\n安和区安全发展分工方案\n", "安和区安全发展分工方案\n"])
def test_items_of_an_enclosed_paper_without_chapters_follow_the_chapters_of_the_letter(
    between: str,
) -> None:
    notice = _notice(LETTER + SIGNED + between + POINTS)
    assert [(each.number, len(each.items)) for each in notice.chapters] == [
        (1, 1),
        (2, 1),
        (None, 2),
    ]
    assert notice.chapters[1].items[0].text == "区安委办每季度调度一次。"
    assert [item.number for item in notice.chapters[2].items] == [1, 2]
    assert notice.closing.startswith("附件：安和区安全发展分工方案\n安和区人民政府办公室\n")


def test_the_enclosed_paper_gives_a_letter_without_title_its_title_and_issuer() -> None:
    notice = _notice(LETTER + SIGNED + "附件\n安和区安全发展分工方案\n" + POINTS)
    assert (notice.title, notice.issuer) == ("安和区安全发展分工方案", "安和区人民政府办公室")


def test_a_list_of_attachments_is_still_no_numbering() -> None:
    notice = _notice(
        f"{HEAD}一、任务\n（一）检查。每月检查一次。\n附件：1.任务清单\n2.联系表\n云岭县安委办\n2025年3月5日\n"
    )
    assert [item.number for item in notice.items] == [1]
    assert notice.closing.startswith("附件：1.任务清单\n2.联系表\n")


def test_a_signature_below_the_contact_does_not_join_the_telephone_number() -> None:
    notice = _notice(
        f"{HEAD}一、要求\n每周报送进展。\n联系人：李四，电话：0350-1234567\n"
        "云岭县安全生产委员会办公室\n2025年12月25日\n"
    )
    assert notice.issuer == "云岭县安全生产委员会办公室"
    assert notice.closing.split("\n")[0] == "联系人：李四，电话：0350-1234567"


def test_two_bodies_in_front_of_one_title_both_issue_it() -> None:
    notice = _notice(
        "中共云岭区委办公室 云岭区人民政府办公室印发《关于加强安全生产工作的若干措施》的通知\n"
        "各镇党委和人民政府：\n"
        "一、任务\n（一）检查。每月检查一次。（区应急局）\n"
    )
    assert notice.issuer == "中共云岭区委办公室 云岭区人民政府办公室"


def test_the_names_of_two_bodies_on_lines_above_the_title() -> None:
    notice = _notice(
        "中共云岭区委办公室\n云岭区人民政府办公室\n关于加强2025年安全生产工作的意见\n各镇党委和人民政府：\n"
        "一、任务\n（一）检查。每月检查一次。（区应急局）\n"
    )
    assert notice.issuer == "中共云岭区委办公室 云岭区人民政府办公室"
    assert notice.preamble == "各镇党委和人民政府："


def test_the_line_below_a_letterhead_and_how_a_paper_is_published_are_no_text() -> None:
    notice = _notice(
        "云岭市安全生产委员会文件\n云安〔2025〕7号\n────────────\n关于印发《云岭市帮扶工作细则》的通知\n"
        "各县区人民政府：\n一、任务\n（一）检查。每月检查一次。牵头单位：市应急局\n公开方式：主动公开\n"
    )
    assert notice.title == "关于印发《云岭市帮扶工作细则》的通知"
    assert notice.items[0].responsible.text == "牵头单位：市应急局"
    assert notice.closing == "公开方式：主动公开"


# --- the page of a site ---------------------------------------------------------------------------


def test_the_head_of_a_site_page_is_no_part_of_the_notice() -> None:
    notice = _notice(
        "标  题: 关于印发《云岭旗2025年工作要点》的通知\n"
        "索 引 号: 1115/2025-36 发文字号: 云安委〔2025〕8号 成文日期: 2025-06-13\n"
        "发文机关: 应急管理局 信息分类: 安全生产 公开日期: 2025-06-13\n"
        "云岭旗安全生产委员会关于印发《云岭旗2025年工作要点》的通知\n"
        "来源:应急管理局 发布时间:2025-06-13 00:00 字号: 打印 保存\n"
        "各苏木镇人民政府：\n现将《云岭旗2025年工作要点》印发给你们。\n"
        "一、任务\n（一）检查。每月检查一次。（旗应急局）\n【打印】 【关闭】\n"
    )
    assert notice.title == "关于印发《云岭旗2025年工作要点》的通知"
    assert notice.preamble.split("\n")[0] == "各苏木镇人民政府："
    assert {repair.kind for repair in notice.repairs} == {"web_debris"}
    assert notice.closing == ""


def test_a_title_that_stands_only_in_the_head_of_the_page_is_kept() -> None:
    notice = _notice(
        "名称：云岭旗防火工作安排\n索引号：1115/2025-36\n各苏木镇：\n"
        "一、任务\n（一）检查。每月检查一次。（旗应急局）\n"
    )
    assert "云岭旗防火工作安排" in f"{notice.title}{notice.preamble}"


def test_a_space_before_a_bracket_or_a_book_title_is_no_line_break() -> None:
    notice = _notice(
        "各县区人民政府 （管委会），市政府各部门，市属各有关单位：\n"
        "经市政府同意，现将 《静水市2025年安全发展方案》 （以下简称《方案》）印发给你们，请贯彻。\n"
        "一、任务\n（一）检查。每月检查一次。（市应急局）\n"
    )
    first, second = notice.preamble.split("\n")
    assert first.startswith("各县区人民政府 （管委会）")
    assert second.startswith("经市政府同意，现将")


# --- no breaks, running numbers -------------------------------------------------------------------


def test_numbers_that_run_on_over_chapters_in_a_text_without_breaks() -> None:
    duty = "各单位要结合实际细化措施，明确责任到岗到人，确保各项任务按期完成，及时报告进展情况。"
    notice = _notice(
        "云中市人民政府关于加强2025年防灭火工作的通知各县（区）人民政府：为做好防灭火工作，现通知如下。"
        f"一、压实责任（一）落实林长制。{duty}（责任单位：市林草局）（二）网格管理。{duty}（责任单位：市应急局）"
        f"二、火源管控（三）野外用火。{duty}（责任单位：市公安局）三、保障（四）队伍。{duty}（各县（区）人民政府）"
        "云中市人民政府2025年1月20日（此件公开发布）"
    )
    assert [(each.title, [i.number for i in each.items]) for each in notice.chapters] == [
        ("压实责任", [1, 2]),
        ("火源管控", [3]),
        ("保障", [4]),
    ]
    assert notice.items[3].responsible.text == "各县（区）人民政府"
    assert notice.issuer == "云中市人民政府"


def test_who_answers_for_a_chapter_answers_for_its_items_without_own() -> None:
    notice = _notice(
        f"{HEAD}一、防火（牵头单位：旗林草局；配合单位：旗公安局）\n1．开设隔离带。每年维护一次。\n"
        "2．巡护。每日巡护。（旗气象局）\n二、防汛\n3．备汛。3月底前备汛。\n"
    )
    assert [item.responsible.text for item in notice.items] == [
        "牵头单位：旗林草局；配合单位：旗公安局",
        "旗气象局",
        "",
    ]
    assert notice.chapters[0].title == "防火"
    assert notice.chapters[0].text == "（牵头单位：旗林草局；配合单位：旗公安局）"


def test_a_title_in_front_of_the_bracket_of_its_owner() -> None:
    notice = _notice(
        f"{HEAD}一、全面排查（责任单位：县自然资源局，各乡镇）。5月15日前完成一轮排查。\n"
        "二、培训演练。每年演练一次。\n"
    )
    assert [chapter.title for chapter in notice.chapters] == ["全面排查", "培训演练"]
    item = notice.items[0]
    assert item.text == "5月15日前完成一轮排查。"
    assert item.responsible.text == "责任单位：县自然资源局，各乡镇"


def test_lines_of_a_schedule_with_bodies_that_only_their_place_makes_certain() -> None:
    notice = _notice(
        f"{HEAD}一、安排\n4月：组织巡查。（林业站、各村）\n6月：开展宣传。（应急办、卫生院）\n二、要求\n抓好落实。\n"
    )
    parts = notice.items[0].parts
    assert [part.text for part in parts] == ["4月：组织巡查。", "6月：开展宣传。"]
    assert [part.responsible.text for part in parts] == ["林业站、各村", "应急办、卫生院"]


# --- parts, dashes, articles ----------------------------------------------------------------------


def test_the_name_above_the_points_of_the_first_part_belongs_to_that_part() -> None:
    item = _notice(
        f"{HEAD}（一）预案建设\n1.完善预案体系\n（1）修订预案。\n（2）开展演练。\n（责任单位：县应急局）\n"
        "2.健全机制\n（1）建立联动。\n（责任单位：县公安局）\n"
    ).items[0]
    assert item.text == ""
    assert [part.text.split("\n")[0] for part in item.parts] == ["1.完善预案体系", "2.健全机制"]


def test_a_date_in_brackets_behind_the_units_after_a_dash() -> None:
    item = _notice(
        f"{HEAD}一、任务\n1.自查。每月自查一次。\n——县安委会成员单位（6月底前完成首轮）\n2.检查。每季检查一次。\n"
    ).items[0]
    assert item.responsible.text == "县安委会成员单位"
    assert item.text == "每月自查一次。\n6月底前完成首轮"


def test_who_answers_for_what_is_no_title_of_an_article() -> None:
    item = _notice(
        "静水市消防责任规定\n第一条 民政部门负责养老机构消防管理。每季度检查一次。\n"
        "第二条 教育部门每学期组织一次演练。\n"
    ).items[0]
    assert item.title is None
