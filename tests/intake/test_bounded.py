"""A hostile or damaged file ends its own reading, and nothing else."""

from __future__ import annotations

import os
import pickle
import resource
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from anlan.intake import api, bounded, tasks
from anlan.intake.bounded import _outcome, read_bounded
from anlan.intake.services import reading
from anlan.notices.document import NoticeError
from anlan.notices.reading import read_notice
from tests.shared import shared

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@pytest.fixture
def bomb(tmp_path: Path) -> Path:
    """30 KB of zip that unfold into three million paragraphs."""
    path = tmp_path / "bomb.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        body = f"<w:body>{'<w:p/>' * 3_000_000}</w:body>"
        archive.writestr("word/document.xml", f"<w:document {WORD}>{body}</w:document>")
    return path


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SimpleNamespace:
    """A reader that does what a test wants: ``stand_in.does("import os; os.abort()")``."""

    def does(code: str) -> None:
        (tmp_path / "python").write_text(f"#!{sys.executable}\n{code}\n")
        (tmp_path / "python").chmod(0o700)
        monkeypatch.setattr(bounded.sys, "executable", str(tmp_path / "python"))

    return SimpleNamespace(does=does)


def test_it_reads_what_reading_here_reads() -> None:
    """Line numbers and the source too, which the JSON form leaves out."""
    path = shared("notices/luliang-2025-draft.txt")
    assert read_bounded(path) == read_notice(path)


def test_what_is_no_notice_keeps_its_reason(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("")
    with pytest.raises(NoticeError, match="文件是空的"):
        read_bounded(tmp_path / "empty.txt")


def test_too_much_memory(bomb: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    with pytest.raises(NoticeError, match="内存超过上限"):
        read_bounded(bomb, memory=250 * 1024**2)
    # By the processor: a busy machine takes longer by the clock.
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 60


def test_too_long(stand_in: SimpleNamespace, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    stand_in.does(
        f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid()))\ntime.sleep(60)"
    )
    with pytest.raises(NoticeError, match="超过 1 分钟"):
        read_bounded(tmp_path, seconds=2)
    with pytest.raises(ProcessLookupError):  # it does not go on in the background
        os.kill(int(pid.read_text()), 0)


@pytest.mark.parametrize(
    "code", ["import os; os.abort()", "raise ValueError", "print('no pickle')"]
)
def test_a_reader_that_falls_over(stand_in: SimpleNamespace, tmp_path: Path, code: str) -> None:
    stand_in.does(code)
    with pytest.raises(NoticeError, match="意外停止"):
        read_bounded(tmp_path)


class Harm:
    def __reduce__(self) -> tuple[object, ...]:
        return (os.system, ("true",))


@pytest.mark.parametrize("harm", [Harm(), Path("/"), read_notice])
def test_nothing_but_a_notice_comes_back(harm: object) -> None:
    with pytest.raises(NoticeError, match="意外停止"):
        _outcome(pickle.dumps(harm))


def test_readings_leave_hands_for_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """The third at once is put off: it neither waits in the worker's hands nor gets lost."""
    put_off: list[int] = []
    read: list[int] = []

    def document_read(*, document: int) -> None:
        read.append(document)
        if document < tasks.MOST_AT_ONCE + 1:
            tasks.read_document(document=document + 1)  # the next comes while this one is read

    later = SimpleNamespace(defer=lambda document: put_off.append(document))
    monkeypatch.setattr(reading, "document_read", document_read)
    monkeypatch.setattr(tasks.read_document, "configure", lambda **_: later)
    tasks.read_document(document=1)
    assert (read, put_off) == ([1, 2], [3])
    put_off.clear()
    tasks.read_document(document=9)
    assert read[-1] == 9
    assert not put_off


def test_a_program_is_told_to_wait_for_another_reading() -> None:
    with api._slot(), pytest.raises(api.Busy), api._slot():
        pass
    with api._slot():
        pass
