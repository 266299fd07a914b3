"""From points and rules to the engine's plan; rules by two people; facts from the file."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from anlan.config.loaders import FACTS
from anlan.kernel.access.actor import system
from anlan.kernel.errors import Forbidden, Refused
from anlan.kernel.norms.loading import load as load_norms
from anlan.monitoring.devices import keys
from anlan.monitoring.engine import Engine, Key, Measure, State
from anlan.monitoring.models import Channel, Device, Point, Rule, RuleVersion
from anlan.monitoring.rules.compiling import compiled, in_force, revision
from anlan.monitoring.rules.loading import load
from anlan.monitoring.running.ledger import DjangoLedger
from anlan.monitoring.services.points import channel_add, device_add, point_add, point_retire
from anlan.monitoring.services.rules import version_propose, version_publish, version_refuse
from anlan.monitoring.stream.names import partition_of, partitions
from anlan.registry.models import Sector, Site
from tests.factories import day
from tests.monitoring.alarms.conftest import content, published

pytestmark = pytest.mark.django_db


def test_the_plan_watches_each_level_at_each_fitting_point(
    version: RuleVersion, point: Point, mine: Site
) -> None:
    Point.objects.create(site=mine, name="风速", quantity="wind", place="face_corner")
    gone = Point.objects.create(site=mine, name="旧", quantity="methane", place="face_corner")
    gone.retired_at = timezone.now()
    gone.save()
    plan = compiled()
    assert plan.keys == [Key(version.rule_id, 1, level, point.pk) for level in (0, 2, 3)]
    assert [(each.limit, each.release) for each in plan.watches] == [
        (0.5, 0.5), (1.0, 1.0), (1.5, 1.0),
    ]  # fmt: skip
    assert compiled(Point.objects.none()).keys == []
    Engine(plan, State.fresh(plan, 0))


def test_silence_is_in_minutes_and_calendars_are_kept(rule: Rule, point: Point) -> None:
    levels = [{"level": "yellow", "limit": 10}]
    published(rule, measure="silence", levels=levels, spans=[[0, 480, 1080]])
    plan = compiled()
    (watch,) = plan.watches
    assert (watch.measure, watch.limit, watch.calendar) == (Measure.SILENCE, 600_000, 0)
    assert plan.calendars[0].sum() == 600


def test_a_version_says_where_it_holds(rule: Rule, point: Point, mine: Site) -> None:
    west = Site.objects.create(name="西山矿", kind="mine", area=mine.area, sector=mine.sector)
    there = Point.objects.create(
        site=west, name="上隅角", quantity="methane", place="face_corner", unit="%"
    )
    level = Point.objects.create(site=mine, name="水位", quantity="level")

    def watched(**scope: Any) -> set[int]:
        published(rule, **scope)
        return {key.point for key in compiled().keys}

    assert watched() == {point.pk, there.pk}
    assert watched(sites=[west.pk]) == {there.pk}
    assert watched(points=[level.pk]) == {level.pk}
    assert watched(quantity="", places=[]) == {point.pk, there.pk, level.pk}
    assert watched(places=["main_return"]) == set()


def test_a_rule_for_a_line_of_business_leaves_the_others_alone(
    rule: Rule, version: RuleVersion, point: Point
) -> None:
    other = Sector.objects.create(code="dust", name="粉尘涉爆")
    rule.sector = other
    rule.save()
    assert compiled().keys == []
    rule.sector = point.site.sector
    rule.save()
    assert {key.point for key in compiled().keys} == {point.pk}


def test_the_revision_grows_with_each_change(rule: Rule, point: Point) -> None:
    before = revision()
    published(rule)
    between = revision()
    assert between > before
    point.name = "改名"
    point.save()
    assert revision() > between


def test_the_newest_published_version_in_force_holds(rule: Rule, version: RuleVersion) -> None:
    published(rule, hold=60)
    with transaction.atomic():
        later = version_propose(
            actor=system(), rule=rule.pk, content=content(), reason="试", effective_from=day(5)
        )
        version_publish(actor=system(), version=later.pk)
    assert [each.number for each in in_force()] == [2]
    assert [each.number for each in in_force(day(5))] == [3]


def test_a_second_person_publishes(rule: Rule, version: RuleVersion, who: SimpleNamespace) -> None:
    given = {"rule": rule.pk, "content": content(hold=30), "effective_from": day(0)}
    made = version_propose(actor=who.chief, reason="收紧", **given)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="待发布"):
        version_propose(actor=who.clerk, reason="又一个", **given)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="另一人"):
        version_publish(actor=who.chief, version=made.pk)
    with pytest.raises(Forbidden):
        version_publish(actor=who.clerk, version=made.pk)
    version_refuse(actor=who.chief, version=made.pk, reason="再议")
    mine = version_propose(actor=who.clerk, reason="收紧", **given)  # type: ignore[arg-type]
    version_publish(actor=who.chief, version=mine.pk)
    assert in_force().get().hold == 30
    rule.refresh_from_db()
    assert rule.edited


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"levels": []}, "至少填一级"),
        ({"levels": [{"level": "pink", "limit": 1}]}, "红、橙、黄、蓝"),
        ({"levels": [{"level": "red", "limit": 1, "back": 2}]}, "正常一侧"),
        ({"measure": "mean"}, "统计时段"),
        ({"levels": [{"level": "red", "limit": 1}, {"level": "blue", "limit": 2}]}, "不低于蓝色"),
        (
            {"measure": "silence", "above": False, "levels": [{"level": "blue", "limit": 9}]},
            "达到或高于",
        ),
        ({"measure": "quality"}, "限值填 1"),
        ({"spans": [["一", 0, 60]]}, "适用时间"),
        ({"measure": "combined", "levels": [{"level": "red", "limit": 2, "of": "blue"}]}, "数什么"),
        (
            {
                "measure": "combined",
                "counts": "items",
                "levels": [{"level": "red", "limit": 1.5, "of": "blue"}],
            },
            "整数",
        ),
        (
            {"measure": "combined", "counts": "items", "levels": [{"level": "red", "limit": 2}]},
            "哪一级",
        ),
        ({"measure": "guess"}, "没有这种"),
        ({"levels": [{"level": "red"}]}, "不能用"),
    ],
)
def test_what_the_engine_would_not_take_is_refused(
    rule: Rule, who: SimpleNamespace, wrong: dict[str, object], said: str
) -> None:
    with pytest.raises(Refused, match=said):
        version_propose(
            actor=who.clerk, rule=rule.pk, content=content(**wrong), reason="试",
            effective_from=day(0),
        )  # fmt: skip


def test_a_version_is_never_changed(version: RuleVersion) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        RuleVersion.objects.filter(pk=version.pk).update(hold=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        version.delete()


def test_the_facts_load_and_load_again(db: None) -> None:
    load_norms(FACTS / "norms", actor=system())
    for code in ("coal", "metallurgy", "dust", "tailings"):
        Sector.objects.create(code=code, name=code)
    file = FACTS / "monitoring" / "rules.yaml"
    report = load(file, actor=system())
    assert report.created == report.versions == Rule.objects.count() == 36
    again = load(file, actor=system())
    assert (again.created, again.changed, again.versions) == (0, 0, 0)
    corner = in_force(day(0)).get(rule__code="methane-face-corner")
    assert [(level.colour, limit, back) for level, limit, back in corner.in_order] == [
        ("red", 1.5, 1.0), ("orange", 1.0, 1.0),
    ]  # fmt: skip
    assert "第五百三十六条" in corner.source
    Rule.objects.filter(pk=corner.rule_id).update(edited=True)
    assert load(file, actor=system()).kept == ["methane-face-corner"]


def test_a_device_speaks_for_points_of_its_site(
    mine: Site, point: Point, who: SimpleNamespace
) -> None:
    device, secret = device_add(
        actor=who.bureau_staff, site=mine.pk, name="分站", protocol="mqtt", address="A1"
    )
    stored = Device.objects.get().secret_digest
    assert keys.fits(secret, stored)
    assert not keys.fits(secret + "x", stored)
    assert not keys.fits("", "")
    assert secret not in stored
    channel_add(actor=who.bureau_staff, device=device.pk, address="1", point=point.pk)
    with pytest.raises(Refused, match="通道 1"):
        channel_add(actor=who.bureau_staff, device=device.pk, address="1", point=point.pk)
    other = Site.objects.create(name="西山矿", kind="mine", area=mine.area, sector=mine.sector)
    foreign = Point.objects.create(site=other, name="甲烷", quantity="methane")
    with pytest.raises(Refused, match="本场所"):
        channel_add(actor=who.bureau_staff, device=device.pk, address="2", point=foreign.pk)
    assert Channel.objects.count() == 1


def test_points_are_kept_by_who_keeps_the_site(
    mine: Site, point: Point, who: SimpleNamespace
) -> None:
    with pytest.raises(Refused, match="已有名为"):
        point_add(actor=who.bureau_staff, site=mine.pk, name=point.name, quantity="methane")
    with pytest.raises(Forbidden):
        point_add(actor=who.leader, site=mine.pk, name="新", quantity="methane")
    point_retire(actor=who.bureau_staff, point=point.pk, reason="拆除")
    assert not Point.objects.standing().exists()


def test_a_part_has_its_own_points_and_no_others(point: Point, version: RuleVersion) -> None:
    """Else each worker would say that the points of all others send nothing."""
    ledger = DjangoLedger()
    for part in range(partitions()):
        mine = [point.pk] if part == partition_of(point.site_id) else []
        for plan in (ledger.kept(part).plan, ledger.plan(part)[0]):
            assert plan.points.tolist() == mine
            assert {key.point for key in plan.keys} == set(mine)
