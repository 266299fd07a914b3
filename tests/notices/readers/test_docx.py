"""Word files made with python-docx and by hand: order, merged cells, numbers, tracked changes."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from anlan.notices.document import NoticeError, Paragraph, Row, Source
from anlan.notices.readers import docx as reader
from anlan.notices.readers import read_data, read_source
from anlan.notices.readers.docx_numbering import numeral


def saved(document: Document) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def read(document: Document) -> Source:
    return read_data(saved(document))


def texts(source: Source) -> list[str]:
    return [b.text if isinstance(b, Paragraph) else "|".join(b.cells) for b in source.blocks]


def add(document: Document, inner: str) -> None:
    """A paragraph with raw WordprocessingML inside, before the section's properties."""
    xml = f"<w:p {nsdecls('w')}>{inner}</w:p>"
    document.element.body.insert(len(document.element.body) - 1, parse_xml(xml))


def test_paragraphs_and_tables_keep_their_order() -> None:
    document = docx.Document()
    document.add_paragraph("前文")
    document.add_table(1, 2).rows[0].cells[0].text = "任务"
    document.add_paragraph("后文")
    source = read(document)
    assert texts(source) == ["前文", "任务|", "后文"]
    assert [source.lines[block.line - 1] for block in source.blocks] == ["前文", "任务\t", "后文"]
    assert source.kind == "docx"


def test_merged_cells_are_empty_and_tables_are_told_apart() -> None:
    document = docx.Document()
    table = document.add_table(3, 3)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "一"
    table.cell(0, 1).text, table.cell(1, 1).text = "甲", "乙"
    table.cell(2, 0).merge(table.cell(2, 1)).text = "跨列"
    table.cell(2, 2).text = "末"
    document.add_table(1, 1).cell(0, 0).text = "另一张表"
    rows = [block for block in read(document).blocks if isinstance(block, Row)]
    assert [row.cells for row in rows] == [
        ("一", "甲", ""),
        ("", "乙", ""),
        ("跨列", "", "末"),
        ("另一张表",),
    ]
    assert [row.table for row in rows] == [1, 1, 1, 2]


def test_paragraphs_of_a_cell_are_separate_lines() -> None:
    document = docx.Document()
    cell = document.add_table(1, 1).cell(0, 0)
    cell.text = "甲方面。"
    cell.add_paragraph("乙方面。")
    (row,) = read(document).blocks
    assert row.cells == ("甲方面。\n乙方面。",)


LEVELS = """<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/>
<w:suff w:val="nothing"/><w:lvlText w:val="%1、"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/>
<w:lvlText w:val="（%2）"/></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%3."/></w:lvl>"""


def numbered() -> Document:
    document = docx.Document()
    numbering = document.part.numbering_part.element
    numbering.insert(
        0,
        parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90">{LEVELS}</w:abstractNum>'),
    )
    for number, override in (("91", ""), ("92", '<w:startOverride w:val="1"/>')):
        inner = f'<w:lvlOverride w:ilvl="0">{override}</w:lvlOverride>' if override else ""
        xml = (
            f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="90"/>{inner}</w:num>'
        )
        numbering.append(parse_xml(xml))
    return document


def numbered_line(document: Document, text: str, level: int, number: str = "91") -> None:
    properties = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    add(document, f"<w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r>")


def test_automatic_numbers_are_written_out() -> None:
    document = numbered()
    for text, level in [("总则", 0), ("学习", 1), ("会议", 1), ("甲", 2), ("乙", 2), ("责任", 0)]:
        numbered_line(document, text, level)
    numbered_line(document, "宣传", 1)
    assert texts(read(document)) == [
        "一、总则",
        "（一）学习",
        "（二）会议",
        "1.甲",
        "2.乙",
        "二、责任",
        "（一）宣传",
    ]


def test_a_second_list_restarts_only_where_it_says_so() -> None:
    document = numbered()
    numbered_line(document, "甲", 0)
    numbered_line(document, "乙", 0)
    numbered_line(document, "丙", 0, "92")
    assert texts(read(document)) == ["一、甲", "二、乙", "一、丙"]


def test_number_comes_from_the_style() -> None:
    document = numbered()
    style = document.styles.add_style("项", 1)
    reference = '<w:numPr><w:ilvl w:val="1"/><w:numId w:val="91"/></w:numPr>'
    style.element.append(parse_xml(f"<w:pPr {nsdecls('w')}>{reference}</w:pPr>"))
    child = document.styles.add_style("分项", 1)
    child.base_style = style
    document.add_paragraph("学习", style="项")
    document.add_paragraph("会议", style="分项")
    assert texts(read(document)) == ["（一）学习", "（二）会议"]


def test_empty_paragraph_counts_as_word_counts_it() -> None:
    document = numbered()
    numbered_line(document, "", 0)
    numbered_line(document, "甲", 0)
    assert texts(read(document)) == ["二、甲"]


@pytest.mark.parametrize(
    ("value", "form", "expected"),
    [
        (1, "chineseCounting", "一"),
        (10, "chineseCountingThousand", "十"),
        (21, "japaneseCounting", "二十一"),
        (101, "chineseCounting", "一百零一"),
        (110, "chineseCounting", "一百一十"),
        (3, "decimalEnclosedCircle", "③"),
        (2, "lowerLetter", "b"),
        (4, "upperRoman", "IV"),
        (7, "decimalZero", "07"),
        (2, "ideographTraditional", "乙"),
        (12, "chineseLegalSimplified", "拾贰"),
        (5, "someFutureFormat", "5"),
    ],
)
def test_numeral(value: int, form: str, expected: str) -> None:
    assert numeral(value, form) == expected


RUN = "<w:r><w:t>{}</w:t></w:r>"


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (
            f'<w:del w:id="1"><w:r><w:delText>旧</w:delText></w:r></w:del>{RUN.format("正")}',
            ["正"],
        ),
        (f'{RUN.format("正")}<w:ins w:id="2">{RUN.format("新")}</w:ins>', ["正新"]),
        (f'<w:moveFrom w:id="3">{RUN.format("走")}</w:moveFrom>{RUN.format("留")}', ["留"]),
        ("<w:r><w:t>上</w:t><w:br/><w:t>下</w:t></w:r>", ["上", "下"]),
        ('<w:r><w:t>上</w:t><w:br w:type="page"/><w:t>下</w:t></w:r>', ["上下"]),
        (
            f"<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r>{RUN.format('显')}",
            ["显"],
        ),
        (
            "<w:r><w:instrText>PAGE</w:instrText></w:r>" + RUN.format("字"),
            ["字"],
        ),
        (
            f"<w:sdt><w:sdtContent>{RUN.format('控件')}</w:sdtContent></w:sdt>",
            ["控件"],
        ),
        (
            f"<w:hyperlink>{RUN.format('链接')}</w:hyperlink>",
            ["链接"],
        ),
        (
            "<w:r><w:t>主</w:t><w:pict><w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p>"
            "</w:txbxContent></w:pict></w:r>",
            ["主", "框"],
        ),
    ],
)
def test_what_prints(inner: str, expected: list[str]) -> None:
    document = docx.Document()
    add(document, inner)
    assert texts(read(document)) == expected


def test_header_and_footer_are_no_text() -> None:
    document = docx.Document()
    document.add_paragraph("正文")
    document.sections[0].header.paragraphs[0].text = "页眉"
    document.sections[0].footer.paragraphs[0].text = "页脚"
    assert texts(read(document)) == ["正文"]


# --- bad input ----------------------------------------------------------------------------------


def with_document(xml: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", xml)
    return stream.getvalue()


def test_truncated_file_is_called_damaged(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("正文" * 5000)
    path = tmp_path / "通知.docx"
    path.write_bytes(saved(document)[:-2000])
    with pytest.raises(NoticeError, match="损坏"):
        read_source(path)


def test_broken_xml_is_called_damaged() -> None:
    with pytest.raises(NoticeError, match="损坏"):
        read_data(with_document(b"<w:document><w:body>"))


def test_flipped_bytes_are_called_damaged() -> None:
    document = docx.Document()
    document.add_paragraph("正文")
    data = bytearray(saved(document))
    start = data.find(b"word/document.xml") + 40
    data[start : start + 60] = bytes(60)
    with pytest.raises(NoticeError, match="损坏"):
        read_data(bytes(data))


def test_zip_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_UNPACKED", 1000)
    with pytest.raises(NoticeError, match="解压后超过"):
        read_data(with_document(b"<a>" + b"x" * 5000 + b"</a>"))


def test_entity_bomb_does_not_expand() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE d [<!ENTITY e0 "哈哈哈">{entities}]><d><b><p><r><t>&e9;</t></r></p></b></d>'
    with pytest.raises(NoticeError):
        read_data(with_document(bomb.encode()))
