"""Invented leaders' posts, stewards, visits and lists of a demonstration, marked, with gaps.

Everything goes through the services that people use: posts and stewards as one of our own jobs,
visits and lists by the demonstration's accounts. Names say what they are (演示领导甲). Only mines
that are marked as a demonstration get such stewards.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from anlan.kernel.access.actor import Actor, ActorSource, system
from anlan.kernel.access.demo import DemoRefused
from anlan.kernel.orgs.models import AreaLevel, Organisation
from anlan.kernel.orgs.selectors import government_of
from anlan.registry.models import Site
from anlan.stewardship import mines
from anlan.stewardship.demo import work
from anlan.stewardship.models import LeaderPost, Stewardship
from anlan.stewardship.services.posts import post_add
from anlan.stewardship.services.stewarding import steward_assign

CITY_LEADERS = (("副市长", "演示领导甲"), ("副市长", "演示领导乙"))
COUNTY_LEADER = ("分管负责人", "演示领导")
VACANT_EVERY = 4  # every fourth mine lacks its county's leader, and the last one both
SINCE = timedelta(days=300)


def load() -> str:
    """Load the demonstration's stewards, all or nothing, unless a post is on record already."""
    if LeaderPost.objects.exists():
        return "矿山包保已有登记，未改动"
    sites = list(mines.asked().filter(is_demo=True).select_related("area").order_by("pk"))
    if not sites:
        return "没有演示矿山，未登记包保"
    try:
        with transaction.atomic():
            given = _Leaders(system(ActorSource.COMMAND)).give(sites)
            made = work.visits(given)
            drawn = work.lists(LeaderPost.objects.order_by("pk"))
    except DemoRefused as refused:
        return f"不载入：{refused}"
    return f"演示包保 {len(given)} 条、到矿 {made} 次、责任清单 {drawn} 份"


class _Leaders:
    """The demonstration's leaders; each post is made when it is first needed."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.since = timezone.localdate() - SINCE
        self.counties: dict[int, LeaderPost] = {}

    def give(self, sites: list[Site]) -> list[Stewardship]:
        """Stewards for all but some."""
        city = Organisation.objects.get(area__level=AreaLevel.CITY, kind="government")
        posts = [self._post(city, title, name) for title, name in CITY_LEADERS]
        given = []
        for number, site in enumerate(sites[:-1], 1):
            given.append(self._assign(posts[number % len(posts)], site))
            if number % VACANT_EVERY:
                given.append(self._assign(self._of_county(site), site))
        return given

    def _of_county(self, site: Site) -> LeaderPost:
        county = site.area.parent or site.area
        if county.pk not in self.counties:
            title, name = COUNTY_LEADER
            self.counties[county.pk] = self._post(government_of(county), title, f"{name}·{county}")
        return self.counties[county.pk]

    def _post(self, unit: Organisation, title: str, name: str) -> LeaderPost:
        return post_add(
            actor=self.actor,
            organisation=unit,
            title=title,
            name=name,
            valid_from=self.since,
            is_demo=True,
        )

    def _assign(self, post: LeaderPost, site: Site) -> Stewardship:
        return steward_assign(actor=self.actor, post=post.pk, site=site.pk, valid_from=self.since)
