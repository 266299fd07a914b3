"""Every file that cannot be read: a Chinese sentence that says what is wrong and what to do."""

from __future__ import annotations

import io
import os
import re
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image

from anlan.notices import readers
from anlan.notices.document import NoticeError
from anlan.notices.readers import read_data, read_source

SAMPLES = Path(__file__).resolve().parents[3] / "data" / "samples"
WHAT_TO_DO = re.compile("请")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def archive(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for name in names:
            packed.writestr(name, "x")
    return stream.getvalue()


def picture(width: int = 200, height: int = 200) -> bytes:
    stream = io.BytesIO()
    Image.new("L", (width, height), 255).save(stream, "PNG")
    return stream.getvalue()


# the header claims 60,000 × 60,000 pixels: 3.6 GB if it were believed
_CLAIM = b"IHDR" + (60000).to_bytes(4, "big") * 2 + b"\x08\x00\x00\x00\x00"
HUGE = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"
    + _CLAIM
    + zlib.crc32(_CLAIM).to_bytes(4, "big")
    + picture()[33:]
)

CASES = {
    "empty": (b"", "空的"),
    "white space": (b" \r\n\t\n", "空的"),
    "ideographic spaces": ("　　\n　".encode(), "没有读到文字"),
    "zip": (archive("a.txt"), "压缩包"),
    "xlsx": (archive("xl/workbook.xml"), "Excel"),
    "pptx": (archive("ppt/presentation.xml"), "演示文稿"),
    "odt": (archive("content.xml"), "另存为 .docx"),
    "ofd": (archive("OFD.xml"), "另存为 .pdf"),
    "exe": (b"MZ\x90\x00" + bytes(500), "程序"),
    "mp3": (b"ID3\x03\x00" + bytes(500), "音频"),
    "mp4": (b"\x00\x00\x00\x20ftypisom" + bytes(500), "视频"),
    "rar": (b"Rar!\x1a\x07\x00" + bytes(100), "压缩包"),
    "rtf": (b"{\\rtf1 hello}", "RTF"),
    "old word": (OLE, r"\.doc"),
    "encrypted docx": (OLE + "EncryptedPackage".encode("utf-16-le"), "密码"),
    "old excel": (OLE + "Workbook".encode("utf-16-le"), "Excel"),
    "truncated zip": (archive("word/document.xml")[:-30], "损坏"),
    "docx without xml": (archive("word/document.xml"), "损坏"),
    "pdf header only": (b"%PDF-1.7\n", "损坏"),
    "truncated png": (picture()[:60], "损坏"),
    "blank page": (picture(), "没有认出文字"),
    "huge picture": (HUGE, "太大"),
    "a library of text": (b"a b " * 1_100_000, "400 万字"),
}


@pytest.mark.parametrize("case", CASES)
def test_message(case: str) -> None:
    data, words = CASES[case]
    with pytest.raises(NoticeError, match=words) as caught:
        read_data(data)
    assert WHAT_TO_DO.search(str(caught.value))


def test_truncated_pdf_is_read_or_refused_but_never_breaks() -> None:
    data = (SAMPLES / "yunling-2026-sample.pdf").read_bytes()
    outcomes = [_outcome(data[:size]) for size in range(10, len(data), 997)]
    assert all(WHAT_TO_DO.search(each) or "云岭市" in each for each in outcomes)


def _outcome(data: bytes) -> str:
    try:
        return "".join(read_data(data).lines)
    except NoticeError as error:
        return str(error)


def test_encrypted_pdf(tmp_path: Path) -> None:
    """A standard security handler whose user password is not empty (PDF 32000-1, 7.6.3)."""
    crypt = f"<< /Filter /Standard /V 1 /R 2 /Length 40 /P -4 /O <{'11' * 32}> /U <{'22' * 32}> >>"
    data = (SAMPLES / "yunling-2026-sample.pdf").read_bytes()
    trailer = f"trailer\n<< /Encrypt {crypt} /ID [<{'33' * 16}> <{'33' * 16}>] "
    with pytest.raises(NoticeError, match="密码"):
        read_data(data.replace(b"trailer\n<< ", trailer.encode()))


def test_folder(tmp_path: Path) -> None:
    with pytest.raises(NoticeError, match="文件夹"):
        read_source(tmp_path)


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(NoticeError, match="找不到"):
        read_source(tmp_path / "没有.txt")


@pytest.mark.parametrize("name", ["a" * 5000, "a\x00b"])
def test_impossible_names(name: str) -> None:
    with pytest.raises(NoticeError, match="请"):
        read_source(Path(name))


def test_device_is_no_file() -> None:
    with pytest.raises(NoticeError, match="不是普通文件"):
        read_source(Path("/dev/zero"))


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may read every file")
def test_forbidden_file(tmp_path: Path) -> None:
    path = tmp_path / "通知.txt"
    path.write_text("通知", encoding="utf-8")
    path.chmod(0)
    with pytest.raises(NoticeError, match="没有权限"):
        read_source(path)


def test_too_large_file_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "大.txt"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail("read the whole file"))
    with pytest.raises(NoticeError, match=r"200 MB.*50 MB"):
        read_source(path)


def test_content_decides_not_the_name(tmp_path: Path) -> None:
    path = tmp_path / "通知.pdf"
    path.write_text("关于做好工作的通知", encoding="utf-8")
    assert readers.read_source(path).kind == "text"
