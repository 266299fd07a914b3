"""Every quota of items 1 to 4, 10 and 11, as it stands in the facts, at its edges.

The arithmetic is taken from ``data/luliang/plan.yaml``, so that a slip there fails here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
import yaml

from anlan.kernel.deadlines.calendar import is_working_day
from anlan.plan.goals import number_of
from anlan.plan.loading import _clauses
from anlan.plan.models import Clause
from anlan.plan.periods import spans
from anlan.plan.quotas import Quota, Span, forecast, judge, owed
from tests.kernel.orgs.conftest import LULIANG

NUMBERED = {
    "关键少数": "每年对企业“关键少数”集中开展警示教育培训",
    "专题会议": "每半年召开专题会议，听取分管副职履职汇报",
    "难题清单": "办实事、解难题清单解决具体问题",
    "突出问题": "每年解决制约安全发展的突出问题",
    "化工园区": "已认定化工园区风险等级全部降到 D 级",
}


@dataclass(frozen=True)
class Bound:
    """A clause of the facts: what it asks, over which stretches of 2025."""

    quota: Quota
    spans: list[Span]
    measure: str


@cache
def items() -> dict[int, dict[str, Any]]:
    facts = yaml.safe_load((LULIANG / "plan.yaml").read_text(encoding="utf-8"))
    return {each["number"]: each for chapter in facts["chapters"] for each in chapter["items"]}


@cache
def bound(name: str, year: int = 2025) -> Bound:
    drafts = [each for item in items().values() for each in _clauses(item)]
    draft = next(each for each in drafts if each.text == NUMBERED[name])
    number = number_of(draft)
    assert number is not None
    quota = Quota(number, draft.op, draft.unit, bool(draft.period), draft.value_max)
    stretches = spans(year, period=draft.period, deadline=draft.deadline)
    return Bound(quota, [Span(*each) for each in stretches], draft.measure)


def test_each_number_of_these_items_is_bound_and_no_other() -> None:
    numbered = {
        clause.text: clause.measure
        for number in (1, 2, 3, 4, 10, 11)
        for clause in _clauses(items()[number])
        if clause.assigned
    }
    assert set(numbered) == set(NUMBERED.values())
    assert all(numbered.values())


def test_what_has_no_number_is_observed() -> None:
    """Items 1, 2 and 10 ask for no number: their indicators stand with the item."""
    for number in (1, 2, 10):
        assert not list(_clauses(items()[number]))
        assert len(items()[number]["observed"]) >= 2
    [ponds] = [c for c in _clauses(items()[11]) if c.kind == "condition"]
    assert (ponds.measure, ponds.assigned, ponds.value, ponds.unit) == (
        "registry.ponds_to_close", False, 3, "年",
    )  # fmt: skip


# name → the quota in words, its stretches
SPANS = [
    ("关键少数", "不少于 1 次", [("2025-01-01", "2025-12-31")]),
    ("专题会议", "不少于 1 次", [("2025-01-01", "2025-06-30"), ("2025-07-01", "2025-12-31")]),
    ("难题清单", "不少于 10 项", [("2025-01-01", "2025-12-31")]),
    ("突出问题", "1—2 项（至少 1 项）", [("2025-01-01", "2025-12-31")]),
    ("化工园区", "全部完成", [("2025-01-01", "2025-12-31")]),
]


@pytest.mark.parametrize(("name", "words", "stretches"), SPANS, ids=[each[0] for each in SPANS])
def test_what_is_asked_and_when(name: str, words: str, stretches: list[tuple[str, str]]) -> None:
    found = bound(name)
    assert found.quota.words == words
    assert [(f"{s.first}", f"{s.last}") for s in found.spans] == stretches


# item, quota, which stretch, count, today → met
JUDGED = [
    # item 3: once a year
    ("3: none on the last day", "关键少数", 0, 0, "2025-12-31", None),
    ("3: none when the year is over", "关键少数", 0, 0, "2026-01-01", False),
    ("3: one on the first day", "关键少数", 0, 1, "2025-01-01", True),
    # item 4: once in each half-year; the last minute of 30 June is in the first one
    ("4: the first half's last day", "专题会议", 0, 0, "2025-06-30", None),
    ("4: the day after", "专题会议", 0, 0, "2025-07-01", False),
    ("4: held in the first half", "专题会议", 0, 1, "2025-07-01", True),
    ("4: the second half asks anew", "专题会议", 1, 0, "2025-12-31", None),
    ("4: a record withdrawn after counting", "专题会议", 0, 0, "2025-08-01", False),
    # item 4: ten problems
    ("4: nine", "难题清单", 0, 9, "2025-12-31", None),
    ("4: nine, over", "难题清单", 0, 9, "2026-01-01", False),
    ("4: ten, in March", "难题清单", 0, 10, "2025-03-01", True),
    ("4: eleven", "难题清单", 0, 11, "2025-03-01", True),
    ("4: the tenth withdrawn in the new year", "难题清单", 0, 9, "2026-01-15", False),
    # item 11: one to two
    ("11: one of one to two", "突出问题", 0, 1, "2025-05-01", True),
    ("11: three are no fault", "突出问题", 0, 3, "2025-05-01", True),
    ("11: none, over", "突出问题", 0, 0, "2026-01-01", False),
    # item 11: all parks at level D: the count is of those that are not
    ("11: none left, time is left", "化工园区", 0, 0, "2025-12-31", None),
    ("11: none left, over", "化工园区", 0, 0, "2026-01-01", True),
    ("11: one left, time is left", "化工园区", 0, 1, "2025-12-31", None),
    ("11: one left, over", "化工园区", 0, 1, "2026-01-01", False),
    ("11: never counted, over", "化工园区", 0, None, "2026-01-01", None),
]


@pytest.mark.parametrize(
    ("name", "stretch", "count", "today", "met"),
    [each[1:] for each in JUDGED],
    ids=[each[0] for each in JUDGED],
)
def test_whether_it_is_met(
    name: str, stretch: int, count: int | None, today: str, met: bool | None
) -> None:
    found = bound(name)
    number = None if count is None else Decimal(count)
    verdict = judge(found.quota, number, found.spans[stretch], date.fromisoformat(today))
    assert verdict.met is met


# item, quota, stretch, founded, dissolved → owed (None: nothing)
SPLIT = [
    ("3: a county split on 1 July, the old one", "关键少数", 0, "2000-01-01", "2025-06-30", None),
    ("3: the new ones", "关键少数", 0, "2025-07-01", None, 1),
    ("4: the old one's first half", "专题会议", 0, "2000-01-01", "2025-06-30", 1),
    ("4: its second half", "专题会议", 1, "2000-01-01", "2025-06-30", None),
    ("4: the new ones' first half", "专题会议", 0, "2025-07-01", None, None),
    ("4: their second half", "专题会议", 1, "2025-07-01", None, 1),
    ("4: ten problems, the old one", "难题清单", 0, "2000-01-01", "2025-06-30", 5),
    ("4: ten problems, the new ones", "难题清单", 0, "2025-07-01", None, 6),
    ("11: the old one's problems", "突出问题", 0, "2000-01-01", "2025-06-30", None),
    ("11: parks are asked of whoever exists", "化工园区", 0, "2025-12-31", None, 0),
    ("11: not of who is gone", "化工园区", 0, "2000-01-01", "2024-12-31", None),
]


@pytest.mark.parametrize(
    ("name", "stretch", "founded", "dissolved", "value"),
    [each[1:] for each in SPLIT],
    ids=[each[0] for each in SPLIT],
)
def test_a_county_that_is_split(
    name: str, stretch: int, founded: str, dissolved: str | None, value: int | None
) -> None:
    found = bound(name)
    until = date.fromisoformat(dissolved) if dissolved else None
    asked = owed(found.quota, found.spans[stretch], date.fromisoformat(founded), until)
    assert (asked and asked.value) == value


def test_a_leap_year_has_its_day() -> None:
    """29 February 2024 is a day of the first half, and of the year's pace."""
    first = bound("专题会议", 2024).spans[0]
    assert (first.days, bound("专题会议").spans[0].days) == (182, 181)
    year = bound("难题清单", 2024).spans[0]
    leap = forecast(Quota(Decimal(10), ">=", "项"), Decimal(2), year, date(2024, 5, 1))
    assert leap is not None
    assert leap.working.startswith("122 天完成 2，按此进度全期 366 天约 6 项")


# The State Council's arrangement for 2025 (国办发明电〔2024〕12号): 28 January to 4 February off,
# Sunday 26 January and Saturday 8 February worked instead. None of these quotas says working day:
# their stretches end with the calendar's last day, worked or not. A clause that does say it (a
# quota per month, say) ends as the table tells.
MONTHS = [
    ("January ends on a Friday off", 1, "2025-01-31", "2025-01-27"),
    ("February ends on a Friday", 2, "2025-02-28", "2025-02-28"),
    ("August ends on a Sunday", 8, "2025-08-31", "2025-08-29"),
]


@pytest.mark.parametrize(
    ("month", "last", "working"), [each[1:] for each in MONTHS], ids=[each[0] for each in MONTHS]
)
def test_a_stretch_that_ends_on_a_day_off(month: int, last: str, working: str) -> None:
    span = Span(*spans(2025, period="month")[month - 1])
    assert (f"{span.last}", f"{span.ending_on_working_day().last}") == (last, working)


def test_no_bound_quota_says_working_day() -> None:
    drafts = [each for item in items().values() for each in _clauses(item)]
    assert not [each for each in drafts if each.working_day]
    assert is_working_day(date(2025, 1, 26))  # the Sunday that is worked


def test_what_a_ledger_counts_asks_of_all_that_none_is_left() -> None:
    parks = Clause(op="all", measure="registry.parks_above_d")
    assert number_of(parks) == 0
    assert number_of(Clause(op="all")) is None  # units report in percent
    townships = Clause(op="all", value=Decimal(151), measure="a.b")
    assert number_of(townships) == 151
    every = Quota(Decimal(151), "all", "个")
    assert [every.reached(Decimal(n)) for n in (0, 150, 151)] == [False, False, True]
    assert every.words == "不少于 151 个"
