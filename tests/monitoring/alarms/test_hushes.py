"""What is kept quiet: planned, of devices and rules at a site, ended early, and its pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from anlan.kernel.errors import Forbidden, Refused, WrongState
from anlan.monitoring.models import Alarm, Channel, Device, Point, Rule, Silence, Window
from anlan.monitoring.services import calling, hushes
from anlan.registry.models import Site
from tests.kernel.access.conftest import browser
from tests.monitoring.alarms.test_pages import text

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def soon(hours: float = 1) -> Any:
    return timezone.now() + HOUR * hours


@pytest.fixture
def device(point: Point) -> Device:
    made = Device.objects.create(name="分站", protocol="http", address="A", site=point.site)
    other = Point.objects.create(site=point.site, name="二号", quantity="methane")
    for number, each in enumerate((point, other)):
        Channel.objects.create(device=made, address=str(number), point=each)
    return made


def test_a_rule_is_quiet_at_one_site_alone(
    rule: Rule, mine: Site, who: SimpleNamespace, record: Callable[..., int],
    told: Callable[..., Any],
) -> None:  # fmt: skip
    hushes.rule_silence(
        actor=who.bureau_staff, rule=rule.pk, site=mine.pk, until=soon(), reason="检修"
    )
    with pytest.raises(Forbidden):
        hushes.rule_silence(actor=who.bureau_staff, rule=rule.pk, until=soon(), reason="检修")
    record(told("raised"))
    assert "检修" in Alarm.objects.get().hushed
    assert calling.call_waiting() == 0


def test_at_another_site_it_is_heard(
    rule: Rule, mine: Site, who: SimpleNamespace, record: Callable[..., int],
    told: Callable[..., Any],
) -> None:  # fmt: skip
    other = Site.objects.create(
        name="西山矿", kind="mine", area=mine.area, sector=mine.sector, regulator=mine.regulator
    )
    hushes.rule_silence(
        actor=who.bureau_staff, rule=rule.pk, site=other.pk, until=soon(), reason="检修"
    )
    hushes.site_silence(
        actor=who.bureau_staff, site=mine.pk, begin=soon(), until=soon(2), reason="明天"
    )
    record(told("raised"))
    assert Alarm.objects.get().hushed == ""
    assert calling.call_waiting() == 1


def test_ending_early_calls_for_what_goes_on(
    point: Point, who: SimpleNamespace, record: Callable[..., int], told: Callable[..., Any]
) -> None:
    made = hushes.point_silence(actor=who.clerk, point=point.pk, until=soon(2), reason="检修")
    also = hushes.site_silence(actor=who.clerk, site=point.site_id, until=soon(3), reason="停产")
    record(told("raised"))
    assert "停产" in Alarm.objects.get().hushed
    hushes.silence_end(actor=who.clerk, silence=also.pk)
    assert "检修" in Alarm.objects.get().hushed
    assert calling.call_waiting() == 0
    hushes.silence_end(actor=who.clerk, silence=made.pk)
    assert calling.call_waiting() == 1
    with pytest.raises(WrongState):
        hushes.silence_end(actor=who.clerk, silence=made.pk)


def test_a_device_is_maintained_with_all_its_points(
    device: Device, who: SimpleNamespace, record: Callable[..., int], told: Callable[..., Any]
) -> None:
    begin = timezone.now() - HOUR
    made = hushes.device_window(
        actor=who.bureau_staff, device=device.pk, begin=begin, end=soon(), reason="换电池"
    )
    assert len(made) == 2
    record(told("raised"))
    assert "换电池" in Alarm.objects.get().hushed
    hushes.window_end(actor=who.bureau_staff, window=made[0].pk)
    assert not Window.objects.filter(end__gt=timezone.now()).exists()
    assert calling.call_waiting() == 1


def test_what_has_not_begun_is_taken_away(
    device: Device, point: Point, who: SimpleNamespace
) -> None:
    made = hushes.device_window(
        actor=who.clerk, device=device.pk, begin=soon(1), end=soon(2), reason="检修"
    )
    planned = hushes.point_silence(
        actor=who.clerk, point=point.pk, begin=soon(1), until=soon(2), reason="检修"
    )
    hushes.window_end(actor=who.clerk, window=made[1].pk)
    hushes.silence_end(actor=who.clerk, silence=planned.pk)
    assert not Window.objects.exists()
    assert not Silence.objects.exists()


@pytest.mark.parametrize(
    ("begin", "end", "reason"),
    [(0, 0, "检修"), (0, 24 * 8, "检修"), (-2, -1, "检修"), (24 * 91, 24 * 91 + 1, "检修"),
     (0, 1, " ")],
)  # fmt: skip
def test_always_with_an_end_and_a_reason(
    point: Point, who: SimpleNamespace, begin: int, end: int, reason: str
) -> None:
    with pytest.raises(Refused):
        hushes.window_add(
            actor=who.clerk, point=point.pk, begin=soon(begin), end=soon(end), reason=reason
        )
    assert not Window.objects.exists()


def local(moment: Any) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def test_the_page_keeps_quiet_and_ends_it(
    device: Device, point: Point, rule: Rule, version: Any, who: SimpleNamespace
) -> None:
    client, mine = browser(who.bureau_staff.user), point.site
    assert "现在没有静默" in text(client, "/monitoring/hushes/")
    assert "东山矿" in text(client, "/monitoring/hushes/?q=东山")
    Site.objects.create(name="西山矿", kind="mine", area=mine.area, sector=mine.sector)
    assert "没有找到" in text(client, "/monitoring/hushes/?q=西山")  # it has no points
    address = f"/monitoring/hushes/sites/{mine.pk}/"
    given = {"begin": local(timezone.now()), "end": local(soon(3)), "reason": "调校"}
    for what in (f"window-{point.pk}", f"device-{device.pk}", f"point-{point.pk}",
                 f"rule-{rule.pk}", "site"):  # fmt: skip
        assert f'value="{what}"' in text(client, address)
        assert client.post(address, given | {"what": what}).status_code == 302
    shown = text(client, f"/monitoring/hushes/?site={mine.pk}")
    assert shown.count("正在静默") == 5
    assert "分站，2 个测点" in shown
    client.post(f"/monitoring/hushes/silences/{Silence.objects.all()[0].pk}/end/")
    client.post(f"/monitoring/hushes/windows/{Window.objects.all()[0].pk}/end/")
    assert text(client, "/monitoring/hushes/").count("正在静默") == 3


def test_what_is_wrong_stands_at_its_field(point: Point, who: SimpleNamespace) -> None:
    client, address = browser(who.clerk.user), f"/monitoring/hushes/sites/{point.site_id}/"
    given = {"what": "site", "begin": local(soon(2)), "end": local(soon(1)), "reason": "调校"}
    answer = client.post(address, given)
    assert answer.status_code == 422
    assert "须在开始之后，最长 7 天" in answer.content.decode()
    assert 'value="调校"' in answer.content.decode()
    again = client.post(address, given | {"end": local(soon(4)), "what": "point-999"})
    assert again.status_code == 422
    assert not Silence.objects.exists()


def test_who_sees_and_ends_what(
    point: Point, rule: Rule, version: Any, who: SimpleNamespace
) -> None:
    made = hushes.point_silence(actor=who.clerk, point=point.pk, until=soon(), reason="本地的")
    hushes.rule_silence(actor=who.chief, rule=rule.pk, until=soon(), reason="到处的")
    west, leader = browser(who.west_head.user), browser(who.leader.user)
    shown = text(west, "/monitoring/hushes/")
    assert "到处的" in shown
    assert "本地的" not in shown
    assert "提前结束" not in shown
    assert west.post(f"/monitoring/hushes/silences/{made.pk}/end/").status_code == 404
    assert text(west, f"/monitoring/hushes/sites/{point.site_id}/", 404)
    assert "本地的" in text(leader, "/monitoring/hushes/")
    assert leader.post(f"/monitoring/hushes/silences/{made.pk}/end/").status_code == 403
    chief = browser(who.chief.user)
    assert "在全部场所静默" in text(chief, f"/monitoring/rules/{rule.pk}/")
    given = {"what": "everywhere", "begin": local(timezone.now()), "end": local(soon(2))}
    address = f"/monitoring/rules/{rule.pk}/silence/"
    assert chief.post(address, given | {"reason": "系统升级"}).status_code == 302
    assert browser(who.clerk.user).get(address).status_code == 403
    assert "系统升级" in text(chief, "/monitoring/hushes/")
