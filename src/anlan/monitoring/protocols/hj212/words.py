"""The codes of HJ 212-2017 in Chinese, and a message as a person reads it."""

from __future__ import annotations

from typing import Any

from anlan.monitoring.protocols.hj212.message import Message

COMMANDS = {
    "1000": "设置超时时间及重发次数", "1011": "提取或上传现场机时间", "1012": "设置现场机时间",
    "1013": "现场机时间校准请求", "1061": "提取实时数据间隔", "1062": "设置实时数据间隔",
    "1063": "提取分钟数据间隔", "1064": "设置分钟数据间隔", "1072": "设置现场机密码",
    "2011": "实时数据", "2012": "停止察看实时数据",
    "2021": "设备运行状态数据", "2022": "停止察看设备运行状态",
    "2031": "日数据", "2041": "设备运行时间日历史数据",
    "2051": "分钟数据", "2061": "小时数据", "2081": "数采仪开机时间",
    "9011": "请求应答", "9012": "执行结果", "9013": "通知应答", "9014": "数据应答",
}  # fmt: skip

SYSTEMS = {
    "21": "地表水质量监测", "22": "空气质量监测", "31": "大气环境污染源",
    "32": "地表水体环境污染源", "39": "扬尘", "51": "烟气排放过程", "91": "系统交互",
}  # fmt: skip

REQUEST_RETURNS = {
    "1": "准备执行请求", "2": "请求被拒绝", "3": "密码错误", "4": "MN 错误", "5": "ST 错误",
    "6": "Flag 错误", "7": "QN 错误", "8": "CN 错误", "9": "CRC 校验错误", "100": "未知错误",
}  # fmt: skip

EXECUTION_RETURNS = {
    "1": "执行成功", "2": "执行失败，原因未知", "3": "命令请求条件错误", "4": "通讯超时",
    "5": "系统繁忙", "6": "系统故障", "100": "没有数据",
}  # fmt: skip

DATA_FLAGS = {
    "N": "正常", "F": "停运", "M": "维护", "S": "手工输入", "D": "故障", "C": "校准",
    "T": "超上限", "B": "通讯异常",
}  # fmt: skip

KINDS = {
    "Rtd": "实时值", "Min": "最小值", "Avg": "平均值", "Max": "最大值", "Cou": "累计值",
    "ZsRtd": "折算实时值", "ZsMin": "折算最小值", "ZsAvg": "折算平均值", "ZsMax": "折算最大值",
}  # fmt: skip

EDITIONS = {0: "HJ/T 212-2005", 1: "HJ 212-2017"}


def describe(message: Message) -> dict[str, Any]:
    """The message for a person on site: codes with their words, CP as it stands."""
    known = {
        "edition": EDITIONS.get(message.version, f"版本 {message.version}，未知"),
        "command": _coded(message.cn, COMMANDS),
        "system": _coded(message.st, SYSTEMS) if message.st else None,
        "mn": message.mn,
        "qn": message.qn,
        "flag": message.flag,
        "wants_answer": message.wants_answer,
        "packet": f"{message.pno}/{message.pnum}" if message.pno is not None else None,
        "crc": message.crc.value,
        "encoding": message.encoding,
        "content": [dict(group) for group in message.groups],
        "meaning": _meaning(message),
        "others": dict(message.others),
        "remarks": list(message.remarks),
    }
    return {key: value for key, value in known.items() if value not in (None, {}, [])}


def _meaning(message: Message) -> dict[str, str] | None:
    """What an answer says."""
    for key, table in (("QnRtn", REQUEST_RETURNS), ("ExeRtn", EXECUTION_RETURNS)):
        code = message.value(key)
        if code is not None:
            return _coded(code, table)
    return None


def _coded(code: str, table: dict[str, str]) -> dict[str, str]:
    return {"code": code, "words": table.get(code, "未知")}
