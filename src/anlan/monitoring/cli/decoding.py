"""``anlan decode PROTOCOL [FILE|-]``: what these bytes say, and at which byte a fault begins.

Exit code 0: every piece was good; 1: some piece was at fault; 2: the input could not be read.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from anlan.arguments import MISTAKE, worded
from anlan.monitoring.cli.hexadecimal import BadHex, HexText, looks_hex
from anlan.monitoring.cli.pieces import PROTOCOLS, Decoder, Unreadable, decoder

GOOD, FAULTY = 0, 1
CHUNK = 64 * 1024
SAMPLE = 64  # bytes; enough to tell in what form an input is

_HELP = """\
用法：anlan decode 协议 [文件|-] [--hex|--binary] [--name 文件名]

读设备发来的字节，每帧（每条记录）输出一行 JSON：偏移、长度，以及内容；
有毛病的，说明原因和出错的字节。

  协议            gb26875  消防远程监控 GB/T 26875.3
                  jt808    车辆定位 JT/T 808
                  hj212    污染源监测 HJ 212
                  coal     煤矿感知数据文件（CDSS、RYSS 等）
                  batch    安澜的批次（二进制 ANB1 或 JSON）
  文件            - 或不写表示标准输入，来多少读多少
  --hex           输入是十六进制文字：可有空格、换行、0x、逗号、冒号；# 之后是注释
  --binary        输入就是原样的字节；两者都不写则自己辨认
  --name 文件名   coal 从标准输入读时，说明这是哪个文件，如 140000000001_CDSS_20261126080000.txt
  -h, --help      显示这段说明

偏移从 0 数起；十六进制输入按换算后的字节数。
退出码：0 全部正常，1 有的有毛病，2 输入读不了。
"""


def main(arguments: Sequence[str]) -> int:
    """Runs ``anlan decode …``; the exit codes stand above."""
    options = _parser().parse_args(arguments or ["--help"])
    try:
        with _opened(options.file) as file:
            return _decode(file, options)
    except (Unreadable, BadHex) as error:
        print(f"错误：{error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("已停止，输入没有读完。", file=sys.stderr)
    except BrokenPipeError:
        # What is still buffered has nowhere to go; it must not fail again when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        print("错误：接收输出的程序已经关闭，后面的没有写出。", file=sys.stderr)
    return MISTAKE


def _parser() -> argparse.ArgumentParser:
    parser = worded("anlan decode", _HELP)
    parser.add_argument("protocol", choices=PROTOCOLS)
    parser.add_argument("file", nargs="?", default="-")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--hex", action="store_true")
    form.add_argument("--binary", action="store_true")
    parser.add_argument("--name")
    return parser


@contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    if name == "-":
        yield sys.stdin.buffer
        return
    try:
        file = Path(name).open("rb")  # noqa: SIM115 - closed below, outside of what is caught
    except FileNotFoundError as error:
        raise Unreadable(f"找不到文件“{name}”。请检查路径。") from error
    except IsADirectoryError as error:
        raise Unreadable(f"“{name}”是文件夹，请写其中的一个文件。") from error
    except PermissionError as error:
        raise Unreadable(f"没有权限读“{name}”。请换用有权限的用户，或改文件权限。") from error
    except (OSError, ValueError) as error:
        raise Unreadable(f"打不开“{name}”。") from error
    with file:
        yield file


def _decode(file: BinaryIO, options: argparse.Namespace) -> int:
    name = options.name or Path(options.file).name
    found: Decoder | None = None
    faulty = False
    for chunk, final in _input(file, options):
        found = found or decoder(options.protocol, name, chunk)
        lines = found.feed(chunk) + (found.end() if final else [])
        faulty |= any("fault" in line for line in lines)
        _print(lines)
    return FAULTY if faulty else GOOD


def _input(file: BinaryIO, options: argparse.Namespace) -> Iterator[tuple[bytes, bool]]:
    """The input's bytes as they come, never empty ones but the last, which is marked."""
    told = options.hex or options.binary
    # A coal mine's file and a batch are told by their beginning, too.
    live = told and options.protocol not in ("coal", "batch")
    begin = _read(file, 1 if live else SAMPLE)
    text = HexText() if options.hex or (not told and looks_hex(begin)) else None
    came = False
    while begin:
        data = text.feed(begin) if text else begin
        if data:
            came = True
            yield data, False
        begin = _read(file, 1)
    rest = text.feed(b"", final=True) if text else b""
    if not came and not rest:
        raise Unreadable("输入是空的，没有可读的字节。")
    yield rest, True


def _read(file: BinaryIO, least: int) -> bytes:
    """What is there, at least so many bytes unless the input ends."""
    found = b""
    try:
        while len(found) < least:
            more = file.read1(CHUNK)  # type: ignore[attr-defined]
            if not more:
                break
            found += more
    except OSError as error:
        raise Unreadable(f"读到中途出错：{error.strerror}。") from error
    return found


def _print(lines: list[dict[str, Any]]) -> None:
    for line in lines:
        text = json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n"
        # Whatever the terminal's encoding is: JSON is UTF-8.
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()
