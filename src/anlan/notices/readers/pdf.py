"""PDF files: the text layer with its places; pages without a readable one are recognised.

Tables are rebuilt from the lines drawn around their cells. Where nothing is drawn, the words of a
row stand on one line; no text is lost.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from itertools import islice

import pypdfium2
import pypdfium2.raw as pdfium

from anlan.notices.document import NoticeError, Source
from anlan.notices.readers.grid import Rule
from anlan.notices.readers.layout import Run, blocks
from anlan.notices.readers.pages import Page, assemble
from anlan.notices.readers.text import readable_share

MAX_PAGES = 2000
MAX_SCANNED_PAGES = 100
"""Pages that are recognised at most; each takes some seconds."""

_MIN_READABLE = 0.85  # share of readable characters below which a text layer is garbage
_FEW = 20  # characters: a page with an image and fewer is a scan with a stamp or page number
_SCAN_SHARE = 0.4  # share of the page that an image must cover to be a scan
_THIN = 3.0  # points: a path thinner than this is a ruled line
_SHORT = 6.0  # points: a rule shorter than this is an ornament
_DPI = 200
_MAX_SIDE = 3500  # pixels of a rendered page
_MAX_PATHS = 20_000  # path objects looked at on one page


def read(data: bytes) -> Source:
    """The PDF ``data`` as a source; raises NoticeError when encrypted, damaged or too long."""
    document = _open(data)
    try:
        return _read(document)
    except pypdfium2.PdfiumError as error:
        raise NoticeError(_DAMAGED) from error
    finally:
        document.close()


_DAMAGED = "PDF 文件已损坏，打不开（可能没有下载完整）。请重新下载或重新导出。"


def _open(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "assword" in str(error):
            message = "PDF 文件设了打开密码，不能读取。请取消密码后再读。"
            raise NoticeError(message) from error
        raise NoticeError(_DAMAGED) from error


def _read(document: pypdfium2.PdfDocument) -> Source:
    if len(document) > MAX_PAGES:
        message = (
            f"PDF 有 {len(document)} 页，超过 {MAX_PAGES} 页的上限，没有读取。请分成几个文件。"
        )
        raise NoticeError(message)
    pages: list[Page] = []
    scores: list[float] = []
    scanned = 0
    for n in range(len(document)):
        page = document[n]
        read_page = _text_page(page)
        if read_page is None:
            scanned += 1
            _check_scanned(scanned)
            read_page = _recognised(page, scores)
        pages.append(read_page)
        page.close()
    confidence = sum(scores) / len(scores) if scores else None
    return assemble(pages, "scan" if scanned == len(pages) else "pdf", confidence)


def _check_scanned(count: int) -> None:
    if count > MAX_SCANNED_PAGES:
        raise NoticeError(
            f"PDF 里的扫描页超过 {MAX_SCANNED_PAGES} 页的上限。请只保留通知，或分成几个文件。"
        )


def _text_page(page: pypdfium2.PdfPage) -> Page | None:
    """The page from its text layer; None where that is absent or unreadable."""
    width, height = page.get_size()
    runs = list(_characters(page, height))
    text = "".join(run.text for run in runs)
    if len(text) < _FEW and _is_scan(page, width * height):
        return None
    if text and readable_share(text) < _MIN_READABLE:
        return None
    return Page(blocks(runs, _rules(page, height)), height)


def _characters(page: pypdfium2.PdfPage, height: float) -> Iterator[Run]:
    """Every visible character with its box; the box spans the font's height, as lines need."""
    textpage = page.get_textpage()
    box = pdfium.FS_RECTF()
    pointer = ctypes.byref(box)
    for n in range(textpage.count_chars()):
        code = pdfium.FPDFText_GetUnicode(textpage, n)
        character = _character(code)
        if character and pdfium.FPDFText_GetLooseCharBox(textpage, n, pointer):
            yield Run(character, box.left, height - box.top, box.right, height - box.bottom)
    textpage.close()


def _character(code: int) -> str:
    if code <= 0x20 or code in {0x7F, 0xA0, 0xAD, 0x3000, 0xFFFE, 0xFEFF}:
        # PDFium marks a hyphenated line end with U+FFFE or U+0002; spaces come from the gaps
        return ""
    return "" if 0xD800 <= code <= 0xDFFF else chr(code)


def _is_scan(page: pypdfium2.PdfPage, area: float) -> bool:
    images = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3)
    for image in islice(images, 100):
        left, bottom, right, top = image.get_bounds()
        if (right - left) * (top - bottom) >= _SCAN_SHARE * area:
            return True
    return False


def _rules(page: pypdfium2.PdfPage, height: float) -> list[Rule]:
    rules: list[Rule] = []
    paths = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=3)
    for path in islice(paths, _MAX_PATHS):
        left, bottom, right, top = path.get_bounds()
        rules += _edges(left, height - top, right, height - bottom)
    return rules


def _edges(x0: float, y0: float, x1: float, y1: float) -> list[Rule]:
    """A thin path is one rule; a box (a cell drawn as a rectangle) gives its four sides."""
    if max(x1 - x0, y1 - y0) < _SHORT:
        return []
    if x1 - x0 < _THIN:
        return [Rule((x0 + x1) / 2, y0, (x0 + x1) / 2, y1)]
    if y1 - y0 < _THIN:
        return [Rule(x0, (y0 + y1) / 2, x1, (y0 + y1) / 2)]
    return [
        Rule(x0, y0, x1, y0),
        Rule(x0, y1, x1, y1),
        Rule(x0, y0, x0, y1),
        Rule(x1, y0, x1, y1),
    ]


def _recognised(page: pypdfium2.PdfPage, scores: list[float]) -> Page:
    from anlan.notices.readers.recognition import recognise

    width, height = page.get_size()
    scale = min(_DPI / 72, _MAX_SIDE / max(width, height, 1))
    bitmap = page.render(scale=scale, grayscale=True)
    try:
        return recognise(bitmap.to_numpy().squeeze(), scores)
    finally:
        bitmap.close()
