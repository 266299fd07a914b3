"""Files of coal mines: names, layouts, dialects, encodings, faults with their byte."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.monitoring.protocols.coal import (
    CARET,
    LAYOUTS,
    USUAL,
    Dialect,
    File,
    FileName,
    Found,
    Record,
    Splitter,
    describe,
    parse,
    read,
    write,
)
from anlan.monitoring.protocols.coal.reader import NO_END, NO_HEAD
from anlan.monitoring.protocols.coal.records import NOT_UTF8
from anlan.monitoring.protocols.coal.splitter import AFTER_END, LONGEST_RECORD, TOO_LONG, UNFINISHED
from anlan.monitoring.protocols.framing import Malformed

from ..streams import cut_at, laid_end_to_end, noise, places, split
from .files import AT, CDSS, HEAD, TEXT, VALUES, files

BEIJING = timezone(timedelta(hours=8))


def every(data: bytes, kind: str = "CDSS", dialect: Dialect = USUAL) -> list[Found]:
    return list(read([data], kind, dialect))


@pytest.mark.parametrize("dialect", [USUAL, CARET, Dialect(",", "|", "$$")])
@given(file=files())
def test_what_is_written_is_read_back(dialect: Dialect, file: File) -> None:
    assert parse(write(file, dialect), file.kind, dialect) == file


def test_a_file_as_it_stands() -> None:
    assert write(CDSS).decode() == TEXT
    assert parse(TEXT.encode(), "CDSS") == CDSS
    methane, _, duct = CDSS.records
    assert methane.number("value") == 0.42
    assert methane.time("time") == datetime(2026, 11, 26, 8, tzinfo=BEIJING)
    assert (duct.text("value"), duct.number("value")) == ("有风", None)


@given(files(), places)
def test_cutting_changes_nothing(file: File, ends: list[int]) -> None:
    data = write(file)
    assert list(read(cut_at(data, ends), file.kind)) == every(data, file.kind)


MARKS = (b"~", b"|", b"||", b";", b"\r\n", "煤".encode(), "煤".encode("gbk"), b"\x81", b"\x81\x30")
stuff = st.lists(
    noise(*MARKS, size=12) | files().map(write) | files().map(lambda f: write(f)[:-2]), max_size=3
).map(b"".join)


@given(stuff, places)
def test_any_bytes_cut_anywhere(data: bytes, ends: list[int]) -> None:
    whole = split(Splitter(), [data], longest=LONGEST_RECORD)
    laid_end_to_end(whole, data)
    assert split(Splitter(), cut_at(data, ends), longest=LONGEST_RECORD) == whole
    assert list(read(cut_at(data, ends), "CDSS")) == every(data)


@given(stuff, st.sampled_from([*LAYOUTS, "RYQJ"]))
def test_faults_lie_within_the_file(data: bytes, kind: str) -> None:
    for found in every(data, kind):
        assert (found.record is None) == (found.fault is not None)
        assert 0 <= found.at <= len(data)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings(encoding: str) -> None:
    found = every(TEXT.encode(encoding))
    assert [each.record for each in found] == [CDSS.head, *CDSS.records]
    foreign = {NOT_UTF8 in each.record.remarks for each in found if each.record}
    assert foreign == {encoding == "gb18030"}


# Characters whose second byte in GB 18030 is ~, |, ^ or ].
@pytest.mark.parametrize("char", ["焴", "爘", "焆", "焄", "鱸"])
def test_a_separator_inside_a_character_of_gb18030_is_none(char: str) -> None:
    for dialect in (USUAL, CARET):
        file = replace(CDSS, records=(Record("CDSS", (char, f"{char}a{char}", *VALUES[0][2:])),))
        data = write(file, dialect).decode().encode("gb18030")
        assert parse(data, "CDSS", dialect) == file


def test_the_chosen_characters_do_hold_separators() -> None:
    seconds = {"焴焆焄爘鱸"[n].encode("gb18030")[-1:] for n in range(5)}
    assert seconds & {b"~", b"|", b"^", b"]"}


def bad(index: int, value: str) -> str:
    values = list(VALUES[0])
    values[index] = value
    return ";".join(values)


GOOD = ";".join(VALUES[1]) + "~"
START = ";".join(HEAD) + "~"
BAD = [
    (bad(6, "2026-13-26 08:00:00"), "数据时间“2026-13-26 08:00:00”不是时间", ";0;"),
    (bad(6, "昨天"), "数据时间“昨天”不是时间", ";0;"),
    (";".join(VALUES[0][:6]), "字段数是 6，应为 7", ""),
    ("；".join(VALUES[0]), "字段数是 1，应为 7；有全角分号", ""),
    (";".join([*VALUES[0], "", ""]), "字段数是 9，应为 7", ""),
]  # fmt: skip


@pytest.mark.parametrize(("record", "words", "before"), BAD)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_bad_record_is_said_with_its_byte_and_the_next_is_read(
    record: str, words: str, before: str, encoding: str
) -> None:
    data = (START + record + "~" + GOOD + "||").encode(encoding)
    head, wrong, good = every(data)
    assert head.record
    assert words in (wrong.fault or "")
    at = len((START + record[: record.index(before) + len(before)]).encode(encoding))
    assert (wrong.offset, wrong.at) == (len(START.encode(encoding)), at)
    assert good.record == Record("CDSS", VALUES[1])


def test_bytes_that_are_no_text_spoil_one_record() -> None:
    data = START.encode() + b"\xff\xff;x~" + GOOD.encode() + b"||"
    _, wrong, good = every(data)
    assert wrong.fault == "文字既不是 UTF-8 也不是 GB 18030"
    assert wrong.at == len(START.encode())
    assert good.record


def test_numbers_are_checked() -> None:
    text = f"{';'.join(HEAD)}~普通;1400000000010001;二十;大巷~||"
    _, wrong = every(text.encode(), "RYQY")
    assert wrong.fault == "核定人数“二十”不是数字"


@pytest.mark.parametrize(
    ("data", "faults"),
    [
        (b"", [(NO_HEAD, 0)]),
        (b" \r\n", [(NO_HEAD, 3)]),
        (b"||", [(NO_HEAD, 2)]),
        (START.encode(), [(NO_END, 43)]),
        ((START + "01MN;a").encode(), [(UNFINISHED, 43), (NO_END, 49)]),
        ((START + "||\r\n ").encode(), []),
        ((START + "|| x").encode(), [(AFTER_END, 45)]),
        ((START + GOOD + "||" + START).encode(), [(AFTER_END, 97)]),
        ((START + "\n" + GOOD[:-1] + "||").encode(), []),
        ((START + GOOD[:-1] + ";~||").encode(), []),
    ],
)  # fmt: skip
def test_the_ends_of_files(data: bytes, faults: list[tuple[str, int]]) -> None:
    assert [(each.fault, each.at) for each in every(data) if each.fault] == faults


def test_a_separator_too_many_is_a_remark() -> None:
    (_, found) = every((START + GOOD[:-1] + ";~||").encode())
    assert found.record == Record("CDSS", VALUES[1])
    assert found.record.remarks == ("记录末尾多一个分隔符",)


def test_a_record_without_end_is_not_waited_for() -> None:
    data = START.encode() + b"x" * LONGEST_RECORD + b"y~" + GOOD.encode() + b"||"
    assert [each.fault for each in every(data)] == [None, TOO_LONG, "字段数是 1，应为 7", None]


def test_memory_is_bounded() -> None:
    """A file of 1 MB passes in a fraction of it."""
    record = ";".join(VALUES[0]).encode() + b"~"

    def chunks() -> Iterator[bytes]:
        yield START.encode()
        for _ in range(1_000_000 // len(record) // 500):
            yield record * 500
        yield b"||"

    tracemalloc.start()
    count = sum(each.record is not None for each in read(chunks(), "CDSS"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 1_000_000 // len(record) // 500 * 500 + 1
    assert peak < 700_000


def test_alarms_may_have_fields_between_the_measures_and_the_time() -> None:
    begin = ["01MN0001", "瓦斯", "隅角", "%", "1", AT, "", "1.2", AT, "1", AT, "1.1", "", "已撤人"]
    for more in ([], ["", ""]):
        text = ";".join(HEAD) + "~" + ";".join([*begin, *more, AT]) + "~||"
        (_, found) = every(text.encode(), "YCBJ")
        assert found.record is not None, found.fault
        assert found.record.text("measures") == "已撤人"
        assert found.record.time("time") == datetime(2026, 11, 26, 8, tzinfo=BEIJING)
        assert found.record.time("end") is None
        assert len(found.record.named()) == 15 + len(more)
    (_, wrong) = every((";".join(HEAD) + "~" + ";".join(begin) + "~||").encode(), "YCBJ")
    assert wrong.fault == "字段数是 14，应为 15"


def test_a_kind_without_a_layout_is_read_without_names() -> None:
    found = every(f"{';'.join(HEAD)}~a;b~||".encode(), "RYQJ")
    assert [each.record and each.record.named() for each in found] == [
        {"field_1": HEAD[0], "field_2": HEAD[1], "field_3": HEAD[2]},
        {"field_1": "a", "field_2": "b"},
    ]


@pytest.mark.parametrize(
    ("name", "mine", "kind"),
    [
        ("140000000001_CDSS_20261126080000.txt", "140000000001", "CDSS"),
        ("140000000001_nryss_20261126080000.TXT", "140000000001", "RYSS"),
        ("14000000000100000ABC_RYQJ_20261126080000.txt", "14000000000100000ABC", "RYQJ"),
    ],
)
def test_names(name: str, mine: str, kind: str) -> None:
    found = FileName.parse(name)
    assert (found.mine, found.kind, found.time) == (mine, kind, datetime(2026, 11, 26, 8))  # noqa: DTZ001
    assert FileName.parse(str(found)) == found


@pytest.mark.parametrize(
    "name",
    [
        "", "-", "a.txt", "140000000001_CDSS_20261126080000.csv", "1_CDSS_20261126080000.txt",
        "140000000001_CDSS_20261326080000.txt", "140000000001-CDSS-20261126080000.txt",
        "../140000000001_CDSS_20261126080000.txt", "140000000001_CDSS_20261126080000.txt\n",
        "14000000000１_CDSS_20261126080000.txt",
    ],
)  # fmt: skip
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(Malformed, match="煤矿编码_类型_年月日时分秒"):
        FileName.parse(name)


@pytest.mark.parametrize(
    "marks",
    [("", "~", "||"), (";", ";", "||"), (";", "|", "||"), ("a", "~", "||"), ("；", "~", "|")],
)
def test_separators_that_cannot_be_told_apart(marks: tuple[str, str, str]) -> None:
    with pytest.raises(ValueError, match="分隔符"):
        Dialect(*marks)


@pytest.mark.parametrize("value", ["a;b", "a~b", "a||b", " a", "\n"])
def test_what_could_not_be_read_back_is_not_written(value: str) -> None:
    values = (value, *VALUES[0][1:])
    with pytest.raises(ValueError, match=r"字段|格式"):
        write(replace(CDSS, records=(Record("CDSS", values),)))


def test_a_file_of_two_kinds_or_heads_is_not_written() -> None:
    with pytest.raises(ValueError, match="文件头"):
        write(replace(CDSS, records=(CDSS.head,)))
    with pytest.raises(ValueError, match="别的类型"):
        write(replace(CDSS, kind="RYSS"))


def test_parse_stops_at_the_first_fault() -> None:
    with pytest.raises(Malformed, match="没有传完") as caught:
        parse(TEXT.encode()[:-2], "CDSS")
    assert caught.value.offset == len(TEXT.encode()) - 2


def test_description_calls_the_makers_table_that() -> None:
    said = describe(CDSS.records[1])
    assert said["kind"] == {"code": "CDSS", "words": "测点实时数据"}
    assert said["values"]["status"] == "4"
    assert said["by_one_makers_table"] == {"status": "断线"}
    assert describe(CDSS.head)["head"] is True


def test_layouts_have_the_numbers_of_fields_that_were_seen() -> None:
    seen = {kind: (len(layout.head), len(layout.fields)) for kind, layout in LAYOUTS.items()}
    assert seen == {
        "CDDY": (7, 24), "CDSS": (3, 7), "YCBJ": (3, 15), "RYXX": (8, 9), "RYSS": (3, 15),
        "RYQY": (3, 4), "RYJZ": (3, 6), "JZSS": (3, 4),
    }  # fmt: skip
    for layout in LAYOUTS.values():
        for fields in (layout.head, layout.fields):
            assert len({each.name for each in fields}) == len(fields)
