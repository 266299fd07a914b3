"""The kinds of files: which fields stand in the head and in a record.

Source: programs that write and read such files at mines (see docs/monitoring.md). Fields whose
meaning was not to be learnt are called ``unknown_…``. **Not the standard's text**: MT/T 1201-2023
may order them otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property


class Form(Enum):
    """What a field may hold; each may be empty."""

    TEXT = "文字"
    NUMBER = "数字"
    TIME = "时间（年-月-日 时:分:秒）"


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    words: str
    form: Form = Form.TEXT


@dataclass(frozen=True)
class Layout:
    """``gap``: between the fields before this index and the rest others may stand, that no table
    names; None where the number of fields is fixed."""

    kind: str
    words: str
    head: tuple[Field, ...]
    fields: tuple[Field, ...]
    gap: int | None = None

    @cached_property
    def checked(self) -> tuple[tuple[int, Field], ...]:
        """The fields of a record that must be more than text, with their indexes."""
        return _checked(self.fields)

    @cached_property
    def checked_head(self) -> tuple[tuple[int, Field], ...]:
        return _checked(self.head)


def _checked(fields: tuple[Field, ...]) -> tuple[tuple[int, Field], ...]:
    return tuple(pair for pair in enumerate(fields) if pair[1].form is not Form.TEXT)


def _fields(text: str) -> tuple[Field, ...]:
    """From lines ``name words``; ``#`` after the name marks a number, ``@`` a time."""
    forms = {"#": Form.NUMBER, "@": Form.TIME}
    found = []
    for line in text.split("\n"):
        if line.strip():
            name, words = line.split()
            form = forms.get(name[-1], Form.TEXT)
            found.append(Field(name.rstrip("#@"), words, form))
    return tuple(found)


_HEAD = _fields("""
    mine 煤矿编码
    mine_name 煤矿名称
    time@ 数据时间
""")

_SYSTEM = """
    mine 煤矿编码
    mine_name 煤矿名称
    model 系统型号
    system 系统名称
    maker 生产厂家
    certificate_until 安标有效期
"""

_POINTS = _fields("""
    point 测点编码
    system 系统编码
    station 分站编码
    sensor 传感器类型
    value_kind 数值类型
    unit 单位
    range_high# 高量程
    range_low# 低量程
    high_alarm# 上限报警
    high_alarm_off# 上限解报
    low_alarm# 下限报警
    low_alarm_off# 下限解报
    high_cut# 上限断电
    high_restore# 上限复电
    low_cut# 下限断电
    low_restore# 下限复电
    on_words 开描述
    off_words 关描述
    place 安装位置
    x# x
    y# y
    z# z
    related 传感器关联关系
    time@ 数据时间
""")

# The value of a switch may be a word.
_VALUES = _fields("""
    point 测点编码
    sensor 传感器类型名称
    place 安装位置
    value 测点值
    unit 单位
    status 状态
    time@ 数据时间
""")

_ALARMS = _fields("""
    point 测点编码
    sensor 传感器类型名称
    place 安装位置
    unit 单位
    kind 异常类型
    begin@ 开始时间
    end@ 结束时间
    maximum# 最大值
    maximum_at@ 最大值时刻
    minimum# 最小值
    minimum_at@ 最小值时刻
    mean# 平均值
    unknown_13 （含义不明）
    measures 原因及措施
    time@ 数据时间
""")

_PEOPLE = _fields("""
    card 人员卡编码
    name 姓名
    trade 工种
    post 职务
    department 部门
    unknown_6 （含义不明）
    unknown_7 （含义不明）
    leader 是否矿领导
    special 是否特种人员
""")

_POSITIONS = _fields("""
    card 人员卡编码
    name 姓名
    in_out 出入井标志
    down_at@ 入井时刻
    up_at@ 出井时刻
    area 区域编码
    area_since@ 进入区域时刻
    station 基站编码
    station_since@ 进入基站时刻
    shift 劳动组织方式
    distance# 距基站距离
    state 工作状态
    leader 是否矿领导
    special 是否特种人员
    track 轨迹
""")

_AREAS = _fields("""
    kind 区域类型
    area 区域编码
    allowed# 核定人数
    name 区域名称
""")

_STATIONS = _fields("""
    station 基站编码
    name 基站名称
    unknown_3 （含义不明）
    unknown_4 （含义不明）
    unknown_5 （含义不明）
    unknown_6 （含义不明）
""")

_STATION_STATES = _fields("""
    station 基站编码
    running 运行状态
    power 供电状态
    time@ 数据时间
""")

LAYOUTS = {
    layout.kind: layout
    for layout in (
        Layout("CDDY", "测点定义", _fields(_SYSTEM + "time@ 数据上传时间"), _POINTS),
        Layout("CDSS", "测点实时数据", _HEAD, _VALUES),
        # Between the measures and the time, one maker writes two more fields, empty.
        Layout("YCBJ", "异常报警", _HEAD, _ALARMS, gap=14),
        Layout(
            "RYXX", "人员基本信息",
            _fields(_SYSTEM + "unknown_7 （含义不明）\ntime@ 数据上传时间"), _PEOPLE,
        ),
        Layout("RYSS", "人员实时数据", _HEAD, _POSITIONS),
        Layout("RYQY", "区域信息", _HEAD, _AREAS),
        Layout("RYJZ", "基站信息", _HEAD, _STATIONS),
        Layout("JZSS", "基站实时状态", _HEAD, _STATION_STATES),
    )
}  # fmt: skip

KIND_WORDS = {
    **{kind: layout.words for kind, layout in LAYOUTS.items()},
    "RYCS": "人员超时", "RYCY": "人员超员", "RYXZ": "人员进入限制区域", "RYQJ": "人员求救",
}  # fmt: skip
"""Kinds without a layout are read as fields without names: their lists were not to be had."""

MAKERS_STATUS = {
    "0": "正常", "1": "报警", "2": "断电", "3": "复电", "4": "断线", "5": "溢出", "6": "负漂",
    "7": "故障", "8": "标校", "14": "馈电异常",
}  # fmt: skip
"""Status of CDSS in one maker's program. **Not the standard's table**: others number otherwise."""

MAKERS_IN_OUT = {"1": "入井", "2": "出井"}
"""``in_out`` of RYSS in one maker's program; 0 is seen, too, its meaning is not known."""
