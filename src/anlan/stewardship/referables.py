"""Leaders' posts as what fields of work records may refer to (docs/typed.md)."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.typed.referables import Referable, declare
from anlan.stewardship.models import LeaderPost

POST = "stewardship.post"
LATE = timedelta(days=400)  # what he did last year is recorded in the first days of the new one


def _posts(actor: Actor) -> QuerySet[LeaderPost]:
    """The posts of the actor's units and areas, those in office first; not who left long ago."""
    lately = Q(valid_to=None) | Q(valid_to__gte=timezone.localdate() - LATE)
    kept = LeaderPost.objects.kept_by(actor).filter(lately).select_related("organisation")
    return kept.order_by("valid_to", "organisation__path", "pk")


def _hint(post: LeaderPost) -> str:
    left = f"，{post.valid_to} 离任" if post.valid_to else ""
    return f"{post.organisation}{post.title}{left}"


declare(
    Referable(
        key=POST,
        label="领导岗位",
        reach=_posts,
        everything=lambda: LeaderPost.objects.select_related("organisation"),
        hint=_hint,
        url=lambda post: reverse("stewardship:post", args=[post.pk]),
    )
)
