"""Writes on organisations, their names, and the members of groups, with dates.

Whatever a person changes here is marked ``edited``: loading files leaves it alone from then on.
Every service raises Forbidden for the wrong role or area, Unknown for what the actor cannot see,
WrongState or Refused (nothing changed) for what contradicts the present state.
"""

from anlan.kernel.orgs.services.checks import may_edit
from anlan.kernel.orgs.services.groups import group_add_member, group_end_member, group_verify
from anlan.kernel.orgs.services.organisations import (
    organisation_add,
    organisation_add_name,
    organisation_dissolve,
    organisation_rename,
    organisation_set_host,
)

__all__ = [
    "group_add_member",
    "group_end_member",
    "group_verify",
    "may_edit",
    "organisation_add",
    "organisation_add_name",
    "organisation_dissolve",
    "organisation_rename",
    "organisation_set_host",
]
