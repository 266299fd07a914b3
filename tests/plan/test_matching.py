"""What a later version calls the same. No database: unsaved rows carry what is compared."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.plan.drafts import ClauseDraft, KeyDutyDraft
from anlan.plan.matching import likeness, match_clauses, match_key_duties
from anlan.plan.models import Clause, KeyDuty


def items(*titles: str) -> list[KeyDutyDraft]:
    return [
        KeyDutyDraft(number=n, title=title, due_on=date(2026, 12, 31))
        for n, title in enumerate(titles, start=1)
    ]


def published(*titles: str) -> list[KeyDuty]:
    return [KeyDuty(pk=n, number=n, title=title) for n, title in enumerate(titles, start=1)]


def same_items(old: list[str], new: list[str]) -> dict[str, str]:
    found = match_key_duties(published(*old), items(*new))
    return {new[index]: each.title for index, each in found.items()}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (["强化安全宣传引导"], ["强化安全宣传引导"], {"强化安全宣传引导": "强化安全宣传引导"}),
        # renamed: most characters stay
        (["强化安全宣传引导"], ["加强安全宣传引导"], {"加强安全宣传引导": "强化安全宣传引导"}),
        # something else
        (["强化安全宣传引导"], ["修订完善应急预案"], {}),
        # numbers swapped: titles decide
        (["树牢安全理念", "修订应急预案"], ["修订应急预案", "树牢安全理念"],
         {"修订应急预案": "修订应急预案", "树牢安全理念": "树牢安全理念"}),
        # two alike: the exact one takes its own, the other keeps what is left
        (["持续建设完善管理体制", "持续建设完善工作机制"],
         ["持续建设完善工作机制", "持续建设健全管理体制"],
         {"持续建设完善工作机制": "持续建设完善工作机制",
          "持续建设健全管理体制": "持续建设完善管理体制"}),
        ([], ["新任务"], {}),
        (["旧任务"], [], {}),
    ],
)  # fmt: skip
def test_key_duties(old: list[str], new: list[str], expected: dict[str, str]) -> None:
    assert same_items(old, new) == expected


def clause(text: str, **more: Any) -> Clause:
    return Clause(pk=1, text=text, kind=more.pop("kind", "quota"), **more)


def draft(text: str, **more: Any) -> ClauseDraft:
    return ClauseDraft(text=text, kind=more.pop("kind", "quota"), **more)


TEN: dict[str, Any] = {"value": Decimal(10), "unit": "座", "op": ">="}


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        # the words stay, the number changes: the same clause with another number
        (clause("新建智能化煤矿10座", **TEN),
         draft("新建智能化煤矿12座", **{**TEN, "value": Decimal(12)}), True),
        # other words, the same number: the same
        (clause("年内建成十座智能化矿井", **TEN), draft("新增智能煤矿", **TEN), True),
        # other words, another number: another
        (clause("年内建成十座智能化矿井", **TEN),
         draft("组织应急演练", value=Decimal(1), unit="次", op=">="), False),
        # the same words in another part are another clause
        (clause("开展专家精查", part="危险化学品"), draft("开展专家精查", part="煤矿"), False),
        # without number and date, equal arithmetic says nothing
        (clause("制定责任清单", kind="duty"), draft("办好专题宣传", kind="duty"), False),
        (clause("完成修编", kind="deadline", deadline=date(2026, 6, 30)),
         draft("预案发布实施", kind="deadline", deadline=date(2026, 6, 30)), True),
    ],
)  # fmt: skip
def test_clauses(old: Clause, new: ClauseDraft, same: bool) -> None:
    assert bool(match_clauses([old], [new])) is same


titles = st.lists(st.text("安全生产责任落实检查", min_size=2, max_size=8), max_size=6)


@given(titles, titles)
def test_each_side_is_matched_at_most_once(old: list[str], new: list[str]) -> None:
    found = match_key_duties(published(*old), items(*new))
    assert len({each.pk for each in found.values()}) == len(found)
    assert set(found) <= set(range(len(new)))


@given(st.lists(st.text("安全生产责任落实检查", min_size=2, max_size=8), max_size=6, unique=True))
def test_the_same_notice_matches_itself(same: list[str]) -> None:
    found = match_key_duties(published(*same), items(*same))
    assert {same[index]: each.title for index, each in found.items()} == {t: t for t in same}


@given(st.text(max_size=20), st.text(max_size=20))
def test_likeness_is_a_share(a: str, b: str) -> None:
    assert 0 <= likeness(a, b) <= 1
    assert likeness(a, a) == 1
