"""``anlan audit``: sealing the audit chain, verifying it, and noting where it ends."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence

from anlan.config.commands import DONE, FAILED, Parser, command, django


@command
def audit(arguments: Sequence[str]) -> int:
    """``verify``: 0 intact, 1 touched (the first row is named). ``seal`` and ``head``: 0."""
    parser = Parser(prog="anlan audit", description="审计链", add_help=False)
    parser.add_argument("-h", "--help", action="help", help="显示这段说明")
    parser.add_argument(
        "what", choices=["verify", "seal", "head"], metavar="verify|seal|head",
        help="verify 核验全链，有改动时退出码为 1；seal 立即封存；head 显示链尾，供另处留存",
    )  # fmt: skip
    parser.add_argument(
        "--head", type=_head, metavar="号:摘要", help="先前记下的链尾，用来证明链尾没有被截去"
    )
    options = parser.parse_args(arguments)
    with django():
        from anlan.config.prepare import require_migrated

        require_migrated()
        return {"verify": _verify, "seal": _seal, "head": _show_head}[options.what](options)


def _verify(options: argparse.Namespace) -> int:
    from anlan.kernel.audit import chain

    verdict = chain.verify(head=options.head)
    if verdict.intact:
        print(f"审计链完好：已核验 {verdict.links} 条。\n链尾：{verdict.head}")
        return DONE
    print(f"审计链不完好：{verdict.text}。\n在此之前的 {verdict.links} 条完好。")
    return FAILED


def _seal(options: argparse.Namespace) -> int:
    from anlan.kernel.audit import chain

    print(f"已封存 {chain.seal_all()} 条。\n链尾：{chain.head()}")
    return DONE


def _show_head(options: argparse.Namespace) -> int:
    from anlan.kernel.audit import chain

    print(chain.head())
    return DONE


def _head(text: str) -> str:
    if re.fullmatch(r"[0-9]+:[0-9a-f]{64}", text.strip().lower()):
        return text.strip().lower()
    raise argparse.ArgumentTypeError(f"“{text}”不是链尾，应为“号:64 位十六进制摘要”")
