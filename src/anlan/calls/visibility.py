"""Who sees which calls, and which rows of them.

The office and the leaders whose area holds the plan's see a call whole. Others see the calls that
name an organisation in their reach, and of these the rows of those organisations alone. Who must
explain for an area sees that area's rows in that call, those of units that answer to others too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Q

from anlan.calls.choices import CallState
from anlan.calls.policies import OVERVIEW, UNIT
from anlan.kernel.access.actor import Actor
from anlan.kernel.access.scope import reaches_area, within_areas, within_organisations
from anlan.kernel.orgs.models import Area

if TYPE_CHECKING:
    from anlan.calls.models import Call


def sees_whole(actor: Actor, area: Area) -> bool:
    """Whether the actor sees calls for plans of ``area`` whole."""
    return reaches_area(actor, area.path, *OVERVIEW)


def own(actor: Actor, field: str) -> Q:
    """Condition on the organisation named by ``field``: the actor works for it, or oversees it."""
    return within_organisations(actor, field, *UNIT) | within_areas(
        actor, f"{field}__area", *OVERVIEW
    )


def call_scope(actor: Actor) -> Q:
    """Condition on calls."""
    from anlan.calls.models import Charge, Explanation  # these models import this module

    if actor.is_system:
        return Q()
    asked = Explanation.objects.filter(own(actor, "organisation"), call=OuterRef("pk"))
    charged = Charge.objects.filter(own(actor, "organisation"), decision__call=OuterRef("pk"))
    closed = Q(state=CallState.CLOSED)
    whole = within_areas(actor, "plan__area", *OVERVIEW)
    return whole | Exists(asked) | (closed & Exists(charged))


def row_scope(actor: Actor, organisation: str, call: str = "call") -> Q:
    """Condition on rows that belong to an organisation and to a call."""
    if actor.is_system:
        return Q()
    return within_areas(actor, f"{call}__plan__area", *OVERVIEW) | own(actor, organisation)


def frozen_scope(actor: Actor, call: Call | OuterRef) -> Q:
    """Condition on frozen rows, of ``call`` or of the one with which it is compared: the actor's
    own, and those of the areas for which his own must explain in ``call``."""
    from anlan.calls.models import Place

    if actor.is_system:
        return Q()
    asked = Q(call__explanations__organisation=F("organisation"))
    places = Place.objects.filter(asked, own(actor, "organisation"), area=OuterRef("area"))
    return row_scope(actor, "organisation") | Q(Exists(places.filter(call=call)))
