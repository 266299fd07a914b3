"""Importers: what an app declares so that whole Excel files come into its ledger.

    register(Importer(
        key="registry.enterprises", label="企业", policy=policies.IMPORT,
        columns=columns, judge=judge, take=take, url=url,
    ))

in ``AppConfig.ready``. The pages, the jobs and the template are the kernel's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.policies import Policy
from anlan.kernel.errors import Unknown
from anlan.kernel.imports import policies
from anlan.kernel.imports.sheets.cells import Cell
from anlan.kernel.write import Write

if TYPE_CHECKING:
    from anlan.kernel.imports.models import ImportBatch, ImportRow
    from anlan.kernel.orgs.models import Organisation

WHOLE_ROW = "*"  # the key of a fault that is no single column's


@dataclass(frozen=True)
class ImportColumn:
    """``words``: the only words allowed, offered as a list in the template."""

    key: str
    label: str
    required: bool = False
    help: str = ""
    example: Cell = None
    words: Sequence[str] = ()


@dataclass(frozen=True)
class Context:
    """For whom and under which choices; ``batch`` is None before anything was uploaded.

    In jobs ``actor`` is the person who uploaded (judging) or consented (taking), through the door
    ``import``.
    """

    actor: Actor
    organisation: Organisation
    options: Mapping[str, Any]
    batch: ImportBatch | None = None


@dataclass(frozen=True)
class RawRow:
    """A row as read. ``cells`` by column key: text, number, bool, None; dates as ISO text."""

    number: int
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class Judged:
    """``values`` go to :attr:`ImportRow.values` and must be JSON. ``faults`` by column key or
    ``WHOLE_ROW``, in Chinese. ``same``: two rows of one file with the same text here are one
    thing; the second is at fault. Empty: compared with nothing."""

    values: dict[str, Any]
    faults: dict[str, str] = field(default_factory=dict)
    same: str = ""


def no_options(actor: Actor, given: Mapping[str, str]) -> dict[str, Any]:
    """An importer that offers no choice."""
    return {}


@dataclass(frozen=True)
class Importer:
    """``policy`` says who imports; a grant of one of its roles also says for which organisation.

    ``judge`` gets up to 1,000 rows, so that it looks things up in bulk, and answers for each in
    order. ``take`` makes what the rows become inside ``write`` and gives the id of each in order;
    a Refused or an error of the database refuses the portion, which is then taken row by row.
    ``options`` reads what the address of the start page asks for (Refused or Unknown if it is
    nothing that may be asked); the result must be JSON. ``title`` says what is imported, with
    the options. ``version`` names the rules by which rows are judged: when it changes before the
    rows are taken, they are judged again.
    """

    key: str
    label: str
    policy: Policy
    columns: Callable[[Context], Sequence[ImportColumn]]
    judge: Callable[[Context, list[RawRow]], list[Judged]]
    take: Callable[[Write, Context, list[ImportRow]], list[int]]
    url: Callable[[ImportBatch], str]
    options: Callable[[Actor, Mapping[str, str]], dict[str, Any]] = no_options
    title: Callable[[Context], str] | None = None
    version: Callable[[Context], str] = lambda context: ""

    def named(self, context: Context) -> str:
        return self.title(context) if self.title else self.label


_importers: dict[str, Importer] = {}


def register(importer: Importer) -> None:
    """Declare an importer; ValueError for a second one of the same key, or for a policy that lets
    in roles that the pages do not."""
    if _importers.setdefault(importer.key, importer) is not importer:
        raise ValueError(f"importer {importer.key} is declared twice")
    if not frozenset(importer.policy.roles) <= frozenset(policies.USE.roles):
        raise ValueError(f"importer {importer.key}: its policy is wider than {policies.USE.name}")


def importers() -> list[Importer]:
    """All importers, by key."""
    return [_importers[key] for key in sorted(_importers)]


def find(key: str) -> Importer:
    """The importer; Unknown if no app declares it."""
    if key not in _importers:
        raise Unknown("没有这种导入，它可能已经停用。")
    return _importers[key]


def organisations(importer: Importer, actor: Actor) -> list[Organisation]:
    """The organisations for which the actor may use the importer: role and organisation come from
    one grant."""
    found = {g.organisation_id: g.organisation for g in actor.grants if g.role in _roles(importer)}
    return sorted(found.values(), key=lambda each: (each.sort, each.code))


def _roles(importer: Importer) -> frozenset[Any]:
    return frozenset(importer.policy.roles)
