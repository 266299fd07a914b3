"""The measures of monitoring: which sites that should be connected are (item 13); signs of
tampering with readings that wait for somebody to look, and those confirmed (item 8)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from anlan.kernel.indicators.registry import Measure, declare
from anlan.kernel.orgs.models import Organisation
from anlan.monitoring.choices import TamperState
from anlan.monitoring.models import TamperSignal
from anlan.monitoring.now import coverage
from anlan.registry.indicators import belonging
from anlan.registry.models import Site


def connected(start: date, end: date) -> QuerySet[Site]:
    """Sites that have a point in use now; that they had one on an earlier day is not known."""
    found: QuerySet[Site] = coverage.connected()
    return found


def unconnected(start: date, end: date) -> QuerySet[Site]:
    """Sites that should be connected and have no point in use now."""
    found: QuerySet[Site] = coverage.judged(coverage.asked()).filter(connected=False)
    return found


def own(organisation: Organisation, end: date) -> Q:
    """Of an organisation: the sites in its charge."""
    return belonging(organisation)


def _url(site: Site) -> str:
    return reverse("registry:site", args=[site.pk])


ASKED = (
    "应接入的是矿山、尾矿库、金属冶炼、深井铸造、粉尘涉爆场所，已关闭的不计；"
    "政府按所在区划计，其他单位按监管部门计"
)
MEASURES: tuple[dict[str, Any], ...] = (
    {
        "key": "monitoring.connected",
        "name": "已接入监测的场所",
        "how": f"现在有在用测点的场所，每处计 1。{ASKED}",
        "rows": connected,
    },
    {
        "key": "monitoring.unconnected",
        "name": "未接入监测的场所",
        "how": f"应接入而现在没有在用测点的场所，每处计 1。{ASKED}。“全部接入”就是一处不剩",
        "rows": unconnected,
    },
)

for each in MEASURES:
    declare(Measure(**each, unit="处", organisation="regulator", own=own, url=_url, clause="13"))


def tamper_waiting(start: date, end: date) -> QuerySet[TamperSignal]:
    """Signs that nobody has judged, found up to the last day, however old."""
    return TamperSignal.objects.waiting().filter(found_on__lte=end)


def tamper_confirmed(start: date, end: date) -> QuerySet[TamperSignal]:
    """Signs of which people confirmed between the days that somebody touched the readings."""
    judged = {"judged_at__date__gte": start, "judged_at__date__lte": end}
    return TamperSignal.objects.filter(state=TamperState.TOUCHED, **judged)


_WHOSE = "政府按场所所在区划计，其他单位按监管部门计"
SIGNS: tuple[dict[str, Any], ...] = (
    {
        "key": "monitoring.tamper_waiting",
        "name": "待核查的篡改疑点",
        "how": f"期末以前检测到、还没有人核查的监测数据篡改疑点，每处计 1。{_WHOSE}",
        "rows": tamper_waiting,
    },
    {
        "key": "monitoring.tamper_confirmed",
        "name": "确认动过的监测数据",
        "how": f"期内经人核查确认动过的监测数据，每处计 1。{_WHOSE}",
        "rows": tamper_confirmed,
    },
)

for each in SIGNS:
    declare(
        Measure(
            **each, unit="处", organisation="site__regulator", area="site__area", clause="8",
            own=lambda organisation, end: belonging(organisation, "site__"),
            url=lambda signal: reverse("monitoring:tamper_signal", args=[signal.pk]),
        )
    )  # fmt: skip
