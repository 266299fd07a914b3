"""What is kept, typed by its content and not by its name; what is refused leaves nothing behind."""

from __future__ import annotations

import io
import os
import resource
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import docx
import openpyxl
import pytest

from anlan.kernel.errors import Refused
from anlan.kernel.evidence.models import File
from anlan.kernel.evidence.services import file_store
from anlan.kernel.evidence.storing import store as keep
from tests import factories
from tests.factories import at_once, nothing_happens, photograph, upload

SAMPLES = Path(__file__).resolve().parents[3] / "data" / "samples"


def files(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file()]


def png(width: int, height: int, seed: int = 1) -> bytes:
    content = io.BytesIO()
    photograph(seed, (width, height)).save(content, "PNG")
    return content.getvalue()


def saved(document: object) -> bytes:
    content = io.BytesIO()
    document.save(content)  # type: ignore[attr-defined]
    return content.getvalue()


def archive(name: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        packed.writestr(name, "x")
    return content.getvalue()


def claiming(side: int) -> bytes:
    """A small picture whose header claims ``side`` × ``side`` pixels."""
    claim = b"IHDR" + side.to_bytes(4, "big") * 2 + b"\x08\x00\x00\x00\x00"
    sound = png(64, 48)
    return sound[:12] + claim + zlib.crc32(claim).to_bytes(4, "big") + sound[33:]


KEPT = {
    "现场.jpg": (factories.jpeg(photograph(1)), "image/jpeg"),
    "现场.png": (png(64, 48), "image/png"),
    "其实是照片.exe": (factories.jpeg(photograph(1)), "image/jpeg"),
    "通知.docx": (saved(docx.Document()), "application/vnd.openxmlformats-officedocument."
                  "wordprocessingml.document"),
    "台账.xlsx": (saved(openpyxl.Workbook()), "application/vnd.openxmlformats-officedocument."
                  "spreadsheetml.sheet"),
    "样例.pdf": ((SAMPLES / "yunling-2026-sample.pdf").read_bytes(), "application/pdf"),
    "说明.txt": ("已办结。\r\n\t完".encode(), "text/plain"),
    "旧编码.txt": ("已办结。".encode("gb18030"), "text/plain"),
}  # fmt: skip

REFUSED = {
    "程序.jpg": (b"MZ\x90\x00" + bytes(500), "type_not_allowed"),
    "程序.pdf": (b"\x7fELF\x02\x01\x01" + bytes(500), "type_not_allowed"),
    "压缩包.docx": (archive("a.txt"), "type_not_allowed"),
    "网页.gif": (b"GIF89a" + bytes(20), "type_not_allowed"),
    "旧.doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "type_not_allowed"),
    "乱码.txt": (b"abc\x01\x02", "type_not_allowed"),
    "空.jpg": (b"", "empty"),
    "炸弹.png": (claiming(60_000), "picture_too_large"),  # 3.6 GB if it were believed
    "过大.png": (claiming(9_000), "picture_too_large"),
    "半张.jpg": (factories.jpeg(photograph(1))[:2000], "picture_broken"),
    "只有头.png": (png(64, 48)[:40], "picture_broken"),
}


@pytest.mark.parametrize("name", KEPT)
def test_kept_by_what_it_is(who: SimpleNamespace, store: Path, name: str) -> None:
    content, media_type = KEPT[name]
    file = file_store(actor=who.clerk, upload=upload(content, name))
    assert (file.media_type, file.size, file.name) == (media_type, len(content), name)
    assert file.path.read_bytes() == content
    assert files(store) == [file.path]
    assert file.uploaded_by == who.clerk.user


@pytest.mark.parametrize("name", REFUSED)
def test_refused_and_nothing_left(who: SimpleNamespace, store: Path, name: str) -> None:
    content, code = REFUSED[name]
    with nothing_happens(code=code, match=name):
        file_store(actor=who.clerk, upload=upload(content, name))
    assert files(store) == []


def test_the_limit_is_the_last_byte_that_passes(store: Path) -> None:
    assert keep(upload(b"a" * 1000, "a.txt"), store, limit=1000).size == 1000
    before = files(store)
    with pytest.raises(Refused, match="上限"):
        keep(upload(b"b" * 1001, "b.txt"), store, limit=1000)
    assert files(store) == before


def test_the_same_content_is_kept_once(who: SimpleNamespace, store: Path) -> None:
    content = factories.jpeg(photograph(1))
    first = file_store(actor=who.clerk, upload=upload(content, "一.jpg"))
    second = file_store(actor=who.bureau_staff, upload=upload(content, "二.jpg"))
    assert (second.pk, second.name, second.uploaded_by) == (first.pk, "二.jpg", who.clerk.user)
    assert File.objects.get().name == "一.jpg"  # the row itself stays as it was
    assert files(store) == [first.path]


def test_content_that_was_lost_comes_back(who: SimpleNamespace, store: Path) -> None:
    content = factories.jpeg(photograph(1))
    first = file_store(actor=who.clerk, upload=upload(content))
    first.path.unlink()
    file_store(actor=who.clerk, upload=upload(content))
    assert first.path.read_bytes() == content


@pytest.mark.usefixtures("committed_db")
def test_the_same_content_at_the_same_moment(who: SimpleNamespace, store: Path) -> None:
    content = factories.jpeg(photograph(1))
    results = at_once(*[lambda: file_store(actor=who.clerk, upload=upload(content))] * 4)
    assert {type(each) for each in results} == {File}, results
    assert File.objects.count() == 1
    assert len(files(store)) == 1


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b\\c.txt", "长" * 300, "", "."])
def test_names_lead_nowhere(who: SimpleNamespace, store: Path, name: str) -> None:
    """A name is only shown; Django cleans what browsers send, other doors may not."""
    sent = SimpleNamespace(name=name, size=3, chunks=lambda: iter([b"abc"]))
    file = file_store(actor=who.clerk, upload=sent)
    assert 0 < len(file.name) <= 200
    assert "/" not in file.name
    assert files(store) == [file.path]


# --- a full disk -------------------------------------------------------------------------------

_FULL = """
import resource, sys
from pathlib import Path
from types import SimpleNamespace
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from anlan.kernel.errors import Refused
from anlan.kernel.evidence.storing import store
sent = SimpleNamespace(name="a.txt", size=300_000, chunks=lambda: iter([b"a" * 60_000] * 5))
try:
    store(sent, Path(sys.argv[1]))
except Refused as refusal:
    print(refusal.code, refusal.message)
"""


def test_a_file_that_the_system_refuses_in_the_middle(tmp_path: Path) -> None:
    """The kernel itself stops the write after 100,000 bytes, as a full disk or a quota does."""
    ran = subprocess.run(
        [sys.executable, "-c", _FULL, str(tmp_path / "evidence")],
        capture_output=True, text=True, check=True,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
    )  # fmt: skip
    assert ran.stdout.startswith("storage 文件没有保存成功"), ran.stdout + ran.stderr
    assert files(tmp_path) == []
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 100_000


@pytest.mark.parametrize("call", ["fsync", "replace", "mkdir"])
def test_a_full_disk_at_every_step(
    who: SimpleNamespace, store: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def full(*_: object, **__: object) -> Iterator[None]:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(*{"fsync": (os, "fsync"), "replace": (Path, "replace"),
                          "mkdir": (Path, "mkdir")}[call], full)  # fmt: skip
    with nothing_happens(code="storage", match="联系系统管理员"):
        file_store(actor=who.clerk, upload=upload(factories.jpeg(photograph(1))))
    monkeypatch.undo()
    assert files(store) == []
