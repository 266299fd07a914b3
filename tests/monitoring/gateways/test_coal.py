"""What a file of a coal mine becomes: readings of the mine's points, and letters."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.monitoring.gateways import coal
from anlan.monitoring.gateways.coal import Foreign, said
from anlan.monitoring.protocols.coal import FileName
from tests.monitoring.gateways.given import known
from tests.monitoring.gateways.killed import MINE
from tests.monitoring.protocols.coal.files import AT

POINTS = {
    "01MN0001": 1, "01MN0001:status": 2, "01MN0001:alarm": 3, "01KG0003": 4,
    "people": 5, "people/0002": 6, "people/0009": 7, "S1:running": 8,
}  # fmt: skip
DEVICE = known(1, POINTS, site=5)
NAME = f"{MINE}_CDSS_20261126080000.txt"
NOW = 1_795_651_260.0  # 2026-11-26 08:01 in China
HEAD = f"{MINE};样例矿;{AT}~"
VALUE = f"01MN0001;环境瓦斯;回风;0.42;%CH4;0;{AT}~"
WHOLE = (HEAD + VALUE + "||").encode()


def named(kind: str) -> FileName:
    return FileName.parse(f"{MINE}_{kind}_20261126080000.txt")


def rows(kind: str, text: str) -> tuple[list[tuple], list]:
    found = said(named(kind), text.encode(), DEVICE, NOW)
    batch = found.batch
    values = zip(batch.point.tolist(), batch.value.tolist(), batch.quality.tolist(), strict=True)
    return [row if row[1] == row[1] else (row[0], None, row[2]) for row in values], list(
        found.letters
    )


def value(text: str, status: str, point: str = "01MN0001") -> str:
    return HEAD + f"{point};环境瓦斯;回风;{text};%CH4;{status};{AT}~||"


POSITION = ";".join(["C1", "甲", "{}", AT, "", "{}", *[""] * 9]) + "~"


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("CDSS", value("0.42", "0"), [(1, 0.42, 0), (2, 0, 0)]),
        ("CDSS", value("0.42", "1"), [(1, 0.42, 0), (2, 1, 0)]),
        ("CDSS", value("", "4"), [(1, None, 3), (2, 4, 0)]),
        ("CDSS", value("", "0"), [(1, None, 2), (2, 0, 0)]),
        ("CDSS", value("9", "5"), [(1, 9, 1), (2, 5, 0)]),
        ("CDSS", value("9", "8"), [(1, 9, 4), (2, 8, 0)]),
        ("CDSS", value("9", "99"), [(1, 9, 0), (2, 99, 0)]),
        ("CDSS", value("开", "0", "01KG0003"), [(4, 1, 0)]),
        ("CDSS", value("关", "0", "01KG0003"), [(4, 0, 0)]),
        (
            "YCBJ",
            HEAD + ";".join(["01MN0001", "", "", "", "1", AT, AT, *[""] * 7, AT]) + "~||",
            [(3, 1, 0), (3, 0, 0)],
        ),
        (
            "YCBJ",
            HEAD + ";".join(["01MN0001", "", "", "", "1", AT, *[""] * 8, AT]) + "~||",
            [(3, 1, 0)],
        ),
        (
            "RYSS",
            HEAD
            + POSITION.format("1", "0001")
            + POSITION.format("1", "0002")
            + POSITION.format("2", "0002")
            + "||",
            [(5, 2, 0), (6, 1, 0), (7, 0, 0)],
        ),
        ("JZSS", HEAD + f"S1;1;0;{AT}~||", [(8, 1, 0)]),
        ("RYQY", HEAD + "1;0002;50;采区~||", []),
    ],
)
def test_what_a_record_becomes(kind: str, text: str, expected: list[tuple]):
    found, letters = rows(kind, text)
    assert found == expected
    assert letters == []


def test_a_faulty_record_costs_no_other_and_its_place_is_said():
    bad = "01MN0001;环境瓦斯;回风;0.42;%CH4;0;昨天~"
    found, letters = rows("CDSS", HEAD + bad + VALUE + "||")
    assert found == [(1, 0.42, 0), (2, 0, 0)]
    [letter] = letters
    at = len((HEAD + bad).encode()) - len("昨天~".encode())
    assert letter.source.endswith(f"@{at}")
    assert letter.data.decode() == bad


@pytest.mark.parametrize(
    ("kind", "text", "word"),
    [
        ("CDSS", value("有风", "0", "01KG0003"), "有风"),
        ("CDSS", value("1", "0", "99MN0001"), "99MN0001"),
        ("CDSS", HEAD + VALUE, "没有文件结束符"),
        ("RYQJ", HEAD + "C1;求救~||", "RYQJ"),
    ],
)
def test_what_cannot_be_used_is_a_letter(kind: str, text: str, word: str):
    _, letters = rows(kind, text)
    assert [word in letter.reason for letter in letters] == [True]
    assert (letters[0].device, letters[0].protocol) == (1, "coal")


def test_a_count_without_the_faulty_records_is_doubted():
    found, letters = rows("RYSS", HEAD + POSITION.format("1", "0002") + "x;y~||")
    assert found == [(5, 1, 2), (6, 1, 2), (7, 0, 2)]
    assert len(letters) == 1


def test_letters_of_one_file_are_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(coal, "MOST_LETTERS", 3)
    _, letters = rows("CDSS", HEAD + "x;y~" * 10 + "||")
    assert len(letters) == 4
    assert "还有 7 处" in letters[-1].reason


@given(st.binary(max_size=400) | st.text(st.sampled_from("01;~|^]MN\n.-"), max_size=200), st.data())
@settings(max_examples=60, deadline=None)
def test_any_bytes_are_read_to_their_end(noise, data):
    kind = data.draw(st.sampled_from(["CDSS", "YCBJ", "RYSS", "JZSS", "CDDY", "RYQJ"]))
    body = noise if isinstance(noise, bytes) else noise.encode()
    said(named(kind), HEAD.encode() + body, DEVICE, NOW)
    with suppress(Foreign):  # the bytes may stand where the mine's code should
        said(named(kind), body, DEVICE, NOW)


def test_a_file_of_another_mine_is_foreign():
    with pytest.raises(Foreign, match="140000000002"):
        rows("CDSS", HEAD.replace(MINE, "140000000002") + VALUE + "||")
