"""The numbers of JT/T 808 and their Chinese names."""

from __future__ import annotations

from enum import IntEnum


class Id(IntEnum):
    """Messages that are read; all others are kept as they came."""

    TERMINAL_ANSWER = 0x0001
    HEARTBEAT = 0x0002
    REGISTRATION = 0x0100
    AUTHENTICATION = 0x0102
    LOCATION = 0x0200
    BATCH = 0x0704
    PLATFORM_ANSWER = 0x8001
    REGISTRATION_ANSWER = 0x8100


IDS = {
    Id.TERMINAL_ANSWER: "终端通用应答",
    Id.HEARTBEAT: "终端心跳",
    Id.REGISTRATION: "终端注册",
    Id.AUTHENTICATION: "终端鉴权",
    Id.LOCATION: "位置信息汇报",
    Id.BATCH: "定位数据批量上传",
    Id.PLATFORM_ANSWER: "平台通用应答",
    Id.REGISTRATION_ANSWER: "终端注册应答",
}


class Result(IntEnum):
    """The result of a general answer; the last only from a platform."""

    SUCCESS = 0
    FAILURE = 1
    BAD_MESSAGE = 2
    UNSUPPORTED = 3
    ALARM_CONFIRMED = 4


RESULTS = {0: "成功", 1: "失败", 2: "消息有误", 3: "不支持", 4: "报警处理确认"}


class Registered(IntEnum):
    """The result of a registration."""

    SUCCESS = 0
    VEHICLE_REGISTERED = 1
    NO_SUCH_VEHICLE = 2
    TERMINAL_REGISTERED = 3
    NO_SUCH_TERMINAL = 4


REGISTERED = {
    0: "成功",
    1: "车辆已被注册",
    2: "数据库中无该车辆",
    3: "终端已被注册",
    4: "数据库中无该终端",
}

# Of 2013. In 2019 the codes are those of JT/T 697.7, which for these five numbers are taken to
# mean the same (an assumption).
PLATE_COLOURS = {0: "未上牌", 1: "蓝色", 2: "黄色", 3: "黑色", 4: "白色", 9: "其他"}

BATCHES = {0: "正常位置批量汇报", 1: "盲区补报"}
AREAS = {0: "无特定位置", 1: "圆形区域", 2: "矩形区域", 3: "多边形区域", 4: "路段"}
CROSSINGS = {0: "进", 1: "出"}
ROUTE_TIMES = {0: "不足", 1: "过长"}


def words(table: dict[int, str], code: int) -> str:
    return table.get(code) or f"未知（{code}）"


def id_words(code: int) -> str:
    return IDS[Id(code)] if code in IDS else f"未解读的消息（0x{code:04X}）"
