"""The words of monitoring."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum

from django.db import models


class Toned(Enum):
    """States that are worked out, not stored: the value is its words and its tone."""

    @property
    def words(self) -> str:
        """For people."""
        return str(self.value[0])

    @property
    def tone(self) -> str:
        """As ``tag`` names it."""
        return str(self.value[1])


class Quantity(models.TextChoices):
    """What a point measures or tells."""

    METHANE = "methane", "甲烷"
    CO = "co", "一氧化碳"
    OXYGEN = "oxygen", "氧气"
    WIND = "wind", "风速"
    TEMPERATURE = "temperature", "温度"
    PRESSURE = "pressure", "压力"
    LEVEL = "level", "液位、水位"
    FLOW = "flow", "流量"
    DISPLACEMENT = "displacement", "位移"
    BEACH = "beach", "干滩长度"
    SEEPAGE = "seepage", "浸润线"
    RAIN = "rain", "降水量"
    FAN = "fan", "风机开停"
    POWER = "power", "馈电状态"
    FIRE_PART = "fire_part", "消防部件状态"  # the bits of GB/T 26875.3 as a number
    FIRE = "fire", "火警信号"  # 1: fire, 0: none
    DUST_PRESSURE = "dust_pressure", "除尘器压差"
    SPEED = "speed", "车速"
    OTHER = "other", "其他"


# the unit of a limit, by quantity: points are expected to report in it (an assumption)
UNITS = {
    Quantity.METHANE: "%", Quantity.CO: "ppm", Quantity.OXYGEN: "%", Quantity.WIND: "m/s",
    Quantity.TEMPERATURE: "℃", Quantity.PRESSURE: "kPa", Quantity.LEVEL: "m",
    Quantity.FLOW: "m³/h", Quantity.DISPLACEMENT: "mm", Quantity.BEACH: "m",
    Quantity.SEEPAGE: "m", Quantity.RAIN: "mm", Quantity.DUST_PRESSURE: "kPa",
    Quantity.SPEED: "km/h",
}  # fmt: skip


SWITCHED = {
    Quantity.FAN: ("停止", "运行"),
    Quantity.POWER: ("断电", "有电"),
    Quantity.FIRE: ("没有火警", "火警"),
}
"""What 0 and 1 say; of a feeder an assumption, as mines' files write 开 as 1."""


_WHOLE = 100.0  # from here on two decimals are more than four digits
_HUGE = 1e10  # no measure has so many; what is sent all the same must not burst a page


def rounded(value: float, step: float | None = None) -> str:
    """A measured number with as many decimals as the sensor has, ``step`` being its smallest. Where
    nobody said that: four digits, but never fewer than two decimals, for a water level above the
    sea is told in centimetres (an assumption)."""
    if abs(value) >= _HUGE:
        return f"{value:.4g}"
    if step:
        decimals = max(0, -int(Decimal(str(step)).normalize().as_tuple().exponent))
        return f"{round(value, decimals) + 0.0:.{decimals}f}"  # + 0.0: there is no -0.00
    if abs(value) >= _WHOLE:
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return f"{value:.4g}"


def in_words(quantity: str, value: float, unit: str, step: float | None = None) -> str:
    """A measured value as people say it: a switch by its word, a number with its unit."""
    if quantity in SWITCHED and value in (0, 1):
        return SWITCHED[Quantity(quantity)][int(value)]
    return f"{rounded(value, step)} {unit}".strip()


class Place(models.TextChoices):
    """Where a point stands; the places of mine gas are the rows of 煤矿安全规程（2025）Art. 536."""

    FACE_CORNER = "face_corner", "采煤工作面回风隅角（上隅角）"
    FACE = "face", "采煤工作面"
    FACE_RETURN = "face_return", "采煤工作面回风巷"
    FACE_INTAKE = "face_intake", "突出等采煤工作面进风巷、被串采煤工作面进风巷"
    FACE_RETURN_MIDDLE = "face_return_middle", "高瓦斯、突出采煤工作面回风巷中部"
    SHEARER = "shearer", "采煤机、掘进机、掘进工作面"
    HEADING_RETURN = "heading_return", "掘进工作面回风流、掘进巷道中部、双巷混合回风流"
    HEADING_INTAKE = "heading_intake", "突出掘进进风分风口、被串掘进局部通风机前"
    LOCAL_FAN = "local_fan", "被串掘进局部通风机前（局部通风机电源）"
    DRILLING = "drilling", "突出煤层钻孔施工地点下风侧"
    DISTRICT_RETURN = "district_return", "采（盘）区回风巷"
    MAIN_RETURN = "main_return", "总回风巷、一翼回风巷"
    CHAMBER = "chamber", "机电硐室、永久避难硐室"
    BELT_SHAFT = "belt_shaft", "带式输送机兼回风井筒"
    LOADING = "loading", "架线电机车装煤点、蓄电池或柴油机车"
    BUNKER = "bunker", "井下煤仓、地面走廊滚筒上方"
    DRAINAGE = "drainage", "地面瓦斯抽采泵房"
    PUMP_DOWNWIND = "pump_downwind", "井下临时抽采泵站下风侧"
    PUMP_OUTLET = "pump_outlet", "临时抽采泵站排放口下风侧栅栏外"
    BELT_DRUM = "belt_drum", "带式输送机滚筒下风侧"
    ROCK_HEADING = "rock_heading", "掘进中的岩巷"
    OTHER = "other", "其他地点"


class Protocol(models.TextChoices):
    """How a device speaks."""

    HTTP = "http", "HTTP"
    MQTT = "mqtt", "MQTT"
    GB26875 = "gb26875", "GB/T 26875.3"
    JT808 = "jt808", "JT/T 808"
    HJ212 = "hj212", "HJ 212"
    COAL = "coal", "煤矿数据文件"


class Level(models.IntegerChoices):
    """The colours in the engine's numbers, the worst highest (突发事件应对法 Art. 63)."""

    BLUE = 0, "蓝"
    YELLOW = 1, "黄"
    ORANGE = 2, "橙"
    RED = 3, "红"

    @property
    def colour(self) -> str:
        """Its name in data and style sheets."""
        return self.name.lower()


COLOURS = {each.colour: each for each in Level}


class MeasureKind(models.TextChoices):
    """Which number is compared with the limit: the engine's measures, and the limit's unit."""

    VALUE = "value", "测量值"
    RATE = "rate", "变化率（每分钟）"
    MEAN = "mean", "一段时间的均值"
    SPREAD = "spread", "一段时间的波动"
    QUALITY = "quality", "传感器故障、断线"
    SILENCE = "silence", "多久没有数据"
    COMBINED = "combined", "几处同时报警（组合）"


class Counted(models.TextChoices):
    """What a combination counts, and within what (an item: all points of one quantity at a site).

    尾矿库在线监测: several points of an item make the item's colour, several items the pond's.
    """

    ITEM_POINTS = "item_points", "同一场所、同一监测量的测点"
    SITE_POINTS = "site_points", "同一场所的测点"
    ITEMS = "items", "同一场所的监测项目（同一监测量算一项）"


class AlarmState(models.TextChoices):
    """Where an alarm stands with people; whether the event goes on is another matter."""

    RAISED = "raised", "待通知"  # nobody has been called yet
    NOTIFIED = "notified", "待应答"
    ANSWERED = "answered", "处置中"
    HANDLED = "handled", "已处置"
    DOUBTED = "doubted", "误报待复核"  # a red alarm: a second person judges
    CLOSED = "closed", "已关闭"
    FALSE = "false", "误报"


class VersionState(models.TextChoices):
    """Where a version of a rule stands."""

    PROPOSED = "proposed", "待发布"
    PUBLISHED = "published", "已发布"
    REFUSED = "refused", "未采用"
    WITHDRAWN = "withdrawn", "已撤回"  # by who drew it up


class TrialState(models.TextChoices):
    """How far a trial of a version on past days is."""

    WAITING = "waiting", "等待计算"
    RUNNING = "running", "正在计算"
    DONE = "done", "已完成"
    FAILED = "failed", "没有结果"


class TamperState(models.TextChoices):
    """What people found out about a signal of the tamper detector."""

    OPEN = "open", "待核查"
    TOUCHED = "touched", "确认动过"  # somebody touched the sensor, the line or the data
    EXPLAINED = "explained", "有正当原因"  # true readings, or work that was announced
    FALSE = "false", "误报"  # the detector was wrong


class DraftState(models.TextChoices):
    """Where the draft of a first report stands."""

    DRAFT = "draft", "待填写"  # opened by the alarm; a person completes it
    SUBMITTED = "submitted", "已提交"
    TAKEN_OVER = "taken_over", "已接收"  # the office has it: what follows is the ledgers'
    DISMISSED = "dismissed", "不报"  # nothing to report, with a reason


WAITING = (AlarmState.RAISED, AlarmState.NOTIFIED)
OPEN = (*WAITING, AlarmState.ANSWERED, AlarmState.HANDLED, AlarmState.DOUBTED)
