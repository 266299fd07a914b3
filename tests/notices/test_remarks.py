"""The questions to the drafters: one case for each kind, and when to keep silent."""

from __future__ import annotations

from datetime import date

import pytest

from anlan.notices.document import (
    Chapter,
    Difference,
    Item,
    Notice,
    Obligation,
    ObligationKind,
    Part,
    Period,
    Remark,
    Responsible,
    Role,
    Source,
    TableRow,
    Unit,
)
from anlan.notices.kinds import RemarkKind as K
from anlan.notices.reading import read_notice
from anlan.notices.remarks import remarks
from tests.shared import shared


def units(*names: str, text: str = "", inherited: tuple[str, ...] = ()) -> Responsible:
    owners = [Unit(name, Role.RESPONSIBLE) for name in names]
    return Responsible(text or "、".join(names), owners, list(inherited))


OWNED = units("市应急局")


def item(
    text: str = "开展检查。", number: int | None = 1, owner: Responsible = OWNED, **more
) -> Item:
    return Item(number, "检查", text, owner, **more)


def notice(*items: Item, **more) -> Notice:
    return Notice(chapters=[Chapter(1, "甲章", "", list(items))], **more)


def kinds(*items: Item, **more) -> list[tuple[int | None, str]]:
    return [(each.item, each.kind) for each in remarks(notice(*items, **more))]


def quota(text: str, value: float = 10, unit: str | None = "项", **more) -> Obligation:
    return Obligation(text, kind=ObligationKind.QUOTA, value=value, unit=unit, op=">=", **more)


def test_a_clean_notice_raises_no_question() -> None:
    assert kinds(item()) == []


# --- owners -------------------------------------------------------------------------------------


def test_nobody_at_all_is_said_once() -> None:
    nobody = Responsible()
    assert kinds(item(owner=nobody), item(number=2, owner=nobody)) == [(None, K.NO_OWNER)]


def test_item_without_owner_among_others() -> None:
    assert kinds(item(), item("办好培训。", 2, Responsible())) == [(2, K.NO_OWNER)]


def test_chapter_on_how_to_work_needs_no_owner() -> None:
    chapters = [
        Chapter(1, "重点任务", "", [item()]),
        Chapter(2, "工作要求", "", [item("加强领导。", None, Responsible())]),
        Chapter(3, "其他任务", "", [item("办好培训。", None, Responsible())]),
    ]
    (found,) = remarks(Notice(chapters=chapters))
    assert found.kind == K.NO_OWNER
    assert found.text.startswith("“其他任务”部分：")


def test_item_whose_owner_stands_in_the_table_has_one() -> None:
    row = TableRow(2, None, "培训", "办好培训。", OWNED)
    assert kinds(item(), item("办好培训。", 2, Responsible()), table=[row]) == []


def test_inherited_owners_alone_are_named_in_the_question() -> None:
    only = Responsible(inherited=["各县（区）人民政府"])
    (found,) = remarks(notice(item(), item("办好培训。", 2, only)))
    assert "各县（区）人民政府" in found.text


def test_part_without_owner_among_parts_with_owners() -> None:
    parts = [Part("煤矿", "煤矿方面，治瓦斯。", OWNED), Part("燃气", "燃气方面，治管网。")]
    (found,) = remarks(notice(item("", owner=Responsible(), parts=parts)))
    assert (found.item, found.kind) == (1, K.NO_OWNER)
    assert "燃气方面" in found.text
    assert "煤矿" not in found.text


def test_open_list_is_asked_once_for_body_and_table() -> None:
    owner = units("市应急局", "市水利局", text="市应急局、市水利局等部门分工负责")
    row = TableRow(1, None, "检查", "开展检查。", owner)
    (found,) = remarks(notice(item(owner=owner), table=[row]))
    assert found.kind == K.OPEN_UNITS
    assert "正文、附表" in found.text
    assert "市水利局等部门" in found.text


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (None, []),
        (["市应急局", "市财政局"], [(1, K.UNKNOWN_UNIT)]),
        (["市应急局", "市财政局", "市水文分局"], []),
        (["市应急管理局", "市财政局", "市水文分局"], []),  # the same body by its full name
    ],
)
def test_unknown_unit_is_named_once_with_all_its_places(known, expected) -> None:
    owner = units("市应急局", "市水文分局")
    found = remarks(notice(item(owner=owner), item("办好培训。", 2, owner)), known)
    assert [(each.item, each.kind) for each in found] == expected
    assert all("市水文分局" in each.text and "第1项、第2项" in each.text for each in found)


# --- numbers ------------------------------------------------------------------------------------


def test_number_without_date_or_period() -> None:
    text = "市应急局至少解决10项问题。"
    duty = quota("市应急局至少解决10项问题", subject="市应急局")
    assert kinds(item(text, obligations=[duty])) == [(1, K.NO_DATE)]


@pytest.mark.parametrize(
    "more", [{"deadline": date(2026, 12, 31)}, {"period": Period.YEAR}, {"value": 0}]
)
def test_number_with_a_measure_in_time_is_complete(more) -> None:
    duty = quota("市应急局至少解决10项问题", subject="市应急局", **more)
    assert kinds(item("市应急局至少解决10项问题。", obligations=[duty])) == []


def test_date_in_a_column_of_the_table_is_a_date() -> None:
    text = "市应急局至少解决10项问题。"
    row = TableRow(1, None, "检查", f"{text}\n完成时限：6月底前", OWNED)
    duty = quota("市应急局至少解决10项问题", subject="市应急局")
    assert kinds(item(text, obligations=[duty]), table=[row]) == []


def test_deadline_in_the_same_sentence_holds_for_its_numbers() -> None:
    text = "每个乡镇组建20人的队伍，6月底前完成。"
    duties = [
        quota("每个乡镇组建20人的队伍", 20, "人"),
        Obligation("6月底前完成", kind=ObligationKind.DEADLINE, deadline=date(2026, 6, 30)),
    ]
    assert kinds(item(text, obligations=duties)) == []


@pytest.mark.parametrize("text", ["每人每天补助200元", "企业备足口罩按每人3只", "再贷款额度20亿元"])
def test_standing_rates_need_no_date(text: str) -> None:
    assert kinds(item(text, obligations=[quota(text, 200, "元")])) == []


UNCLEAR = [
    ("至少解决1—2项突出问题", "项", "每个行业领域"),
    ("至少组织一次演练", "次", "由谁组织"),
    ("市、县至少建成一处试点", "处", "“市、县”是各自"),
    ("乡镇（街道）、村（社区）至少建立一处场所", "处", "是各自"),
]


@pytest.mark.parametrize(("text", "unit", "words"), UNCLEAR)
def test_number_that_does_not_say_per_what(text: str, unit: str, words: str) -> None:
    duty = quota(text, 1, unit, deadline=date(2026, 12, 31))
    (found,) = remarks(notice(item(text, obligations=[duty])))
    assert found.kind == K.UNCLEAR_UNIT
    assert words in found.text
    assert text in found.text


@pytest.mark.parametrize(
    "text",
    [
        "每个村至少建立一处场所",
        "各县至少组织一次演练",
        "全市至少建成一处试点",
        "企业至少组织一次演练",
    ],
)
def test_number_that_says_per_what(text: str) -> None:
    assert kinds(item(text, obligations=[quota(text, 1, "处", deadline=date(2026, 6, 1))])) == []


def test_number_without_unit_of_count() -> None:
    duty = quota("每人给予5000", 5000, None)
    (found,) = remarks(notice(item("每人给予5000", obligations=[duty])))
    assert "没有计量单位" in found.text


def test_figures_that_contradict_the_table() -> None:
    difference = Difference(1, "number", "不少于12处", "不少于10处")
    (found,) = remarks(notice(item(), differences=[difference]))
    assert found.kind == K.CONFLICTING_FIGURES
    assert "不少于12处" in found.text
    assert "不少于10处" in found.text


def test_figures_that_contradict_each_other_in_the_body() -> None:
    dated = {"deadline": date(2026, 12, 31)}
    one = quota("全市至少建成3处综合应急避难场所", 3, "处", **dated)
    two = quota("全市至少建成5处综合应急避难场所", 5, "处", **dated)
    same = quota("全市要建成3处综合应急避难场所", 3, "处", **dated)
    items = [item(each.text, n, obligations=[each]) for n, each in enumerate([one, two, same], 1)]
    assert kinds(*items) == [(2, K.CONFLICTING_FIGURES)]


# --- repetition and paper -----------------------------------------------------------------------

LONG = "组织开展建设工程消防审验历史遗留问题专项整治"


def test_same_words_in_two_items() -> None:
    assert kinds(item(f"{LONG}。"), item(f"落实责任，{LONG}。", 2)) == [(2, K.DUPLICATE_DUTY)]


def test_short_idiom_in_two_items_is_no_repetition() -> None:
    assert kinds(item("按照有关规定执行。"), item("按照有关规定执行。", 2)) == []


def test_part_of_the_table_that_stands_in_another_item() -> None:
    rows = [
        TableRow(1, None, "检查", "开展检查。", OWNED),
        TableRow(1, "消防", None, f"消防方面，{LONG}。", OWNED),
    ]
    (found,) = remarks(notice(item(), item(f"{LONG}。", 2), table=rows))
    assert (found.item, found.kind) == (1, K.DUPLICATE_DUTY)
    assert "第2项" in found.text


@pytest.mark.parametrize(
    ("closing", "expected"),
    [
        ("云岭市人民政府\n2026年 月 日", [(None, K.MISSING_DATE_IN_SIGNATURE)]),
        ("云岭市人民政府\n2026年　月　日", [(None, K.MISSING_DATE_IN_SIGNATURE)]),
        ("云岭市人民政府\n2026年3月 日", []),
        ("云岭市人民政府\n2026年3月1日", []),
    ],
)
def test_date_of_issue(closing: str, expected) -> None:
    found = kinds(item(), closing=closing)
    assert found == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["附件：1.检查表", "云岭市人民政府"], [(None, K.MISSING_ATTACHMENT)]),
        (["附件：1.检查表", "云岭市人民政府", "附件1", "检查表"], []),
        (["附件：检查表", "云岭市人民政府", "检查表"], []),
        (["没有附件"], []),
    ],
)
def test_attachment(lines: list[str], expected) -> None:
    assert kinds(item(), source=Source(lines=lines, blocks=[])) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("分工见第三十项。", [(1, K.DANGLING_REFERENCE)]),
        ("分工按第（一）项执行。", []),
        ("依据《安全生产法》第一百一十条处理。", []),
    ],
)
def test_reference(text: str, expected) -> None:
    assert kinds(item(text)) == expected


@pytest.mark.parametrize("text", ["检查＿＿家企业。", "由××局组织。", "按云政办〔2026〕 号执行。"])
def test_blank(text: str) -> None:
    assert kinds(item(text)) == [(1, K.BLANK)]


def test_vague_words_only_where_nothing_is_measured() -> None:
    assert kinds(item("适时开展演练，尽快整改。")) == [(1, K.VAGUE)]
    measured = Obligation("每月检查", kind=ObligationKind.FREQUENCY, period=Period.MONTH)
    assert kinds(item("适时开展演练，每月检查。", obligations=[measured])) == []


def test_item_without_number_is_placed_by_its_chapter() -> None:
    (found,) = remarks(notice(item("适时开展演练。", None)))
    assert found == Remark(
        None, K.VAGUE, "“甲章”部分：“适时开展演练”没有时限和数量，年底难以考核。建议写明完成时间。"
    )


# --- the real notices ---------------------------------------------------------------------------


def test_real_notice() -> None:
    found = read_notice(shared("notices/luliang-2025-draft.txt")).warnings
    assert [(each.item, each.kind) for each in found] == [
        (16, K.CONFLICTING_FIGURES),
        (18, K.CONFLICTING_FIGURES),
        *[(number, K.OPEN_UNITS) for number in (9, 13, 14, 16, 18, 19)],
        (4, K.UNCLEAR_UNIT),
        (11, K.UNCLEAR_UNIT),
        (18, K.UNCLEAR_UNIT),
        (18, K.UNCLEAR_UNIT),
        (4, K.NO_DATE),
        (16, K.NO_DATE),
        (18, K.NO_DATE),
        (19, K.NO_DATE),
        (11, K.DUPLICATE_DUTY),
        (11, K.DUPLICATE_DUTY),
        (None, K.MISSING_DATE_IN_SIGNATURE),
        (15, K.VAGUE),
    ]


@pytest.mark.parametrize("name", ["02", "05", "11", "16", "18", "20"])
def test_notices_of_other_governments_raise_few_questions(name: str) -> None:
    found = read_notice(shared(f"notices/others/{name}.txt")).warnings
    assert len(found) <= 6
