"""By which figure the map is coloured, and which colour an area gets: by the share of a standing,
or by what an indicator counts there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import quantiles

from anlan.cockpit.ranking import Side
from anlan.plan.choices import Standing

# The shades of an indicator, light to dark: more, not better. Notices ask for no such number.
SHADES = ("least", "less", "more", "most")


@dataclass(frozen=True)
class Share:
    """The share of one standing. ``bands``: (from this percent on, tone), ascending; the last that
    fits gives the tone."""

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

    def words(self, side: Side) -> str:
        """The figure of an area."""
        return side.words(self.standing)

    @property
    def legend(self) -> list[tuple[str, str]]:
        """Tone and words of each band."""
        edges = [*(least for least, _ in self.bands), None]
        return [
            (tone, _words(least, edges[index + 1]))
            for index, (least, tone) in enumerate(self.bands)
        ]


@dataclass(frozen=True)
class Counted:
    """What an indicator counts in each area (``values``, by code) in ``unit``; without an entry
    nothing is on record there. Shades by quartile, so that each holds as many areas."""

    key: str
    label: str
    unit: str
    values: Mapping[str, Decimal]

    @property
    def bounds(self) -> list[Decimal]:
        """From which number on each shade is; fewer shades where numbers are equal."""
        known = sorted(each for each in self.values.values() if each)
        if not known:
            return []
        cuts = quantiles(known, n=len(SHADES), method="inclusive") if len(known) > 1 else []
        return sorted({known[0], *(_first(known, Decimal(cut)) for cut in cuts)})

    def tone(self, side: Side) -> str:
        """The shade of an area; grey where nothing is on record."""
        value = self.values.get(side.code)
        if not value:
            return "none"
        return self._shades[sum(value >= bound for bound in self.bounds) - 1]

    def words(self, side: Side) -> str:
        """The figure of an area."""
        return _plain(self.values.get(side.code, Decimal(0)))

    @property
    def legend(self) -> list[tuple[str, str]]:
        """Tone and words of each shade."""
        bounds = self.bounds
        most = max(self.values.values(), default=Decimal(0))
        ends = [max(v for v in self.values.values() if v < bound) for bound in bounds[1:]] + [most]
        return [
            (tone, f"{_span(first, last)} {self.unit}")
            for tone, first, last in zip(self._shades, bounds, ends, strict=False)
        ]

    @property
    def _shades(self) -> Sequence[str]:
        """The darkest ones where there are fewer bands than shades."""
        return SHADES[len(SHADES) - len(self.bounds) :]


Colouring = Share | Counted


def _first(known: Sequence[Decimal], cut: Decimal) -> Decimal:
    """The least number that is not below the cut: a bound is a number that an area has."""
    return next(each for each in known if each >= cut)


def _span(first: Decimal, last: Decimal) -> str:
    return _plain(first) if first == last else f"{_plain(first)}—{_plain(last)}"


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _words(least: int, following: int | None) -> str:
    if following is None:
        return f"{least}% 及以上"
    if following == least + 1:
        return f"{least}%"
    return f"{least}—{following - 1}%"


SHARES = {
    each.key: each
    for each in (
        Share(
            "overdue", "逾期占比", Standing.OVERDUE,
            ((0, "green"), (1, "yellow"), (5, "orange"), (15, "red")),
        ),
        Share(
            "met", "达标占比", Standing.MET,
            ((0, "red"), (25, "orange"), (50, "yellow"), (75, "blue"), (100, "green")),
        ),
        Share(
            "at_risk", "有风险占比", Standing.AT_RISK,
            ((0, "green"), (1, "yellow"), (20, "orange"), (50, "red")),
        ),
        Share(
            "not_measured", "未计量占比", Standing.NOT_MEASURED,
            ((0, "green"), (1, "blue"), (20, "yellow"), (50, "orange")),
        ),
    )
}  # fmt: skip
FIRST = "overdue"
