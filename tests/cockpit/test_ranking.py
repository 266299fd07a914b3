"""Who lags and why, case by case."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from anlan.cockpit.ranking import Side, rank, reason
from anlan.plan.choices import Standing


def side(name: str, by_key_duty: dict[int, dict[str, int]] | None = None, **counts: int) -> Side:
    return Side(name, counts, by_key_duty or {})


def test_by_overdue_then_risk_then_unmeasured_then_met() -> None:
    order = rank([
        side("甲", overdue=1, met=9),
        side("乙", at_risk=5, met=5),
        side("丙", not_measured=9, met=1),
        side("丁", on_track=9, met=1),
        side("戊", on_track=1, met=9),
    ])  # fmt: skip
    assert [(p.rank, p.side.name) for p in order] == [
        (1, "戊"), (2, "丁"), (3, "丙"), (4, "乙"), (5, "甲"),
    ]  # fmt: skip


def test_shares_are_compared_not_numbers() -> None:
    order = rank([side("大", overdue=3, met=97), side("小", overdue=1, met=4)])
    assert [p.side.name for p in order] == ["大", "小"]


def test_equals_share_a_rank_and_the_next_one_counts_them() -> None:
    order = rank([side("甲", met=1), side("乙", met=5), side("丙", overdue=1)])
    assert [p.rank for p in order] == [1, 1, 3]


def test_who_has_no_duties_takes_no_part() -> None:
    assert rank([side("空"), side("零", met=0)]) == []


def test_the_reason_names_where_it_is_worst() -> None:
    found = side(
        "甲",
        {4: {"overdue": 3}, 12: {"overdue": 1}, 9: {"overdue": 2}, 1: {"met": 7}},
        overdue=6, at_risk=2, met=7,
    )  # fmt: skip
    assert reason(found) == "逾期 6 项，主要在第 4、9 项任务"
    assert reason(side("乙", {3: {"at_risk": 1}}, at_risk=1)) == "有风险 1 项，在第 3 项任务"
    assert reason(side("丙", not_measured=2)) == "未计量 2 项"
    assert reason(side("丁", met=2, on_track=1)) == "没有逾期和有风险的任务"


def test_a_share_is_never_rounded_to_nothing_or_all() -> None:
    assert side("甲", overdue=1, met=999).percent("overdue") == 1
    assert side("甲", overdue=1, met=999).percent("met") == 99
    assert side("甲", met=999).percent("met") == 100
    assert side("甲", met=999).percent("overdue") == 0
    assert side("甲").percent("met") == 0
    assert side("甲", overdue=1, met=999).words("overdue") == "<1%"
    assert side("甲", overdue=1, met=99).words("overdue") == "1%"


COUNTS = st.dictionaries(st.sampled_from([str(s) for s in Standing]), st.integers(0, 50))


@given(st.lists(COUNTS, max_size=12))
def test_one_more_overdue_never_helps(all_counts: list[dict[str, int]]) -> None:
    sides = [Side(str(n), counts) for n, counts in enumerate(all_counts)]
    before = {p.side.name: p.rank for p in rank(sides)}
    for each in sides:
        if not each.total or each.counts.get("overdue") == each.total:
            continue
        worse = Side(each.name, {**each.counts, "overdue": each.counts.get("overdue", 0) + 1})
        others = [s for s in sides if s is not each]
        after = {p.side.name: p.rank for p in rank([*others, worse])}
        assert after[each.name] >= before[each.name]
