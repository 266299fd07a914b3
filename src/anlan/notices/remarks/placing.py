"""Saying in a remark which item is meant where its number does not."""

from __future__ import annotations

from dataclasses import replace

from anlan.notices.document import Remark


def placed(remark: Remark, chapter: str | None) -> Remark:
    """``remark`` with the title of its chapter in front; unchanged without one."""
    if chapter is None:
        return remark
    return replace(remark, text=f"“{chapter}”部分：{remark.text}")
