"""Who regulates is disputed: raised, opinions heard, decided by a second person, or taken back."""

from __future__ import annotations

import io
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import docx
import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.models import User
from anlan.kernel.access.roles import Role
from anlan.kernel.deadlines.firing import fire_due
from anlan.kernel.deadlines.models import Deadline
from anlan.kernel.errors import Forbidden, Refused, Unknown, WrongState
from anlan.kernel.notify.models import Notification
from anlan.kernel.orgs.models import Organisation
from anlan.registry import decision_paper
from anlan.registry.models import Dispute, Enterprise, Opinion
from anlan.registry.services import settling
from anlan.registry.services.disputes import (
    dispute_raise,
    dispute_withdraw,
    opinion_give,
    opinions_ask,
)
from anlan.registry.services.facts import EnterpriseFacts
from anlan.registry.services.merging import merge
from anlan.registry.services.settling import dispute_decide
from anlan.registry.services.subjects import enterprise_change
from tests import factories
from tests.factories import at_once, day, deputising, happening, nothing_happens
from tests.kernel.access.conftest import browser
from tests.kernel.access.matrix import Seat, assert_visibility
from tests.registry.test_loading import luliang as luliang

LAW = "安全生产法第十条"


def raised(by: Actor, subject: Any, **more: Any) -> Dispute:
    return dispute_raise(
        **{"actor": by, "subject": subject, "reason": "新业态，无人监管", "basis": LAW, **more}
    )


def ask(by: Actor, dispute: Dispute, *organisations: Organisation, until: int = 5) -> Dispute:
    return opinions_ask(actor=by, dispute=dispute.pk, organisations=organisations, until=day(until))


def give(by: Actor, dispute: Dispute, of: Organisation, **more: Any) -> Opinion:
    more = {"text": "与本单位业务相近", **more}
    return opinion_give(actor=by, dispute=dispute.pk, organisation=of, **more)


def decide(by: Actor, dispute: Dispute, regulator: Organisation, **more: Any) -> Dispute:
    fields = {
        "scope": "subject", "reason": "业务相近", "basis": "会议纪要〔2025〕3号",
        "effective_on": day(0),
    }  # fmt: skip
    return dispute_decide(
        **{"actor": by, "dispute": dispute.pk, "regulator": regulator, **fields, **more}
    )


@pytest.fixture
def open_(who: SimpleNamespace, subjects: SimpleNamespace) -> Dispute:
    """Raised by the township about a subject that nobody regulates."""
    return raised(who.town_staff, subjects.stray)


@pytest.fixture
def heard(city: SimpleNamespace, who: SimpleNamespace, open_: Dispute) -> Dispute:
    """The bureau and the county were asked; both have answered."""
    ask(who.clerk, open_, city.bureau, city.east_government)
    give(who.bureau_staff, open_, city.bureau, regulator=city.east_government)
    give(who.east_head, open_, city.east_government, regulator=city.bureau)
    open_.refresh_from_db()
    return open_


# --- the way through ------------------------------------------------------------------------------


def test_from_raising_to_the_regulator(
    city: SimpleNamespace, who: SimpleNamespace, subjects: SimpleNamespace
) -> None:
    with happening() as happened:
        dispute = raised(who.town_staff, subjects.stray)
    assert happened.told_to("dispute.raised") == {"clerk", "clerk2", "chief"}
    assert dispute.organisation == city.east_town_government
    with happening() as happened:
        ask(who.clerk, dispute, city.bureau, city.east_government)
    assert happened.told_to("dispute.asked") == {
        "bureau_staff", "bureau_head", "east_staff", "east_head"
    }  # fmt: skip
    clocks = Deadline.objects.filter(subject_type="registry.opinion")
    assert clocks.count() == 2
    with happening() as happened:
        give(who.bureau_staff, dispute, city.bureau, regulator=city.bureau)
    assert happened.told_to("dispute.answered") == set()  # one is awaited
    with happening() as happened:
        give(who.east_head, dispute, city.east_government)
    assert happened.told_to("dispute.answered") == {"clerk", "clerk2", "chief"}
    assert clocks.filter(met_at__isnull=False).count() == 2
    with happening() as happened:
        decide(who.chief, dispute, city.bureau)
    subject = Enterprise.objects.get(pk=subjects.stray.pk)
    assert subject.regulator == city.bureau
    assert subject.regulator_reason == "归属争议决定：会议纪要〔2025〕3号"
    assert subject.revision == 2
    assert set(happened.verbs("registry_enterprise")) == {"registry.dispute.decide"}
    assert happened.kinds() == ["dispute.decided"] * 2
    told = happened.told_to("dispute.decided")
    assert {"town_staff", "bureau_head", "east_staff"} <= told
    assert "west_head" not in told


def test_a_silent_organisation_holds_nothing_up(
    city: SimpleNamespace, who: SimpleNamespace, subjects: SimpleNamespace, open_: Dispute
) -> None:
    ask(who.clerk, open_, city.bureau)
    with nothing_happens(Refused, code="answers_awaited", match="试市能源局还没有答复"):
        decide(who.chief, open_, city.government)
    later = timezone.now() + timedelta(days=7)  # the morning after, whatever the hour is now
    with happening() as happened:
        fire_due(now=later)
    assert happened.told_to("dispute.escalate") == {"clerk", "clerk2", "chief"}
    Opinion.objects.update(until=day(-1))
    decide(who.chief, open_, city.government)
    clock = Deadline.objects.get(subject_type="registry.opinion")
    assert clock.ended_at is not None
    with nothing_happens(WrongState, match="不再接收意见"):
        give(who.bureau_staff, open_, city.bureau)


def test_the_office_is_told_once_that_some_were_silent_and_once_that_all_answered(
    city: SimpleNamespace, who: SimpleNamespace, open_: Dispute
) -> None:
    """The bureau in time, the county and the township late."""
    late = (city.east_government, city.east_town_government)
    ask(who.clerk, open_, city.bureau, *late)
    Opinion.objects.filter(organisation__in=late).update(until=day(-1))
    told = []
    for by, of in zip(
        (who.bureau_staff, who.east_head, who.town_head), (city.bureau, *late), strict=True
    ):
        with happening() as happened:
            give(by, open_, of)
        told.append({each.title for each in happened.told if each.kind == "dispute.answered"})
        Notification.objects.update(read_at=timezone.now())  # the next one does not join it
    assert told == [
        {"归属争议的答复期限已过，2 个单位未答复"}, set(), {"归属争议的意见已收齐"}
    ]  # fmt: skip


def test_who_is_asked_again_gets_the_later_day(
    city: SimpleNamespace, who: SimpleNamespace, open_: Dispute
) -> None:
    ask(who.clerk, open_, city.bureau, until=3)
    ask(who.clerk, open_, city.bureau, city.east_government, until=9)
    assert set(open_.opinions.values_list("until", flat=True)) == {day(9)}
    give(who.bureau_staff, open_, city.bureau)
    with nothing_happens(Refused, code="answered_already"):
        ask(who.clerk, open_, city.bureau)


def test_it_is_taken_back_by_who_raised_it(
    city: SimpleNamespace, who: SimpleNamespace, subjects: SimpleNamespace, open_: Dispute
) -> None:
    ask(who.clerk, open_, city.bureau)
    with nothing_happens(Forbidden, match="东镇人民政府提出"):
        dispute_withdraw(actor=who.east_staff, dispute=open_.pk, reason="不争了")
    with nothing_happens(Refused, code="reason_needed"):
        dispute_withdraw(actor=who.town_head, dispute=open_.pk, reason=" ")
    with happening() as happened:
        dispute_withdraw(actor=who.town_head, dispute=open_.pk, reason="已协商一致")
    assert {"clerk", "bureau_staff"} <= happened.told_to("dispute.withdrawn")
    assert Enterprise.objects.get(pk=subjects.stray.pk).regulator is None
    with nothing_happens(WrongState):
        decide(who.chief, open_, city.bureau)
    raised(who.town_staff, subjects.stray)  # another one may be raised now


def test_a_county_s_chief_decides_for_his_county_alone(
    city: SimpleNamespace, subjects: SimpleNamespace, who: SimpleNamespace, heard: Dispute
) -> None:
    chief = factories.actor_of(
        factories.user(city, "east_chief", Role.SCO_CHIEF, organisation=city.east_government)
    )
    with nothing_happens(Refused, code="regulator_beyond"):
        decide(chief, heard, city.bureau)
    with nothing_happens(Refused, code="sector_of_the_city"):
        decide(chief, heard, city.east_government, scope="sector")
    assert decide(chief, heard, city.east_government).regulator == city.east_government


# --- who may, and what is refused -----------------------------------------------------------------


def test_who_raised_it_does_not_decide_it(
    city: SimpleNamespace, who: SimpleNamespace, subjects: SimpleNamespace
) -> None:
    own = raised(who.chief, subjects.stray)
    ask(who.clerk, own, city.bureau)
    give(who.bureau_staff, own, city.bureau)
    for actor in (who.chief, deputising(who.clerk, who.chief)):
        with nothing_happens(Refused, code="second_person"):
            decide(actor, own, city.bureau)
    with pytest.raises(IntegrityError, match="dispute_decided_by_another"), transaction.atomic():
        Dispute.objects.filter(pk=own.pk).update(
            state="decided", regulator=city.bureau, scope="subject", effective_on=day(0),
            decision_basis="x", closing_reason="x", closed_by=who.chief.user,
            closed_at=timezone.now(),
        )  # fmt: skip


@pytest.mark.parametrize("name", ["clerk", "leader", "bureau_head", "east_head"])
def test_nobody_but_the_chief_decides(
    city: SimpleNamespace, who: SimpleNamespace, heard: Dispute, name: str
) -> None:
    with nothing_happens(Forbidden):
        decide(getattr(who, name), heard, city.bureau)


def test_a_decision_is_whole(
    city: SimpleNamespace, who: SimpleNamespace, subjects: SimpleNamespace, heard: Dispute
) -> None:
    for more, code in (
        ({"reason": " "}, "reason_needed"),
        ({"basis": " "}, "basis_missing"),
        ({"scope": "all"}, "scope_unknown"),
        ({"effective_on": day(1)}, "effective_day"),
        ({"effective_on": day(-1)}, "effective_day"),
    ):
        with nothing_happens(Refused, code=code):
            decide(who.chief, heard, city.bureau, **more)
    city.bureau.valid_to = day(-1)
    city.bureau.save()
    with nothing_happens(Refused, code="organisation_dissolved"):
        decide(who.chief, heard, city.bureau)
    with pytest.raises(IntegrityError, match="dispute_decision_is_whole"), transaction.atomic():
        Dispute.objects.filter(pk=heard.pk).update(state="decided")


def test_decision_and_regulator_stand_or_fall_together(
    city: SimpleNamespace, who: SimpleNamespace, subjects: SimpleNamespace, heard: Dispute,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def broken(*_: object) -> None:
        raise RuntimeError("after all was written")

    monkeypatch.setattr(settling.telling, "decided", broken)
    with nothing_happens(RuntimeError):
        decide(who.chief, heard, city.bureau)
    heard.refresh_from_db()
    assert heard.state == "asked"
    assert Enterprise.objects.get(pk=subjects.stray.pk).regulator is None


def test_two_decide_at_once(
    committed_db: None, city: SimpleNamespace, who: SimpleNamespace, subjects: SimpleNamespace,
    heard: Dispute,
) -> None:  # fmt: skip
    second = factories.actor_of(
        factories.user(city, "chief2", Role.SCO_CHIEF, organisation=city.office)
    )
    done = at_once(
        lambda: decide(who.chief, heard, city.bureau),
        lambda: decide(second, heard, city.government),
    )
    assert sorted(type(each).__name__ for each in done) == ["Dispute", "WrongState"]
    decided = next(each for each in done if isinstance(each, Dispute))
    assert Enterprise.objects.get(pk=subjects.stray.pk).regulator_id == decided.regulator_id


def test_one_open_dispute_of_a_subject(
    who: SimpleNamespace, subjects: SimpleNamespace, open_: Dispute
) -> None:
    with nothing_happens(WrongState, match="没有办结的归属争议"):
        raised(who.east_staff, subjects.stray)
    with nothing_happens(Unknown):
        raised(who.west_staff, subjects.stray)
    both = Actor(user=who.leader.user)
    both.__dict__["grants"] = [*who.leader.grants, *who.west_staff.grants]
    with nothing_happens(Forbidden, match="不是以单位或安委办的身份"):
        raised(both, subjects.mine)  # he sees it as a leader, and is a clerk in the west alone
    with nothing_happens(Refused, code="words_missing"):
        raised(who.bureau_staff, subjects.mine, basis=" ")


def test_who_may_ask_and_who_may_answer(
    city: SimpleNamespace, who: SimpleNamespace, open_: Dispute
) -> None:
    for actor in (who.bureau_staff, who.leader):
        with nothing_happens(Forbidden):
            ask(actor, open_, city.bureau)
    for until in (-1, 91):
        with nothing_happens(Refused, code="until"):
            ask(who.clerk, open_, city.bureau, until=until)
    with nothing_happens(Refused, code="nobody_asked"):
        ask(who.clerk, open_)
    ask(who.clerk, open_, city.bureau)
    with nothing_happens(Forbidden, match="没有就这项争议征求您单位的意见"):
        give(who.town_staff, open_, city.bureau)
    with nothing_happens(Forbidden):
        give(who.town_staff, open_, city.east_town_government)
    with nothing_happens(Unknown):
        give(who.west_staff, open_, city.west_government)
    give(who.bureau_head, open_, city.bureau)
    with nothing_happens(WrongState, match="已经答复"):
        give(who.bureau_staff, open_, city.bureau)


def test_what_is_closed_stays(city: SimpleNamespace, who: SimpleNamespace, heard: Dispute) -> None:
    decide(who.chief, heard, city.bureau)
    for change in ({"decision_basis": "另一个"}, {"regulator": city.government}):
        with pytest.raises(IntegrityError, match="closed dispute"), transaction.atomic():
            Dispute.objects.filter(pk=heard.pk).update(**change)
    with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
        Dispute.objects.filter(pk=heard.pk).delete()
    with pytest.raises(IntegrityError, match="opinion that was given"), transaction.atomic():
        heard.opinions.update(text="改了")


# --- what it binds --------------------------------------------------------------------------------


def change(by: Actor, subject: Enterprise, **more: Any) -> Enterprise:
    fresh = Enterprise.objects.get(pk=subject.pk)
    facts = {
        "name": fresh.name, "sector": fresh.sector, "area": fresh.area,
        "regulator": fresh.regulator, "regulator_reason": fresh.regulator_reason, **more,
    }  # fmt: skip
    return enterprise_change(
        actor=by, enterprise=fresh.pk, facts=EnterpriseFacts(**facts), seen=fresh.revision
    )


def test_no_clerk_changes_a_regulator_that_is_disputed_or_was_decided(
    city: SimpleNamespace, who: SimpleNamespace, subjects: SimpleNamespace, heard: Dispute
) -> None:
    reason = {"regulator_reason": "自己认为"}
    with nothing_happens(Refused, code="regulator_disputed"):
        change(who.east_staff, subjects.stray, regulator=city.east_government, **reason)
    change(who.east_staff, subjects.stray, address="新址")  # all else may change
    decide(who.chief, heard, city.bureau)
    for other in (city.east_government, None):
        with nothing_happens(Refused, code="regulator_decided", match="会议纪要"):
            change(who.east_staff, subjects.stray, regulator=other, **reason)
    assert change(who.east_staff, subjects.stray, address="再一址").regulator == city.bureau
    again = raised(who.east_staff, subjects.stray)  # who disagrees raises another
    assert again.regulator_before == city.bureau


def test_a_merge_keeps_what_was_decided_last(
    city: SimpleNamespace, who: SimpleNamespace, subjects: SimpleNamespace, heard: Dispute
) -> None:
    twin = Enterprise.objects.create(
        name="演示新业态", sector=subjects.stray.sector, area=city.east_town,
        regulator=city.east_town_government,
    )  # fmt: skip
    decide(who.chief, heard, city.bureau)
    join = {"actor": who.clerk, "model": Enterprise, "reason": "同一家"}
    with happening() as happened:
        merge(goes=subjects.stray.pk, stays=twin.pk, **join)
    twin.refresh_from_db()
    assert twin.regulator == city.bureau
    assert twin.regulator_reason == "归属争议决定：会议纪要〔2025〕3号"
    told = [each.organisation for each in happened.events if each.kind == "enterprise.merged"]
    assert told == [city.bureau, city.bureau, city.east_town_government]  # the last one loses it
    with nothing_happens(Refused, code="regulator_decided"):
        change(who.east_staff, twin, regulator=city.government, regulator_reason="自己认为")
    later = raised(who.town_staff, twin)
    ask(who.clerk, later, city.bureau)
    give(who.bureau_staff, later, city.bureau)
    decide(who.chief, later, city.government)
    third = Enterprise.objects.create(
        name="演示新业态", sector=twin.sector, area=city.east_town, regulator=city.bureau
    )
    merge(goes=third.pk, stays=twin.pk, **join)  # nothing was decided on it
    assert Enterprise.objects.get(pk=twin.pk).regulator == city.government


def test_a_merge_takes_the_disputes_along(
    city: SimpleNamespace, who: SimpleNamespace, subjects: SimpleNamespace, heard: Dispute
) -> None:
    twin = Enterprise.objects.create(
        name="演示新业态", sector=subjects.stray.sector, area=city.east_town
    )
    own = raised(who.town_staff, twin)
    join = {"actor": who.clerk, "model": Enterprise, "reason": "同一家"}
    with nothing_happens(Refused, code="two_open_disputes"):
        merge(goes=subjects.stray.pk, stays=twin.pk, **join)
    dispute_withdraw(actor=who.town_staff, dispute=own.pk, reason="同一家")
    merge(goes=subjects.stray.pk, stays=twin.pk, **join)
    with nothing_happens(WrongState, match="已并入"):
        raised(who.town_staff, subjects.stray)
    decide(who.chief, heard, city.bureau)
    twin.refresh_from_db()
    assert twin.regulator == city.bureau
    assert set(twin.disputes.all()) == {own, heard}
    third = Enterprise.objects.create(name="演示新业态", sector=twin.sector, area=city.east_town)
    merge(goes=twin.pk, stays=third.pk, **join)  # closed ones too follow
    assert third.disputes.count() == 2


# --- who sees what --------------------------------------------------------------------------------


def test_disputes_that_each_role_sees(
    city: SimpleNamespace, who: SimpleNamespace, subjects: SimpleNamespace, open_: Dispute
) -> None:
    west = raised(who.west_staff, subjects.stall)
    ask(who.clerk, west, city.bureau)
    assert_visibility(
        Dispute.objects.visible_to,
        rows={"east": open_, "west": west},
        expected={
            Seat(Role.UNIT_STAFF, city.bureau): {"west"},  # asked, though it sees no such subject
            Seat(Role.UNIT_HEAD, city.bureau): {"west"},
            Seat(Role.UNIT_STAFF, city.east_town_government): {"east"},
            Seat(Role.UNIT_STAFF, city.west_government): {"west"},
            Seat(Role.UNIT_STAFF, city.government): {"east", "west"},
            Seat(Role.SCO_STAFF, city.office): {"east", "west"},
            Seat(Role.SCO_CHIEF, city.office): {"east", "west"},
            Seat(Role.LEADER, city.east_government): {"east"},
            Seat(Role.LEADER, city.bureau, city.west): {"west"},
            Seat(Role.SYSTEM, city.government): set(),
            Seat(Role.SECURITY, city.government): set(),
            Seat(Role.AUDITOR, city.government): set(),
        },
    )


@pytest.mark.parametrize("deputy", [False, True])
def test_the_office_signs_whoever_s_account_decides(
    city: SimpleNamespace, who: SimpleNamespace, heard: Dispute, deputy: bool
) -> None:
    """A chief whose account is a bureau's, and a deputy from one."""
    chief = who.chief
    if deputy:
        chief = deputising(who.bureau_head, who.chief)
    else:
        User.objects.filter(pk=chief.user.pk).update(organisation=city.bureau)
        chief.user.refresh_from_db()
    decided = decide(chief, heard, city.government)
    assert decided.closed_by.organisation == city.bureau
    assert decided.decided_for == city.office
    paper = docx.Document(io.BytesIO(decision_paper.docx(decided, [])))
    assert "试市安委办" in [each.text.strip() for each in paper.paragraphs]


def test_the_paper_says_what_was_decided_and_who_was_silent(
    city: SimpleNamespace, who: SimpleNamespace, open_: Dispute
) -> None:
    ask(who.clerk, open_, city.bureau, city.east_government)
    give(who.east_head, open_, city.east_government, text="由能源局监管")
    Opinion.objects.filter(organisation=city.bureau).update(until=day(-1))
    address = f"/registry/disputes/{open_.pk}/decision.docx"
    town = browser(who.town_staff.user)
    assert town.get(address).status_code == 404
    decide(who.chief, open_, city.bureau)
    answer = town.get(address)
    assert answer.status_code == 200
    content = io.BytesIO(b"".join(answer.streaming_content))
    text = "\n".join(each.text for each in docx.Document(content).paragraphs)
    assert "关于演示新业态安全生产监管归属的决定" in text
    assert "试市能源局：至答复期限" in text
    assert "东县人民政府：由能源局监管。" in text
    assert "演示新业态的安全生产监督管理部门为试市能源局。" in text
    assert "依据会议纪要〔2025〕3号。" in text
    assert browser(who.west_staff.user).get(address).status_code == 404
