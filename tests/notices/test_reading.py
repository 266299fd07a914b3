"""The whole reading in one call: file in, complete notice out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from anlan.notices.document import Notice, NoticeError, Role, Unit
from anlan.notices.readers.text import from_text
from anlan.notices.reading import read_from, read_notice
from tests.shared import shared

TEXT = (
    "某某市人民政府\n关于做好2025年安全生产工作的通知\n各县：\n一、任务\n"
    "（一）加强检查。各县每半年召开一次会议。（市应急局牵头，市公安局配合）\n"
    "（二）加强宣传。6月底前开展活动。\n"
)


@pytest.fixture(scope="module")
def real() -> Notice:
    return read_notice(shared("notices/luliang-2025-draft.txt"))


def test_every_room_has_done_its_part_on_the_real_notice(real: Notice) -> None:
    assert len(real.items) == 21
    assert real.items[0].responsible.units
    assert real.items[20].responsible.inherited
    assert real.items[3].obligations
    assert real.table[0].obligations
    assert real.differences
    assert real.warnings
    assert real.repairs


def test_a_path_may_be_a_string_or_a_path(tmp_path: Path) -> None:
    file = tmp_path / "notice.txt"
    file.write_text(TEXT, encoding="utf-8")
    assert read_notice(str(file)).as_dict() == read_notice(file).as_dict()


def test_units_and_obligations_are_filled() -> None:
    first, second = read_from(from_text(TEXT)).items
    assert first.responsible.units == [
        Unit("市应急局", Role.LEAD),
        Unit("市公安局", Role.ASSIST),
    ]
    assert [each.period for each in first.obligations] == ["half_year"]
    assert [str(each.deadline) for each in second.obligations] == ["2025-06-30"]


def test_units_outside_the_organisation_tree_are_questioned_only_when_it_is_known() -> None:
    source = from_text(TEXT)

    def unknown(known: list[str] | None) -> list[str]:
        notice = read_from(source, known)
        return [each.text for each in notice.warnings if each.kind == "unknown_unit"]

    assert unknown(None) == []
    assert len(unknown(["市应急局"])) == 1
    assert "市公安局" in unknown(["市应急局"])[0]
    assert unknown(["市应急局", "市公安局"]) == []


def test_reading_twice_gives_the_same() -> None:
    source = from_text(TEXT)
    assert read_from(source).as_dict() == read_from(source).as_dict()


def test_what_is_no_notice_is_refused_in_chinese(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("今天天气很好，我们去公园玩。", encoding="utf-8")
    with pytest.raises(NoticeError, match="没有读到通知的内容"):
        read_notice(file)


def test_reading_a_text_loads_nothing_heavy() -> None:
    """Start-up stays small: neither Django nor the libraries for PDF, images and OCR are loaded."""
    program = (
        "import sys; from anlan.notices.reading import read_from;"
        "from anlan.notices.readers.text import from_text;"
        f"read_from(from_text({TEXT!r}));"
        "heavy = ('django', 'numpy', 'docx', 'pypdfium2', 'rapidocr', 'PIL');"
        "print([name for name in heavy if name in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
