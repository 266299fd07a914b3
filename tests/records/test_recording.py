"""Writing a record down, changing and submitting it: what is kept, what is refused, and why."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from anlan.kernel.errors import Forbidden, Refused, Unknown, WrongState
from anlan.kernel.evidence.services import of
from anlan.kernel.orgs.models import Organisation
from anlan.records import rules
from anlan.records.choices import RecordState
from anlan.records.models import Record
from anlan.records.services import recording, verifying
from tests import factories
from tests.factories import at_once, day, happening, nothing_happens, resolved, this_year
from tests.records.conftest import STUDY, VISIT, make_type, make_version, submitted, written


def test_a_draft_becomes_a_record_that_waits(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> None:
    photo = factories.stored(who.bureau_staff)
    with happening() as found:
        made = written(
            who.bureau_staff, city.bureau, "study", title=" 学习  讲话 ", evidence=[photo]
        )
    assert (made.state, made.title, made.area) == (RecordState.DRAFT, "学习 讲话", city.city)
    assert made.makers == [who.bureau_staff.person.pk]
    assert found.kinds() == []  # a draft says nothing to anybody
    with happening() as found:
        sent = recording.record_submit(actor=who.bureau_staff, record=made.pk)
    assert (sent.state, sent.entered_on) == (RecordState.SUBMITTED, day(0))
    assert found.kinds() == ["record.changed"]
    assert found.events[0].organisation == city.bureau
    assert found.verbs("records_record") == ["records.record.submit"]


def test_a_draft_may_have_gaps_but_no_nonsense(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> None:
    made = written(who.bureau_staff, city.bureau, "study", values={"people": "12"})
    assert made.values == {"people": 12}
    with nothing_happens(code="invalid", match="须填整数"):
        written(who.bureau_staff, city.bureau, "study", title="另一次", values={"people": "很多"})
    with nothing_happens(code="incomplete", match="“主持人”没有填写"):
        recording.record_submit(actor=who.bureau_staff, record=made.pk)


def test_proof_is_needed(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> None:
    made = written(who.bureau_staff, city.bureau, "study")
    with nothing_happens(code="evidence_needed", match="至少要 1 份佐证.*现有 0 份"):
        recording.record_submit(actor=who.bureau_staff, record=made.pk)
    photo = factories.stored(who.bureau_staff)
    again = {"held_on": made.held_on, "title": made.title, "values": made.values}
    for _ in range(2):  # the same file twice proves no more
        recording.record_change(
            actor=who.bureau_staff, record=made.pk, evidence=[photo, photo], **again
        )
    assert of(made).count() == 1
    recording.record_submit(actor=who.bureau_staff, record=made.pk)


@pytest.mark.parametrize(
    ("_case", "more", "code"),
    [
        ("tomorrow", {"held_on": lambda: day(1)}, "day_to_come"),
        ("the year before last", {"held_on": lambda: date(this_year() - 2, 12, 31)}, "year_closed"),
        ("the first day there is", {"held_on": date(1, 1, 1)}, "year_closed"),
        ("the last day there is", {"held_on": date(9999, 12, 31)}, "day_to_come"),
        ("a second day where one is asked for", {"held_until": lambda: day(0)}, "one_day"),
        ("no title", {"title": " \u3000 "}, "title_needed"),
        ("a novel", {"title": "长" * 201}, "title_too_long"),
        ("control characters", {"title": "甲\0乙"}, "invalid"),
    ],
)
def test_what_is_refused(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace,
    _case: str, more: dict[str, Any], code: str,
) -> None:  # fmt: skip
    with nothing_happens(code=code):
        written(who.bureau_staff, city.bureau, **resolved(more))


@pytest.mark.parametrize(("today", "taken"), [(date(2026, 1, 31), True), (date(2026, 2, 1), False)])
def test_last_years_work_is_entered_in_january(today: date, taken: bool) -> None:
    if taken:
        rules.check_year(date(2025, 1, 2), today, 31)
    else:
        with pytest.raises(Refused, match="最迟在次年 1 月 31 日"):
            rules.check_year(date(2025, 12, 31), today, 31)


def test_what_lasts_ends_after_it_begins(city: SimpleNamespace, who: SimpleNamespace) -> None:
    make_type("month", "安全月", [], spans_days=True)
    assert written(who.bureau_staff, city.bureau, "month", held_on=day(0), held_until=day(0)).pk
    with nothing_happens(code="ends_before"):
        written(who.bureau_staff, city.bureau, "month", held_on=day(0), held_until=day(-1))
    with nothing_happens(code="day_to_come"):
        written(who.bureau_staff, city.bureau, "month", held_on=day(0), held_until=day(1))


def test_who_records_for_whom(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> None:
    written(who.east_staff, city.east_government)
    written(who.east_staff, city.east_town_government)  # it answers to the county
    for actor, unit in [
        (who.east_staff, city.west_government),
        (who.town_staff, city.east_government),
        (who.clerk, city.bureau),
        (who.leader, city.government),
    ]:
        with nothing_happens(Forbidden):
            written(actor, unit)
    with nothing_happens(Unknown):
        recording.record_draft(
            actor=who.east_staff, type_code="visit", organisation=10**9, held_on=day(0),
            title="x", values={},
        )  # fmt: skip


def test_types_are_for_kinds_of_unit(city: SimpleNamespace, who: SimpleNamespace) -> None:
    make_type("meeting", "专题会议", [], kinds=["government"])
    written(who.east_staff, city.east_government, "meeting", values={})
    with nothing_happens(code="not_for_unit", match="由人民政府填报，试市能源局是部门"):
        written(who.bureau_staff, city.bureau, "meeting", values={})


def test_a_unit_dissolved_in_mid_year_keeps_its_earlier_work(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> None:
    Organisation.objects.filter(pk=city.bureau.pk).update(valid_to=day(-2))
    with nothing_happens(code="unit_not_in_being"):
        written(who.bureau_staff, city.bureau)
    if day(-2).year == day(0).year:
        written(who.bureau_staff, city.bureau, held_on=day(-2))


def test_retired_and_unknown_types(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> None:
    open_draft = written(who.bureau_staff, city.bureau)
    types.visit.retired_on = day(0)
    types.visit.save()
    with nothing_happens(code="type_retired"):
        written(who.bureau_staff, city.bureau)
    with nothing_happens(Unknown):
        written(who.bureau_staff, city.bureau, "nothing", values={})
    recording.record_submit(actor=who.bureau_staff, record=open_draft.pk)  # what was begun ends


def test_the_same_record_twice(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> None:
    first = written(who.bureau_staff, city.bureau, "study", title="学习讲话")
    with nothing_happens(code="record_twice"):
        written(who.bureau_staff, city.bureau, "study", title=" 学习讲话 ")
    written(who.bureau_staff, city.bureau, "study", title="学习通报")
    written(who.east_staff, city.east_government, "study", title="学习讲话")
    recording.record_drop(actor=who.bureau_staff, record=first.pk)
    written(who.bureau_staff, city.bureau, "study", title="学习讲话")
    written(who.bureau_staff, city.bureau, "visit")
    written(who.bureau_staff, city.bureau, "visit")  # several a day


def test_two_people_write_the_same_at_once(
    committed_db: None, city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> None:
    results = at_once(
        *[lambda a=a: written(a, city.bureau, "study") for a in (who.bureau_staff, who.bureau_head)]
    )
    refused = [each for each in results if isinstance(each, Refused)]
    assert [each.code for each in refused] == ["record_twice"]
    assert Record.objects.count() == 1


def test_two_submits_at_once(
    committed_db: None, city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> None:
    made = written(who.bureau_staff, city.bureau)
    results = at_once(
        *[
            lambda a=a: recording.record_submit(actor=a, record=made.pk)
            for a in (who.bureau_staff, who.bureau_head)
        ]
    )
    (slow,) = [each for each in results if isinstance(each, Exception)]
    assert isinstance(slow, WrongState)
    assert slow.status == 409


def test_a_new_version_asks_an_open_draft_for_the_new_fields(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> None:
    made = written(who.bureau_staff, city.bureau)
    new = [*VISIT, {"key": "shaft", "label": "井口", "kind": "text", "required": True}]
    later = make_version(
        types.visit, new, evidence_least=0, several_a_day=True, effective_from=day(1)
    )
    with happening():  # not in force yet
        assert recording.selectors.newest_version(made).number == 1
    later.effective_from = day(0)
    later.save()
    with nothing_happens(code="incomplete", match="“井口”没有填写"):
        recording.record_submit(actor=who.bureau_staff, record=made.pk)
    recording.record_change(
        actor=who.bureau_staff, record=made.pk, held_on=made.held_on, title=made.title,
        values={**made.values, "shaft": "主井"},
    )  # fmt: skip
    sent = recording.record_submit(actor=who.bureau_staff, record=made.pk)
    assert sent.version == later
    assert later.schema.shown(sent.values) == [("矿山", "东山矿"), ("井口", "主井")]


def test_a_copy_is_todays_draft_without_the_proof(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> None:
    earlier = submitted(who.bureau_staff, city.bureau, "study", held_on=day(-1))
    make_version(types.study, [*STUDY[:1]], effective_from=day(-1))
    copied = recording.record_copy(actor=who.bureau_head, record=earlier.pk)
    assert (copied.held_on, copied.title, copied.source) == (day(0), earlier.title, "copy")
    assert copied.values == {"chair": "张三"}  # what the newest rules do not know is left out
    assert of(copied).count() == 0
    with nothing_happens(code="record_twice"):
        recording.record_copy(actor=who.bureau_head, record=earlier.pk)
    with nothing_happens(Unknown):
        recording.record_copy(actor=who.west_staff, record=earlier.pk)


def test_only_what_is_open_can_be_changed_or_dropped(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> None:
    made = submitted(who.bureau_staff, city.bureau)
    again = {"held_on": made.held_on, "title": "改过", "values": made.values}
    for act in (
        lambda: recording.record_change(actor=who.bureau_staff, record=made.pk, **again),
        lambda: recording.record_drop(actor=who.bureau_staff, record=made.pk),
        lambda: recording.record_submit(actor=who.bureau_staff, record=made.pk),
    ):
        with nothing_happens(WrongState):
            act()
    verifying.record_return(actor=who.clerk, record=made.pk, reason="写明井口")
    changed = recording.record_change(actor=who.bureau_head, record=made.pk, **again)
    assert set(changed.makers) == {who.bureau_staff.person.pk, who.bureau_head.person.pk}
    assert recording.record_submit(actor=who.bureau_staff, record=made.pk).reason == ""
