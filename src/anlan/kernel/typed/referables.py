"""What fields may refer to: subjects of ledgers, each kind declared by its ledger under a key.

    declare(Referable(
        key="registry.mine", label="矿山", reach=lambda actor: Site.objects.visible_to(actor), …
    ))

The kernel knows no domain: a type's description names the key (``refers: registry.mine``), and the
ledger that declares it says what may be named, what it is called and where it is seen. A reference
is stored as ``registry.mine:17``, so that an older type's free text is never taken for one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from anlan.kernel.access.actor import Actor

GONE = "（登记已不存在）"


@dataclass(frozen=True)
class Referable:
    """A kind of subject that fields may refer to. Its rows have a column ``name``.

    ``reach``: the rows that an actor may name, in the order in which they are offered.
    ``everything``: all rows, those of the past too, to show what was once named. ``hint`` tells a
    row from its namesakes. ``stays``: the row that it is now, where it was merged into another.
    """

    key: str
    label: str
    reach: Callable[[Actor], QuerySet[Any]]
    everything: Callable[[], QuerySet[Any]]
    hint: Callable[[Any], str]
    url: Callable[[Any], str]
    stays: Callable[[Any], Any] = lambda row: row

    def words(self, row: Any) -> str:
        """What people read and choose: ``东山矿（东县东镇）``."""
        return f"{row.name}（{self.hint(row)}）"

    def stored(self, row: Any) -> str:
        """How a reference to the row lies in JSON."""
        return f"{self.key}:{row.pk}"


_referables: dict[str, Referable] = {}


def declare(referable: Referable) -> None:
    """Let fields refer to such subjects; a key is declared once."""
    known = _referables.setdefault(referable.key, referable)
    if known is not referable:
        raise ValueError(f"referable {referable.key} is declared twice")


def known(key: str) -> bool:
    """Whether a ledger declares the key."""
    return key in _referables


def get(key: str) -> Referable:
    """The kind of subject; KeyError if no ledger declares it."""
    return _referables[key]


def is_reference(key: str, value: object) -> bool:
    """Whether the value is a stored reference to a subject of this kind."""
    head, _, pk = str(value).rpartition(":")
    return head == key and pk.isascii() and pk.isdecimal() and len(pk) < 19


def resolve(key: str, value: object) -> Any | None:
    """The row that a stored reference means now; None if there is none, or it is no reference."""
    if not (known(key) and is_reference(key, value)):
        return None
    kind = get(key)
    row = kind.everything().filter(pk=int(str(value).rpartition(":")[2])).first()
    return None if row is None else kind.stays(row)


def words(key: str, value: object) -> str:
    """What people read of a stored reference; what is none stands as it is."""
    if not is_reference(key, value):
        return str(value)
    row = resolve(key, value)
    return get(key).words(row) if row is not None else GONE
