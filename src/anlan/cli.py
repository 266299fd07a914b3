"""The command ``anlan``: finds the sub-command and imports only its module.

Add a command by one line in ``COMMANDS``. Its function takes the remaining arguments and returns
the exit code: 0 done, 2 the caller's mistake (wrong arguments, a file that cannot be read).
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

COMMANDS: dict[str, tuple[str, str]] = {
    # name: ("module:function", what it does)
    "run": ("anlan.config.commands:run", "准备数据并运行：数据库、网页、后台任务、监测"),
    "serve": ("anlan.config.commands:serve", "只运行网页服务"),
    "worker": ("anlan.config.commands:worker", "只运行后台任务"),
    "broker": ("anlan.config.monitoring:broker", "只运行内置的消息服务"),
    "monitor": ("anlan.config.monitoring:monitor", "只运行监测：判断读数、写入历史"),
    "gateways": ("anlan.config.gateways:gateways", "只运行接入网关：设备按各自协议上报"),
    "edge": ("anlan.config.edge:edge", "运行县级节点：断网时接收本县设备，恢复后补送"),
    "coal": ("anlan.config.gateways:coal", "只运行煤矿数据文件的接收"),
    "health": ("anlan.config.commands:health", "查看运行状态"),
    "migrate": ("anlan.config.commands:migrate", "更新数据库结构"),
    "load": ("anlan.config.commands:load", "载入随程序提供的区划、单位等资料"),
    "demo": ("anlan.config.commands:demo", "载入标明为演示的一年数据"),
    "demo-devices": ("anlan.config.monitoring:demo_devices", "让演示设备上报模拟读数"),
    "audit": ("anlan.config.audit:audit", "审计链：verify 核验，seal 封存，head 显示链尾"),
    "manage": ("anlan.config.commands:manage", "Django 的管理命令"),
    "tamper": ("anlan.monitoring.cli.tampering:main", "查监测数据：哪些读数像是被动过手脚，为什么"),
    "notice": ("anlan.notices.command:main", "读通知：正文、附表、责任、数字、前后不一致之处"),
    "decode": (
        "anlan.monitoring.cli.decoding:main",
        "读设备发来的字节：说什么，哪个字节起有毛病",
    ),
    "simulate": (
        "anlan.monitoring.cli.simulating:main",
        "模拟一座城市的监测设备：发送读数，演出事故和造假",
    ),
}

OK, MISTAKE = 0, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the sub-command named first; an unknown or missing one prints help in Chinese."""
    name, *rest = arguments if arguments is not None else sys.argv[1:] or ["--help"]
    if name in {"-h", "--help", "help"}:
        print(usage())
        return OK
    if name in {"-V", "--version"}:
        from importlib.metadata import version

        print(version("anlan"))
        return OK
    if name not in COMMANDS:
        print(f"错误：没有“{name}”这个命令。\n\n{usage()}", file=sys.stderr)
        return MISTAKE
    module, function = COMMANDS[name][0].split(":")
    code: int = getattr(importlib.import_module(module), function)(rest)
    return code


def usage() -> str:
    """The list of commands, in Chinese."""
    width = max(map(len, COMMANDS)) + 2
    lines = [f"  {name:<{width}}{what}" for name, (_, what) in sorted(COMMANDS.items())]
    return (
        "用法：anlan 命令 [参数]\n\n命令：\n"
        + "\n".join(lines)
        + "\n\n某个命令的用法：anlan 命令 --help"
    )


if __name__ == "__main__":
    sys.exit(main())
