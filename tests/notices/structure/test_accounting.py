"""Nothing is dropped: on real notices, on random notices, on anything at all."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.notices.document import Item, NoticeError, Paragraph, Row, Source
from anlan.notices.readers import read_source
from anlan.notices.readers.text import from_text
from anlan.notices.structure import read
from anlan.notices.structure.accounting import Account, account
from anlan.notices.structure.ledger import LayoutKind
from anlan.notices.structure.signs import squeeze
from tests.notices.structure.grammar import Written, notices, wild
from tests.shared import shared

REAL = [
    "luliang-2025-draft.txt",
    *(f"others/{number}.txt" for number in ("02", "05", "11", "16", "18", "20")),
]
BALANCED = Account()


@pytest.mark.parametrize("name", REAL)
def test_every_character_of_a_real_notice_is_accounted_for(name: str) -> None:
    assert account(read(read_source(shared(f"notices/{name}")))) == BALANCED


@pytest.mark.parametrize("name", REAL)
def test_an_outsider_finds_every_chinese_character_in_the_json(name: str) -> None:
    """Counts without the account: only numerals, column names and repairs may be missing."""
    path = shared(f"notices/{name}")
    notice = read(read_source(path)).notice
    document = notice.as_dict()
    given_ = _chinese(path.read_text(encoding="utf-8"))
    carried = _chinese("".join(_strings(document)))
    allowed = Counter(dict.fromkeys("一二三四五六七八九十", 90))
    allowed += _chinese("序号任务主要内容责任单位征求意见稿")
    allowed += _chinese("".join(chapter.title or "" for chapter in notice.chapters))  # in the table
    assert given_ - carried - allowed == Counter()


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [each for one in value for each in _strings(one)]
    if isinstance(value, dict):
        keys = value.keys() - {"obligations", "differences", "warnings", "units", "after"}
        return [each for key in keys for each in _strings(value[key])]
    return []


def _chinese(text: str) -> Counter[str]:
    return Counter(re.findall("[\u4e00-\u9fff]", text))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(notices())
def test_random_notices_are_read_as_they_were_written(written: Written) -> None:
    reading = read(from_text(written.text))
    assert account(reading) == BALANCED
    notice = reading.notice
    assert (notice.title, notice.issuer, notice.year) == (
        "关于做好2025年安全生产工作的通知",
        "某某市人民政府",
        2025,
    )
    found = [
        (chapter.title, [(item.number, item.title, item.text) for item in chapter.items])
        for chapter in notice.chapters
    ]
    assert found == [
        (title, [(item.number, item.title, item.text) for item in items])
        for title, items in written.chapters
    ]
    assert [item.responsible.text for item in notice.items] == [
        item.units for _, items in written.chapters for item in items
    ]
    assert notice.closing == "某某市人民政府\n2025年3月4日"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(notices(), st.integers(24, 45))
def test_lines_broken_at_a_width_are_put_together_again(written: Written, width: int) -> None:
    """From 24 characters on a heading and its stop fit on one line, so that no title is cut."""
    lines = [
        line[start : start + width]
        for line in written.text.split("\n")
        for start in range(0, max(1, len(line)), width)
    ]
    reading = read(from_text("\n".join(lines)))
    assert account(reading) == BALANCED
    assert [_said(item) for item in reading.notice.items] == [
        _said(item) for item in read(from_text(written.text)).notice.items
    ]


def _said(item: Item) -> tuple[int | None, str | None, str, str]:
    return item.number, item.title, squeeze(item.text), squeeze(item.responsible.text)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(notices())
def test_a_notice_without_any_line_break_keeps_its_items(written: Written) -> None:
    reading = read(from_text(re.sub(r"\s+", " ", written.text)))
    assert account(reading) == BALANCED
    assert [item.number for item in reading.notice.items] == [
        item.number for _, items in written.chapters for item in items
    ]


_FRAMES = [
    "关于做好2025年工作的通知\n{0}\n一、落实责任\n{1}\n（一）压实责任。{2}（市应急局负责）\n{3}",
    "关于做好2025年工作的通知 {0} 一、落实责任 {1} （一）压实责任。{2} {3}",
    "关于印发办法的通知\n第一条 {0}\n第二条 {1}\n责任单位：{2}\n{3}",
    "{0}\n各部门：\n1. {1}\n2. {2}——牵头单位：市应急局\n{3}\n某某市人民政府\n2025年3月4日",
    "{0}\n煤矿方面，{1}（市能源局负责）；消防方面，{2}（市消防救援支队负责）。{3}",
]


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(_FRAMES), st.lists(wild, min_size=4, max_size=4))
def test_no_text_at_all_breaks_the_account(frame: str, pieces: list[str]) -> None:
    reading = read(from_text(frame.format(*pieces)))
    assert account(reading) == BALANCED


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_text_that_is_no_notice_is_refused_in_words_and_never_breaks(text: str) -> None:
    try:
        reading = read(from_text(text))
    except NoticeError as error:
        message = str(error)
    else:
        message = "没有读到通知的内容" if account(reading) == BALANCED else "unbalanced"
    assert message.startswith("没有读到通知的内容")


_rows = st.lists(wild.map(lambda text: text[:30]), min_size=1, max_size=6)
_head = Row(("序号", "任务", "主要内容", "责任单位"), 1)


@settings(max_examples=100, deadline=None)
@given(st.lists(_rows, max_size=8), st.text(max_size=40))
def test_no_table_at_all_breaks_the_account(rows: list[list[str]], before: str) -> None:
    blocks: list[Paragraph | Row] = [Paragraph(before, 1), replace(_head, line=2)]
    blocks += [Row(tuple(cells), number) for number, cells in enumerate(rows, 3)]
    reading = read(Source(lines=[], blocks=blocks))
    assert account(reading) == BALANCED


def test_the_account_notices_a_lost_character() -> None:
    reading = read(
        from_text("关于做好工作的通知\n一、责任\n（一）压实责任。各级要落实。（市应急局负责）")
    )
    reading.notice.items[0].text = "各级要落。"
    assert account(reading).lost == Counter("实")


def test_the_account_notices_an_invented_character() -> None:
    reading = read(
        from_text("关于做好工作的通知\n一、责任\n（一）压实责任。各级要落实。（市应急局负责）")
    )
    reading.notice.items[0].text = "各级都要落实。"
    assert account(reading).invented == Counter("都")


def test_the_account_notices_a_changed_order() -> None:
    reading = read(
        from_text("关于做好工作的通知\n一、责任\n（一）压实责任。各级要落实。（市应急局负责）")
    )
    reading.notice.items[0].text = "落实各级要。"
    assert account(reading).disordered == ["落实各级要。"]


def test_the_account_refuses_text_that_hides_as_layout() -> None:
    reading = read(
        from_text("关于做好工作的通知\n一、责任\n（一）压实责任。各级要落实。（市应急局负责）")
    )
    reading.ledger.lay(LayoutKind.NUMBER, "各级")
    assert [each.text for each in account(reading).not_layout] == ["各级"]


def test_the_json_form_of_a_notice_is_json() -> None:
    notice = read(from_text("关于做好工作的通知\n一、责任\n（一）压实责任。各级要落实。")).notice
    assert json.loads(json.dumps(notice.as_dict()))["chapters"][0]["items"][0]["number"] == 1
