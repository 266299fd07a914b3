"""``anlan tamper check FILE``: runs the detector of touched series over a file of readings."""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from anlan.arguments import MISTAKE, worded
from anlan.monitoring.tamper.detector import Settings, check
from anlan.monitoring.tamper.reading import Wanted, read
from anlan.monitoring.tamper.states import ROLES
from anlan.monitoring.tamper.tables import Unreadable

OK = 0

_HELP = """\
用法：anlan tamper check 文件 [--json] [选项]

查一份监测读数，指出像是被动过手脚的时段和理由：冻结、波动骤减、压在限值下、照搬、
关键时段缺数、时钟异常、与相邻测点不符、与供电通风状态不符。指出的是疑点，要由人核实。

  文件                   csv（逗号、分号或制表符）或arff。列可以是 time,point,value，
                         也可以是时间加每个测点一列；时间没有写时区的按北京时间读
  --json                 输出JSON，供其他程序使用
  --column 列名          只查这一列
  --every 秒数           文件没有时间列时，多久一行
  --limit 测点=限值      报警或断电限值，可以写多次
  --role 测点=power|fan  这个测点是供电或风机的状态，可以写多次
  --unit 单位            说明里写在数值后面的单位；也可以写 测点=单位
  -h, --help             显示这段说明
"""


def main(arguments: Sequence[str]) -> int:
    """Runs ``anlan tamper …``; returns 0, or 2 with one Chinese line on stderr."""
    options = _parser().parse_args(arguments)
    try:
        text = _checked(options)
    except Unreadable as error:
        print(f"错误：{error}。", file=sys.stderr)
        return MISTAKE
    try:
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of our output (head, less) has left; nothing more can be said to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return OK


def _parser() -> argparse.ArgumentParser:
    parser = worded("anlan tamper", _HELP)
    one = parser.add_subparsers(required=True).add_parser("check")
    one.add_argument("file", type=Path)
    one.add_argument("--json", action="store_true")
    one.add_argument("--column")
    one.add_argument("--every", type=float)
    one.add_argument("--limit", action="append", default=[])
    one.add_argument("--role", action="append", default=[])
    one.add_argument("--unit", action="append", default=[])
    return parser


def _checked(options: argparse.Namespace) -> str:
    every = options.every
    if every is not None and not (math.isfinite(every) and 0 < every <= 86_400):
        raise Unreadable("--every 应是大于0、不超过86400的秒数")
    limits, roles = _limits(options.limit), _roles(options.role)
    found = read(options.file, Wanted(options.column, every))
    points = {one.point for one in found.series}
    for name in (*limits, *roles):
        if name not in points:
            raise Unreadable(f"文件里没有测点“{name}”；有的测点：{'、'.join(sorted(points))[:200]}")
    from anlan.monitoring.tamper import report

    cuts = {point: max(given) for point, given in limits.items()}
    findings = check(found.series, Settings(limits, roles, cuts))
    told = report.Told(str(options.file), found, findings, _units(options.unit))
    if options.json:
        return json.dumps(told.as_dict(), ensure_ascii=False, allow_nan=False) + "\n"
    return told.as_text()


def _pair(text: str, option: str) -> tuple[str, str]:
    name, equals, value = text.rpartition("=")
    if not equals or not name or not value:
        raise Unreadable(f"{option} 应写成 测点=…，不是“{text}”")
    return name, value


def _limits(texts: Sequence[str]) -> dict[str, tuple[float, ...]]:
    limits: dict[str, tuple[float, ...]] = {}
    for text in texts:
        name, value = _pair(text, "--limit")
        try:
            limit = float(value)
        except ValueError:
            limit = math.nan
        if not math.isfinite(limit):
            raise Unreadable(f"--limit {text}：“{value}”不是数字")
        limits[name] = (*limits.get(name, ()), limit)
    return limits


def _roles(texts: Sequence[str]) -> dict[str, str]:
    roles = dict(_pair(text, "--role") for text in texts)
    for name, role in roles.items():
        if role not in ROLES:
            raise Unreadable(f"--role {name}={role}：角色只能是 {'、'.join(ROLES)}")
    return roles


def _units(texts: Sequence[str]) -> dict[str, str]:
    """By point; under the empty name the unit of all others."""
    return dict(_pair(text, "--unit") if "=" in text else ("", text) for text in texts)
