"""PDF and scans: lines, ruled tables with merged cells, running headers, page numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from anlan.notices.document import Paragraph, Row
from anlan.notices.readers import read_source
from anlan.notices.readers.grid import Rule, grids
from anlan.notices.readers.layout import Line, Run, TableLine, blocks
from anlan.notices.readers.pages import Page, assemble

SAMPLES = Path(__file__).resolve().parents[3] / "data" / "samples"
SIZE = 10.0


def word(text: str, x: float, y: float) -> Run:
    return Run(text, x, y, x + SIZE * len(text), y + SIZE)


def frame(xs: list[float], ys: list[float]) -> list[Rule]:
    across = [Rule(xs[0], y, xs[-1], y) for y in ys]
    return across + [Rule(x, ys[0], x, ys[-1]) for x in xs]


def cells(runs: list[Run], rules: list[Rule]) -> list[tuple[str, ...]]:
    return [block.cells for block in blocks(runs, rules) if isinstance(block, TableLine)]


def test_words_on_one_line_are_joined_from_left_to_right() -> None:
    (line,) = blocks([word("乙", 50, 101), word("甲", 40, 100)], [])
    assert isinstance(line, Line)
    assert line.text == "甲乙"


def test_gap_between_words_is_a_space() -> None:
    (line,) = blocks([word("中共", 0, 0), word("国务院", 40, 0)], [])
    assert isinstance(line, Line)
    assert line.text == "中共 国务院"


def test_table_stands_between_the_lines_around_it() -> None:
    runs = [word("前", 0, 0), word("甲", 5, 25), word("乙", 55, 25), word("后", 0, 90)]
    order = blocks(runs, frame([0, 50, 100], [20, 40]))
    assert [b.text if isinstance(b, Line) else b.cells for b in order] == ["前", ("甲", "乙"), "后"]


def test_wrapped_lines_of_a_cell_are_joined_and_paragraphs_kept_apart() -> None:
    runs = [
        word("一二三四", 2, 2),
        word("五。", 2, 14),
        word("六七八九", 2, 26),
        word("乙", 60, 2),
    ]
    assert cells(runs, frame([0, 45, 100], [0, 40])) == [("一二三四五。\n六七八九", "乙")]


def test_merged_cells() -> None:
    rules = [
        Rule(0, 0, 90, 0), Rule(30, 20, 90, 20), Rule(0, 40, 90, 40), Rule(0, 60, 90, 60),
        Rule(0, 0, 0, 60), Rule(30, 0, 30, 60), Rule(60, 0, 60, 40), Rule(90, 0, 90, 60),
    ]  # fmt: skip
    runs = [word("一", 5, 15), word("甲", 35, 5), word("丙", 65, 5), word("乙", 35, 25)]
    runs += [word("二", 5, 45), word("长", 55, 45)]
    assert cells(runs, rules) == [("一", "甲", "丙"), ("", "乙", ""), ("二", "长", "")]


def test_a_frame_around_one_text_is_no_table() -> None:
    assert grids(frame([0, 100], [0, 50])) == []


def page(*texts: str) -> Page:
    """Lines spread over a page of height 1000, the first and last in the margins."""
    step = 960 / max(1, len(texts) - 1)
    return Page([Line([word(text, 0, 10 + n * step)]) for n, text in enumerate(texts)], 1000)


def test_running_headers_and_page_numbers_are_left_out_and_listed() -> None:
    pages = [page("云岭市文件", f"正文{n}", "再来", f"— {n} —") for n in (1, 2, 3)]
    source = assemble(pages, "pdf")
    texts = [block.text for block in source.blocks if isinstance(block, Paragraph)]
    assert texts == ["正文1", "再来", "正文2", "再来", "正文3", "再来"]
    assert [repair.kind for repair in source.repairs] == ["running_header", "page_number"] * 3
    assert [source.lines[repair.line - 1] for repair in source.repairs][:2] == [
        "云岭市文件",
        "— 1 —",
    ]


def test_a_line_that_returns_in_the_middle_of_pages_is_kept() -> None:
    source = assemble([page("甲", "另行通知", "乙") for _ in range(3)], "pdf")
    assert sum("另行通知" in line for line in source.lines) == len(
        [b for b in source.blocks if isinstance(b, Paragraph) and b.text == "另行通知"]
    )


def test_figures_in_the_middle_of_a_page_are_no_page_number() -> None:
    source = assemble([page("首", "2025", "尾")], "pdf")
    assert source.repairs == []


def test_sample_pdf_has_its_table() -> None:
    source = read_source(SAMPLES / "yunling-2026-sample.pdf")
    rows = [block for block in source.blocks if isinstance(block, Row)]
    assert [row.cells[0] for row in rows] == ["序号", "一", "", "", "二", "", "三", ""]
    assert rows[1].cells[1] == "把责任落到人"
    assert {block.page for block in source.blocks} == {1, 2}
    assert source.confidence is None


@pytest.mark.parametrize("form", ["TIFF", "JPEG"])
def test_photographs(tmp_path: Path, form: str) -> None:
    from PIL import Image

    with Image.open(SAMPLES / "yunling-2026-sample.png") as scan:
        top = scan.convert("L").crop((0, 170, scan.width, 330))
    path = tmp_path / "照片"
    more = {"save_all": True, "append_images": [top]} if form == "TIFF" else {}
    top.save(path, form, **more)
    source = read_source(path)
    assert source.lines[1] == "关于做好2026年安全生产工作的通知"
    assert {block.page for block in source.blocks} == ({1, 2} if form == "TIFF" else {1})
    assert source.kind == "scan"
    assert source.confidence is not None
    assert source.confidence > 0.9
