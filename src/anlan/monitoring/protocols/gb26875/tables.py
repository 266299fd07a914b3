"""The numbers of GB/T 26875.3-2011 and their Chinese names."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum


class Command(IntEnum):
    """The command byte (table 2 of the standard); 0 and 7–127 are reserved."""

    CONTROL = 1
    UPLOAD = 2
    CONFIRM = 3
    REQUEST = 4
    ANSWER = 5
    DENY = 6


COMMANDS = {
    Command.CONTROL: "控制命令",
    Command.UPLOAD: "发送数据",
    Command.CONFIRM: "确认",
    Command.REQUEST: "请求",
    Command.ANSWER: "应答",
    Command.DENY: "否认",
}


class Kind(IntEnum):
    """The type flag of application data: 1–28 from the device, 61–91 from the centre."""

    SYSTEM_STATE = 1
    PART_STATE = 2
    ANALOG_VALUE = 3
    SYSTEM_OPERATION = 4
    SYSTEM_VERSION = 5
    SYSTEM_CONFIGURATION = 6
    PART_CONFIGURATION = 7
    SYSTEM_TIME = 8
    DEVICE_STATE = 21
    DEVICE_OPERATION = 24
    DEVICE_VERSION = 25
    DEVICE_CONFIGURATION = 26
    DEVICE_TIME = 28
    READ_SYSTEM_STATE = 61
    READ_PART_STATE = 62
    READ_ANALOG_VALUE = 63
    READ_SYSTEM_OPERATIONS = 64
    READ_SYSTEM_VERSION = 65
    READ_SYSTEM_CONFIGURATION = 66
    READ_PART_CONFIGURATION = 67
    READ_SYSTEM_TIME = 68
    READ_DEVICE_STATE = 81
    READ_DEVICE_OPERATIONS = 84
    READ_DEVICE_VERSION = 85
    READ_DEVICE_CONFIGURATION = 86
    READ_DEVICE_TIME = 88
    INITIALISE = 89
    SET_CLOCK = 90
    CHECK_DUTY = 91


KINDS = {
    Kind.SYSTEM_STATE: "上传建筑消防设施系统状态",
    Kind.PART_STATE: "上传建筑消防设施部件运行状态",
    Kind.ANALOG_VALUE: "上传建筑消防设施部件模拟量值",
    Kind.SYSTEM_OPERATION: "上传建筑消防设施操作信息",
    Kind.SYSTEM_VERSION: "上传建筑消防设施软件版本",
    Kind.SYSTEM_CONFIGURATION: "上传建筑消防设施系统配置情况",
    Kind.PART_CONFIGURATION: "上传建筑消防设施部件配置情况",
    Kind.SYSTEM_TIME: "上传建筑消防设施系统时间",
    Kind.DEVICE_STATE: "上传用户信息传输装置运行状态",
    Kind.DEVICE_OPERATION: "上传用户信息传输装置操作信息",
    Kind.DEVICE_VERSION: "上传用户信息传输装置软件版本",
    Kind.DEVICE_CONFIGURATION: "上传用户信息传输装置配置情况",
    Kind.DEVICE_TIME: "上传用户信息传输装置系统时间",
    Kind.READ_SYSTEM_STATE: "读建筑消防设施系统状态",
    Kind.READ_PART_STATE: "读建筑消防设施部件运行状态",
    Kind.READ_ANALOG_VALUE: "读建筑消防设施部件模拟量值",
    Kind.READ_SYSTEM_OPERATIONS: "读建筑消防设施操作信息记录",
    Kind.READ_SYSTEM_VERSION: "读建筑消防设施软件版本",
    Kind.READ_SYSTEM_CONFIGURATION: "读建筑消防设施系统配置情况",
    Kind.READ_PART_CONFIGURATION: "读建筑消防设施部件配置情况",
    Kind.READ_SYSTEM_TIME: "读建筑消防设施系统时间",
    Kind.READ_DEVICE_STATE: "读用户信息传输装置运行状态",
    Kind.READ_DEVICE_OPERATIONS: "读用户信息传输装置操作信息记录",
    Kind.READ_DEVICE_VERSION: "读用户信息传输装置软件版本",
    Kind.READ_DEVICE_CONFIGURATION: "读用户信息传输装置配置情况",
    Kind.READ_DEVICE_TIME: "读用户信息传输装置系统时间",
    Kind.INITIALISE: "初始化用户信息传输装置",
    Kind.SET_CLOCK: "同步用户信息传输装置时钟",
    Kind.CHECK_DUTY: "查岗命令",
}

# What answers a request: the kind of upload that holds what was asked for.
ANSWERS = {
    Kind.READ_SYSTEM_STATE: Kind.SYSTEM_STATE,
    Kind.READ_PART_STATE: Kind.PART_STATE,
    Kind.READ_ANALOG_VALUE: Kind.ANALOG_VALUE,
    Kind.READ_SYSTEM_OPERATIONS: Kind.SYSTEM_OPERATION,
    Kind.READ_SYSTEM_VERSION: Kind.SYSTEM_VERSION,
    Kind.READ_SYSTEM_CONFIGURATION: Kind.SYSTEM_CONFIGURATION,
    Kind.READ_PART_CONFIGURATION: Kind.PART_CONFIGURATION,
    Kind.READ_SYSTEM_TIME: Kind.SYSTEM_TIME,
    Kind.READ_DEVICE_STATE: Kind.DEVICE_STATE,
    Kind.READ_DEVICE_OPERATIONS: Kind.DEVICE_OPERATION,
    Kind.READ_DEVICE_VERSION: Kind.DEVICE_VERSION,
    Kind.READ_DEVICE_CONFIGURATION: Kind.DEVICE_CONFIGURATION,
    Kind.READ_DEVICE_TIME: Kind.DEVICE_TIME,
}

SYSTEMS = {
    0: "通用",
    1: "火灾报警系统",
    10: "消防联动控制器",
    11: "消火栓系统",
    12: "自动喷水灭火系统",
    13: "气体灭火系统",
    14: "水喷雾灭火系统（泵启动方式）",
    15: "水喷雾灭火系统（压力容器启动方式）",
    16: "泡沫灭火系统",
    17: "干粉灭火系统",
    18: "防烟排烟系统",
    19: "防火门及卷帘系统",
    20: "消防电梯",
    21: "消防应急广播",
    22: "消防应急照明和疏散指示系统",
    23: "消防电源",
    24: "消防电话",
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """What an analog value measures: its raw number counts ``step``s of ``unit``."""

    words: str
    unit: str
    step: Decimal


_TENTH = Decimal("0.1")

QUANTITIES = {
    1: Quantity("事件计数", "件", Decimal(1)),
    2: Quantity("高度", "m", Decimal("0.01")),
    3: Quantity("温度", "℃", _TENTH),
    4: Quantity("压力", "MPa", _TENTH),
    5: Quantity("压力", "kPa", _TENTH),
    6: Quantity("气体浓度", "%LEL", _TENTH),
    7: Quantity("时间", "s", Decimal(1)),
    8: Quantity("电压", "V", _TENTH),
    9: Quantity("电流", "A", _TENTH),
    10: Quantity("流量", "L/s", _TENTH),
    11: Quantity("风量", "m³/min", _TENTH),
    12: Quantity("风速", "m/s", Decimal(1)),
}


def command_words(code: int) -> str:
    return COMMANDS.get(Command(code), "") if code in COMMANDS else _other(code)


def kind_words(code: int) -> str:
    return KINDS[Kind(code)] if code in KINDS else _other(code)


def system_words(code: int) -> str:
    return SYSTEMS.get(code) or _other(code)


def quantity_words(code: int) -> str:
    return QUANTITIES[code].words if code in QUANTITIES else _other(code)


def _other(code: int) -> str:
    """All tables of the standard leave 128 and above to the user and reserve the rest."""
    return f"用户自定义（{code}）" if code >= 128 else f"预留（{code}）"
