"""By which figure the map is coloured, and which colour a share gets."""

from __future__ import annotations

from dataclasses import dataclass

from anlan.cockpit.ranking import Side
from anlan.plan.choices import Standing


@dataclass(frozen=True)
class Measure:
    """``bands``: (from this percent on, tone), ascending; the last that fits gives the tone."""

    key: str
    label: str
    standing: Standing
    bands: tuple[tuple[int, str], ...]

    def tone(self, side: Side) -> str:
        """The tone of an area: grey without duties, and where nobody has reported on any."""
        if not side.total or side.counts.get(Standing.NOT_MEASURED, 0) == side.total:
            return "none"
        percent = side.percent(self.standing)
        return next(tone for least, tone in reversed(self.bands) if percent >= least)

    @property
    def legend(self) -> list[tuple[str, str]]:
        """Tone and words of each band."""
        edges = [*(least for least, _ in self.bands), None]
        return [
            (tone, _words(least, edges[index + 1]))
            for index, (least, tone) in enumerate(self.bands)
        ]


def _words(least: int, following: int | None) -> str:
    if following is None:
        return f"{least}% 及以上"
    if following == least + 1:
        return f"{least}%"
    return f"{least}—{following - 1}%"


MEASURES = {
    each.key: each
    for each in (
        Measure(
            "overdue", "逾期占比", Standing.OVERDUE,
            ((0, "green"), (1, "yellow"), (5, "orange"), (15, "red")),
        ),
        Measure(
            "met", "达标占比", Standing.MET,
            ((0, "red"), (25, "orange"), (50, "yellow"), (75, "blue"), (100, "green")),
        ),
        Measure(
            "at_risk", "有风险占比", Standing.AT_RISK,
            ((0, "green"), (1, "yellow"), (20, "orange"), (50, "red")),
        ),
        Measure(
            "not_measured", "未计量占比", Standing.NOT_MEASURED,
            ((0, "green"), (1, "blue"), (20, "yellow"), (50, "orange")),
        ),
    )
}  # fmt: skip
FIRST = "overdue"
