"""The table of marks: which facts earn which."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from anlan.kernel.evidence.models import File
from anlan.records.choices import MarkKind, RecordSource
from anlan.records.marks import Facts, judge
from anlan.records.services import recording, verifying
from tests import factories
from tests.records.conftest import make_type, submitted

FRIDAY, SUNDAY = date(2025, 6, 6), date(2025, 6, 8)
MADE_UP_FOR = date(2025, 1, 26)  # a Sunday on which offices work, by the arrangement for 2025
HOLIDAY = date(2025, 10, 1)  # a Wednesday


def facts(**more: Any) -> Facts:
    return Facts(**{"held_on": FRIDAY, "last_day": FRIDAY, "entered_on": FRIDAY} | more)


@pytest.mark.parametrize(
    ("_case", "given", "expected"),
    [
        ("nothing unusual", {}, set()),
        ("the seventh day", {"entered_on": date(2025, 6, 13)}, set()),
        ("the eighth day", {"entered_on": date(2025, 6, 14)}, {MarkKind.LATE}),
        (
            "late by its first day, not by its last",
            {"last_day": date(2025, 6, 10), "entered_on": date(2025, 6, 14)},
            set(),
        ),
        ("from Excel", {"imported": True}, {MarkKind.BULK}),
        ("nine within the hour", {"submitted": 9}, set()),
        ("ten within the hour", {"submitted": 10}, {MarkKind.BULK}),
        ("a photograph used elsewhere", {"reused": ["同一文件。"]}, {MarkKind.PHOTO}),
        ("a photograph from elsewhere", {"misplaced": ["不在东县。"]}, {MarkKind.SCENE}),
        ("taken the day before", {"taken": [date(2025, 6, 5)]}, {MarkKind.SCENE}),
        ("taken on the day and after", {"taken": [FRIDAY, SUNDAY]}, set()),
        ("a namesake", {"namesake": "检查"}, {MarkKind.TITLE}),
        ("a meeting on Friday", {"meeting": True}, set()),
        ("a meeting on Sunday", {"meeting": True, "held_on": SUNDAY}, {MarkKind.REST}),
        ("a meeting on a holiday", {"meeting": True, "held_on": HOLIDAY}, {MarkKind.REST}),
        ("a meeting on a made-up Sunday", {"meeting": True, "held_on": MADE_UP_FOR}, set()),
        ("a drill on Sunday", {"held_on": SUNDAY}, set()),
        ("a meeting of a year unknown", {"meeting": True, "held_on": date(2099, 1, 4)}, set()),
        (
            "several at once",
            {"meeting": True, "held_on": SUNDAY, "imported": True, "reused": ["一。", "一。"]},
            {MarkKind.REST, MarkKind.BULK, MarkKind.PHOTO},
        ),
    ],
)
def test_marks(_case: str, given: dict[str, Any], expected: set[MarkKind]) -> None:
    found = judge(facts(**given), late_days=7, bulk_hour=10)
    assert set(found) == expected
    assert all(0 < len(text) <= 300 for text in found.values())


def kinds(record: Any) -> set[str]:
    return set(record.marks.values_list("kind", flat=True))


def test_what_is_on_time_and_new_is_unmarked(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> None:
    made = submitted(who.bureau_staff, city.bureau, "study")
    assert (kinds(made), made.mark_count) == (set(), 0)


def test_a_photograph_of_other_work_is_marked(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> None:
    photo = factories.stored(who.east_staff)
    submitted(who.east_staff, city.east_government, "study", evidence=[photo])
    again = File.objects.get(pk=photo.pk)
    made = submitted(who.bureau_staff, city.bureau, "study", evidence=[again])
    assert (kinds(made), made.mark_count) == ({MarkKind.PHOTO}, 1)
    assert "东县人民政府" in made.marks.get().text


def test_many_within_the_hour_are_marked_from_the_tenth_on(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> None:
    made = [submitted(who.bureau_staff, city.bureau, title=f"第{n}矿") for n in range(11)]
    assert [MarkKind.BULK in kinds(each) for each in made] == [False] * 9 + [True, True]


def test_the_same_words_on_the_same_day_are_marked(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> None:
    first = submitted(who.bureau_staff, city.bureau)
    second = submitted(who.bureau_staff, city.bureau)
    elsewhere = submitted(who.east_staff, city.east_government)
    assert [kinds(each) for each in (first, second, elsewhere)] == [set(), {MarkKind.TITLE}, set()]


def test_a_correction_is_not_late_and_old_marks_go(
    city: SimpleNamespace, who: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was entered in time and comes back after weeks was entered in time all the same."""
    from django.utils import timezone

    make_type("plain", "检查", [], evidence_least=0)
    made = submitted(who.bureau_staff, city.bureau, "plain", values={}, source=RecordSource.IMPORT)
    assert kinds(made) == {MarkKind.BULK}
    verifying.record_return(actor=who.clerk, record=made.pk, reason="写明")
    type(made).objects.filter(pk=made.pk).update(source=RecordSource.PAGE)
    real = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(days=30))
    again = recording.record_submit(actor=who.bureau_staff, record=made.pk)
    assert (kinds(again), again.mark_count, again.entered_on) == (set(), 0, made.entered_on)
