"""Invented leaders' posts and stewards for the demonstration's mines, marked, with gaps to be seen.

Everything goes through the services that people use, as one of our own jobs. Names say what they
are (演示领导甲). Only mines that are marked as a demonstration get such stewards.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from anlan.kernel.access.actor import Actor, ActorSource, system
from anlan.kernel.orgs.models import AreaLevel, Organisation
from anlan.kernel.orgs.selectors import government_of
from anlan.registry.models import Site
from anlan.stewardship import mines
from anlan.stewardship.models import LeaderPost
from anlan.stewardship.services.posts import post_add
from anlan.stewardship.services.stewarding import steward_assign

CITY_LEADERS = (("副市长", "演示领导甲"), ("副市长", "演示领导乙"))
COUNTY_LEADER = ("副县（市、区）长", "演示领导")
VACANT_EVERY = 3  # so that every third mine lacks its county's leader, and the last one both
SINCE = timedelta(days=300)


def load() -> str:
    """Load the demonstration's stewards, all or nothing, unless a post is on record already."""
    if LeaderPost.objects.exists():
        return "矿山包保已有登记，未改动"
    sites = list(mines.asked().filter(is_demo=True).select_related("area").order_by("pk"))
    if not sites:
        return "没有演示矿山，未登记包保"
    with transaction.atomic():
        given = _Leaders(system(ActorSource.COMMAND)).give(sites)
    return f"演示包保 {given} 条"


class _Leaders:
    """The demonstration's leaders; each post is made when it is first needed."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.since = timezone.localdate() - SINCE
        self.counties: dict[int, LeaderPost] = {}

    def give(self, sites: list[Site]) -> int:
        """Stewards for all but some; how many."""
        city = Organisation.objects.get(area__level=AreaLevel.CITY, kind="government")
        posts = [self._post(city, title, name) for title, name in CITY_LEADERS]
        given = 0
        for number, site in enumerate(sites[:-1]):
            given += self._assign(posts[number % len(posts)], site)
            if number % VACANT_EVERY:
                given += self._assign(self._of_county(site), site)
        return given

    def _of_county(self, site: Site) -> LeaderPost:
        county = site.area.parent or site.area
        if county.pk not in self.counties:
            title, name = COUNTY_LEADER
            unit = government_of(county)
            self.counties[county.pk] = self._post(unit, title, f"{name}（{county}）")
        return self.counties[county.pk]

    def _post(self, unit: Organisation, title: str, name: str) -> LeaderPost:
        return post_add(
            actor=self.actor, organisation=unit, title=title, name=name,
            valid_from=self.since, is_demo=True,
        )  # fmt: skip

    def _assign(self, post: LeaderPost, site: Site) -> int:
        steward_assign(actor=self.actor, post=post.pk, site=site.pk, valid_from=self.since)
        return 1
