"""Reads of leaders' posts and stewardships, scoped to the viewer."""

from __future__ import annotations

from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Unknown
from anlan.registry.models import Site
from anlan.registry.referables import MINE_KINDS
from anlan.stewardship.choices import Level, level_of
from anlan.stewardship.models import (
    LeaderPost,
    LeaderPostQuerySet,
    ListItem,
    ResponsibilityList,
)


def posts(actor: Actor) -> LeaderPostQuerySet:
    """The posts that the actor sees, with what lists show of them."""
    seen = LeaderPost.objects.visible_to(actor)
    return seen.select_related("organisation__area", "user")


def post(actor: Actor, pk: int) -> LeaderPost:
    """One post; Unknown outside the actor's scope."""
    found = posts(actor).filter(pk=pk).first()
    if found is None:
        raise Unknown("没有这个领导岗位，或不在您的管辖范围内。请从清单重新进入。")
    return found


def mine(actor: Actor, pk: int) -> Site:
    """A mine or pond that the actor sees, be it closed or merged; Unknown if there is none."""
    seen = Site.objects.visible_to(actor).filter(kind__in=MINE_KINDS)
    related = ("area__parent", "sector", "regulator", "merged_into", "enterprise")
    found: Site | None = seen.select_related(*related).filter(pk=pk).first()
    if found is None:
        raise Unknown("没有这座矿山，或不在您的管辖范围内。请从清单重新进入。")
    return found


def candidates(actor: Actor, site: Site) -> dict[Level, list[LeaderPost]]:
    """Whom the actor may make the mine's steward of which level: holders of posts, of bodies in
    whose area the mine lies, who are not known to leave."""
    given = LeaderPost.objects.given_by(actor, site).held(timezone.localdate())
    found: dict[Level, list[LeaderPost]] = {each: [] for each in Level}
    for post in given.filter(valid_to=None).select_related("organisation__area"):
        level = level_of(post.organisation.area)
        if level and post.organisation.area.covers(site.area):
            found[level].append(post)
    return found


def responsibility_list(actor: Actor, pk: int) -> ResponsibilityList:
    """One list; Unknown outside the actor's scope."""
    seen = ResponsibilityList.objects.visible_to(actor)
    found = seen.select_related("post__organisation__area", "author", "issued_by").filter(pk=pk)
    row = found.first()
    if row is None:
        raise Unknown("没有这份清单，或不在您的管辖范围内。请从总览重新进入。")
    return row


def list_item(actor: Actor, pk: int) -> ListItem:
    """One item of a list that the actor sees; Unknown outside of his scope."""
    seen = ListItem.objects.visible_to(actor).select_related("of__post__organisation__area")
    found = seen.filter(pk=pk).first()
    if found is None:
        raise Unknown("没有这一项，或不在您的管辖范围内。请从清单重新进入。")
    return found
