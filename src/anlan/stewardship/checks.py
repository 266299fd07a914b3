"""What the watchman asks of the stewardship."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count
from django.utils import timezone

from anlan.kernel.watchman.registry import Fault, check
from anlan.stewardship.models import Stewardship


@check("stewardship.dissolved", "包保领导所在单位没有撤销")
def dissolved(now: datetime) -> Iterator[Fault]:
    """Stewards whose organisation is dissolved: nobody answers for these mines any more."""
    today = timezone.localdate(now)
    left = Stewardship.objects.in_force(today).filter(post__organisation__valid_to__lt=today)
    groups = left.order_by().values(
        "post__organisation", "post__organisation__short_name", "post__organisation__valid_to"
    )
    for group in groups.annotate(count=Count("pk")).order_by("post__organisation"):
        unit, ended = group["post__organisation__short_name"], group["post__organisation__valid_to"]
        yield Fault(
            str(group["post__organisation"]),
            f"{unit}已于 {ended} 撤销，其领导仍登记包保 {group['count']} 座矿山。"
            "请在“领导岗位”登记离任，再为这些矿山确定包保领导。",
        )
