"""argparse in Chinese, for commands that need neither Django nor the rest of Anlan."""

from __future__ import annotations

import argparse
from typing import ClassVar, NoReturn

MISTAKE = 2  # the exit code of the caller's mistake, as argparse has it


class _Worded(argparse.ArgumentParser):
    """Help and messages are one text; sub-commands say the same."""

    text: ClassVar[str]

    def format_help(self) -> str:
        return self.text

    def error(self, message: str) -> NoReturn:
        del message  # English text of argparse
        self.exit(MISTAKE, f"错误：参数不对。\n\n{self.text}")


def worded(prog: str, text: str) -> argparse.ArgumentParser:
    """A parser whose help is ``text``; wrong arguments print it after one Chinese line."""
    kind = type("Worded", (_Worded,), {"text": text})  # the class that sub-commands are made of
    return kind(prog=prog)
