"""The words, symbols and colours of states and severities: one palette on every screen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Token:
    """How one value looks: its word, its symbol (so that colour is never the only sign), its tone.

    ``tone`` names the colours of ``tokens.css`` (red, orange, yellow, blue, green, grey).
    """

    label: str
    icon: str
    tone: str
    solid: bool = False


STATES: dict[str, Token] = {
    "met": Token("已达标", "circle-check", "green"),
    "on_track": Token("正常推进", "player-play", "blue"),
    "at_risk": Token("有风险", "alert-triangle", "yellow"),
    "overdue": Token("已逾期", "clock-exclamation", "red", solid=True),
    "not_due": Token("未到期", "hourglass", "grey"),
    "not_measured": Token("未计量", "circle-dashed", "none"),
}

SEVERITIES: dict[str, Token] = {
    "red": Token("红", "alert-triangle", "red", solid=True),
    "orange": Token("橙", "alert-triangle", "orange", solid=True),
    "yellow": Token("黄", "alert-circle", "yellow", solid=True),
    "blue": Token("蓝", "info-circle", "blue", solid=True),
}

LEVELS: dict[str, Token] = {
    "debug": Token("提示", "info-circle", "grey"),
    "info": Token("提示", "info-circle", "blue"),
    "success": Token("已完成", "circle-check", "green"),
    "warning": Token("请注意", "alert-triangle", "orange"),
    "error": Token("未完成", "circle-x", "red"),
}
