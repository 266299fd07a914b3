"""What holds for any text: no crash, words of the input, one pass."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.notices.document import Chapter, Item, Notice, Part, TableRow
from anlan.notices.obligations import fill, find
from tests.notices.obligations.layout import body_items, other
from tests.notices.obligations.meaning import measured

_SIGNS = (
    "一两十百千万亿半分之年月日天季每至到和及或的前后内以上下不少于超过达全部覆盖零清对由"
    "（）()“”《》〔〕〈〉，。；、：,.;:!%％0123456789—-～ \n\t<>/\ue000\ue001"
)
_WORDS = [
    "至少",
    "个月",
    "发生",
    "起以上",
    "年底前",
    "每半年",
    "2025年",
    "12月31日",
    "不得",
    "企业",
]
_PIECES = st.sampled_from([*_SIGNS, *_WORDS])


@given(st.lists(_PIECES, max_size=60).map("".join) | st.text(max_size=200))
def test_any_text_is_read_and_each_obligation_quotes_it(text: str) -> None:
    for year in (None, 2025):
        for each in find(text, year=year):
            assert each.text in text
            assert each.text == each.text.strip() != ""
            assert each.value_max is None or each.value is not None


@pytest.mark.parametrize("name", ["02", "05", "11", "16", "18", "20"])
def test_other_documents_are_quoted_verbatim(name: str) -> None:
    text = other(name)
    found = find(text, year=2020)
    assert len(found) > 2
    assert [each.text for each in found if each.text not in text] == []


def test_spaces_and_page_breaks_within_words_change_nothing() -> None:
    plain = body_items()
    for text in plain.values():
        spaced = "\n".join(" ".join(text[at : at + 3]) for at in range(0, len(text), 3))
        assert measured(spaced) == measured(text)


def test_full_width_figures_change_nothing() -> None:
    wide = str.maketrans("0123456789%", "０１２３４５６７８９％")
    for text in body_items().values():
        assert measured(text.translate(wide)) == measured(text)


_REPEATED = [
    *(
        "一",
        "每",
        "1",
        "1,",
        "1,000,",
        "年",
        "至少",
        "（",
        "）",
        "“",
        "<",
        "1.",
        "百分之",
        "发生",
        "、",
    ),
    *(
        "1月",
        "2025年",
        "1至",
        "的",
        "，",
        "至少1次，",
        "对",
        "全部",
        "责任",
        "每年",
        "由1",
        "年底前，",
    ),
    *("6月30日和", "的，", "发生2起以上，", "1次、", "1次2次", "。", "1次。", "包括，"),
]


@pytest.mark.parametrize("word", _REPEATED)
def test_a_text_of_one_repeated_word_takes_linear_time(word: str) -> None:
    short, long = (_seconds(word * (size // len(word))) for size in (8_000, 32_000))
    assert long < 9 * short + 0.3  # four times the text; a second pass for each word takes 16 times


@pytest.mark.parametrize("sign", ["一", "每", "1", "，", "（"])
def test_a_hundred_thousand_signs_take_no_time(sign: str) -> None:
    assert _seconds(sign * 100_000) < 3


def _seconds(text: str) -> float:
    """Of the processor, the least of three: what else the process does can only add to it."""
    return min(_once(text) for _ in range(3))


def _once(text: str) -> float:
    begin = time.process_time()
    find(text, year=2025)
    return time.process_time() - begin


def test_fill_reads_items_parts_and_rows_with_the_year_of_the_notice() -> None:
    item = Item(1, None, "年底前建成10座。", parts=[Part("煤矿", "每季度检查一次。")])
    row = TableRow(1, None, None, "3月底前完成。")
    notice = Notice(year=2026, chapters=[Chapter(None, None, "", [item])], table=[row])
    fill(notice)
    fill(notice)
    deadlines = [each.deadline for each in item.obligations + row.obligations]
    assert [str(day) for day in deadlines] == ["2026-12-31", "2026-03-31"]
    assert [each.kind for each in item.parts[0].obligations] == ["frequency"]
