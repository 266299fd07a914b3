"""Identifiers that carry a check digit, and what exactly is wrong with a wrong one. Pure Python.

- Unified social credit code (统一社会信用代码), GB 32100-2015: 18 characters of an alphabet of 31;
  1 the registering department, 2 the kind of body, 3–8 the division, 9–17 the organisation code
  (with a check digit of its own by GB 11714-1997), 18 the check digit (ISO 7064 MOD 31).
- Identity number (公民身份号码), GB 11643-1999: 18 characters; 1–6 the division, 7–14 the birthday,
  15–17 a sequence (odd: male), 18 the check digit (ISO 7064:1983 MOD 11-2).

    credit_code("９１１４ 1100MA0G1T2X3T")   # as it is stored, or IdentifierError in Chinese
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

# The forms alone, without check digits: for constraints of the database.
CREDIT_CODE = r"^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$"
IDENTITY_NUMBER = r"^[1-9][0-9]{16}[0-9X]$"

LENGTH = 18
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z: they look like digits or others
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_CHECKS = "10X98765432"

# First two digits of GB/T 2260 codes; 91: abroad, in credit codes also none; 10: the centre.
PROVINCES = {
    "11": "北京市", "12": "天津市", "13": "河北省", "14": "山西省", "15": "内蒙古自治区",
    "21": "辽宁省", "22": "吉林省", "23": "黑龙江省", "31": "上海市", "32": "江苏省",
    "33": "浙江省", "34": "安徽省", "35": "福建省", "36": "江西省", "37": "山东省",
    "41": "河南省", "42": "湖北省", "43": "湖南省", "44": "广东省", "45": "广西壮族自治区",
    "46": "海南省", "50": "重庆市", "51": "四川省", "52": "贵州省", "53": "云南省",
    "54": "西藏自治区", "61": "陕西省", "62": "甘肃省", "63": "青海省", "64": "宁夏回族自治区",
    "65": "新疆维吾尔自治区", "71": "台湾省", "81": "香港特别行政区", "82": "澳门特别行政区",
    "83": "台湾居民居住证",
}  # fmt: skip
_OLDEST = 130  # years: nobody has grown older


class IdentifierError(ValueError):
    """What is wrong, in Chinese, for the person who typed it."""


def normal(text: str) -> str:
    """Full-width forms, lower case, blanks and hyphens as people write them, made one.

    >>> normal(" 9114-1100 ｍａ０Ｇ ")
    '91141100MA0G'
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    # Once more: a mark whose blank is gone joins the letter before it.
    return unicodedata.normalize("NFKC", re.sub(r"[\s\-‐–—\u200b\ufeff]+", "", plain))


# --- unified social credit code -----------------------------------------------------------------


def credit_code(text: str) -> str:
    """The code in normal form; IdentifierError says which character is wrong and why."""
    code = normal(text)
    what = "统一社会信用代码"
    _check_length(what, code)
    for place, character in enumerate(code, 1):
        if character not in ALPHABET:
            raise IdentifierError(f"{what}第 {place} 位是“{character}”，{_instead(character)}。")
        if 3 <= place <= 8 and not character.isdigit():
            raise IdentifierError(
                f"{what}第 3 至 8 位是行政区划码，须是数字（第 {place} 位是“{character}”）。"
            )
    _check_digit(what, code, credit_check(code))
    return code


def credit_check(code: str) -> str:
    """The check digit that belongs to the first 17 characters."""
    return ALPHABET[-_weighed(code, ALPHABET, _CREDIT_WEIGHTS) % 31]


def organisation_check(code: str) -> str:
    """The check digit (GB 11714-1997) that belongs to the 8 characters of an organisation code."""
    rest = -_weighed(code, _ORGANISATION_ALPHABET, _ORGANISATION_WEIGHTS) % 11
    return "X" if rest == 10 else str(rest)


# --- identity number ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Identity:
    """An identity number that holds, and what it says."""

    number: str
    birthday: date

    @property
    def province(self) -> str:
        """Where it was first registered."""
        return PROVINCES[self.number[:2]]

    @property
    def division(self) -> str:
        """The division's code (GB/T 2260) when it was given; it may be abolished since."""
        return self.number[:6]

    @property
    def is_male(self) -> bool:
        return int(self.number[16]) % 2 == 1

    @property
    def masked(self) -> str:
        """The last four characters, which tell two persons of one name apart; not the birthday."""
        return mask(self.number)


def identity(text: str, *, today: date) -> Identity:
    """The number in normal form and what it says; IdentifierError says what is wrong.

    ``today`` bounds the birthday. The message never repeats the number: it ends up in logs.
    """
    number = normal(text)
    what = "身份证号"
    if len(number) == 15 and number.isdigit():
        raise IdentifierError(
            f"{what}是 15 位的旧号，已于 2013 年起停用，请填第二代身份证上的 18 位号码。"
        )
    _check_length(what, number)
    for place, character in enumerate(number, 1):
        if not (character in "0123456789" or (place == LENGTH and character == "X")):
            allowed = "数字或 X" if place == LENGTH else "数字"
            raise IdentifierError(f"{what}第 {place} 位是“{character}”，须是{allowed}。")
    if number[:2] not in PROVINCES:
        raise IdentifierError(f"{what}前两位“{number[:2]}”不是省级行政区划码。")
    birthday = _birthday(what, number[6:14], today)
    _check_digit(what, number, identity_check(number))
    return Identity(number, birthday)


def identity_check(number: str) -> str:
    """The check digit that belongs to the first 17 digits."""
    return _IDENTITY_CHECKS[_weighed(number, "0123456789", _IDENTITY_WEIGHTS) % 11]


def mask(number: str) -> str:
    """All but the last four characters hidden."""
    return "*" * (len(number) - 4) + number[-4:]


# --- what both share ----------------------------------------------------------------------------


def _weighed(text: str, alphabet: str, weights: Sequence[int]) -> int:
    return sum(alphabet.index(c) * w for c, w in zip(text, weights, strict=False))


def _check_length(what: str, text: str) -> None:
    if len(text) != LENGTH:
        less = len(text) < LENGTH
        by = f"少了 {LENGTH - len(text)} 位" if less else f"多了 {len(text) - LENGTH} 位"
        raise IdentifierError(f"{what}须是 {LENGTH} 位，填写的是 {len(text)} 位，{by}。")


def _check_digit(what: str, text: str, expected: str) -> None:
    if text[-1] != expected:
        raise IdentifierError(
            f"{what}校验不通过：按前 17 位推算，第 18 位应是“{expected}”，填写的是“{text[-1]}”。"
            "请逐位核对。"
        )


def _birthday(what: str, digits: str, today: date) -> date:
    said = f"{digits[:4]} 年 {digits[4:6]} 月 {digits[6:]} 日"
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise IdentifierError(f"{what}第 7 至 14 位是出生日期，没有“{said}”这一天。") from None
    if day > today:
        raise IdentifierError(f"{what}第 7 至 14 位的出生日期“{said}”晚于今天。")
    if day.year < today.year - _OLDEST:
        raise IdentifierError(f"{what}第 7 至 14 位的出生日期“{said}”距今超过 {_OLDEST} 年。")
    return day


_LOOKALIKES = {"I": "1", "O": "0", "S": "5", "Z": "2", "V": "U"}


def _instead(character: str) -> str:
    if character in _LOOKALIKES:
        return f"代码中不用字母 I、O、S、V、Z，可能是“{_LOOKALIKES[character]}”"
    return "代码中只有数字和大写字母"
