"""The files that the intake gives back. Each test opens what was made and reads it again."""

from __future__ import annotations

import io
from datetime import date
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import docx
import openpyxl
import pytest
from django.utils import timezone
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st

from anlan.intake.choices import DIFFERENCES, REMARKS
from anlan.intake.exports import assignments, opinions, wording
from anlan.intake.exports.assignments import Named
from anlan.intake.exports.assignments_docx import docx as table_docx
from anlan.intake.exports.assignments_xlsx import LONG, split, xlsx
from anlan.intake.exports.suggestions import DECIDE, Finding, suggest
from anlan.intake.models import Document
from anlan.kernel import official
from anlan.kernel.access.roles import Role
from anlan.notices.kinds import DifferenceKind, RemarkKind
from anlan.plan.models import Assignment, Duty, KeyDuty, Plan
from tests.kernel.access.conftest import browser, user

# --- words --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "一"), (9, "九"), (10, "十"), (11, "十一"), (20, "二十"), (21, "二十一"), (99, "九十九")],
)
def test_ordinals(number: int, words: str) -> None:
    assert wording.chinese(number) == words


@pytest.mark.parametrize("number", [0, 100, -1])
def test_no_ordinal_is_invented(number: int) -> None:
    with pytest.raises(ValueError, match="no ordinal"):
        wording.chinese(number)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2025, 12, 31), "2025年12月底前"),
        (date(2024, 2, 29), "2024年2月底前"),
        (date(2024, 2, 28), "2024年2月28日前"),
        (date(2025, 3, 5), "2025年3月5日前"),
    ],
)
def test_time_limits(day: date, words: str) -> None:
    assert wording.by(day) == words


@pytest.mark.parametrize(
    ("text", "most", "words"),
    [
        ("甲", None, "“甲”"),
        ("“甲”乙", None, "“‘甲’乙”"),
        ("甲乙丙", 2, "“甲乙…”"),
        ("甲乙", 2, "“甲乙”"),
    ],
)
def test_quotations(text: str, most: int | None, words: str) -> None:
    assert wording.quoted(text, most=most) == words


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ([Named("", "甲局", "responsible"), Named("", "乙局", "responsible")], "甲局、乙局"),
        ([Named("", "甲局", "responsible"), Named("", "甲局", "responsible")], "甲局"),
        ([Named("", "乙局", "assist"), Named("", "甲局", "lead")], "牵头：甲局；配合：乙局"),
        ([Named("", "各县", "responsible", inherited=True), Named("", "甲局", "responsible")],
         "甲局\n各县"),
        ([Named("煤矿", "甲办", "responsible"), Named("燃气", "乙办", "oversee")],
         "煤矿方面：甲办\n燃气方面：督促指导：乙办"),
        ([], ""),
    ],
)  # fmt: skip
def test_units_are_said_by_part_and_role(named: list[Named], words: str) -> None:
    assert assignments.units(named) == words


YEAR_END = date(2025, 12, 31)


@pytest.mark.parametrize(
    ("whole", "limits", "words"),
    [
        (YEAR_END, [], "2025年12月底前"),
        (YEAR_END, [(YEAR_END, "")], "2025年12月底前"),
        (YEAR_END, [(date(2025, 6, 30), ""), (None, "half_year")],
         "2025年12月底前\n部分事项2025年6月底前\n部分事项每半年"),
        (YEAR_END, [(None, "year")], "2025年12月底前"),
        (None, [], ""),
    ],
)  # fmt: skip
def test_time_limits_of_items(whole: date | None, limits: list[Any], words: str) -> None:
    assert assignments.due(whole, limits) == words


# --- proposals ----------------------------------------------------------------------------------

CASES = [
    (Finding("missing_row", 3, body="强化教育"),
     "附表补列第3项“强化教育”，内容、责任单位和完成时限与正文一致。"),
    (Finding("missing_item", 22, table="新任务"),
     f"正文补写附表第22项“新任务”；如不再要求，从附表删去{DECIDE}。"),
    (Finding("part_missing", 11, table="消防方面，整治。"),
     f"正文第11项补写：“消防方面，整治”，并写明责任单位；如已在其他项中要求，从附表第11项删去{DECIDE}。"),
    (Finding("part_missing", 11, body="煤矿方面"),
     "附表第11项补列：“煤矿方面”，责任单位与正文一致。"),
    (Finding("unit_missing_in_table", 9, body="市水利局"), "附表第9项责任单位补列：市水利局。"),
    (Finding("unit_missing_in_body", 2, table="市安委会"),
     f"正文第2项责任单位补列：市安委会；如该单位不承担这项任务，从附表第2项删去{DECIDE}。"),
    (Finding("number", 16, body="建10个", table="建151个"),
     f"正文第16项与附表数字不一致，建议统一为：“建10个”；如以附表为准，正文改为：“建151个”{DECIDE}。"),
    (Finding("number", 16, table="建151个"),
     f"正文第16项补写：“建151个”；如不再要求，从附表第16项删去{DECIDE}。"),
    (Finding("role", 4, body="甲局（牵头）", table="甲局（配合）"),
     f"附表第4项改为“甲局（牵头）”，与正文一致；如以附表为准，正文改为“甲局（配合）”{DECIDE}。"),
    (Finding("unit_name", 11, body="甲与乙办", table="甲及乙办"),
     f"正文和附表第11项统一写作“甲与乙办”或“甲及乙办”，以规范名称为准{DECIDE}。"),
    (Finding("unit_name", 11, body="甲与乙办", table="甲及乙办", on_record="甲及乙办".__eq__),
     "正文第11项改为“甲及乙办”，与单位库中的规范名称一致。"),
    (Finding("title", 3, body="强化教育"), "附表第3项补写任务名称“强化教育”。"),
    (Finding("title", 3, body="甲", table="乙"), "附表第3项任务名称改为“甲”，与正文一致。"),
    (Finding("text_only_in_body", 2, body="播放片子，"), "附表第2项补写：“播放片子”。"),
    (Finding("text_only_in_table", 2, table="联训；"),
     f"正文第2项补写：“联训”；如不再要求，从附表第2项删去{DECIDE}。"),
    (Finding("wording", 5, body="安全发展", table="安发展"),
     f"附表第5项改为：“安全发展”，与正文一致；如以附表为准，修改正文{DECIDE}。"),
    (Finding("punctuation", 5, body="问题。", table="问题；"),
     "附表第5项标点与正文一致，改为：“问题。”。"),
    (Finding("no_owner", 7, text="没有写责任单位。"),
     f"第7项写明责任单位；有两个以上单位的，写明哪个牵头、哪些配合{DECIDE}。"),
    (Finding("conflicting_figures", 4, text="第1项写“10项”，这里又写“12项”。"),
     f"第4项统一为：“10项”；如以另一处为准，统一为：“12项”{DECIDE}。"),
    (Finding("open_units", 9, text="正文的责任单位写作“市气象局等部门”，没有列全。"),
     f"第9项责任单位“市气象局等部门”改为逐一列出全部单位；没有其他单位的，写到“市气象局”为止{DECIDE}。"),
    (Finding("unclear_unit", 4, text="“至少10项”没有写“市县”是各自都要达到，还是合计达到。"),
     f"“至少10项”前写明“市县分别”或“市县合计”{DECIDE}。"),
    (Finding("unclear_unit", 4, text="“每人5000”只有数字，没有计量单位。"),
     f"“每人5000”的数字后补写计量单位{DECIDE}。"),
    (Finding("no_date", 4, text="“至少10项”没有写完成时限。", year=2025),
     f"“至少10项”前补写完成时限，如“2025年12月底前”；需要按期考核的，写明每年、每季度或每月{DECIDE}。"),
    (Finding("unknown_unit", 4, text="责任单位“乌有局”不在组织机构里。"),
     "“乌有局”改用现行机构的规范名称；确有这个机构的，请告知全称，由安委办补入单位库。"),
    (Finding("duplicate_duty", 11, text="附表把“消防方面”放在第11项。"),
     f"“消防方面”只在一项中提出，另一处删去，并写明由谁负责{DECIDE}。"),
    (Finding("dangling_reference", 4, text="提到“第三十项”，通知里没有。"),
     f"“第三十项”改为所指项的实际序号；所指内容已删去的，这句话一并删去{DECIDE}。"),
    (Finding("missing_attachment", None, text="写了“附件：清单”，文件里没有这个附件。"),
     "补上“附件：清单”；附件另行印发的，写明“另行印发”。"),
    (Finding("missing_date_in_signature", None, text="落款日期没有填全。"),
     "印发前在落款处写全成文日期，年、月、日用阿拉伯数字，月、日不编虚位（不写作01）。"),
    (Finding("blank", 4, text="“××县”留有空白没有填写。"), f"“××县”处填写具体内容{DECIDE}。"),
    (Finding("vague", 15, text="“适时修编预案”没有时限和数量。", year=2025),
     f"“适时修编预案”中的“适时”改为具体时限，如“2025年12月底前”{DECIDE}。"),
    (Finding("vague", 15, text="“力争建成”没有时限和数量。"),
     f"“力争建成”删去“力争”，或写明数量、时限和例外情形{DECIDE}。"),
]  # fmt: skip


@pytest.mark.parametrize(("finding", "words"), CASES, ids=lambda case: getattr(case, "code", ""))
def test_proposals(finding: Finding, words: str) -> None:
    assert suggest(finding) == words


KINDS = [*DifferenceKind, *RemarkKind]


@pytest.mark.parametrize("code", KINDS)
def test_every_kind_has_a_proposal_and_a_name(code: str) -> None:
    assert suggest(Finding(code, 4, body="甲", table="乙", text="“丙”。")).endswith("。")
    assert code in {finding.code for finding, _ in CASES}
    assert code in {**DIFFERENCES, **REMARKS}


# --- the assignment table -----------------------------------------------------------------------


@pytest.fixture
def plan(city: SimpleNamespace) -> Plan:
    made = Plan.objects.create(
        year=2025, area=city.city, title="通知", issuer="试市人民政府", published_at=timezone.now()
    )
    key_duty = KeyDuty.objects.create(
        plan=made, number=1, title="先做", text="内容", chapter_number=1, chapter_title="提升"
    )
    KeyDuty.objects.create(plan=made, number=2, title="已撤", retired_at=timezone.now())
    for organisation, due_on in ((city.bureau, YEAR_END), (city.office, YEAR_END),
                                 (city.east_government, date(2026, 1, 31))):  # fmt: skip
        Assignment.objects.create(
            key_duty=key_duty, organisation=organisation, role="responsible", name="各单位"
        )
        Duty.objects.create(
            key_duty=key_duty, organisation=organisation, area=organisation.area,
            role="responsible", title="先做", period_start=date(2025, 1, 1), due_on=due_on,
        )  # fmt: skip
    return made


def test_rows_of_a_plan(plan: Plan) -> None:
    table = assignments.of_plan(plan)
    assert (table.title, table.marks) == ("试市2025年安全生产重点任务分工表", ())
    assert [chapter.name for chapter in table.chapters] == ["一、提升"]
    # The date put off for one unit is not the item's date; a group is named once.
    assert table.chapters[0].rows[0].cells == ("1", "先做", "内容", "各单位", "2025年12月底前")


def test_a_demonstration_plan_says_so(plan: Plan) -> None:
    plan.is_demo = True
    assert assignments.of_plan(plan).file_name.startswith("（演示数据）")


def test_rows_of_a_document(document: Document) -> None:
    table = assignments.of_document(document)
    assert table.marks == ("未发布",)
    assert [(chapter.name, len(chapter.rows)) for chapter in table.chapters] == [
        ("一、提升", 1), ("二、落实", 1), ("", 1),
    ]  # fmt: skip
    first, second = table.chapters[0].rows[0], table.chapters[1].rows[0]
    assert first.units == "牵头：试市能源局；配合：试市安委办\n各县"
    assert first.due == "2025年12月底前\n部分事项每半年"
    assert second.units == "煤矿方面：试市能源局"  # what was left out names nobody
    assert second.due == "2025年6月15日前"


def test_the_table_in_word(document: Document) -> None:
    made = docx.Document(io.BytesIO(table_docx(assignments.of_document(document))))
    section = made.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (297, 210)
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    # GB/T 9704-2012: 28 mm at the binding edge (above), a type area of 225×156 mm.
    assert [round(each.mm) for each in margins] == [28, 26, 35, 37]
    grid = made.tables[0]
    rows = [[cell.text for cell in row.cells] for row in grid.rows]
    assert rows[0] == list(assignments.HEADINGS)
    assert grid.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert rows[1] == ["一、提升"] * 5
    assert rows[1 + 1][2] == "第一段\n第二段"
    assert rows[4][2] == "=1+1"
    assert rows[5][2] == "响铃"  # a control character is no text
    assert len(rows) == 6
    assert sum(column.width for column in grid.columns) == section.page_width - sum(margins[2:])
    words = [paragraph.text for paragraph in made.paragraphs]
    assert words[:2] == ["试市2025年安全生产重点任务分工表", "（未发布）"]


def test_an_official_paper() -> None:
    paper = official.paper()
    official.title(paper, "题")
    official.line(paper, "文")
    made = docx.Document(io.BytesIO(official.content(paper)))
    section = made.sections[0]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(each.mm) for each in margins] == [37, 35, 28, 26]
    head, body = (paragraph.runs[0] for paragraph in made.paragraphs)
    assert (head.font.size.pt, head.font.name) == (22, "方正小标宋简体")
    assert (body.font.size.pt, body._element.rPr.rFonts.get(qn("w:eastAsia"))) == (
        16,
        "仿宋_GB2312",
    )
    assert made.styles["Normal"].paragraph_format.line_spacing.pt == 28.95
    assert made.settings.odd_and_even_pages_header_footer
    for footer, side in ((section.footer, "RIGHT"), (section.even_page_footer, "LEFT")):
        paragraph = footer.paragraphs[0]
        assert paragraph.text == "—  —"
        assert [each.text for each in paragraph._p.iter(qn("w:instrText"))] == ["PAGE"]
        assert paragraph.alignment.name == side
    fonts = next(part for part in made.part.package.iter_parts() if "fontTable" in part.partname)
    stand_ins = {
        font.get(qn("w:name")): font.find(qn("w:altName")).get(qn("w:val"))
        for font in ElementTree.fromstring(fonts.blob)
        if font.find(qn("w:altName")) is not None
    }
    assert stand_ins.keys() >= {face.name for face in official.FACES}


def test_the_table_in_a_workbook(document: Document) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx(assignments.of_document(document)))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[1][0] == "（未发布）"
    assert rows[3] == assignments.HEADINGS
    assert sheet.freeze_panes == "A5"
    assert sheet.print_title_rows == "$4:$4"
    assert sheet.page_setup.orientation == "landscape"
    assert rows[4][0] == "一、提升"
    assert {"A5:E5", "A7:E7"} <= {str(each) for each in sheet.merged_cells.ranges}
    assert rows[5][:3] == (1, "先做", "第一段\n第二段")
    assert sheet["C6"].alignment.wrap_text
    assert (sheet["C8"].value, sheet["C8"].data_type) == ("=1+1", "s")  # no formula


def test_a_long_item_keeps_every_character(document: Document) -> None:
    item = document.items.get(number=1)
    item.text = "".join(f"第{n}句要做。" for n in range(500))
    item.save()
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx(assignments.of_document(document)))).active
    column = [row[2] for row in sheet.iter_rows(min_row=5, values_only=True) if row[2]]
    assert "".join(column[:-2]) == item.text
    assert all(sheet.row_dimensions[row].height <= 409 for row in range(6, 6 + len(column) - 2))


@given(st.text(alphabet="甲乙。；\n丙", max_size=200), st.integers(1, 30))
def test_splitting_loses_nothing(text: str, limit: int) -> None:
    pieces = split(text, limit)
    assert "".join(pieces).replace("\n", "") == text.replace("\n", "")
    assert all(len(piece) <= limit for piece in pieces)
    assert split("短。", LONG) == ["短。"]


# --- the opinion sheet --------------------------------------------------------------------------


def test_the_opinion_sheet(document: Document) -> None:
    sheet = opinions.of_document(document, today=date(2025, 3, 5))
    assert (sheet.differences, sheet.remarks, sheet.ignored) == (1, 2, 1)
    assert [head for head, _ in sheet.groups] == ["第1项 先做", "第2项 再做", "全文"]
    entries = [entry for _, group in sheet.groups for entry in group]
    assert [entry.number for entry in entries] == [1, 2, 3]
    assert entries[1].where == "附表缺单位"
    assert entries[1].found == "正文：“试市能源局”；附表：没有。"
    assert entries[1].note == "请补上"
    words = [p.text for p in docx.Document(io.BytesIO(opinions.docx(sheet))).paragraphs]
    assert words[:2] == ["修改意见", "《关于做好演示工作的通知》（征求意见稿）"]
    assert "通知起草单位：" in words
    assert any(
        "修改意见3条（其中正文与附表不一致1条，其他疑问2条；另有1条" in each for each in words
    )
    assert "建议：附表第2项责任单位补列：试市能源局。" in words
    assert "说明：请补上" in words
    assert not any("不必" in each for each in words)
    assert words[-2:] == ["试市安委办", "2025年3月5日"]


def test_nothing_to_say(document: Document) -> None:
    document.points.all().delete()
    sheet = opinions.of_document(document)
    words = [p.text for p in docx.Document(io.BytesIO(opinions.docx(sheet))).paragraphs]
    assert "经核对《关于做好演示工作的通知》（征求意见稿）正文和附表，没有修改意见。" in words
    assert sheet.groups == []


# --- pages --------------------------------------------------------------------------------------

FILES = ["assignments.docx", "assignments.xlsx", "opinions.docx"]


@pytest.mark.parametrize("name", FILES)
def test_downloads(document: Document, clerk: Any, name: str) -> None:
    answer = browser(clerk).get(f"/notices/{document.pk}/{name}")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)[:2] == b"PK"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert browser(clerk).get(f"/notices/{document.pk}/").content.decode().count(name) == 1


@pytest.mark.parametrize("name", FILES)
def test_who_may_not_have_them(city: SimpleNamespace, document: Document, name: str) -> None:
    unit = user(city, "unit", Role.UNIT_STAFF)
    other = user(city, "east", Role.SCO_STAFF, organisation=city.east_government)
    assert browser(unit).get(f"/notices/{document.pk}/{name}").status_code == 403
    assert browser(other).get(f"/notices/{document.pk}/{name}").status_code == 404


def test_what_is_not_read_yet_is_not_exported(document: Document, clerk: Any) -> None:
    unread = Document.objects.create(
        file=document.file, name="n.txt", area=document.area, uploaded_by=clerk
    )
    answer = browser(clerk).get(f"/notices/{unread.pk}/opinions.docx")
    assert answer.status_code == 409
    assert "还没有读出内容" in answer.content.decode()


def test_the_plan_s_table_is_for_all_who_work_on_it(city: SimpleNamespace, plan: Plan) -> None:
    unit = browser(user(city, "unit", Role.UNIT_STAFF))
    for form in ("docx", "xlsx"):
        assert unit.get(f"/plans/{plan.pk}/assignments.{form}").status_code == 200
    assert unit.get(f"/plans/{plan.pk + 1}/assignments.docx").status_code == 404
    assert unit.get(f"/plans/{plan.pk}/assignments.pdf").status_code == 404
