"""What a number of the notice asks of one organisation over one stretch of time, and whether it was
reached: plain arithmetic, no database. docs/indicators.md tells the rules in words.

How the notice means its numbers is the office's reading, not a law: a stretch ends with its last
calendar day unless the clause says working day; an organisation that existed for part of a stretch
owes part (an assumption that the office has yet to confirm).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal

from anlan.kernel.deadlines.calendar import is_working_day

FORECAST_FROM = 3  # a third of the stretch must be over: before that a pace is chance
ALL = "all"  # 全部: none may be left
_SIGNS = {">=": "不少于", ">": "多于", "<=": "不超过", "<": "少于", "==": "等于"}
_LEAST = (">=", ">")


@dataclass(frozen=True)
class Quota:
    """``value`` to be compared by ``op`` (>=, >, <=, <, ==) in ``unit``.

    ``all`` of none (全部降到 D 级): what is counted are those still to be done, none may be left;
    ``all`` of a number is that number.
    ``repeats``: asked anew in each stretch (每半年至少一次), not once for the year (全年 10 项).
    ``most``: the upper end of a range (1—2 项), which is told; ``value`` must be reached.
    """

    value: Decimal
    op: str = ">="
    unit: str = ""
    repeats: bool = False
    most: Decimal | None = None

    def reached(self, count: Decimal | None) -> bool:
        """Whether ``count`` satisfies the number; what was never counted reaches nothing."""
        if count is None:
            return False
        return {
            ">": count > self.value,
            "<=": count <= self.value,
            "<": count < self.value,
            "==": count == self.value,
            ALL: count == 0 if self.none_left else count >= self.value,
        }.get(self.op, count >= self.value)

    @property
    def none_left(self) -> bool:
        """Whether the count is of those still to be done."""
        return self.op == ALL and self.value == 0

    @property
    def can_be_reached_early(self) -> bool:
        """A least number is reached for good; a ceiling (or zero) holds only once time is up."""
        return self.op in (*_LEAST, "", ALL) and not self.none_left

    @property
    def words(self) -> str:
        """不少于 10 项, 不少于 100%, 1—2 项（至少 1 项）; 全部完成, where none may be left."""
        if self.none_left:
            return "全部完成"
        if self.most is not None:
            least = _amount(self.value, self.unit)
            return f"{_plain(self.value)}—{_amount(self.most, self.unit)}（至少 {least}）"
        return f"{_SIGNS.get(self.op, '不少于')} {_amount(self.value, self.unit)}"


@dataclass(frozen=True)
class Span:
    """A stretch of time, both days included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def within(self, start: date, end: date | None) -> int:
        """How many of its days lie between ``start`` and ``end`` (None: for ever)."""
        first, last = max(self.first, start), min(self.last, end or self.last)
        return max(0, (last - first).days + 1)

    def ending_on_working_day(self) -> Span:
        """The same, ended with its last working day; NoCalendar for a year without one.

        A stretch without any working day stays as it is: it must have an end.
        """
        last = self.last
        while not is_working_day(last):
            last -= timedelta(days=1)
            if last < self.first:
                return self
        return Span(self.first, last)


def owed(quota: Quota, span: Span, founded: date, dissolved: date | None = None) -> Quota | None:
    """What an organisation that existed from ``founded`` to ``dissolved`` owes; None: nothing.

    What repeats is owed whole by who existed for half of the stretch or more; of a number to be
    reached once the share of the days, rounded up. Ceilings and shares hold for whoever exists.
    """
    existed = span.within(founded, dissolved)
    if existed == 0:
        return None
    if existed == span.days or quota.op not in (*_LEAST, "") or quota.unit == "%":
        return quota
    if quota.repeats:
        return quota if existed * 2 >= span.days else None
    part = (quota.value * existed / span.days).to_integral_value(rounding=ROUND_CEILING)
    return replace(quota, value=part)


@dataclass(frozen=True)
class Verdict:
    """``met`` None: not settled yet. ``working`` tells in words how it was judged."""

    met: bool | None
    working: str


def judge(quota: Quota, count: Decimal | None, span: Span, today: date) -> Verdict:
    """Whether the quota is met on ``today``, by the counted value of the stretch so far."""
    over = today > span.last
    if count is None:
        said = "没有计数"
        return Verdict(False if over and quota.can_be_reached_early else None, said)
    if quota.none_left:
        return _none_left(quota, count, over=over)
    said = f"已计 {_amount(count, quota.unit)}，要求{quota.words}"
    if quota.can_be_reached_early:
        if quota.reached(count):
            return Verdict(True, f"{said}，已达到")
        missing = quota.value - count
        least = f"还差 {_amount(missing, quota.unit)}" if missing else "还须多于此数"
        return Verdict(False if over else None, f"{said}，{least}")
    if not quota.reached(count):
        return Verdict(False if over else None, f"{said}，超出要求")
    return Verdict(True, f"{said}，符合") if over else Verdict(None, f"{said}，目前符合")


def _none_left(quota: Quota, count: Decimal, *, over: bool) -> Verdict:
    """What is done may come undone: only when time is up none is left for good."""
    if count:
        left = f"还剩 {_amount(count, quota.unit)}，要求全部完成"
        return Verdict(False if over else None, left)
    said = "没有剩余"
    return Verdict(True, f"{said}，已全部完成") if over else Verdict(None, f"目前{said}，期满才算")


@dataclass(frozen=True)
class Forecast:
    """What the count will be when the stretch ends, at the pace so far."""

    expected: Decimal
    missed: bool
    working: str


def forecast(quota: Quota, count: Decimal | None, span: Span, today: date) -> Forecast | None:
    """At this pace, will a least number be reached? None where nothing can be said:

    before a third of the stretch is over, after its end, once it is reached, for ceilings, and
    for what was never counted.
    """
    gone = (today - span.first).days + 1
    if count is None or not quota.can_be_reached_early or quota.reached(count):
        return None
    if gone * FORECAST_FROM < span.days or today > span.last:
        return None
    expected = (count * span.days / gone).to_integral_value(rounding="ROUND_FLOOR")
    missed = not quota.reached(expected)
    working = (
        f"{gone} 天完成 {_plain(count)}，按此进度全期 {span.days} 天约 "
        f"{_amount(expected, quota.unit)}，要求{quota.words}"
    )
    return Forecast(expected, missed, working)


def _amount(number: Decimal, unit: str) -> str:
    return f"{_plain(number)}%" if unit == "%" else f"{_plain(number)} {unit}".strip()


def _plain(number: Decimal) -> str:
    """10, not 10.000 and not 1E+1."""
    return f"{number.normalize():f}"
