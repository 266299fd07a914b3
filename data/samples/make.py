"""Makes the sample notice of an invented city as text, Word file, PDF and scanned page.

Run it after changing the words below: ``python data/samples/make.py``. The table contradicts the
body on purpose; ``EXPECTED`` in ``tests/notices/test_samples.py`` lists where. Every name is
invented; no word is taken from a real notice.
"""

from __future__ import annotations

import random
from pathlib import Path

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from PIL import Image, ImageDraw, ImageFont

HERE = Path(__file__).resolve().parent
NAME = "yunling-2026-sample"

HEAD = ["云岭市人民政府", "关于做好2026年安全生产工作的通知", "（征求意见稿）"]
OPENING = [
    "各县（区）人民政府，市政府各部门：",
    "本件为软件自带的样例，云岭市是虚构的城市，内容不对应任何真实单位。2026年，全市要守住不发生重大事故的底线，现将重点工作安排如下。",
]
# chapter: (number and title, [(number, title, text, responsibility)])
CHAPTERS = [
    (
        "一、把责任落到人",
        [
            (
                "（一）",
                "领导带头检查。",
                "市、县两级政府负责人每季度至少带队检查1次，检查结果在政务网站公开。",
                "市安委会各成员单位、云岭高新区、各县（区）人民政府负责。以下各项均需云岭高新区和各县（区）人民政府负责，不再列出",
            ),
            (
                "（二）",
                "部门编制清单。",
                "各监管部门3月底前编制本年度检查清单，报市安委办备案。",
                "市应急局、市住建局、市交通运输局分工负责",
            ),
            (
                "（三）",
                "企业自查自改。",
                "生产经营单位每月开展一次自查，自查台账保存不少于3年。",
                "市级负有安全生产监管职责的部门指导督促企业落实",
            ),
        ],
    ),
    (
        "二、把隐患消除在前",
        [
            (
                "（四）",
                "治理重点隐患。",
                "2026年底前，全市治理重大隐患不少于12处，治理一处、销号一处，资料存档备查。",
                "市应急局牵头，市住建局、市水利局配合",
            ),
            (
                "（五）",
                "整治老旧管网。",
                "更新燃气管网40公里，优先安排学校和医院周边。",
                "市住建局、市城市管理局等部门分工负责",
            ),
            (
                "（六）",
                "清理消防通道。",
                "开展消防通道专项清理，适时组织回头看。",
                "市消防救援支队负责",
            ),
        ],
    ),
    (
        "三、把救援练到实处",
        [
            (
                "（七）",
                "建设救援队伍。",
                "每个乡镇组建不少于20人的救援队伍，6月底前完成。",
                "市应急局、市人社局负责",
            ),
            (
                "（八）",
                "组织应急演练。",
                "至少组织一次跨县联合演练，演练后形成评估报告。",
                "市应急局、市消防救援支队负责",
            ),
        ],
    ),
]
CLOSING = ["附表：重点任务分工", "云岭市人民政府", "2026年 月 日"]
TABLE_TITLE = ["附表", "重点任务分工"]
COLUMNS = ("序号", "任务", "主要内容", "责任单位")
# The rows differ from the body on purpose: units, figures, words; item 6 has no row.
ROWS = [
    (
        "一",
        "把责任落到人",
        "1. 领导带头检查。市、县两级政府负责人每季度至少带队检查1次，检查结果在政务网站公开。",
        "市安委会各成员单位，云岭高新区，各县（区）人民政府（以下各项均需云岭高新区和各县（区）人民政府负责，不再列出）",
    ),
    (
        "",
        "",
        "2. 部门编制清单。各监管部门3月底前编制本年度检查清单，报市安委办备案。",
        "市应急局、市交通运输局",
    ),
    (
        "",
        "",
        "3. 企业自查自改。生产经营单位每月开展一次自查，自查台账保存不少于3年。",
        "市级负有安全生产监管职责的部门指导督促企业落实",
    ),
    (
        "二",
        "把隐患消除在前",
        "4. 治理重点隐患。2026年底前，全市治理重大隐患不少于10处，治理一处、销号一处，"
        "资料存档备查。",
        "市应急局牵头，市住建局、市水利局配合",
    ),
    (
        "",
        "",
        "5. 整治老旧管网。更新燃气管网40公里，优先安排学校和医院附近。",
        "市住建局、市城管局等部门",
    ),
    (
        "三",
        "把救援练到实处",
        "7. 建设救援队伍。每个乡镇组建不少于20人的救援队伍，6月底前完成。",
        "市应急局、市人社局、市财政局",
    ),
    ("", "", "8. 组织应急演练。至少组织一次跨县联合演练。", "市应急局、市消防救援支队"),
]


def body() -> list[str]:
    """The lines of the body, numbers typed."""
    lines = [*HEAD, *OPENING]
    for chapter, items in CHAPTERS:
        lines.append(chapter)
        lines += [f"{number}{title}{text}（{units}）" for number, title, text, units in items]
    return [*lines, *CLOSING]


def make_text() -> None:
    """The text file: a blank line between paragraphs, tabs between cells."""
    rows = ["\t".join(row) for row in (COLUMNS, *ROWS)]
    text = "\n\n".join([*body(), *TABLE_TITLE]) + "\n\n" + "\n".join(rows) + "\n"
    (HERE / f"{NAME}.txt").write_text(text, encoding="utf-8")


# --- Word -----------------------------------------------------------------------------------------

LEVELS = """<w:abstractNum {ns} w:abstractNumId="77">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/>
<w:suff w:val="nothing"/><w:lvlText w:val="%1、"/></w:lvl></w:abstractNum>"""
ITEM_LEVELS = """<w:abstractNum {ns} w:abstractNumId="78">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/>
<w:suff w:val="nothing"/><w:lvlText w:val="（%1）"/></w:lvl></w:abstractNum>"""


def make_docx() -> None:
    """The Word file: chapters and items numbered by Word, first two columns of the table merged."""
    document = docx.Document()
    numbering = document.part.numbering_part.element
    for position, levels in enumerate((LEVELS, ITEM_LEVELS)):
        numbering.insert(position, parse_xml(levels.format(ns=nsdecls("w"))))
    for number, definition in ((77, 77), (78, 78)):
        inner = f'<w:abstractNumId w:val="{definition}"/>'
        numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="{number}">{inner}</w:num>'))
    for line in [*HEAD, *OPENING]:
        document.add_paragraph(line)
    for chapter, items in CHAPTERS:
        _numbered(document, chapter.partition("、")[2], 77)
        for _, title, text, units in items:
            _numbered(document, f"{title}{text}（{units}）", 78)
    for line in [*CLOSING, *TABLE_TITLE]:
        document.add_paragraph(line)
    _word_table(document)
    document.save(str(HERE / f"{NAME}.docx"))


def _numbered(document: docx.document.Document, text: str, number: int) -> None:
    properties = document.add_paragraph(text)._p.get_or_add_pPr()
    inner = f'<w:ilvl w:val="0"/><w:numId w:val="{number}"/>'
    properties.append(parse_xml(f"<w:numPr {nsdecls('w')}>{inner}</w:numPr>"))


def _word_table(document: docx.document.Document) -> None:
    table = document.add_table(0, len(COLUMNS))
    table.style = "Table Grid"
    for row in (COLUMNS, *ROWS):
        cells = table.add_row().cells
        for cell, text in zip(cells, row, strict=True):
            cell.text = text
    for first, last in _merged():
        for column in (0, 1):
            merged = table.cell(first, column).merge(table.cell(last, column))
            merged.text = ROWS[first - 1][column]


def _merged() -> list[tuple[int, int]]:
    """First and last row (counted with the head) of each chapter's merged cells."""
    starts = [n for n, row in enumerate(ROWS, 1) if row[0]]
    return list(zip(starts, [*(n - 1 for n in starts[1:]), len(ROWS)], strict=True))


# --- pages (PDF and scan) -------------------------------------------------------------------------

WIDTH, HEIGHT = 595, 842  # points, A4
LEFT, RIGHT, TOP, BOTTOM = 60, 535, 70, 770
SIZE, LEADING = 12, 20
COLUMN_X = (60, 95, 170, 410, 535)

Mark = tuple[str, float, float, float, float]  # ("text", x, y, size, 0) + words, or a rule


class Pages:
    """Places words and rules on pages: y runs downwards from the top, in points."""

    def __init__(self) -> None:
        self.words: list[list[tuple[float, float, float, str]]] = [[]]
        self.rules: list[list[tuple[float, float, float, float]]] = [[]]
        self._y = float(TOP)

    def paragraph(self, text: str, *, centred: bool = False, size: float = SIZE) -> None:
        room = int((RIGHT - LEFT) / size)
        indented = text if centred or text.endswith("：") else f"　　{text}"
        for start in range(0, len(indented), room):
            line = indented[start : start + room]
            self._break_page(LEADING)
            x = (WIDTH - len(line) * size) / 2 if centred else LEFT
            self.words[-1].append((x, self._y, size, line))
            self._y += LEADING

    def table(self, rows: list[tuple[str, ...]]) -> None:
        size, leading = 10, 15
        for row in rows:
            cells = [
                _wrapped(text, int((COLUMN_X[n + 1] - COLUMN_X[n] - 8) / size))
                for n, text in enumerate(row)
            ]
            height = max(map(len, cells)) * leading + 8
            self._break_page(height)
            for n, lines in enumerate(cells):
                for k, line in enumerate(lines):
                    at = (COLUMN_X[n] + 4, self._y + 4 + k * leading, size, line)
                    self.words[-1].append(at)
            self._rule_row(height, merged=not row[0] and self._y > TOP)
            self._y += height

    def _rule_row(self, height: float, *, merged: bool) -> None:
        top, bottom = self._y, self._y + height
        left = COLUMN_X[2] if merged else COLUMN_X[0]
        self.rules[-1].append((left, top, COLUMN_X[-1], top))
        self.rules[-1].append((COLUMN_X[0], bottom, COLUMN_X[0], top))
        self.rules[-1] += [(x, top, x, bottom) for x in COLUMN_X[1:]]
        self._last_bottom = (COLUMN_X[0], bottom, COLUMN_X[-1], bottom)

    def end_table(self) -> None:
        self.rules[-1].append(self._last_bottom)

    def new_page(self) -> None:
        self.words.append([])
        self.rules.append([])
        self._y = float(TOP)

    def _break_page(self, height: float) -> None:
        if self._y + height > BOTTOM:
            self.new_page()


def _wrapped(text: str, room: int) -> list[str]:
    return [text[start : start + room] for start in range(0, len(text), room)] or [""]


def laid_out() -> Pages:
    """The notice on two pages: body, table."""
    pages = Pages()
    for line in HEAD:
        pages.paragraph(line, centred=True, size=15)
    for line in body()[len(HEAD) :]:
        pages.paragraph(line)
    pages.new_page()
    for line in TABLE_TITLE:
        pages.paragraph(line, centred=line != TABLE_TITLE[0])
    pages.table([COLUMNS, *ROWS])
    pages.end_table()
    for number, words in enumerate(pages.words, 1):
        words.append((WIDTH / 2 - 15, 800, 10, f"— {number} —"))
    return pages


def make_pdf() -> None:
    """A PDF with a text layer; the font is one of the standard CJK fonts, so it is not embedded."""
    pages = laid_out()
    count = len(pages.words)
    kids = " ".join(f"{5 + 2 * n} 0 R" for n in range(count))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H"
        " /DescendantFonts [4 0 R] >>",
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000"
        " /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>",
    ]
    for n in range(count):
        stream = "\n".join([*map(_show, pages.words[n]), *map(_stroke, pages.rules[n])])
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}]"
            f" /Resources << /Font << /F1 3 0 R >> >> /Contents {6 + 2 * n} 0 R >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    (HERE / f"{NAME}.pdf").write_bytes(_pdf_file(objects))


def _show(word: tuple[float, float, float, str]) -> str:
    x, y, size, text = word
    code = text.encode("utf-16-be").hex()
    return f"BT /F1 {size:g} Tf {x:g} {HEIGHT - y - size:g} Td <{code}> Tj ET"


def _stroke(rule: tuple[float, float, float, float]) -> str:
    x0, y0, x1, y1 = rule
    return f"0.7 w {x0:g} {HEIGHT - y0:g} m {x1:g} {HEIGHT - y1:g} l S"


def _pdf_file(objects: list[str]) -> bytes:
    out, places = b"%PDF-1.5\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode("ascii")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    trailer = f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + f"xref\n0 {size}\n0000000000 65535 f \n{table}{trailer}".encode("ascii")


FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
)
SCALE = 2.6  # pixels per point, about 190 dpi


def make_scan() -> None:
    """Both pages as one crooked, grainy black-and-white page, as a copier gives it."""
    pages = laid_out()
    font = next(path for path in FONTS if Path(path).exists())
    parts = [_drawn(pages, n, font) for n in range(len(pages.words))]
    page = Image.new("L", (parts[0].width, sum(part.height for part in parts)), 255)
    top = 0
    for part in parts:
        page.paste(part, (0, top))
        top += part.height
    page = page.rotate(0.2, fillcolor=255, resample=Image.Resampling.BICUBIC)
    _grain(page)
    page.point(lambda value: 255 if value > 150 else 0).convert("1").save(
        HERE / f"{NAME}.png", optimize=True
    )


def _drawn(pages: Pages, number: int, font: str) -> Image.Image:
    bottom = max(y for _, y, size, text in pages.words[number] if size > 10 or "—" not in text)
    page = Image.new("L", (int(WIDTH * SCALE), int((bottom + 60) * SCALE)), 255)
    draw = ImageDraw.Draw(page)
    for x, y, size, text in pages.words[number]:
        draw.text((x * SCALE, y * SCALE), text, font=_font(font, size), fill=0)
    for rule in pages.rules[number]:
        draw.line([value * SCALE for value in rule], fill=0, width=3)
    return page


def _font(path: str, size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, int(size * SCALE))


def _grain(page: Image.Image) -> None:
    dice = random.Random(2026)
    for _ in range(1500):
        at = dice.randrange(page.width), dice.randrange(page.height)
        page.putpixel(at, 0)


if __name__ == "__main__":
    make_text()
    make_docx()
    make_pdf()
    make_scan()
