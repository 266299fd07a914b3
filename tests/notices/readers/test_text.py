"""Plain text: encodings, line ends, rows of tables."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.notices.document import NoticeError, Paragraph, Row, Source
from anlan.notices.readers import read_data
from anlan.notices.readers.text import decode, from_text
from anlan.notices.reading import read_from
from tests.shared import shared

NOTICE = "云岭市人民政府\n关于做好2026年工作的通知\n一、开展检查，报市安委会。\n"


@pytest.mark.parametrize(
    "data",
    [
        NOTICE.encode("utf-8"),
        codecs.BOM_UTF8 + NOTICE.encode("utf-8"),
        codecs.BOM_UTF16_LE + NOTICE.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + NOTICE.encode("utf-16-be"),
        NOTICE.encode("utf-16-le"),
        NOTICE.encode("utf-16-be"),
        NOTICE.encode("gb18030"),
        NOTICE.replace("\n", "\r\n").encode("gb18030"),
        NOTICE.replace("\n", "\r").encode("utf-8"),
    ],
)
def test_encodings_and_line_ends_give_the_same_source(data: bytes) -> None:
    source = read_data(data)
    assert source.lines == NOTICE.split("\n")[:-1]
    assert [block.line for block in source.blocks] == [1, 2, 3]
    assert source.kind == "text"


def test_file_cut_inside_a_character_is_still_read() -> None:
    assert read_data((NOTICE * 50).encode("utf-8")[:-2]).lines[0] == "云岭市人民政府"


def test_traditional_characters_and_rare_names_are_text() -> None:
    assert read_data("關於做好安全生產工作的通知，䶮水縣、𬒈山鎮落實。".encode()).blocks


def test_blank_lines_count_but_yield_no_block() -> None:
    source = from_text("甲\n\n　\n乙")
    assert source.lines == ["甲", "", "", "乙"]
    assert source.blocks == [Paragraph("甲", 1), Paragraph("乙", 4)]


HEAD = ("序号", "内容", "单位")


def rows(source: Source) -> list[tuple[str, ...]]:
    return [block.cells for block in source.blocks if isinstance(block, Row)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("序号\t内容\t单位\n一\t检查\t甲局", [HEAD, ("一", "检查", "甲局")]),
        # merged cells are empty: also a row that holds nothing but its last cell
        ("序号\t内容\t单位\n\t\t市应急局", [HEAD, ("", "", "市应急局")]),
        # a page break inside the table is a blank line
        ("序号\t内容\t单位\n\n\t检查\t甲", [HEAD, ("", "检查", "甲")]),
        ("序号\t内容\t单位\n一\t<p>甲。</p> <p>乙。</p>\t丙", [HEAD, ("一", "甲。\n乙。", "丙")]),
        ("序号\t内容\t单位\n一\t前<p>甲</p>后\t丙", [HEAD, ("一", "前甲后", "丙")]),
        ("|序号|任务|\n|---|:--:|\n|一|检查|", [("序号", "任务"), ("一", "检查")]),
        ("任务\t单位\n检查\t市应急局", [("任务", "单位"), ("检查", "市应急局")]),
        # a number and its text, copied from a list, is no table
        ("一、\t开展检查\n（二）\t开展演练\n3.\t开展宣传", []),
        ("\t缩进的一段正文。", []),
    ],
)  # fmt: skip
def test_rows(text: str, expected: list[tuple[str, ...]]) -> None:
    assert rows(from_text(text)) == expected


def test_rule_under_a_head_is_layout() -> None:
    assert len(from_text("|序号|任务|\n|---|---|\n|一|检查|").blocks) == 2
    assert from_text("|---|---|").blocks == [Paragraph("|---|---|", 1)]


def test_real_notice_has_29_rows() -> None:
    source = read_data(shared("notices/luliang-2025-draft.txt").read_bytes())
    assert len(rows(source)) == 29
    assert {len(row) for row in rows(source)} == {4, 5}


@given(st.text(alphabet="甲乙。，\t\n |<p>1 ", max_size=200))
def test_no_character_is_lost(text: str) -> None:
    """Only white space, cell borders, the rule under a head and paragraph tags are layout."""
    source = from_text(text)
    shown = "".join(b.text if isinstance(b, Paragraph) else "".join(b.cells) for b in source.blocks)
    layout = str.maketrans("", "", "\t\n |")

    def plain(words: str) -> str:
        words = words.translate(layout)
        while "<p>" in words:  # <<p>p> holds a second tag once the first is gone
            words = words.replace("<p>", "")
        return words

    assert plain(shown) == plain(text)


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 40,
        b"\x00\x01\x02\x03" * 1000,
        bytes((n * 7919 + n * n * 31) % 251 for n in range(20000)),
    ],
)
def test_binary_garbage_is_refused(data: bytes) -> None:
    with pytest.raises(NoticeError, match=r"不是文字|不是通知"):
        read_data(data)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("text", ["😀", "今天开会😀🎉", "好的👍🏻收到👨‍👩‍👧❤️🇨🇳 0️⃣"])
def test_emoji_are_text(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_a_saved_chat_is_no_notice_but_is_text() -> None:
    with pytest.raises(NoticeError, match="没有读到通知的内容"):
        read_from(from_text("今天开会😀🎉"))
