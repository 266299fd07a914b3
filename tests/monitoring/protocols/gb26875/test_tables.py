"""The tables of GB/T 26875.3: quantities, bits, names; clauses of STANDARDS.md, section 4."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from anlan.monitoring.protocols.gb26875 import flags
from anlan.monitoring.protocols.gb26875 import objects as o
from anlan.monitoring.protocols.gb26875.flags import flag_words
from anlan.monitoring.protocols.gb26875.parts import PARTS, part_words
from anlan.monitoring.protocols.gb26875.tables import (
    QUANTITIES,
    SYSTEMS,
    command_words,
    kind_words,
    quantity_words,
    system_words,
)


@pytest.mark.parametrize(
    ("quantity", "raw", "value", "unit"),
    [
        (1, 3, "3", "件"), (2, 123, "1.23", "m"), (3, -2730, "-273.0", "℃"),
        (3, 800, "80.0", "℃"), (4, 12, "1.2", "MPa"), (5, 12, "1.2", "kPa"),
        (6, 250, "25.0", "%LEL"), (7, 9, "9", "s"), (8, 2201, "220.1", "V"), (9, 15, "1.5", "A"),
        (10, 300, "30.0", "L/s"), (11, 7, "0.7", "m³/min"), (12, 4, "4", "m/s"),
    ],
)  # fmt: skip
def test_quantities(quantity: int, raw: int, value: str, unit: str) -> None:
    """4.5: unit and step of each kind of analog value."""
    assert o.AnalogValue(1, 1, 1, 1, quantity, raw, None).value == Decimal(value)
    assert QUANTITIES[quantity].unit == unit


def test_an_unknown_quantity_has_no_value() -> None:
    assert o.AnalogValue(1, 1, 1, 1, 13, 5, None).value is None
    assert set(QUANTITIES) == set(range(1, 13))


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (flags.SystemFlag(0x0821), ["正常运行", "启动", "手动"]),
        (flags.SystemFlag(0x4003), ["正常运行", "火警", "停止", "自动", "预留位14"]),
        (flags.PartFlag(0x0123), ["正常运行", "火警", "启动", "电源故障"]),
        (flags.PartFlag(0x0002), ["非正常运行（按标准为测试状态）", "火警", "停止"]),
        (flags.DeviceFlag(0x62), ["火警", "与监控中心通信信道故障", "监测连接线路故障"]),
        (flags.SystemAct(0x2C), ["手动报警", "警情消除", "确认"]),
        (flags.DeviceAct(0x2C), ["手动报警", "警情消除", "查岗应答"]),
    ],
)
def test_words_of_bits(state: Any, words: list[str]) -> None:
    """4.4: the bit tables."""
    assert flag_words(state) == words


def test_words_of_codes() -> None:
    """4.2, 4.3, 4.6, 4.7: names, reserved numbers and those left to users."""
    assert [command_words(code) for code in (2, 7, 128)] == [
        "发送数据",
        "预留（7）",
        "用户自定义（128）",
    ]
    assert [kind_words(code) for code in (91, 9)] == ["查岗命令", "预留（9）"]
    assert [system_words(code) for code in (13, 2, 130)] == [
        "气体灭火系统", "预留（2）", "用户自定义（130）",
    ]  # fmt: skip
    assert [part_words(code) for code in (42, 2)] == ["点型光电感烟火灾探测器", "预留（2）"]
    assert [quantity_words(code) for code in (6, 13)] == ["气体浓度", "预留（13）"]
    assert len(SYSTEMS) == 17
    assert len(PARTS) == 66
