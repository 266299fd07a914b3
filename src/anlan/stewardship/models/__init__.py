"""The tables of the stewardship."""

from anlan.stewardship.models.lists import ListItem, ResponsibilityList
from anlan.stewardship.models.stewards import (
    LeaderPost,
    LeaderPostQuerySet,
    Stewardship,
    StewardshipQuerySet,
)

__all__ = [
    "LeaderPost",
    "LeaderPostQuerySet",
    "ListItem",
    "ResponsibilityList",
    "Stewardship",
    "StewardshipQuerySet",
]
