"""Characters and small patterns that every room of the structure shares."""

from __future__ import annotations

import re
import unicodedata

OPENERS = "（(〔[【［"
CLOSERS = "）)〕]】］"
STOPS = "。！？；：…!?;:"
QUOTE_ENDS = "”’」』\"'"
NUMERALS = "一二三四五六七八九十百零〇两"

IDEOGRAPH = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff〇"
WIDE = IDEOGRAPH + r"\u3001-\u301f\uff01-\uff5e“”‘’—…"
_WHITE = r"\s\u200b-\u200f\u2028\u2029\u2060\ufeff\u00ad\x00-\x08\x0e-\x1f\x7f-\x9f"
WHITE = re.compile(f"[{_WHITE}]+")
BETWEEN_CELLS = "\u2003"  # white space that render keeps
INLINE_WHITE = re.compile(f"(?:(?![\n{BETWEEN_CELLS}])[{_WHITE}])+")

_BETWEEN_SCRIPTS = re.compile(
    f"(?<=[{IDEOGRAPH}]) (?=[0-9A-Za-z])|(?<=[0-9A-Za-z%]) (?=[{IDEOGRAPH}])"
)
_BESIDE_MARKS = re.compile(r"(?<=[、，；：（《“〔]) | (?=[、，；：。）》”〕])")
_AROUND_BREAK = re.compile(" *\n[ \n]*")
_CJK = re.compile(f"[{IDEOGRAPH}]")
_DRAFT = re.compile(
    r"[（(〔\[]?\s*(?:公开)?(?:征\s*求\s*意\s*见\s*稿|讨\s*论\s*稿|送\s*审\s*稿|草\s*案|初\s*稿|审\s*议\s*稿|修改稿)"
    r"\s*[）)〕\]]?"
)
DRAFT_END = re.compile(_DRAFT.pattern + r"$")
DRAFT_LINE = re.compile(r"^\s*" + _DRAFT.pattern + r"\s*$")
TITLE_ENDING = (
    r"(?:通知|通告|公告|意见|方案|措施|办法|规定|细则|要点|计划|决定|通报|纲要|清单|函|任务|责任书"
    r"|分工|安排|规划|预案|分工表|任务表|责任表|分解表|分解)"
)
TITLE_END = re.compile(rf"{TITLE_ENDING}\s*$")
DATE = re.compile(
    r"(?P<year>20\s*\d\s*\d|二[〇○零Oo０0][〇○零一二三四五六七八九Oo０0]{2})\s*年\s*"
    rf"[\d{NUMERALS}]{{0,3}}\s*月\s*[\d{NUMERALS}]{{0,3}}\s*日"
)


def squeeze(text: str) -> str:
    """``text`` without any white space."""
    return WHITE.sub("", text)


def render(text: str) -> str:
    """``text`` for people: no space between Chinese and figures, no blank paragraphs."""
    text = INLINE_WHITE.sub(" ", text)
    text = _AROUND_BREAK.sub("\n", text).strip()
    return _BESIDE_MARKS.sub("", _BETWEEN_SCRIPTS.sub("", text))


def chinese_count(text: str) -> int:
    """How many Chinese characters ``text`` has."""
    return len(_CJK.findall(text))


_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}


def numeral(text: str) -> int:
    """The value of a Chinese or Arabic numeral: 二十一 → 21, 一〇 → 10, ７ → 7."""
    if text.isdecimal():
        return int(text)
    if "①" <= text <= "⒛" or "㈠" <= text <= "㈩":
        return int(unicodedata.numeric(text))
    if not any(sign in text for sign in "十百"):
        return int("".join(str(_DIGITS[sign]) for sign in text))
    total, digit = 0, 0
    for sign in text:
        if sign in "十百":
            total += (digit or 1) * (10 if sign == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[sign]
    return total + digit


def chinese_year(text: str) -> int:
    """The year that 2025, 2 025 or 二〇二五 names."""
    figures = {"〇": "0", "○": "0", "零": "0", "O": "0", "o": "0", "０": "0"}
    digits = [figures.get(sign) or str(_DIGITS.get(sign, sign)) for sign in squeeze(text)]
    return int("".join(digits))


def is_complete(text: str) -> bool:
    """Whether a paragraph ends with a stop, so that the next line cannot belong to its sentence."""
    return text.rstrip().rstrip(QUOTE_ENDS + CLOSERS + "》").endswith(tuple(STOPS))


def unclosed(text: str, openers: str = OPENERS + "《", closers: str = CLOSERS + "》") -> int:
    """Place of the last opening bracket without its closing one; -1 when all are closed."""
    open_places: list[int] = []
    for place, sign in enumerate(text):
        if sign in openers:
            open_places.append(place)
        elif sign in closers and open_places:
            open_places.pop()
    return open_places[-1] if open_places else -1
