"""Pairs of subjects that may be one: of one name in one county, and nothing speaks against it.

No two enterprises have the same credit code: the database refuses that. What is left is an
enterprise that was registered once without and once with its code, or a site registered twice.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import Any

from django.db.models import Count

from anlan.kernel.access.actor import Actor
from anlan.kernel.orgs.selectors import areas_of_county_rank
from anlan.registry.models import Enterprise, Site
from anlan.registry.regulators import county_code
from anlan.registry.visibility import overseen_by

MOST = 200  # pairs that a page shows; the rest follows when these are done
_MOST_NAMES = 1_000
Pair = tuple[Enterprise | Site, Enterprise | Site]


def pairs(actor: Actor, model: type[Enterprise] | type[Site]) -> list[Pair]:
    """The pairs in the areas for which the actor is the office, older registration first."""
    own = model.objects.filter(overseen_by(actor)).standing()
    named = own.order_by("name_key").values("name_key").annotate(n=Count("pk")).filter(n__gt=1)
    keys = list(named.values_list("name_key", flat=True)[:_MOST_NAMES])
    rows = own.filter(name_key__in=keys).select_related("area__parent", "regulator")
    counties = set(areas_of_county_rank().values_list("code", flat=True))
    groups: defaultdict[tuple[Any, ...], list[Enterprise | Site]] = defaultdict(list)
    for each in rows.order_by("name_key", "pk"):
        groups[each.name_key, county_code(each.area, counties)].append(each)
    both = (pair for group in groups.values() for pair in combinations(group, 2))
    return [pair for pair in both if not hindrance(*pair)][:MOST]


def hindrance(first: Enterprise | Site, second: Enterprise | Site) -> str:
    """Why the two cannot be one, in words; empty if nothing speaks against it."""
    if isinstance(first, Enterprise) and isinstance(second, Enterprise):
        both = first.credit_code and second.credit_code
        return "两条登记的统一社会信用代码不同，是两家企业，不能合并。" if both else ""
    if isinstance(first, Site) and isinstance(second, Site):
        if first.kind != second.kind:
            return "两条登记的场所类别不同，不能合并。请先核对类别。"
        owners = {first.enterprise_id, second.enterprise_id} - {None}
        if len(owners) > 1:
            return "两个场所属于不同的企业，不能合并。企业也是重复登记的，请先合并企业。"
        return ""
    raise TypeError("an enterprise and a site cannot be one")
