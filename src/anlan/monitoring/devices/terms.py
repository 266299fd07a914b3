"""The Chinese names of what the decoders say of a message, by protocol.

``a.b`` is ``b`` of what stands under ``a``; a bare name serves everywhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anlan.monitoring.protocols.coal.layouts import LAYOUTS

NAMES: dict[str, dict[str, str]] = {
    "hj212": {
        "edition": "标准版本", "command": "命令（CN）", "system": "系统编码（ST）",
        "mn": "设备唯一标识（MN）", "qn": "请求编码（QN）", "flag": "标志位（Flag）",
        "wants_answer": "要求应答", "packet": "分包（第几包/共几包）", "crc": "校验码",
        "encoding": "文字编码", "content": "数据区原文（CP）", "meaning": "应答结果",
        "time": "数据时间", "readings": "读数", "readings.factor": "因子",
        "readings.kind": "类别", "readings.value": "数值", "readings.flag": "数据标记",
        "others": "其他字段", "remarks": "与标准不同之处",
    },
    "gb26875": {
        "serial": "业务流水号", "version": "协议版本", "time": "时间",
        "source": "源地址（十六进制）", "target": "目的地址（十六进制）", "command": "控制命令",
        "type": "数据类型", "unread": "没有解读的内容（十六进制）", "objects": "信息对象",
        "system": "系统类型", "address": "系统地址", "part": "部件类型",
        "part_address": "部件地址", "state": "状态", "description": "说明",
        "quantity": "模拟量类型", "raw": "原始值", "value": "数值", "operation": "操作",
        "operator": "操作员编号", "major": "主版本号", "minor": "次版本号",
        "count": "记录数目", "since": "起始时间", "minutes": "应答时限（分钟）",
    },
    "jt808": {
        "id": "消息", "version": "协议版本", "phone": "终端手机号", "serial": "消息流水号",
        "encryption": "加密", "body": "内容", "body.serial": "应答的流水号",
        "body.id": "应答的消息", "result": "结果", "province": "省域代码", "city": "市县域代码",
        "maker": "制造商编号", "model": "终端型号", "terminal": "终端编号",
        "plate_colour": "车牌颜色", "plate": "车牌", "code": "鉴权码", "imei": "终端 IMEI 号",
        "software": "软件版本", "kind": "类别", "locations": "位置", "total": "总包数",
        "index": "第几包", "unread": "没有解读的内容（十六进制）", "alarms": "报警",
        "status": "状态", "latitude": "纬度（度）", "longitude": "经度（度）",
        "latitude_e6": "纬度原值（百万分之一度）", "longitude_e6": "经度原值（百万分之一度）",
        "altitude": "高程（米）", "speed": "速度（千米/时）", "heading": "方向（度，正北为 0）",
        "time": "时间", "items": "附加信息", "rest": "末尾没有解读的内容（十六进制）",
        "value": "内容", "area": "区域或路段编号", "direction": "方向", "route": "路段编号",
        "seconds": "行驶时间（秒）",
    },
    "coal": {
        "kind": "文件类别", "head": "是文件头", "values": "各字段",
        "by_one_makers_table": "代码的含义（按一家厂商的代码表，别家可能不同）",
        "remarks": "与标准不同之处",
    },
    "batch": {
        "count": "读数条数", "points": "测点个数", "from": "最早的时间", "to": "最晚的时间",
        "qualities": "数据质量", "qualities.count": "条数", "readings": "读数",
        "point": "通道号", "time": "时间", "value": "数值", "quality": "质量",
        "not_shown": "没有列出的读数条数",
    },
}  # fmt: skip


def coal_names(message: Mapping[str, Any]) -> dict[str, str]:
    """Of a record's fields, by the layout of its kind; a field without a name by its number."""
    layout = LAYOUTS.get(message["kind"]["code"])
    fields = () if layout is None else layout.head if message["head"] else layout.fields
    known = {each.name: each.words for each in fields}
    return {
        f"{under}.{name}": known.get(name) or f"第 {name.rpartition('_')[2]} 个字段"
        for under in ("values", "by_one_makers_table")
        for name in message["values"]
    }
