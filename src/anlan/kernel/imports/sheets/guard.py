"""What a file is, and whether it may be opened: judged before any part of it is unpacked.

Python's zipfile gives out no more of a part than the directory of the archive says it holds, so a
limit on these numbers holds for what is really unpacked.
"""

from __future__ import annotations

import zipfile
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from anlan.kernel.imports.sheets.errors import NotReadable

MB = 1024 * 1024
MOST_PARTS = 2_000
MOST_STRINGS = 200 * MB  # all different texts of a workbook: openpyxl holds them in memory
MOST_SHEET = 600 * MB  # read as a stream; 200,000 rows of 40 columns take about 300
MOST_OTHER = 20 * MB  # styles, relations and the like, which are read whole
_UNREAD = ("xl/media/", "xl/drawings/", "xl/embeddings/", "xl/printerSettings/", "xl/charts/")
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_DOCTYPE = tuple("<!DOCTYPE".encode(code) for code in ("ascii", "utf-16-le", "utf-16-be"))
_CONTROL = frozenset(range(32)) - frozenset(b"\t\n\r\x0c") | {0x7F}

OLD = "这是旧版 Excel（.xls）文件。请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。"
ENCRYPTED = "这个文件设了打开密码，无法读取。请取消密码，另存为 .xlsx 后再上传。"
NOT_EXCEL = "这不是 Excel 文件。请下载模板填写，存为 .xlsx（或 .csv）后再上传。"
BINARY = "这是二进制工作簿（.xlsb）。请用 Excel 打开，另存为 .xlsx 后再上传。"
DAMAGED = "文件已损坏，打不开。请用 Excel 或 WPS 打开检查，另存为 .xlsx 后再上传。"
TOO_BIG = "文件展开后过大，没有读取。请只保留要导入的工作表，删去多余内容后另存再上传。"
FOREIGN = "文件中有 Excel 不会写入的内容，没有读取。请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。"


class Form(StrEnum):
    XLSX = "xlsx"
    CSV = "csv"


def form_of(file: BinaryIO) -> Form:
    """What the file holds, by its content. NotReadable for what is neither Excel nor CSV."""
    file.seek(0)
    start = file.read(8192)
    file.seek(0)
    if start.startswith(b"PK"):
        return _archive(file)
    if start.startswith(_OLE):
        file_start = file.read(4 * MB)
        file.seek(0)
        raise NotReadable(
            ENCRYPTED if "EncryptedPackage".encode("utf-16-le") in file_start else OLD
        )
    if _CONTROL & set(start):
        raise NotReadable(NOT_EXCEL)
    return Form.CSV


def _archive(file: BinaryIO) -> Form:
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise NotReadable(DAMAGED) from error
    finally:
        file.seek(0)
    if "xl/workbook.bin" in names:
        raise NotReadable(BINARY)
    if "xl/workbook.xml" not in names and "[Content_Types].xml" not in names:
        raise NotReadable(NOT_EXCEL)
    if any(name.startswith(("word/", "ppt/")) for name in names):
        raise NotReadable(NOT_EXCEL)
    return Form.XLSX


def check_archive(path: Path) -> None:
    """NotReadable if unpacking would cost too much, or if a part is of a kind that Excel never
    writes (a document type declaration, through which XML reaches other files and grows)."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS:
                raise NotReadable(TOO_BIG)
            for part in parts:
                _check_part(archive, part)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError) as error:
        if isinstance(error, NotReadable):
            raise
        raise NotReadable(DAMAGED) from error


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    if part.is_dir() or part.filename.startswith(_UNREAD):
        return
    if part.file_size > _most(part.filename):
        raise NotReadable(TOO_BIG)
    if part.flag_bits & 1:
        raise NotReadable(ENCRYPTED)
    if part.filename.endswith((".xml", ".rels")):
        with archive.open(part) as content:
            start = content.read(4096)
        if any(mark in start for mark in _DOCTYPE):
            raise NotReadable(FOREIGN)


def _most(name: str) -> int:
    if name.startswith("xl/worksheets/"):
        return MOST_SHEET
    return MOST_STRINGS if "sharedStrings" in name else MOST_OTHER
