"""What kind of file the first bytes say it is."""

from __future__ import annotations

import io
import zipfile

from anlan.notices.document import NoticeError

_ACCEPTED = "请提供 .docx、.pdf、.txt 或清晰的扫描图片（.png、.jpg、.tiff、.bmp）。"

_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"BM")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# Signatures of files that people pick by mistake; the text after says what the file is.
_REFUSED: tuple[tuple[bytes, str], ...] = (
    (b"MZ", "程序"),
    (b"\x7fELF", "程序"),
    (b"ID3", "音频"),
    (b"\xff\xfb", "音频"),
    (b"\xff\xf3", "音频"),
    (b"OggS", "音频或视频"),
    (b"RIFF", "音频、视频或 WebP 图片"),
    (b"\x1aE\xdf\xa3", "视频"),
    (b"Rar!\x1a\x07", "压缩包"),
    (b"7z\xbc\xaf\x27\x1c", "压缩包"),
    (b"\x1f\x8b", "压缩包"),
    (b"BZh", "压缩包"),
    (b"\xfd7zXZ", "压缩包"),
    (b"SQLite format 3", "数据库"),
    (b"{\\rtf", "RTF 文档"),
)


def kind_of(data: bytes) -> str:
    """``text``, ``docx``, ``pdf`` or ``image``; raises NoticeError for every known other kind."""
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(b"PK\x03\x04") or data.startswith(b"PK\x05\x06"):
        return _zip_kind(data)
    if data.startswith(_OLE):
        raise _ole_error(data)
    if _is_image(data):
        return "image"
    for magic, name in _REFUSED:
        if data.startswith(magic):
            raise NoticeError(f"这是{name}文件，不是通知。{_ACCEPTED}")
    if data[4:8] == b"ftyp":
        raise NoticeError(f"这是视频或 HEIC 图片文件，不能直接读取。{_ACCEPTED}")
    return "text"


def _is_image(data: bytes) -> bool:
    # "BM" alone could begin a text; a bitmap also repeats its own size in the header.
    if data.startswith(b"BM"):
        return int.from_bytes(data[2:6], "little") <= len(data) and data[6:10] == b"\0\0\0\0"
    return data.startswith(_IMAGES)


def _zip_kind(data: bytes) -> str:
    try:
        names = set(zipfile.ZipFile(io.BytesIO(data)).namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise NoticeError(
            "文件已损坏，打不开（可能没有下载完整）。"
            "请重新下载，或用 Word、WPS 打开后另存为 .docx。"
        ) from error
    if "word/document.xml" in names:
        return "docx"
    if any(name.startswith("xl/") for name in names):
        raise NoticeError(f"这是 Excel 表格，不是通知文件。{_ACCEPTED}")
    if any(name.startswith("ppt/") for name in names):
        raise NoticeError(f"这是演示文稿，不是通知文件。{_ACCEPTED}")
    if "content.xml" in names:
        raise NoticeError(
            "这是 OpenDocument 文件（.odt）。请用 WPS 或 Word 打开后另存为 .docx 再读。"
        )
    if any(name.lower().endswith("ofd.xml") for name in names):
        raise NoticeError("这是 OFD 版式文件。请用 OFD 阅读器打开后另存为 .pdf 再读。")
    raise NoticeError(f"这是压缩包。请先解压，选择里面的通知文件。{_ACCEPTED}")


def _ole_error(data: bytes) -> NoticeError:
    # [MS-OFFCRYPTO] 1.3.2: an encrypted .docx is an OLE file with a stream "EncryptedPackage".
    if "EncryptedPackage".encode("utf-16-le") in data:
        return NoticeError(
            "文件设了打开密码，不能读取。请用 Word、WPS 打开，取消密码后另存为 .docx。"
        )
    if "Workbook".encode("utf-16-le") in data:
        return NoticeError(f"这是旧版 Excel 表格（.xls），不是通知文件。{_ACCEPTED}")
    return NoticeError("这是旧版 Word 文件（.doc）。请用 Word 或 WPS 打开后另存为 .docx 再读。")
