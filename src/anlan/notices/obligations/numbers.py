"""Numbers as notices write them: 10, 1,000, 1.5万, 二十一, 一百五十一, 百分之三十, 三分之一, 半.

``scan`` finds number words without looking at what they count; every quantifier that is followed
by something is bounded, so a page of digits costs one pass.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

Value = int | float

DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "○": 0,
    "两": 2,
}
_TENS = {"十": 10, "百": 100, "千": 1000}
SCALES = {"百": 100, "千": 1000, "万": 10**4, "亿": 10**8, "百万": 10**6, "千万": 10**7}
_LONGEST = 15  # digits; a longer run is no count of anything
_CHINESE = "零〇一二两三四五六七八九十百千万亿"
_NUMBER = re.compile(
    rf"(?P<base>[{_CHINESE}]{{1,8}})分之(?P<share>[{_CHINESE}]{{1,8}}|\d{{1,4}}(?:\.\d{{1,4}})?)"
    r"|(?<![\d/])(?P<above>[1-9])/(?P<below>[2-9]|10)(?![\d/])"
    r"|(?P<figures>\d{1,3}(?:,\d{3}){1,4}(?!\d)(?:\.\d{1,6})?|\d+(?:\.\d{1,6})?)"
    r"(?P<scale>[百千]?[万亿]|[百千])?"
    rf"|(?P<words>[{_CHINESE}]+)"
    r"|(?P<half>半)"
)


@dataclass(frozen=True)
class Number:
    """A number word at ``start:end``; ``value`` without ``scale`` (万, 亿), which may join a unit.

    ``percent``: a fraction, given in per cent (三分之一 is 33.33). ``figures``: in Arabic figures.
    """

    start: int
    end: int
    value: Value
    value_max: Value | None = None
    scale: str = ""
    percent: bool = False
    figures: bool = False

    def scaled(self) -> Value:
        """The number itself: 1.5万 is 15000."""
        return tidy(self.value * SCALES[self.scale]) if self.scale else self.value


def tidy(value: Value) -> Value:
    """An int where the value is whole; else a float free of binary dust."""
    rounded = round(value, 6)
    return int(rounded) if rounded == int(rounded) else rounded


def parse_chinese(word: str) -> int | None:
    """The value of a Chinese numeral up to 亿 (二十一, 一万零五, 一百五), or None if it is none."""
    if not word or len(word) > 2 * _LONGEST:
        return None
    head, _, tail = word.rpartition("亿")
    if head:
        return _joined(parse_chinese(head), tail, 10**8)
    head, _, tail = word.rpartition("万")
    if head:
        return _joined(parse_chinese(head), tail, 10**4)
    return _below_ten_thousand(word)


def _joined(head: int | None, tail: str, scale: int) -> int | None:
    if head is None:
        return None
    if tail in DIGITS and tail not in "零〇○":  # 一万二 says 12000
        return head * scale + DIGITS[tail] * scale // 10
    rest = parse_chinese(tail.lstrip("零〇")) if tail else 0
    return None if rest is None or rest >= scale else head * scale + rest


def _below_ten_thousand(word: str) -> int | None:
    if word in ("零", "〇", "○"):
        return 0
    total, digit, last, zero = 0, None, 10**4, False
    for char in word:
        if char in _TENS:
            scale = _TENS[char]
            if scale >= last or (digit is None and (scale != 10 or zero or total)):
                return None
            total, digit, last, zero = total + (digit or 1) * scale, None, scale, False
        elif digit is not None or char not in DIGITS:
            return None
        elif DIGITS[char]:
            digit = DIGITS[char]
        elif total:
            zero = True
        else:
            return None
    if digit is not None:
        total += digit * (last // 10 if 100 <= last < 10**4 and not zero else 1)
    return total


def scan(text: str) -> list[Number]:
    """All number words of ``text`` in order; runs that are no numeral (一一一) are left out."""
    found = (_read(match) for match in _NUMBER.finditer(text))
    return [number for number in found if number]


def _read(match: re.Match[str]) -> Number | None:
    start, end = match.span()
    if match["base"]:
        return _fraction(match)
    if match["above"]:
        return _quotient(match)
    if match["figures"]:
        figures = match["figures"].replace(",", "")
        if len(figures) > _LONGEST:
            return None
        value = tidy(float(figures)) if "." in figures else int(figures)
        return Number(start, end, value, scale=match["scale"] or "", figures=True)
    if match["half"]:
        return Number(start, end, 0.5)
    return _in_words(match["words"], start, end)


def _in_words(word: str, start: int, end: int) -> Number | None:
    if len(word) == 2 and 0 < DIGITS.get(word[0], 0) == DIGITS.get(word[1], 0) - 1:  # 两三次
        return Number(start, end, DIGITS[word[0]], DIGITS[word[1]])
    head, scale = (word[:-1], word[-1]) if word[-1] in "万亿" else (word, "")
    value = parse_chinese(head)
    return None if value is None else Number(start, end, value, scale=scale)


def _quotient(match: re.Match[str]) -> Number | None:
    """1/3; 7/2 is no share."""
    above, below = int(match["above"]), int(match["below"])
    if above >= below:
        return None
    return Number(*match.span(), tidy(round(100 * above / below, 2)), percent=True, figures=True)


def _fraction(match: re.Match[str]) -> Number | None:
    base, share = _part(match["base"]), _part(match["share"])
    if not base or share is None:
        return None
    return Number(*match.span(), tidy(round(100 * share / base, 2)), percent=True)


def _part(word: str) -> Value | None:
    if word[0].isdecimal():
        return tidy(float(word))
    return SCALES.get(word) or parse_chinese(word)
