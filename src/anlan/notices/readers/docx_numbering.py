"""Automatic numbers of Word paragraphs as text: 一、 （一） 1. 第一章.

Most offices let Word number their items, and then the number stands nowhere in the text.
Source: ECMA-376-1, 17.9 (numbering) and 17.18.59 (ST_NumberFormat).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from anlan.notices.readers.docx_text import attribute, child, local, truth

_DIGITS = "零一二三四五六七八九"
_LEGAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_MAX_LEVEL = 8
_STYLE_DEPTH = 10  # a chain of styles longer than this refers to itself


@dataclass
class _Level:
    start: int = 1
    format: str = "decimal"
    text: str = ""
    suffix: str = "tab"
    legal: bool = False


@dataclass
class _List:
    """A numbering instance: levels, and the counters shared by all instances of one definition."""

    levels: dict[int, _Level]
    counters: dict[int, int]
    restarts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """The counters of one document; ``next`` advances them paragraph by paragraph."""

    def __init__(self, numbering: Element | None, styles: Element | None) -> None:
        self._lists = _lists(numbering) if numbering is not None else {}
        self._styles = _styles(styles) if styles is not None else {}

    def next(self, paragraph: Element) -> str:
        """The number in front of ``paragraph``; ``""`` where it has none."""
        reference = self._reference(paragraph)
        chosen = self._lists.get(reference[0]) if reference else None
        if reference is None or chosen is None:
            return ""
        level = reference[1]
        _advance(chosen, level)
        return _render(chosen, level)

    def _reference(self, paragraph: Element) -> tuple[str, int] | None:
        properties = child(paragraph, "pPr")
        if properties is None:
            return None
        number = child(properties, "numPr")
        style = child(properties, "pStyle")
        inherited = self._from_style(attribute(style, "val") if style is not None else None)
        if number is None:
            return inherited
        identity, level = _number_of(number)
        if identity is None:
            return (inherited[0], level or inherited[1]) if inherited else None
        return (identity, level or 0)

    def _from_style(self, name: str | None) -> tuple[str, int] | None:
        for _ in range(_STYLE_DEPTH):
            if name is None or name not in self._styles:
                return None
            base, reference = self._styles[name]
            if reference is not None:
                return reference
            name = base
        return None


def _number_of(number: Element) -> tuple[str | None, int | None]:
    identity, level = child(number, "numId"), child(number, "ilvl")
    return (
        attribute(identity, "val") if identity is not None else None,
        _integer(level, 0) if level is not None else None,
    )


def _styles(styles: Element) -> dict[str, tuple[str | None, tuple[str, int] | None]]:
    found = {}
    for style in styles:
        name = attribute(style, "styleId") if local(style) == "style" else None
        if name is None:
            continue
        base, properties = child(style, "basedOn"), child(style, "pPr")
        number = child(properties, "numPr") if properties is not None else None
        identity, level = _number_of(number) if number is not None else (None, None)
        found[name] = (
            attribute(base, "val") if base is not None else None,
            (identity, level or 0) if identity is not None else None,
        )
    return found


def _lists(numbering: Element) -> dict[str, _List]:
    definitions = {
        attribute(each, "abstractNumId"): _levels(each)
        for each in numbering
        if local(each) == "abstractNum"
    }
    counters: dict[str | None, dict[int, int]] = {}
    lists: dict[str, _List] = {}
    for each in numbering:
        identity = attribute(each, "numId") if local(each) == "num" else None
        reference = child(each, "abstractNumId")
        if identity is None or reference is None:
            continue
        definition = attribute(reference, "val")
        levels = dict(definitions.get(definition, {}))
        lists[identity] = _List(levels, counters.setdefault(definition, {}))
        _override(lists[identity], each)
    return lists


def _levels(definition: Element) -> dict[int, _Level]:
    return {
        _attribute_number(each, "ilvl"): _level(each) for each in definition if local(each) == "lvl"
    }


def _level(element: Element) -> _Level:
    shape, text, suffix = (
        child(element, "numFmt"),
        child(element, "lvlText"),
        child(element, "suff"),
    )
    # mc:AlternateContent holds formats that older programs do not know
    return _Level(
        start=_integer(child(element, "start"), 1),
        format=(attribute(shape, "val") if shape is not None else None) or "decimal",
        text=(attribute(text, "val") if text is not None else None) or "",
        suffix=(attribute(suffix, "val") if suffix is not None else None) or "tab",
        legal=truth(child(element, "isLgl")),
    )


def _override(chosen: _List, element: Element) -> None:
    for each in element:
        if local(each) == "lvlOverride":
            level = _attribute_number(each, "ilvl")
            replaced, start = child(each, "lvl"), child(each, "startOverride")
            if replaced is not None:
                chosen.levels[level] = _level(replaced)
            if start is not None:
                chosen.restarts[level] = _integer(start, 1)


def _advance(chosen: _List, level: int) -> None:
    counters = chosen.counters
    if level in chosen.restarts:
        counters[level] = chosen.restarts.pop(level)
    elif level in counters:
        counters[level] += 1
    else:
        counters[level] = _definition(chosen, level).start
    for deeper in [each for each in counters if each > level]:
        del counters[deeper]


def _render(chosen: _List, level: int) -> str:
    definition = _definition(chosen, level)
    if definition.format in {"bullet", "none"} and "%" not in definition.text:
        return ""
    number = re.sub(
        r"%([1-9])", lambda match: _counter(chosen, int(match[1]) - 1, definition), definition.text
    )
    return f"{number} " if definition.suffix != "nothing" and number[-1:].isalnum() else number


def _counter(chosen: _List, level: int, shown_by: _Level) -> str:
    definition = _definition(chosen, level)
    value = chosen.counters.get(level, definition.start)
    return numeral(value, "decimal" if shown_by.legal else definition.format)


def _definition(chosen: _List, level: int) -> _Level:
    return chosen.levels.get(min(level, _MAX_LEVEL)) or _Level()


def numeral(value: int, form: str) -> str:
    """``value`` in the number format ``form`` of WordprocessingML; unknown formats in figures."""
    if form in _CHINESE_FORMS:
        return chinese(value, _DIGITS)
    if form == "chineseLegalSimplified":
        return chinese(value, _LEGAL_DIGITS).replace("十", "拾").replace("百", "佰")
    if form.startswith("decimalEnclosedCircle") and 1 <= value <= 20:
        return chr(ord("①") + value - 1)
    if form == "ideographTraditional" and 1 <= value <= 10:
        return "甲乙丙丁戊己庚辛壬癸"[value - 1]
    if form in {"lowerLetter", "upperLetter"} and 1 <= value <= 26:
        return chr(ord("a" if form == "lowerLetter" else "A") + value - 1)
    if form in {"lowerRoman", "upperRoman"}:
        roman = _roman(value)
        return roman if form == "upperRoman" else roman.lower()
    if form == "decimalZero":
        return f"{value:02d}"
    return str(value)


_CHINESE_FORMS = {
    "chineseCounting",
    "chineseCountingThousand",
    "japaneseCounting",
    "taiwaneseCounting",
    "taiwaneseCountingThousand",
    "ideographDigital",
}


def chinese(value: int, digits: str) -> str:
    """1—999 as an item is numbered: 一, 十, 十一, 二十一, 一百零一."""
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    words = digits[hundreds] + "百" if 0 < hundreds < 10 else ""
    if tens:
        words += ("" if tens == 1 and not words else digits[tens]) + "十"
    elif words and ones:
        words += digits[0]
    return words + (digits[ones] if ones else "") if 0 < value < 1000 else str(value)


def _roman(value: int) -> str:
    words = ""
    for amount, letters in (
        (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"),
        (1, "I"),
    ):  # fmt: skip
        while value >= amount and len(words) < 20:
            words, value = words + letters, value - amount
    return words


def _integer(element: Element | None, default: int) -> int:
    value = attribute(element, "val") if element is not None else None
    return int(value) if value and value.isdecimal() else default


def _attribute_number(element: Element, name: str) -> int:
    value = attribute(element, name) or ""
    return int(value) if value.isdecimal() else 0
