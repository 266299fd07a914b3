"""The register of counties' nodes as the city's gateways ask it: who may come, what each is told,
how far each has come."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.db import DatabaseError
from django.utils import timezone

from anlan.kernel.orgs.models import Area
from anlan.kernel.visits import release
from anlan.monitoring.devices import keys
from anlan.monitoring.devices.register import Remembered
from anlan.monitoring.edge.memory import Position
from anlan.monitoring.edge.snapshot import Entry, Told
from anlan.monitoring.edge.wire import Place
from anlan.monitoring.gateways.contracts import NotStored
from anlan.monitoring.models import Channel, Device, EdgeNode, EdgePosition, Point

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class County:
    """What is known of a node and its county's points."""

    pk: int
    digest: str
    told: Told
    sites: Mapping[int, int]


def _in_thread(
    method: Callable[Concatenate[NodeRegister, P], T],
) -> Callable[Concatenate[NodeRegister, P], T]:
    """For calls from threads that must keep no connection to the database; NotStored where it does
    not answer."""

    @wraps(method)
    def call(self: NodeRegister, /, *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            self.refresh()
            return method(self, *args, **kwargs)
        except DatabaseError as error:
            raise NotStored("数据库没有应答") from error
        finally:
            release()

    return call


class NodeRegister(Remembered):
    """Nodes that are not retired, by name."""

    def __init__(self) -> None:
        super().__init__()
        self._nodes: dict[str, County] = {}
        self._keys: dict[str, str] = {}  # when ``let_go`` was asked last

    def _read(self, revision: int) -> None:
        standing = EdgeNode.objects.filter(retired_at=None).select_related("area")
        self._nodes = {each.name: _county(each, revision) for each in standing}

    def _of(self, node: str) -> County:
        """NotStored where it has been retired meanwhile."""
        if (found := self._nodes.get(node)) is None:
            raise NotStored("the node is no more")
        return found

    def proves(self, node: str, secret: str) -> bool | None:
        """As it was at the last ``refresh``; None: no such node."""
        found = self._nodes.get(node)
        return None if found is None else keys.fits(secret, found.digest)

    def let_go(self) -> list[str]:
        """Whose key has been changed, or who has been retired, since this was asked last, as it was
        at the last ``refresh``: their links must end."""
        before, self._keys = self._keys, {name: x.digest for name, x in self._nodes.items()}
        return [name for name, digest in before.items() if self._keys.get(name) != digest]

    @_in_thread
    def known(self, node: str) -> bool:
        """Whether it may send."""
        return node in self._nodes

    @_in_thread
    def told(self, node: str) -> Told:
        """What it is to know of devices."""
        return self._of(node).told

    @_in_thread
    def sites(self, node: str) -> Mapping[int, int]:
        """The site of each point that it may speak for."""
        return self._of(node).sites

    @_in_thread
    def position(self, node: str, place: Place) -> Position | None:
        """As it was written down last."""
        found = EdgePosition.objects.filter(
            node=self._of(node).pk, part=place.part, birth=place.birth
        ).first()
        return Position(found.last, found.number) if found else None

    @_in_thread
    def keep(self, node: str, place: Place, at: Position) -> None:
        """Write it down."""
        EdgePosition.objects.update_or_create(
            node_id=self._of(node).pk, part=place.part,
            defaults={"birth": place.birth, "last": at.last, "number": at.number},
        )  # fmt: skip

    @_in_thread
    def heard(self, node: str, waiting: int) -> None:
        """It has reported now."""
        EdgeNode.objects.filter(pk=self._of(node).pk).update(
            heard_at=timezone.now(), waiting=waiting
        )


def _county(node: EdgeNode, revision: int) -> County:
    area = node.area
    # with those that were retired: what was kept may have been said before that
    points = Point.objects.filter(area.within_of("site__area"))
    told = Told(revision, keys.key().hex(), _entries(area))
    return County(node.pk, node.secret_digest, told, dict(points.values_list("pk", "site_id")))


def _entries(area: Area) -> tuple[Entry, ...]:
    points: dict[int, dict[str, int]] = {}
    devices = Device.objects.filter(area.within_of("site__area"), retired_at=None)
    channels = Channel.objects.filter(device__in=devices, point__retired_at=None)
    for device, address, point in channels.values_list("device_id", "address", "point_id"):
        points.setdefault(device, {})[address] = point
    return tuple(
        Entry(
            each.protocol, each.address, each.pk, each.site_id, each.rate, each.secret_digest,
            points.get(each.pk, {}),
        )
        for each in devices.order_by("pk")
    )  # fmt: skip


nodes = NodeRegister()
