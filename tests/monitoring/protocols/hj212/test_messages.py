"""Messages of HJ 212: fields, faults, the shared vectors, readings."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.monitoring.protocols.framing import Malformed
from anlan.monitoring.protocols.hj212 import (
    Crc,
    Message,
    checksum,
    describe,
    parse,
    readings,
    write,
)
from anlan.monitoring.protocols.hj212.frame import close_frame
from tests.shared import shared

from ..streams import refusal
from .messages import FRAME, HOUR, MN, messages

BEIJING = timezone(timedelta(hours=8))
# Annex A of HJ 212-2017 has this frame as its example.
ANNEX_A = (
    b"##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;"
    b"CP=&&RtdInterval=30&&1C80\r\n"
)


@given(messages())
def test_what_is_written_is_read_back(message: Message) -> None:
    assert parse(write(message)) == message


@given(st.binary(max_size=120))
def test_any_data_segment_is_read_or_refused_within_it(data: bytes) -> None:
    frame = close_frame(data)
    fault = refusal(parse, frame)
    assert fault is None or (fault.reason and 0 <= fault.offset <= len(frame))


def test_the_example_of_the_standard() -> None:
    message = parse(ANNEX_A)
    assert (message.cn, message.st, message.pw, message.mn) == ("1062", "32", "100000", MN)
    assert message.qn == "20160801085857223"
    assert message.wants_answer
    assert message.version == 1
    assert message.value("RtdInterval") == "30"
    assert message.crc is Crc.STANDARD
    assert message.remarks == ()
    assert write(message) == ANNEX_A


def test_hex_in_small_letters() -> None:
    assert parse(ANNEX_A.replace(b"1C80", b"1c80")) == parse(ANNEX_A)


def test_the_crc_of_modbus_is_recognised_and_said() -> None:
    data = ANNEX_A[6:-6]
    assert (checksum(data), checksum(data, Crc.MODBUS)) == (0x1C80, 0x0759)
    message = parse(ANNEX_A.replace(b"1C80", b"0759"))
    assert message.crc is Crc.MODBUS
    assert any("Modbus" in remark for remark in message.remarks)
    assert write(message).endswith(b"0759\r\n")


def _vectors() -> list[dict]:
    return json.loads(shared("data/protocol/hj212_messages.json").read_text(encoding="utf-8"))


def test_shared_vectors() -> None:
    seen = 0
    for vector in _vectors():
        text, own = vector["message"].encode(), vector["own_check"]
        if own.get("segment_only"):
            assert f"{checksum(text):04X}" == own["crc_hj212"]
            continue
        seen += 1
        data = text[6:-6]
        assert f"{checksum(data):04X}" == own["crc_hj212"]
        assert f"{checksum(data, Crc.MODBUS):04X}" == own["crc_modbus"]
        if not own["crc_ok"]:
            with pytest.raises(Malformed, match=own["crc_hj212"]):
                parse(text)
            continue
        message = parse(text)
        assert parse(write(message)) == message
        expected = vector["expected_by_source"] or {}
        for name in {"ST", "CN", "PW", "MN"} & expected.keys():
            assert getattr(message, name.lower()) == expected[name]
        for key, value in expected.get("CP", {}).items():
            for name, text_value in value.items() if isinstance(value, dict) else [(None, value)]:
                assert message.value(f"{key}-{name}" if name else key) == text_value
    assert seen == 6


def test_shared_segments_with_values_and_with_a_bad_qn() -> None:
    by_error = {str(v["expected_by_source"]): v["message"] for v in _vectors()}
    items = next(text for words, text in by_error.items() if "items" in words)
    found = [(r.factor, r.kind, r.value) for r in readings(parse(close_frame(items.encode())))]
    assert found == [("w01001", "Avg", 7.5), ("w01001", "Min", 7.1), ("w01018", "Avg", 40.1)]
    too_long = next(text for words, text in by_error.items() if "QN too long" in words)
    with pytest.raises(Malformed, match="QN 应为 17 位数字"):
        parse(close_frame(too_long.encode()))


def _frame(text: str, encoding: str = "utf-8") -> bytes:
    return close_frame(text.encode(encoding))


HEAD = "CN=2011;MN=A"
BAD = [
    ("", "缺少“CP=&&…&&”", 6),
    ("CN=2011;MN=A", "缺少“CP=&&…&&”", 18),
    (f"{HEAD};CP=&&a=1", "缺少“CP=&&…&&”", 19),
    ("MN=A;CP=&&&&", "缺少 CN", 6),
    ("CN=2011;CP=&&&&", "缺少 MN", 6),
    ("CN=2011;MN=;CP=&&&&", "缺少 MN", 14),
    ("CN=2011;MN=A;CN=2061;CP=&&&&", "CN 出现了两次", 19),
    (f"{HEAD};x;CP=&&&&", "“x”不是“名称=值”", 19),
    (f"{HEAD};PW123456;CP=&&&&", "“PW…”不是“名称=值”", 19),  # nobody's to read
    (f"{HEAD};CP=&&温度=1;b&&", "“b”不是“名称=值”", 33),
    (f"{HEAD};CP=&&=1&&", "不是“名称=值”", 24),
    (f"{HEAD};Flag=x;CP=&&&&", "Flag 应为数字", 19),
    (f"{HEAD};Flag=٣;CP=&&&&", "Flag 应为数字", 19),
    (f"{HEAD};Flag=256;CP=&&&&", "只有 8 位", 19),
    (f"{HEAD};PNUM=2;PNO=3;CP=&&&&", "包号 3 不在", 26),
    (f"{HEAD};PNO=1;CP=&&&&", "包号 1 不在", 19),
    (f"QN=2016;{HEAD};CP=&&&&", "QN 应为 17 位数字", 6),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words", "offset"), BAD)
def test_faults_have_a_reason_and_a_byte(text: str, words: str, offset: int) -> None:
    with pytest.raises(Malformed) as caught:
        parse(_frame(text))
    assert words in caught.value.reason
    assert caught.value.offset == offset


def test_gbk_and_utf_8_are_told_apart() -> None:
    text = f"{HEAD};CP=&&Info=数采仪断电&&"
    for encoding, named in (("utf-8", "utf-8"), ("gbk", "gb18030")):
        message = parse(_frame(text, encoding))
        assert message.value("Info") == "数采仪断电"
        assert message.encoding == named
        assert parse(write(message)) == message
    with pytest.raises(Malformed, match="既不是 UTF-8 也不是 GBK") as caught:
        parse(close_frame(HEAD.encode() + b";CP=&&a=\xff\xff&&"))
    assert caught.value.offset == 26


@pytest.mark.parametrize(
    "group",
    [
        (("a", "1,b=2"),), (("a", "1;b=2"),), (("a=b", "1"),), (("a", "x\r\ny"),),
        (("a", "##0123"),), (("", "1"),), (),
    ],
)  # fmt: skip
def test_what_could_not_be_read_back_is_not_written(group: tuple) -> None:
    with pytest.raises(ValueError, match="写"):
        write(replace(HOUR, groups=(group,)))


def test_text_that_reads_otherwise_is_not_written() -> None:
    # In GBK this character is C4 A3, which is valid UTF-8 for another one.
    message = Message(cn="2011", mn="A", groups=((("a", "模"),),), encoding="gbk")
    with pytest.raises(ValueError, match="读回来不一样"):
        write(message)


def test_too_much_for_four_digits_is_not_written() -> None:
    with pytest.raises(ValueError, match="写不下"):
        write(replace(HOUR, groups=((("a", "1" * 10_000),),)))


def test_more_than_the_standard_allows_is_read_and_remarked() -> None:
    long = replace(HOUR, groups=((("a", "1" * 1500),),))
    assert any("超过标准规定的 1024" in remark for remark in parse(write(long)).remarks)


def test_readings_with_flags_and_time() -> None:
    found = readings(parse(FRAME))
    at = datetime(2026, 11, 26, 8, tzinfo=BEIJING)
    assert [(r.factor, r.kind, r.value, r.flag) for r in found] == [
        ("a01011", "Min", 6.6, "N"),
        ("a01011", "Avg", 7.0, "N"),
        ("a01011", "Max", 7.4, "N"),
        ("a34004", "Avg", None, "D"),
        ("a34004", "Cou", 1500.0, "D"),
    ]
    assert {r.time for r in found} == {at}
    assert str(found[0].time.tzinfo) == "Asia/Shanghai"


def test_milliseconds_of_data_time() -> None:
    message = replace(HOUR, groups=((("DataTime", "20261126080000250"), ("a-Rtd", "1")),))
    assert readings(message)[0].time.microsecond == 250_000


@pytest.mark.parametrize("value", ["nan", "inf", "1e999", "", "-", "1_0", "٣", "0x1", " 1"])
def test_what_is_no_number_has_no_value(value: str) -> None:
    message = replace(HOUR, groups=((("DataTime", "20261126080000"), ("a-Rtd", value)),))
    assert [r.value for r in readings(message)] == [None]


@pytest.mark.parametrize("time", [None, "2026112608", "20261326080000", "2026-11-26 08:00:00"])
def test_data_without_a_time_is_refused(time: str | None) -> None:
    groups = ((("a-Rtd", "1"),),) + (((("DataTime", time),),) if time else ())
    with pytest.raises(Malformed, match="DataTime"):
        readings(replace(HOUR, groups=groups))


def test_other_messages_hold_no_readings() -> None:
    assert readings(parse(ANNEX_A)) == ()


def test_description_names_codes_and_keeps_the_password_to_itself() -> None:
    said = describe(parse(FRAME))
    assert said["command"] == {"code": "2061", "words": "小时数据"}
    assert said["system"] == {"code": "31", "words": "大气环境污染源"}
    assert said["edition"] == "HJ 212-2017"
    assert said["content"][0] == {"DataTime": "20261126080000"}
    assert said["time"] == "2026-11-26T08:00:00+08:00"
    assert said["readings"][-1] == {
        "factor": "a34004",
        "kind": {"code": "Cou", "words": "累计值"},
        "value": 1500.0,
        "flag": {"code": "D", "words": "故障"},
    }
    assert "123456" not in json.dumps(said)
    untimed = describe(replace(HOUR, groups=HOUR.groups[1:]))
    assert untimed["remarks"] == ["缺少 DataTime，不知道是什么时候的数据"]
    answer = replace(HOUR, cn="9012", groups=((("ExeRtn", "100"),),))
    assert describe(answer)["meaning"] == {"code": "100", "words": "没有数据"}
    assert describe(replace(HOUR, flag=9))["edition"] == "版本 2，未知"
    assert describe(replace(HOUR, flag=None))["edition"] == "HJ/T 212-2005"
