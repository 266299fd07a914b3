"""Reading a file into a ``Source``: its lines and, in order, its paragraphs and table rows.

The kind of a file is told by its content, never by its name. Each reader is imported only when it
is needed, so that reading a text loads no PDF, image or OCR library.
"""

from __future__ import annotations

import importlib
from pathlib import Path

from anlan.notices.document import NoticeError, Source
from anlan.notices.readers.kinds import kind_of

MAX_BYTES = 50 * 1024 * 1024
"""Largest file that is read at all: a scanned notice of 100 pages has about 20 MB."""

MAX_CHARACTERS = 4_000_000
"""Most characters of text: some 5,000 pages; more would only keep the reader busy for minutes."""

_READERS = {
    "text": "anlan.notices.readers.text",
    "docx": "anlan.notices.readers.docx",
    "pdf": "anlan.notices.readers.pdf",
    "image": "anlan.notices.readers.image",
}


def read_source(path: Path) -> Source:
    """The file at ``path`` as a source.

    Raises NoticeError (Chinese: what is wrong, what to do) for anything that cannot be read.
    """
    return read_data(_load(path))


def read_data(data: bytes) -> Source:
    """The content of a file as a source; raises NoticeError as ``read_source`` does."""
    check_size(len(data))
    if not data.strip(b" \t\r\n\x00"):
        raise NoticeError("文件是空的，没有可读的内容。请检查文件是否保存完整，再重新选择。")
    reader = importlib.import_module(_READERS[kind_of(data)])
    source: Source = reader.read(data)
    if sum(map(len, source.lines)) > MAX_CHARACTERS:
        raise NoticeError(
            f"文件的文字超过 {MAX_CHARACTERS // 10000} 万字，不像是通知。请只保留通知部分再读。"
        )
    if not any(line.strip() for line in source.lines):
        raise NoticeError("文件里没有读到文字。请确认文件里有通知正文；扫描件请用更清晰的版本。")
    return source


def check_size(size: int) -> None:
    """Raises NoticeError when ``size`` (bytes) is over ``MAX_BYTES``."""
    if size > MAX_BYTES:
        raise NoticeError(
            f"文件有 {size / 1024 / 1024:.0f} MB，超过 {MAX_BYTES // 1024 // 1024} MB 的上限，"
            "没有读取。请压缩扫描图片或分成几个文件后再读。"
        )


def _load(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise NoticeError(f"“{path}”是文件夹，不是文件。请选择通知文件本身。")
        if not path.is_file():
            raise _unreadable(path)
        check_size(path.stat().st_size)
        return path.read_bytes()
    except PermissionError as error:
        raise NoticeError(f"没有权限读取“{path}”。请修改文件权限或换一个位置。") from error
    except (OSError, ValueError) as error:
        raise NoticeError(f"无法读取“{path}”。请检查文件所在的磁盘和文件名。") from error


def _unreadable(path: Path) -> NoticeError:
    if path.exists():
        return NoticeError(f"“{path}”不是普通文件，不能读取。请选择保存在磁盘上的通知文件。")
    return NoticeError(f"找不到文件“{path}”。请检查路径和文件名是否写对。")
