"""What was sent, acknowledged and refused, by protocol."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

NAMES = {
    "http": "HTTP 批次",
    "mqtt": "MQTT 批次",
    "gb26875": "GB/T 26875.3 消防",
    "jt808": "JT/T 808 车辆",
    "hj212": "HJ 212 污染源",
    "coal": "煤矿数据文件",
}
MOST_REASONS = 5


@dataclass(slots=True)
class Tally:
    """Readings, but for ``resent`` and ``denied``: messages. ``lost``: left out because too much
    waited. ``reasons``: why readings were refused, how often."""

    sent: int = 0
    acknowledged: int = 0
    refused: int = 0
    lost: int = 0
    resent: int = 0
    denied: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def waiting(self) -> int:
        """Sent, and neither acknowledged nor refused for good."""
        return self.sent - self.acknowledged - self.refused


def table(tallies: Mapping[str, Tally], seconds: float) -> str:
    """For the screen, in Chinese."""
    heads = ("协议", "发出读数", "已确认", "被拒", "未确认", "没发成", "重发次数", "拒收次数")
    rows: list[tuple[str, ...]] = [heads]
    for protocol, tally in tallies.items():
        answers = protocol != "coal"
        numbers = (tally.acknowledged, tally.refused, tally.waiting)
        told = [f"{number:,}" for number in numbers] if answers else ["—", "—", "—"]
        rest = [f"{number:,}" for number in (tally.lost, tally.resent, tally.denied)]
        rows.append((NAMES[protocol], f"{tally.sent:,}", *told, *rest))
    widths = [max(_width(row[at]) for row in rows) for at in range(len(heads))]
    lines = ["  ".join(_padded(cell, width) for cell, width in zip(row, widths, strict=True))
             for row in rows]  # fmt: skip
    total = sum(tally.sent for tally in tallies.values())
    lines.append(
        f"共 {total:,} 条读数，{seconds:.0f} 秒，每秒 {total / max(seconds, 0.001):,.0f} 条"
    )
    for protocol, tally in tallies.items():
        lines += [
            f"{NAMES[protocol]}：{reason}（{count} 次）"
            for reason, count in tally.reasons.most_common(MOST_REASONS)
        ]
    if "coal" in tallies:
        lines.append("煤矿数据文件没有应答：写进文件夹就算发出。")
    return "\n".join(line.rstrip() for line in lines)


def _width(text: str) -> int:
    """Columns on the screen: a Chinese character takes two."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
