"""Alarm and status bits of a location (JT/T 808, message 0x0200). Other bits are kept as sent."""

from __future__ import annotations

from enum import IntFlag


class Alarm(IntFlag):
    EMERGENCY = 1 << 0
    OVERSPEED = 1 << 1
    FATIGUE = 1 << 2
    DANGER = 1 << 3
    GNSS_FAULT = 1 << 4
    ANTENNA_CUT = 1 << 5
    ANTENNA_SHORT = 1 << 6
    MAINS_LOW = 1 << 7
    MAINS_OFF = 1 << 8
    DISPLAY_FAULT = 1 << 9
    SPEECH_FAULT = 1 << 10
    CAMERA_FAULT = 1 << 11
    LICENCE_READER_FAULT = 1 << 12
    OVERSPEED_WARNING = 1 << 13
    FATIGUE_WARNING = 1 << 14
    # Bits 15 to 17 are of 2019; their meaning was not checked against the standard's text.
    VIOLATION = 1 << 15
    TYRE_WARNING = 1 << 16
    RIGHT_BLIND_AREA = 1 << 17
    DRIVING_TIME_OF_DAY = 1 << 18
    OVERLONG_STOP = 1 << 19
    AREA_CROSSED = 1 << 20
    ROUTE_CROSSED = 1 << 21
    ROUTE_TIME = 1 << 22
    ROUTE_LEFT = 1 << 23
    SPEED_SENSOR_FAULT = 1 << 24
    FUEL_ABNORMAL = 1 << 25
    STOLEN = 1 << 26
    ILLEGAL_IGNITION = 1 << 27
    ILLEGAL_MOVEMENT = 1 << 28
    COLLISION = 1 << 29
    ROLLOVER = 1 << 30
    ILLEGAL_DOOR = 1 << 31


class Status(IntFlag):
    ACC = 1 << 0
    LOCATED = 1 << 1
    SOUTH = 1 << 2
    WEST = 1 << 3
    OUT_OF_SERVICE = 1 << 4
    ENCRYPTED = 1 << 5
    LOAD_LOW = 1 << 8  # with LOAD_HIGH: 00 empty, 01 half, 11 full
    LOAD_HIGH = 1 << 9
    FUEL_CUT = 1 << 10
    POWER_CUT = 1 << 11
    DOORS_LOCKED = 1 << 12
    FRONT_DOOR = 1 << 13
    MIDDLE_DOOR = 1 << 14
    REAR_DOOR = 1 << 15
    DRIVER_DOOR = 1 << 16
    GPS = 1 << 18
    BEIDOU = 1 << 19
    GLONASS = 1 << 20
    GALILEO = 1 << 21


_ALARMS = (
    "紧急报警",
    "超速报警",
    "疲劳驾驶",
    "危险预警",
    "GNSS 模块故障",
    "GNSS 天线未接或被剪断",
    "GNSS 天线短路",
    "终端主电源欠压",
    "终端主电源掉电",
    "终端显示屏故障",
    "TTS 模块故障",
    "摄像头故障",
    "道路运输证 IC 卡模块故障",
    "超速预警",
    "疲劳驾驶预警",
    "违规行驶",
    "胎压预警",
    "右转盲区异常",
    "当天累计驾驶超时",
    "超时停车",
    "进出区域",
    "进出路线",
    "路段行驶时间不足或过长",
    "路线偏离",
    "车辆 VSS 故障",
    "车辆油量异常",
    "车辆被盗",
    "车辆非法点火",
    "车辆非法位移",
    "碰撞",
    "侧翻",
    "非法开门",
)

# What a status bit says when it is set, and when it is clear (empty: nothing worth saying).
_STATUS = {
    0: ("ACC 开", "ACC 关"),
    1: ("已定位", "未定位"),
    2: ("南纬", "北纬"),
    3: ("西经", "东经"),
    4: ("停运", "运营"),
    5: ("经纬度已加密", ""),
    10: ("油路断开", ""),
    11: ("电路断开", ""),
    12: ("车门加锁", ""),
    13: ("前门开", ""),
    14: ("中门开", ""),
    15: ("后门开", ""),
    16: ("驾驶席门开", ""),
    18: ("使用 GPS", ""),
    19: ("使用北斗", ""),
    20: ("使用 GLONASS", ""),
    21: ("使用 Galileo", ""),
}
_LOADS = {0: "空车", 1: "半载", 3: "满载"}


def alarm_words(alarms: Alarm) -> list[str]:
    return [word for bit, word in enumerate(_ALARMS) if alarms >> bit & 1]


def status_words(status: Status) -> list[str]:
    said = [words[0] if status >> bit & 1 else words[1] for bit, words in _STATUS.items()]
    return [word for word in said if word] + [_LOADS.get(status >> 8 & 3, "载重状态未定义")]
