"""The bit tables of GB/T 26875.3-2011. Reserved bits are kept as they came."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntFlag


class SystemFlag(IntFlag):
    """State of a system (type 1, two bytes)."""

    NORMAL = 1 << 0
    FIRE = 1 << 1
    FAULT = 1 << 2
    SHIELDED = 1 << 3
    SUPERVISED = 1 << 4
    STARTED = 1 << 5
    FEEDBACK = 1 << 6
    DELAYED = 1 << 7
    MAINS_FAULT = 1 << 8
    BATTERY_FAULT = 1 << 9
    BUS_FAULT = 1 << 10
    MANUAL = 1 << 11
    CONFIGURATION_CHANGED = 1 << 12
    RESET = 1 << 13


class PartFlag(IntFlag):
    """State of a part (type 2, two bytes)."""

    NORMAL = 1 << 0
    FIRE = 1 << 1
    FAULT = 1 << 2
    SHIELDED = 1 << 3
    SUPERVISED = 1 << 4
    STARTED = 1 << 5
    FEEDBACK = 1 << 6
    DELAYED = 1 << 7
    POWER_FAULT = 1 << 8


class DeviceFlag(IntFlag):
    """State of the user information transmission device itself (type 21, one byte)."""

    NORMAL = 1 << 0
    FIRE = 1 << 1
    FAULT = 1 << 2
    MAINS_FAULT = 1 << 3
    BATTERY_FAULT = 1 << 4
    CENTRE_LINE_FAULT = 1 << 5
    SYSTEM_LINE_FAULT = 1 << 6


class SystemAct(IntFlag):
    """What somebody did at a system (type 4, one byte)."""

    RESET = 1 << 0
    SILENCE = 1 << 1
    MANUAL_ALARM = 1 << 2
    ALARM_CLEARED = 1 << 3
    SELF_TEST = 1 << 4
    CONFIRM = 1 << 5
    TEST = 1 << 6


class DeviceAct(IntFlag):
    """What somebody did at the transmission device (type 24, one byte)."""

    RESET = 1 << 0
    SILENCE = 1 << 1
    MANUAL_ALARM = 1 << 2
    ALARM_CLEARED = 1 << 3
    SELF_TEST = 1 << 4
    DUTY_ANSWERED = 1 << 5
    TEST = 1 << 6


# Words of a bit that is set; in _CLEAR those of the few bits that say something when clear.
_SET: Mapping[type[IntFlag], tuple[str, ...]] = {
    SystemFlag: (
        "正常运行",
        "火警",
        "故障",
        "屏蔽",
        "监管",
        "启动",
        "反馈",
        "延时",
        "主电故障",
        "备电故障",
        "总线故障",
        "手动",
        "配置改变",
        "复位",
    ),
    PartFlag: ("正常运行", "火警", "故障", "屏蔽", "监管", "启动", "反馈", "延时", "电源故障"),
    DeviceFlag: (
        "正常监视",
        "火警",
        "故障",
        "主电故障",
        "备电故障",
        "与监控中心通信信道故障",
        "监测连接线路故障",
    ),
    SystemAct: ("复位", "消音", "手动报警", "警情消除", "自检", "确认", "测试"),
    DeviceAct: ("复位", "消音", "手动报警", "警情消除", "自检", "查岗应答", "测试"),
}

# Devices report fires with the bit of normal running clear, which the standard calls a test; a
# bare "测试" beside "火警" would make somebody take a fire for one.
_NOT_NORMAL = "非正常运行（按标准为测试状态）"
_CLEAR: Mapping[type[IntFlag], Mapping[int, str]] = {
    SystemFlag: {0: _NOT_NORMAL, 5: "停止", 11: "自动"},
    PartFlag: {0: _NOT_NORMAL, 5: "停止"},
}


def flag_words(flags: IntFlag, size: int = 16) -> list[str]:
    """What the bits say, in their order; a reserved bit that is set is named by its number."""
    words = _SET[type(flags)]
    clear = _CLEAR.get(type(flags), {})
    found: list[str] = []
    for bit in range(size):
        if flags >> bit & 1:
            found.append(words[bit] if bit < len(words) else f"预留位{bit}")
        elif bit in clear:
            found.append(clear[bit])
    return found
