"""What a letter says is told in Chinese, whatever the message."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from anlan.monitoring.cli.pieces import decoder
from anlan.monitoring.devices.legible import MOST, Said, legible
from anlan.monitoring.devices.letters import Letter
from anlan.monitoring.gateways.contracts import DeadLetter
from anlan.monitoring.protocols import batch, coal, gb26875, hj212, jt808
from anlan.monitoring.protocols.jt808.messages import Authentication, RegistrationAnswer
from anlan.monitoring.protocols.jt808.packet import Packet
from tests.monitoring.fuzzed import generated
from tests.monitoring.protocols.batch.readings import batches
from tests.monitoring.protocols.coal.files import TEXT, VALUES, files
from tests.monitoring.protocols.gb26875.messages import frames as fire_frames
from tests.monitoring.protocols.hj212.messages import FRAME, messages
from tests.monitoring.protocols.jt808.messages import packets

FILE = "140000000001_{}_20261126080000.txt"
STRATEGIES = {
    "gb26875": fire_frames.map(gb26875.write),
    "jt808": packets.map(jt808.write),
    "hj212": messages().map(hj212.write),
    "batch": batches.map(batch.pack),
}


def read(protocol: str, data: bytes, name: str = "") -> tuple[Said, ...]:
    reader = decoder(protocol, name, data)
    return legible(protocol, reader.feed(data) + reader.end())


def letter(protocol: str, data: bytes, source: str = "10.0.0.9:1") -> Letter:
    return Letter(1, DeadLetter(1, protocol, source, None, "没有登记", data), None, ())


def walked(said: Iterable[Said]) -> Iterator[Said]:
    for each in said:
        yield each
        yield from walked(each.inner)


def foreign(said: Iterable[Said]) -> set[str]:
    """Names that nobody gave a Chinese word, and texts of Python or JSON."""
    return {
        each.name
        for each in walked(said)
        if (each.name.isascii() and not each.name.isdecimal() and each.name not in "xyz")
        or each.text in ("None", "True", "False")
        or each.text.startswith(("{'", "[{", "['"))
    }


@pytest.mark.parametrize("protocol", STRATEGIES)
def test_each_key_that_a_decoder_says_has_a_chinese_name(protocol: str) -> None:
    examples = generated(STRATEGIES[protocol], 100)
    assert not set().union(*(foreign(read(protocol, each)) for each in examples))


def test_each_field_of_a_mines_file_has_its_layouts_name() -> None:
    pairs: list[Any] = generated(files().map(lambda file: (file.kind, coal.write(file))), 100)
    for kind, data in [*pairs, ("RYQJ", b"1;2~3;4~||")]:
        assert not foreign(read("coal", data, FILE.format(kind))), kind


def test_a_data_loggers_message_reads_as_a_list() -> None:
    (piece,) = letter("hj212", FRAME).decoded
    assert (piece.name, piece.text) == ("第 1 段", f"从第 1 字节起，共 {len(FRAME)} 字节")
    said = {each.name: each for each in piece.inner}
    assert said["命令（CN）"].text == "小时数据（2061）"
    assert said["要求应答"].text in ("是", "否")
    assert "因子" in said["读数"].inner[0].text or said["读数"].inner[0].inner
    assert "数据区原文（CP）" in said


def test_what_cannot_be_read_says_why_and_where() -> None:
    (piece,) = letter("hj212", FRAME[:-6] + b"0000\r\n").decoded
    why, where = piece.inner
    assert why.text.startswith("校验码写的是 0000")
    assert where.text == f"第 {len(FRAME) - 5} 字节"


def test_records_out_of_the_middle_of_a_file_are_read_as_records() -> None:
    data = TEXT.split("~")[1].encode() + b"~"
    (piece,) = letter("coal", data, FILE.format("CDSS") + "@40").decoded
    fields = next(each for each in piece.inner if each.name == "各字段")
    assert [each.text for each in fields.inner][:4] == [*VALUES[0][:3], "0.42 %CH4"]
    assert fields.inner[2].name == "安装位置"
    assert letter("coal", data, "no-name.txt").decoded == ()


def test_a_terminals_code_is_not_shown() -> None:
    code = "f3c9a1-code"
    for body in (Authentication(code), RegistrationAnswer(1, 0, code)):
        data = jt808.write(Packet("013900000001", 1, body))
        shown = list(walked(read("jt808", data)))
        assert any(each.name == "鉴权码" for each in shown)
        assert not any(code in each.text for each in shown)


def test_a_long_letter_is_cut_and_says_so() -> None:
    said = read("hj212", FRAME * (MOST + 3))
    assert len(said) == MOST + 1
    assert said[-1].text == "还有 3 段没有列出"


def test_a_batch_tells_its_times_by_the_citys_clock() -> None:
    data = b'{"readings": [{"point": 7, "time": "2026-11-26T00:00:00Z", "value": 0.42}]}'
    (piece,) = letter("mqtt", data, "/devices/A/readings").decoded
    readings = next(each for each in piece.inner if each.name == "读数")
    assert readings.inner[0].text == "通道号 7，时间 2026-11-26 08:00:00，数值 0.42，质量 正常"


def test_nothing_is_said_of_no_bytes() -> None:
    assert letter("hj212", b"").decoded == ()
    assert letter("edge", b"x").decoded == ()


def test_the_reason_of_a_letter_is_not_said_twice() -> None:
    broken = FRAME[:40] + b"?" + FRAME[41:]
    (piece,) = read("hj212", broken)
    fault = next(each.text for each in piece.inner if each.name.startswith("读不懂"))
    told = Letter(1, DeadLetter(1, "hj212", "", None, f"{fault}。", broken), None, ()).decoded
    assert fault not in {each.text for each in walked(told)}
    assert [each.name for each in told[0].inner] == ["问题出在"]


def test_a_password_among_other_fields_is_not_spelt_out() -> None:
    line = {"offset": 0, "length": 9, "message": {"content": [{"NewPW": "s3cret", "a": "1"}]}}
    texts = [each.text for each in walked(legible("hj212", [line]))]
    assert "NewPW=（密码，不在这里列出），a=1" in texts
    assert not any("s3cret" in each for each in texts)
