"""Invented leaders' posts, stewards and visits for the demonstration's mines, marked, with gaps.

Everything goes through the services that people use: posts and stewards as one of our own jobs,
visits by the demonstration's accounts. Names say what they are (演示领导甲). Only mines that are
marked as a demonstration get such stewards.
"""

from __future__ import annotations

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from anlan.kernel.access.actor import Actor, ActorSource, system
from anlan.kernel.access.models import Grant
from anlan.kernel.access.roles import Role
from anlan.kernel.evidence.services import file_store
from anlan.kernel.orgs.models import AreaLevel, Organisation
from anlan.kernel.orgs.selectors import government_of
from anlan.kernel.typed import referables
from anlan.records.services.recording import record_draft, record_submit
from anlan.records.services.verifying import record_verify
from anlan.registry.models import Site
from anlan.registry.referables import MINE
from anlan.stewardship import mines
from anlan.stewardship.models import LeaderPost, Stewardship
from anlan.stewardship.referables import POST
from anlan.stewardship.services.posts import post_add
from anlan.stewardship.services.stewarding import steward_assign
from anlan.stewardship.visits import TYPE, quarter

CITY_LEADERS = (("副市长", "演示领导甲"), ("副市长", "演示领导乙"))
COUNTY_LEADER = ("副县（市、区）长", "演示领导")
VACANT_EVERY = 4  # every fourth mine lacks its county's leader, and the last one both
UNVISITED_EVERY = 4  # of the stewards, every fourth has not been to his mine this quarter
SINCE = timedelta(days=300)
SEEN = "演示：已看过材料。"  # what was entered late is marked, and needs an opinion


def load() -> str:
    """Load the demonstration's stewards, all or nothing, unless a post is on record already."""
    if LeaderPost.objects.exists():
        return "矿山包保已有登记，未改动"
    sites = list(mines.asked().filter(is_demo=True).select_related("area").order_by("pk"))
    if not sites:
        return "没有演示矿山，未登记包保"
    with transaction.atomic():
        given = _Leaders(system(ActorSource.COMMAND)).give(sites)
        made = sum(_visited(number, each) for number, each in enumerate(given, 1))
    return f"演示包保 {len(given)} 条、到矿 {made} 次"


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


def _visited(number: int, stewardship: Stewardship) -> bool:
    """A visit of this quarter, verified but for the second one; none of every fourth steward, nor
    where the demonstration has no account that records for his organisation."""
    clerk = _acting(Role.UNIT_STAFF, stewardship.post.organisation)
    if clerk is None or number % UNVISITED_EVERY == 0:
        return False
    today = timezone.localdate()
    day = max(quarter(today)[0], today - timedelta(days=3 * number))
    words = f"演示材料：{stewardship}，{day}，全部为虚构内容。"
    made = record_draft(
        actor=clerk,
        type_code=TYPE,
        organisation=stewardship.post.organisation_id,
        held_on=day,
        title=f"演示：到{stewardship.site}检查",
        values={
            "mine": referables.get(MINE).stored(stewardship.site),
            "steward": referables.get(POST).stored(stewardship.post),
            "found": number % 5,
            "solved": number % 2,
        },
        evidence=[
            file_store(
                actor=clerk,
                upload=SimpleUploadedFile(
                    f"演示材料-到矿{number}.txt", words.encode(), "text/plain"
                ),
            )
        ],
    )
    record_submit(actor=clerk, record=made.pk)
    office = _acting(Role.SCO_STAFF)
    if office and number != 2:
        record_verify(actor=office, record=made.pk, reason=SEEN)
    return True


def _acting(role: Role, organisation: Organisation | None = None) -> Actor | None:
    """The demonstration's first account with the role, for the organisation if one is named."""
    grants = Grant.objects.in_force().filter(user__is_demo=True, role=role)
    if organisation is not None:
        grants = grants.filter(organisation=organisation)
    grant = grants.select_related("user").order_by("pk").first()
    return Actor(grant.user, ActorSource.COMMAND) if grant else None
