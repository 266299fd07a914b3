"""``anlan simulate CITY.json``: speaks as all the devices of a city, until Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import math
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from anlan.arguments import MISTAKE, worded
from anlan.monitoring.simulate import scenarios
from anlan.monitoring.simulate.city import Unreadable, load
from anlan.monitoring.simulate.counting import table
from anlan.monitoring.simulate.run import Running, Target
from anlan.monitoring.simulate.world import World

OK = 0

_HELP = """\
用法：anlan simulate 城市.json [选项]

模拟一座城市的全部监测设备，按各自的协议向平台发送读数，可以按脚本演出事故和造假。
按 Ctrl-C 结束，结束时列出各协议发了多少、确认多少、被拒多少。读数是模拟的，不要发往正式平台。

  城市.json          设备和测点的清单，格式见 docs/simulate.md
  --host 地址        MQTT、消防、车辆、污染源设备连接的主机，默认 127.0.0.1
  --web 网址         HTTP 批次发往的平台网址，默认 http://127.0.0.1:8000
  --folder 文件夹    煤矿数据文件放到哪里；城市里有煤矿文件时必须写
  --scenario 场景    脚本文件，或随程序提供的场景名（见下）；可以写多次
  --speed 倍数       信号和脚本走得比钟快多少倍，默认 1；读数上的时间仍是现在
  --rate 条数        全城每秒发多少条读数；不写则按各设备自己的间隔
  --minutes 分钟     多久后自己结束；不写则一直运行
  --seed 整数        同一个数，同样的信号；默认 1
  -h, --help         显示这段说明

随程序提供的场景：{scenarios}
"""


def main(arguments: Sequence[str]) -> int:
    """Runs ``anlan simulate …``; returns 0, or 2 with one Chinese line on stderr."""
    options = _parser().parse_args(arguments or ["--help"])
    try:
        running = _running(options)
    except Unreadable as error:
        print(f"错误：{error}", file=sys.stderr)
        return MISTAKE
    begin = time.monotonic()
    print("正在模拟，按 Ctrl-C 结束。", flush=True)
    asyncio.run(_until_stopped(running, options.minutes))
    print(table(running.tallies, time.monotonic() - begin), flush=True)
    return OK


def _help() -> str:
    names = sorted(path.stem for path in scenarios.SHIPPED.glob("*.yaml"))
    return _HELP.format(scenarios="、".join(names))


def _parser() -> argparse.ArgumentParser:
    parser = worded("anlan simulate", _help())
    parser.add_argument("city", type=Path)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--web", default="http://127.0.0.1:8000")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--scenario", action="append", default=[])
    parser.add_argument("--speed", type=_positive, default=1.0)
    parser.add_argument("--rate", type=_positive)
    parser.add_argument("--minutes", type=_positive)
    parser.add_argument("--seed", type=int, default=1)
    return parser


def _positive(text: str) -> float:
    number = float(text)
    if not (math.isfinite(number) and number > 0):
        raise ValueError(text)
    return number


def _running(options: argparse.Namespace) -> Running:
    city = load(options.city)
    world = World(
        city,
        [scenarios.load(name) for name in options.scenario],
        seed=options.seed,
        start=time.time(),
        speed=options.speed,
    )
    return Running(
        city, world, Target(options.host, options.web, options.folder), rate=options.rate
    )


async def _until_stopped(running: Running, minutes: float | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows: KeyboardInterrupt ends it without a table
            loop.add_signal_handler(number, stop.set)
    if minutes is not None:
        loop.call_later(minutes * 60, stop.set)
    await running.run(stop)
