"""``anlan notice read FILE``: reads one notice and prints it as JSON or as a report."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from anlan.arguments import MISTAKE, worded
from anlan.notices.document import Notice, NoticeError, Source
from anlan.notices.readers import MAX_BYTES, check_size, read_data, read_source

OK = 0


_HELP = """\
用法：anlan notice read 文件 [--json] [--output 文件]

读一份通知，显示读到的内容、正文与附表不一致之处、需要核对的问题和已自动修复的地方。

  文件            .txt、.docx、.pdf 或扫描图片（.png .jpg .tiff .bmp）；- 表示标准输入
  --json          输出 JSON，供其他程序使用
  --output 文件   写入这个文件，不输出到屏幕
  -h, --help      显示这段说明
"""


def main(arguments: Sequence[str]) -> int:
    """Runs ``anlan notice …``; returns 0, or 2 with one Chinese line on stderr."""
    options = _parser().parse_args(arguments)
    try:
        notice = _read(options.file)
        _write(notice, as_json=options.json, output=options.output)
    except NoticeError as error:
        print(f"错误：{error}", file=sys.stderr)
        return MISTAKE
    except BrokenPipeError:
        # The reader of our output (head, less) has left; nothing more can be said to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return OK


def _parser() -> argparse.ArgumentParser:
    parser = worded("anlan notice", _HELP)
    read = parser.add_subparsers(required=True).add_parser("read")
    read.add_argument("file")
    read.add_argument("--json", action="store_true")
    read.add_argument("--output", type=Path)
    return parser


def _read(name: str) -> Notice:
    source = _from_stdin() if name == "-" else read_source(Path(name))
    from anlan.notices.reading import read_from

    return read_from(source)


def _from_stdin() -> Source:
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    check_size(len(data))
    return read_data(data)


def _write(notice: Notice, *, as_json: bool, output: Path | None) -> None:
    if as_json:
        text = json.dumps(notice.as_dict(), ensure_ascii=False, indent=2) + "\n"
    else:
        from anlan.notices.report import report

        text = report(notice, colour=output is None and _wants_colour())
    if output is None:
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise NoticeError(f"不能写入“{output}”。请检查文件夹是否存在、是否有权限。") from error


def _wants_colour() -> bool:
    # https://no-color.org: any non-empty value switches colour off
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
