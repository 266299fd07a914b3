"""Tables and small things of notices of other governments that were read wrongly at first."""

from __future__ import annotations

from anlan.notices.document import Notice
from anlan.notices.readers.text import from_text
from anlan.notices.structure import read
from anlan.notices.structure.accounting import Account, account

HEAD = "云岭县2025年安全生产工作要点\n"


def _notice(text: str) -> Notice:
    reading = read(from_text(text))
    assert account(reading) == Account()
    return reading.notice


# --- tables ---------------------------------------------------------------------------------------

COLUMNS = "序号\t主要任务\t重点工作和要求\t牵头单位\t完成时限\n"


def test_names_of_groups_on_lines_of_their_own_do_not_end_the_table() -> None:
    notice = _notice(
        f"云岭县2025年任务分解表\n{COLUMNS}一、责任落实\n1\t党政责任\t1.每季研究一次；2.每年述职。\t县安委办\t全年\n"
        "2\t\t3.修订清单。\t县安委办\t3月底前\n二、专项整治\n3\t消防\t逐栋检查\t县消防大队\t6月底前\n"
    )
    assert [(row.item, row.title, row.text.split("\n")[0]) for row in notice.table] == [
        (1, "党政责任", "一、责任落实"),
        (2, "党政责任", "3.修订清单。"),
        (3, "消防", "二、专项整治"),
    ]
    assert notice.table[0].text.split("\n")[1] == "1.每季研究一次；2.每年述职。"


def test_a_second_table_that_counts_from_one_again_names_no_item_by_its_number() -> None:
    notice = _notice(
        f"{HEAD}一、任务\n（一）备汛。3月底前备汛。（县水利局）\n（二）巡查。每日巡堤2次。（各乡镇）\n"
        f"附件1\n防汛清单\n{COLUMNS}1\t备汛\t储备沙袋\t县水利局\t3月底\n2\t巡查\t每日巡堤2次\t各乡镇\t汛期\n"
        f"附件2\n抗旱清单\n{COLUMNS}1\t打井\t打井15眼\t县水利局\t9月底\n"
    )
    assert [(row.item, row.title) for row in notice.table] == [
        (1, "备汛"),
        (2, "巡查"),
        (None, "打井"),
    ]


def test_a_head_of_two_rows_gives_the_roles_below() -> None:
    notice = _notice(
        "云岭县2025年任务清单\n序号\t任务名称\t具体措施\t责任单位\t\t完成时限\n\t\t\t牵头单位\t配合单位\t\n"
        "1\t煤矿整治\t淘汰煤矿2处。\t县能源局\t县应急局\t11月底\n"
    )
    (row,) = notice.table
    assert (row.item, row.title) == (1, "煤矿整治")
    assert row.responsible.text == "牵头单位：县能源局\n配合单位：县应急局"


def test_points_within_a_task_without_number_are_no_items() -> None:
    notice = _notice(
        "云岭区2025年任务分工表\n任务\t工作内容\t责任单位\n落实责任\t1.公布名单。<br>2.签订责任书。\t区三防办\n"
        "水库\t汛前检查。\t区水务局\n"
    )
    assert [(row.item, row.title, row.text) for row in notice.table] == [
        (None, "落实责任", "1.公布名单。\n2.签订责任书。"),
        (None, "水库", "汛前检查。"),
    ]


# --- small things ---------------------------------------------------------------------------------


def test_both_halves_of_a_bracket_become_full_width() -> None:
    item = _notice(f"{HEAD}1.教育\n(1)6月底前轮训。(区应急局)\n(2)组织检查。(区能源局)\n").items[0]
    assert [part.text for part in item.parts] == ["(1)6月底前轮训。", "（2）组织检查。"]


def test_items_numbered_di_xiang() -> None:
    notice = _notice(
        f"{HEAD}一、机制\n第1项 健全机制。每季度开会。\n牵头单位：市应急局\n完成时限：12月\n"
        "第2项 建设队伍。组建队伍。\n牵头单位：市能源局\n"
    )
    assert [(item.number, item.title) for item in notice.items] == [
        (1, "健全机制"),
        (2, "建设队伍"),
    ]
    assert notice.items[0].text == "每季度开会。\n完成时限：12月"


def test_the_body_and_the_month_in_brackets_below_a_title() -> None:
    notice = _notice(
        "金川县2025年度道路安全工作要点\n（县道路交通安全委员会  2025年2月）\n"
        "全县要全面压实责任。\n"
        "一是压实责任。每季度开会。责任单位：县道安委。\n二是整治隐患。改造路口。责任单位：县交通局。\n"
    )
    assert notice.issuer == "县道路交通安全委员会"
    item = notice.items[0]
    assert item.text == "全县要全面压实责任。"
    assert [part.text[:7] for part in item.parts] == ["一是压实责任。", "二是整治隐患。"]


def test_the_year_of_a_table_counts_the_names_of_its_tasks() -> None:
    notice = _notice(
        "安全重点任务分工表\n序号\t任务\t责任单位\t完成时限\n1\t制定2025年计划\t市应急局\t3月底\n"
        "2\t建成消防站\t市消防支队\t2026年6月底\n"
    )
    assert notice.year == 2025
