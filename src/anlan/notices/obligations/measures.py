"""The measured obligations of one clause."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from anlan.notices.document import ObligationKind, Period
from anlan.notices.obligations import dates, kinds, periods, quantities, universals
from anlan.notices.obligations.dates import Day
from anlan.notices.obligations.numbers import Value
from anlan.notices.obligations.periods import Recurrence
from anlan.notices.obligations.quantities import Quantity

_TARIFF = re.compile(
    r"给予|返还|补助|补贴(?!性)|贴息|奖励|标准(?!化)|^或?按|免收|减免|缴纳|下浮|房租|分$"
)
_REPEATED = frozenset("次遍轮场回")
_LEADS = 4  # characters that may stand before a date which governs what follows


@dataclass(frozen=True)
class Measure:
    """A measured obligation at ``start:end`` of its clause, still without words and subject."""

    start: int
    end: int
    kind: ObligationKind
    value: Value | None = None
    value_max: Value | None = None
    unit: str | None = None
    op: str | None = None
    period: Period | None = None
    deadline: date | None = None
    window_months: Value | None = None

    @property
    def takes_date(self) -> bool:
        """Whether a date named earlier in the stretch is this measure's last day, too."""
        target = self.kind in (ObligationKind.QUOTA, ObligationKind.FREQUENCY)
        return target and self.deadline is None and self.period is None


@dataclass(frozen=True)
class Clause:
    """What was read in a clause. ``governs``: its date, where the date stands before the verb."""

    measures: list[Measure]
    governs: date | None
    scope: bool


class Reader:
    """Reads one clause; ``conditional``: it ends with 的 and a consequence follows."""

    def __init__(self, clause: str, year: int | None, *, conditional: bool) -> None:
        self.clause = clause
        self.conditional = conditional
        self.days = dates.scan(clause, year)
        self.recurrences = periods.scan(clause)
        taken = [(day.start, day.end) for day in self.days]
        taken += [(each.start, each.end) for each in self.recurrences]
        self.quantities = quantities.scan(clause, sorted(taken))
        spans = [(each.number, each.end) for each in self.quantities]
        self.recurrences = [  # not the 年 of 30万吨/年, a unit
            each
            for each in self.recurrences
            if not any(start < each.start < end for start, end in spans)
        ]
        self.binding = [day for day in self.days if day.binds]

    def read(self) -> list[Measure]:
        """All measures of the clause, from left to right."""
        triggers, rest = self._triggers()
        if triggers:
            scopes = [self._counted(quantity) for quantity in rest]
            scopes = [each for each in scopes if each.kind is ObligationKind.CONDITION]
            return sorted(triggers + scopes + self._graded(), key=_place)
        graded = self._graded()
        if graded:
            return graded
        found = [self._counted(quantity) for quantity in rest]
        found += self._universal(found)
        found = self._dated(found) + self._recurring(found)
        return sorted(found, key=_place)

    def _triggers(self) -> tuple[list[Measure], list[Quantity]]:
        triggers: list[Measure] = []
        rest: list[Quantity] = []
        for quantity in self.quantities:
            if kinds.is_trigger(self.clause, quantity, self.conditional):
                window = rest.pop() if rest and rest[-1].within else None
                triggers.append(self._trigger(quantity, window))
            else:
                rest.append(quantity)
        return triggers, rest

    def _trigger(self, quantity: Quantity, window: Quantity | None) -> Measure:
        start = window.start if window else quantity.start
        months = kinds.window_months(window) if window else self._year_window(quantity)
        measure = _measure(quantity, ObligationKind.TRIGGER, quantity.op or ">=")
        return replace(measure, start=start, window_months=months)

    def _year_window(self, quantity: Quantity) -> int | None:
        head = self.clause[: quantity.start]
        return 12 if re.search(r"年度?内|全年|当年|同一年", head) else None

    def _graded(self) -> list[Measure]:
        match = kinds.graded_accident(self.clause)
        if not match or any(match.start() <= each.number < match.end() for each in self.quantities):
            return []
        if not self.conditional and "以上" not in match.group():
            return []
        return [Measure(*match.span(), ObligationKind.TRIGGER, 1, unit="起", op=">=")]

    def _counted(self, quantity: Quantity) -> Measure:
        recurrence = self._recurrence(quantity)
        kind = kinds.of(
            self.clause, quantity, conditional=self.conditional, recurring=bool(recurrence)
        )
        bare = "==" if _TARIFF.search(self.clause) else ">="
        if kind is ObligationKind.CONDITION and not quantity.value_max:
            bare = "=="
        if kind is ObligationKind.DEADLINE:
            bare = "<="
        op = kinds.forbidden(self.clause, quantity) or quantity.op or bare
        measure = _measure(quantity, kind, op)
        if recurrence and kind in (ObligationKind.QUOTA, ObligationKind.FREQUENCY):
            unit = f"{measure.unit or ''}/{recurrence.per}" if recurrence.per else measure.unit
            return replace(
                measure,
                start=min(measure.start, recurrence.start),
                end=max(measure.end, recurrence.end),
                unit=unit,
                period=recurrence.period,
            )
        return measure

    def _recurrence(self, quantity: Quantity) -> Recurrence | None:
        """The period that a quantity is counted in: the last before it, or /年 right after it."""
        for recurrence in self.recurrences:
            if recurrence.start == quantity.end:
                return recurrence
        before = [each for each in self.recurrences if each.end <= quantity.number]
        return before[-1] if before else None

    def _universal(self, counted: list[Measure]) -> list[Measure]:
        none = universals.NONE.search(self.clause)
        if none:
            return [Measure(*none.span(), ObligationKind.QUOTA, 0, op="==")]
        timed = (ObligationKind.CONDITION, ObligationKind.DEADLINE)
        targets = [each for each in counted if each.kind not in timed]
        after = targets[-1].end if targets else 0
        every = universals.ALL.search(self.clause, after)
        if every and targets and "、" not in self.clause[after : every.start()]:
            return []
        return [Measure(*every.span(), ObligationKind.QUOTA, op="all")] if every else []

    def _dated(self, found: list[Measure]) -> list[Measure]:
        """Gives the clause's last days to its targets; a day without a target stands alone."""
        if not self.binding:
            return found
        targets = [each for each in found if each.takes_date]
        done = [each for each in found if not each.takes_date]
        used: list[Day] = []
        for target in targets:
            days = self._days_of(target)
            used += days
            done += [
                replace(target, start=min(target.start, day.start), deadline=day.deadline)
                for day in days
            ]
        return done + [self._deadline(day) for day in self.binding if day not in used]

    def _days_of(self, target: Measure) -> list[Day]:
        """The last days of a measure: those nearest before it, else those nearest after it."""
        groups = dates.groups(self.clause, self.binding)
        before = [group for group in groups if group[0].start < target.start]
        return before[-1] if before else groups[0]

    def _deadline(self, day: Day) -> Measure:
        group = next(each for each in dates.groups(self.clause, self.binding) if day in each)
        period = next((e.period for e in self.recurrences if e.end == group[0].start), None)
        return Measure(
            day.start, day.end, ObligationKind.DEADLINE, period=period, deadline=day.deadline
        )

    def _recurring(self, found: list[Measure]) -> list[Measure]:
        """每月报送 says once a month where no number of times is given.

        每年6月底前 is a last day of every year, not a frequency.
        """
        days = {day.start for day in self.binding}
        alone = [
            each
            for each in self.recurrences
            if not each.whole
            and each.end not in days
            and not dates.names_season(self.clause, each.end)
            and each.per not in ("次", "班")
            and not any(m.start <= each.start < m.end for m in found)
        ]
        if any(m.period or (m.unit and "/" in m.unit) for m in found):
            return []
        return [
            Measure(
                each.start,
                each.end,
                ObligationKind.FREQUENCY,
                1,
                unit=f"次/{each.per}" if each.per else "次",
                op=">=",
                period=each.period,
            )
            for place, each in enumerate(alone)
            if not place or self._is_next(alone[place - 1], each)
        ]

    def _is_next(self, before: Recurrence, each: Recurrence) -> bool:
        """每月调度、每季通报: one more of a list, not another word for the same period."""
        return "、" in self.clause[before.end : each.start]

    def governing(self) -> date | None:
        """The clause's last day, where it stands at the head and so governs the next clauses."""
        if not self.binding:
            return None
        day = self.binding[0]
        return day.deadline if day.start <= _LEADS else None


def _measure(quantity: Quantity, kind: ObligationKind, op: str) -> Measure:
    return Measure(
        quantity.start,
        quantity.end,
        kind,
        quantity.value,
        quantity.value_max,
        quantity.unit,
        op,
    )


def _place(measure: Measure) -> tuple[int, int]:
    return measure.start, measure.end
