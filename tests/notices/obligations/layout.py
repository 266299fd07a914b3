"""Cuts the shared documents into texts without the structure module, so that a fault there cannot
hide one here."""

from __future__ import annotations

import re

from tests.shared import shared

_NUMERALS = [*"一二三四五六七八九十", *(f"十{c}" for c in "一二三四五六七八九"), "二十", "二十一"]
_ITEM = re.compile(r"\n\n[（(]([一二三四五六七八九十]{1,3})[）)][^。\n]{2,20}。")
_CELL = re.compile(r"<p>\s*(?:(\d{1,2})\. )?(.*?)</p>|\t(\d{1,2})\. ([^\t<]*)\t", re.DOTALL)


def body_items() -> dict[int, str]:
    """The items of the real notice's body by number, page breaks inside sentences closed."""
    text = _text("notices/luliang-2025-draft.txt").split("附表：", 1)[0]
    heads = list(_ITEM.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return {
        _NUMERALS.index(head[1]) + 1: text[head.end() : end].replace("\n\n", "")
        for head, end in zip(heads, ends, strict=True)
    }


def table_cells() -> list[tuple[int, str]]:
    """The cells of the real notice's table that hold text, with the number of their item."""
    table = _text("notices/luliang-2025-draft.txt").split("序号\t", 1)[1]
    number, cells = 0, []
    for named, text, numbered, words in _CELL.findall(table):
        number = int(named or numbered or (3 if "警示教育办法" in text else number))
        cells.append((number, text or words))
    return cells


def other(name: str) -> str:
    """The text of one of the other governments' documents."""
    return _text(f"notices/others/{name}.txt")


def _text(path: str) -> str:
    return shared(path).read_text(encoding="utf-8")
