"""A Word document in the layout of official papers (GB/T 9704-2012, 党政机关公文格式).

Sections of the standard: 5.2.1 margins (37 mm above, 28 mm at the binding), 5.2.2 and 5.2.3 the
type area of 156×225 mm and its 22 lines of 28 characters, 7.3.1 title in 小标宋 of size 2,
7.3.3 body in 仿宋 of size 3 and the faces of the ranks of headings, 7.5 page numbers, 8 tables
across: the page turns, and with it the type area.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from xml.sax.saxutils import escape

import docx
from docx.document import Document as Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from anlan.kernel.ui.export import plain

TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class Face:
    """A typeface with what to take where the machine lacks it."""

    name: str
    instead: str


TITLE = Face("方正小标宋简体", "方正小标宋_GBK,小标宋体,华文中宋,宋体")
BODY = Face("仿宋_GB2312", "仿宋,华文仿宋,FangSong")
RANK_1 = Face("黑体", "SimHei,Noto Sans CJK SC")
RANK_2 = Face("楷体_GB2312", "楷体,华文楷体,KaiTi")
PAGE_NUMBER = Face("宋体", "SimSun,Noto Serif CJK SC")
FACES = (TITLE, BODY, RANK_1, RANK_2, PAGE_NUMBER)

SIZE_2, SIZE_3, SIZE_4, SMALL_4 = Pt(22), Pt(16), Pt(14), Pt(12)
LINE = Pt(28.95)  # 225 mm hold 22 lines
_ABOVE, _BELOW, _BINDING, _EDGE = Mm(37), Mm(35), Mm(28), Mm(26)
_TO_NUMBER = Mm(7)  # from the type area down to the page number's dash


def paper(*, across: bool = False) -> Document:
    """An empty A4 paper with margins, faces and page numbers; ``across``: turned for a table.

    Turned, the binding edge is above: the type area keeps its 156×225 mm.
    """
    document = docx.Document()
    section = document.sections[0]
    width, height = Mm(210), Mm(297)
    section.page_width, section.page_height = (height, width) if across else (width, height)
    section.orientation = WD_ORIENT.LANDSCAPE if across else WD_ORIENT.PORTRAIT
    margins = (_BINDING, _EDGE, _BELOW, _ABOVE) if across else (_ABOVE, _BELOW, _BINDING, _EDGE)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = margins
    section.footer_distance = Length(section.bottom_margin - _TO_NUMBER - SIZE_4)
    _lines(section._sectPr)
    _base_style(document)
    _page_numbers(document)
    _stand_ins(document)
    return document


def write(
    paragraph: Paragraph,
    words: str,
    face: Face = BODY,
    size: Length = SIZE_3,
    *,
    bold: bool = False,
) -> Run:
    """Add words in a face; what XML cannot hold is left out."""
    run = paragraph.add_run(str(plain(words) or ""))
    run.font.size, run.font.bold = size, bold
    run.font.name = face.name
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face.name)
    return run


def line(
    document: Document,
    words: str,
    face: Face = BODY,
    size: Length = SIZE_3,
    *,
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.JUSTIFY,
    indent: int = 2,
) -> Paragraph:
    """A paragraph of the body, its first line set in by ``indent`` characters."""
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    paragraph.paragraph_format.first_line_indent = size * indent
    write(paragraph, words, face, size)
    return paragraph


def title(document: Document, words: str) -> None:
    """The paper's name: size 2, in the middle, an empty line below."""
    line(document, words, TITLE, SIZE_2, align=WD_ALIGN_PARAGRAPH.CENTER, indent=0)


def centred(document: Document, words: str) -> None:
    """A line below the title, in the middle."""
    line(document, words, RANK_2, align=WD_ALIGN_PARAGRAPH.CENTER, indent=0)


def signature(document: Document, signer: str, date: str) -> None:
    """Who signs and when, at the right, four characters in (7.3.5.2)."""
    for words in (signer, date):
        paragraph = line(document, words, align=WD_ALIGN_PARAGRAPH.RIGHT, indent=0)
        paragraph.paragraph_format.right_indent = SIZE_3 * 4
        paragraph.paragraph_format.keep_with_next = words == signer


def content(document: Document) -> bytes:
    """The file."""
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


# --- page and styles --------------------------------------------------------------------------


def _lines(section: object) -> None:
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(round(LINE.pt * 20)))
    for old in section.findall(qn("w:docGrid")):  # type: ignore[attr-defined]
        section.remove(old)  # type: ignore[attr-defined]
    section.append(grid)  # type: ignore[attr-defined]


def _base_style(document: Document) -> None:
    style = document.styles["Normal"]
    style.font.name, style.font.size = BODY.name, SIZE_3
    style.element.rPr.rFonts.set(qn("w:eastAsia"), BODY.name)
    spacing = style.paragraph_format
    spacing.space_before = spacing.space_after = Pt(0)
    spacing.line_spacing_rule, spacing.line_spacing = WD_LINE_SPACING.EXACTLY, LINE


def _page_numbers(document: Document) -> None:
    """``— 1 —`` in 宋体 of size 4, a character in from the edge: odd pages right, even left."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    right, left = WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.LEFT
    for footer, side in ((section.footer, right), (section.even_page_footer, left)):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.alignment = side
        spacing = paragraph.paragraph_format
        spacing.line_spacing_rule = WD_LINE_SPACING.SINGLE
        spacing.left_indent, spacing.right_indent = (
            (Pt(0), SIZE_4) if side == right else (SIZE_4, Pt(0))
        )
        write(paragraph, "— ", PAGE_NUMBER, SIZE_4)
        _field(write(paragraph, "", PAGE_NUMBER, SIZE_4), "PAGE")
        write(paragraph, " —", PAGE_NUMBER, SIZE_4)


def _field(run: Run, code: str) -> None:
    for kind in ("begin", None, "end"):
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = code
        run._element.append(mark)


def _stand_ins(document: Document) -> None:
    """Tell the reader what to take for a face that it lacks (fontTable.xml, w:altName)."""
    table = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    fonts = "".join(
        f'<w:font w:name="{escape(face.name)}"><w:altName w:val="{escape(face.instead)}"/>'
        '<w:charset w:val="86"/></w:font>'
        for face in FACES
    )
    end = b"</w:fonts>"
    table._blob = table.blob.replace(end, fonts.encode() + end)
