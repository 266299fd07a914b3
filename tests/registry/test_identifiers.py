"""Codes and numbers with check digits: what holds, and what is said of what does not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.registry.identifiers import (
    ALPHABET,
    PROVINCES,
    IdentifierError,
    credit_check,
    credit_code,
    identity,
    identity_check,
    mask,
    normal,
    organisation_check,
)

TODAY = date(2025, 3, 1)
CODE = "91350100M000100Y43"  # the example of GB 32100-2015
NUMBER = "11010519491231002X"  # the example of GB 11643-1999

digits = st.text("0123456789", min_size=1)
codes = st.builds(
    lambda head, region, tail: head + region + tail,
    st.text(ALPHABET, min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET, min_size=9, max_size=9),
).map(lambda body: body + credit_check(body))
numbers = st.builds(
    lambda province, region, born, order: f"{province}{region:04}{born:%Y%m%d}{order:03}",
    st.sampled_from(sorted(PROVINCES)),
    st.integers(0, 9999),
    st.dates(date(1900, 1, 1), TODAY),
    st.integers(0, 999),
).map(lambda body: body + identity_check(body))


def _fault(read: object, text: str) -> str:
    with pytest.raises(IdentifierError) as caught:
        credit_code(text) if read is credit_code else identity(text, today=TODAY)
    return str(caught.value)


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (CODE, CODE),
        (CODE.lower(), CODE),
        (" 91350100 M000100Y43\n", CODE),
        ("９１３５０１００Ｍ０００１００Ｙ４３", CODE),
        ("91350100-M000100Y-43", CODE),
        ("\ufeff91350100M000100Y43\u200b", CODE),
    ],
)
def test_a_credit_code_as_people_write_it(given: str, stored: str) -> None:
    assert credit_code(given) == stored


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (CODE[:-1], "须是 18 位，填写的是 17 位，少了 1 位"),
        (f"{CODE}00", "填写的是 20 位，多了 2 位"),
        ("", "填写的是 0 位"),
        ("9135O100M000100Y43", "第 5 位是“O”，代码中不用字母 I、O、S、V、Z，可能是“0”"),
        ("91350100M0001OOY43", "第 14 位是“O”"),
        ("91350100M000100I43", "第 16 位是“I”，代码中不用字母 I、O、S、V、Z，可能是“1”"),
        ("91350100M000100中43", "第 16 位是“中”，代码中只有数字和大写字母"),
        ("9135A100M000100Y43", "第 3 至 8 位是行政区划码，须是数字（第 5 位是“A”）"),
        ("91350100M000100Y49", "第 18 位应是“3”，填写的是“9”"),
        ("91350100M000100Y34", "填写的是“4”"),  # two neighbours changed places
    ],
)
def test_what_is_wrong_with_a_credit_code(text: str, told: str) -> None:
    assert told in _fault(credit_code, text)


@pytest.mark.parametrize(
    ("given", "birthday", "male"),
    [
        (NUMBER, date(1949, 12, 31), False),
        (NUMBER.lower(), date(1949, 12, 31), False),
        ("11010520000229001" + identity_check("11010520000229001"),
         date(2000, 2, 29), True),
    ],
)  # fmt: skip
def test_what_an_identity_number_says(given: str, birthday: date, male: bool) -> None:
    read = identity(given, today=TODAY)
    assert (read.birthday, read.is_male) == (birthday, male)
    assert (read.province, read.division) == ("北京市", "110105")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("110105491231002", "15 位的旧号"),
        (NUMBER[:-1], "填写的是 17 位，少了 1 位"),
        ("1101051949123100XX", "第 17 位是“X”，须是数字。"),
        ("11010519491231002Y", "第 18 位是“Y”，须是数字或 X"),
        ("99010519491231002X", "前两位“99”不是省级行政区划码"),
        ("110105194913310026", "没有“1949 年 13 月 31 日”这一天"),
        ("110105190002290026", "没有“1900 年 02 月 29 日”这一天"),
        ("110105202503020026", "晚于今天"),
        ("110105189412310026", "距今超过 130 年"),
        ("110105194912310021", "第 18 位应是“X”，填写的是“1”"),
    ],
)
def test_what_is_wrong_with_an_identity_number(text: str, told: str) -> None:
    assert told in _fault(identity, text)


def test_no_message_repeats_the_whole_number() -> None:
    for place in range(18):
        spoilt = NUMBER[:place] + ("7" if NUMBER[place] != "7" else "8") + NUMBER[place + 1 :]
        assert spoilt not in _fault(identity, spoilt)


def test_only_the_end_of_a_number_is_shown() -> None:
    read = identity(NUMBER, today=TODAY)
    assert read.masked == mask(NUMBER) == "**************002X"


def test_the_check_digit_of_an_organisation_code() -> None:
    assert organisation_check("D2143569") == "X"  # the example of GB 11714-1997
    assert organisation_check("M000100Y") == CODE[16]


@given(codes)
def test_every_code_with_its_check_digit_holds(code: str) -> None:
    assert credit_code(code) == code


@given(codes, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_any_single_wrong_character_of_a_code_is_found(code: str, place: int, other: str) -> None:
    spoilt = code[:place] + other + code[place + 1 :]
    if spoilt != code:
        assert "统一社会信用代码" in _fault(credit_code, spoilt)


@given(numbers)
def test_every_number_with_its_check_digit_holds(number: str) -> None:
    read = identity(number, today=TODAY)
    assert read.number == number
    assert f"{read.birthday:%Y%m%d}" == number[6:14]
    assert timedelta() <= TODAY - read.birthday


@given(numbers, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_any_single_wrong_digit_of_a_number_is_found(number: str, place: int, other: str) -> None:
    spoilt = number[:place] + other + number[place + 1 :]
    if spoilt != number:
        assert "身份证号" in _fault(identity, spoilt)


@given(numbers, st.integers(0, 15))
def test_two_neighbours_that_changed_places_are_found(number: str, place: int) -> None:
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped != number:
        assert "身份证号" in _fault(identity, swapped)


@given(st.text())
def test_the_normal_form_is_one(text: str) -> None:
    assert normal(normal(text)) == normal(text)


@given(st.text(max_size=40))
def test_any_other_text_is_refused_in_words(text: str) -> None:
    assert "统一社会信用代码" in _fault(credit_code, text)
    assert "身份证号" in _fault(identity, text)
