"""Renewing what the QR code of a site's label names."""

from __future__ import annotations

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Refused
from anlan.kernel.write import Write
from anlan.registry import policies
from anlan.registry.models import Site
from anlan.registry.models.subjects import new_token
from anlan.registry.services.locking import locked


def token_renew(*, actor: Actor, site: int, reason: str) -> Site:
    """Give the site a new token; labels that were printed before lead nowhere from now on.

    Refused: no reason. Unknown, Forbidden, WrongState: see ``locked``.
    """
    policies.KEEP.require(actor)
    reason = reason.strip()
    if not reason:
        raise Refused("reason_missing", "请写明为什么要换发标签，如遗失、被仿造。")
    with Write(actor, "registry.site.relabel", reason=reason) as write:
        found = locked(write, Site, site)
        write.change(found, token=new_token())
        write.event("site.relabelled", found, area=found.area, organisation=found.regulator)
    return found
