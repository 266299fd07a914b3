"""Registering counties' nodes (docs/edge.md)."""

from __future__ import annotations

from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Forbidden, Refused, WrongState
from anlan.kernel.orgs.models import Area
from anlan.kernel.orgs.selectors import COUNTY_RANK
from anlan.kernel.write import Write
from anlan.monitoring import policies
from anlan.monitoring.devices import keys
from anlan.monitoring.edge.wire import NAME
from anlan.monitoring.models import EdgeNode


def node_add(*, actor: Actor, name: str, area: int, is_demo: bool = False) -> tuple[EdgeNode, str]:
    """A new node and its key, which is shown this once and stored as a digest. The name of a node
    is never given again: what a retired one still sends must not be taken for another's."""
    with Write(actor, "monitoring.node.add") as write:
        found = write.lock(Area.objects.visible_to(actor).filter(level__in=COUNTY_RANK), area)
        _may(actor, found)
        if not NAME.fullmatch(name):
            raise Refused("name", "节点名称用小写字母、数字和“-”，不超过 32 个字符，如 linxian。")
        if EdgeNode.objects.filter(name=name).exists():
            raise Refused("name", f"已有名为 {name} 的节点（停用的也算），请另取名称。")
        secret = keys.fresh()
        made = EdgeNode(
            name=name, area=found, secret_digest=keys.digest(secret), is_demo=is_demo
        )  # fmt: skip
        return write.add(made), secret


def node_renew(*, actor: Actor, node: int) -> tuple[EdgeNode, str]:
    """Another key, shown this once: with the old one the node does not come in again."""
    with Write(actor, "monitoring.node.renew") as write:
        found = _standing(write, node)
        secret = keys.fresh()
        write.change(found, secret_digest=keys.digest(secret))
        return found, secret


def node_retire(*, actor: Actor, node: int, reason: str) -> EdgeNode:
    """The node is no more: nothing that it sends is stored."""
    if not reason.strip():
        raise Refused("reason_needed", "停用节点须写明理由。")
    with Write(actor, "monitoring.node.retire", reason=reason.strip()) as write:
        found = _standing(write, node)
        write.change(found, retired_at=timezone.now())
        return found


def _standing(write: Write, pk: int) -> EdgeNode:
    """The node, locked; WrongState if it is retired."""
    found = write.lock(EdgeNode.objects.visible_to(write.actor), pk)
    _may(write.actor, found.area)
    if found.retired_at is not None:
        raise WrongState("节点已停用。请刷新后再看。")
    return found


def keeps(actor: Actor, area: Area) -> bool:
    """Whether the actor may register and change nodes of an area: the office that it belongs to."""
    grants = policies.NODES.grants(actor)
    return actor.is_system or any(each.area.covers(area) for each in grants)


def _may(actor: Actor, area: Area) -> None:
    if not keeps(actor, area):
        raise Forbidden
