"""Word files (.docx): paragraphs and table rows in document order, as they print.

Read with the standard library: tracked deletions and hidden text are left out, insertions and
text boxes kept, automatic numbers rendered. Source: ECMA-376-1 (WordprocessingML), section 17.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from anlan.notices.document import NoticeError, Paragraph, Row, Source
from anlan.notices.readers.docx_numbering import Numbering
from anlan.notices.readers.docx_text import attribute, local, paragraph_texts

MAX_UNPACKED = 64 * 1024 * 1024
"""Bytes of XML read at most: about 4,000 pages; more is a zip bomb or no notice."""

_DAMAGED = (
    "Word 文件已损坏，打不开（可能没有下载完整）。请重新下载，或用 Word、WPS 打开后另存为 .docx。"
)
_BAD_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, KeyError)
_TRANSPARENT = {"sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag", "body"}


def read(data: bytes) -> Source:
    """The Word file ``data`` as a source; raises NoticeError when it is damaged or too large."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read(archive)
    except _BAD_ZIP as error:
        raise NoticeError(_DAMAGED) from error
    except RuntimeError as error:  # zipfile: the entry is encrypted
        raise NoticeError("文件设了密码，不能读取。请取消密码后另存为 .docx 再读。") from error
    except (ElementTree.ParseError, ValueError, RecursionError) as error:
        raise NoticeError(_DAMAGED) from error


def _read(archive: zipfile.ZipFile) -> Source:
    numbering = Numbering(_parse(archive, "word/numbering.xml"), _parse(archive, "word/styles.xml"))
    blocks = _Blocks(numbering)
    for element in _body(archive):
        blocks.add(element)
    return Source(lines=blocks.lines, blocks=blocks.blocks, kind="docx")


def _body(archive: zipfile.ZipFile) -> Iterator[Element]:
    """The children of the body one after the other, each freed once it was read."""
    depth = 0
    with _open(archive, "word/document.xml") as stream:
        for event, element in ElementTree.iterparse(stream, events=("start", "end")):  # noqa: S314
            # expat (2.4 and later) itself limits entity expansion; the input's size is limited
            depth += 1 if event == "start" else -1
            if event == "end" and depth == 2:
                yield element
                element.clear()


def _parse(archive: zipfile.ZipFile, name: str) -> Element | None:
    if name not in archive.namelist():
        return None
    with _open(archive, name) as stream:
        return ElementTree.parse(stream).getroot()  # noqa: S314 - see _body


def _open(archive: zipfile.ZipFile, name: str) -> io.BytesIO:
    """The entry, unpacked; its true size is measured, the archive's own word is not trusted."""
    with archive.open(name) as stream:
        content = stream.read(MAX_UNPACKED + 1)
    if len(content) > MAX_UNPACKED:
        raise NoticeError(
            f"文件解压后超过 {MAX_UNPACKED // 1024 // 1024} MB，不像是通知。请确认选对了文件。"
        )
    return io.BytesIO(content)


class _Blocks:
    """Collects lines and blocks in document order."""

    def __init__(self, numbering: Numbering) -> None:
        self.lines: list[str] = []
        self.blocks: list[Paragraph | Row] = []
        self._numbering = numbering
        self._tables = 0

    def add(self, element: Element) -> None:
        """Adds one child of the body."""
        name = local(element)
        if name == "p":
            for text in self._texts(element):
                self._add_paragraph(text)
        elif name == "tbl":
            self._tables += 1
            for row in _children(element, "tr"):
                self._add_row(row)
        elif name in _TRANSPARENT:
            for child in element:
                self.add(child)

    def _texts(self, paragraph: Element) -> list[str]:
        own, boxes = paragraph_texts(paragraph)
        number = self._numbering.next(paragraph)  # Word counts empty paragraphs too
        texts = (number + own).split("\n") if own.strip() else [""]
        return [*texts, *(text for box in boxes for each in box for text in self._texts(each))]

    def _add_paragraph(self, text: str) -> None:
        self.lines.append(text.rstrip())
        if text.strip():
            self.blocks.append(Paragraph(text.rstrip(), len(self.lines)))

    def _add_row(self, row: Element) -> None:
        properties = next(_children(row, "trPr"), None)
        if properties is not None and next(_children(properties, "del"), None) is not None:
            return
        before = next(_children(properties, "gridBefore"), None) if properties is not None else None
        cells = [""] * _count(before)
        for cell in _children(row, "tc"):
            cells += self._cell(cell)
        self.lines.append("\t".join(cell.replace("\n", " ") for cell in cells))
        self.blocks.append(Row(tuple(cells), len(self.lines), table=self._tables))

    def _cell(self, cell: Element) -> list[str]:
        """The text of a cell and ``""`` for each further column that it covers."""
        properties = next(_children(cell, "tcPr"), None)
        span, merge = None, None
        if properties is not None:
            span = next(_children(properties, "gridSpan"), None)
            merge = next(_children(properties, "vMerge"), None)
        covered = merge is not None and attribute(merge, "val") != "restart"
        text = "" if covered else "\n".join(self._cell_texts(cell))
        return [text, *[""] * (max(1, _count(span)) - 1)]

    def _cell_texts(self, cell: Element) -> Iterator[str]:
        for child in cell:
            name = local(child)
            if name == "p":
                yield from (text for text in self._texts(child) if text.strip())
            elif name in _TRANSPARENT or name in {"tbl", "tr", "tc"}:
                yield from self._cell_texts(child)


_MAX_COLUMNS = 63  # Word's own limit; a larger span is damage


def _count(element: Element | None) -> int:
    value = attribute(element, "val") if element is not None else None
    return min(_MAX_COLUMNS, int(value)) if value and value.isdecimal() else 0


def _children(element: Element, name: str) -> Iterator[Element]:
    """The children called ``name``, also those wrapped in content controls or insertions."""
    for child in element:
        if local(child) == name:
            yield child
        elif local(child) in _TRANSPARENT:
            yield from _children(child, name)
