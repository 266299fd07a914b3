"""What cells of a portion of rows mean, looked up in bulk: texts, areas, and whose reach it is."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Q

from anlan.kernel.access.roles import Role
from anlan.kernel.imports.registry import Context
from anlan.kernel.imports.sheets.cells import Cell
from anlan.kernel.orgs.models import Area, AreaLevel, Organisation, OrganisationKind
from anlan.kernel.typed.fields import FieldError
from anlan.registry.identifiers import IdentifierError, credit_code
from anlan.registry.visibility import UNIT

T = TypeVar("T")
LONGEST_NAME = 120  # characters that the column of names holds
_SHOWN = 5
AREA_HELP = "填乡镇（街道、园区）名称；有同名的，写成“东县东镇”的样子，或填区划代码。"
CODE_HELP = "18 位，照营业执照填写。"


class Faults(dict[str, str]):
    """What is wrong with a row, by the key of the column."""

    def judge(self, key: str, rule: Callable[..., T], *given: object) -> T | None:
        """What the rule makes of the cells; None, and the fault kept, if it refuses them."""
        try:
            return rule(*given)
        except (FieldError, IdentifierError) as error:
            self[key] = str(error)
            return None


def text(cell: Cell) -> str:
    """What stands in the cell; a code that Excel took for a number comes as 141124101.0."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def folded(word: str) -> str:
    """Width and blanks do not tell the names of areas and sectors apart."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", word))


def code(cell: Cell) -> str:
    """A unified social credit code, empty if none is given; IdentifierError for what is none."""
    given = text(cell)
    return credit_code(given) if given else ""


def checked_name(name: object) -> str:
    """FieldError for a name that the column does not hold."""
    named = str(name or "")
    if len(named) > LONGEST_NAME:
        raise FieldError(f"名称最多 {LONGEST_NAME} 字（填写了 {len(named)} 字）。")
    return named


@dataclass(frozen=True)
class Reach:
    """What the importing organisation keeps; role and organisation come from one grant."""

    organisation: Organisation
    paths: tuple[str, ...]  # of the areas for which the grants are

    @classmethod
    def of(cls, context: Context) -> Reach:
        own = [
            grant.area.path
            for grant in context.actor.grants
            if Role(grant.role) in UNIT and grant.organisation_id == context.organisation.pk
        ]
        return cls(context.organisation, tuple(own))

    def keeps(self, regulator: Organisation | None, area: Area) -> bool:
        """Whether a subject in the area, so regulated, is the organisation's to keep."""
        if regulator is not None and self.organisation.covers(regulator):
            return True
        return self.organisation.kind == OrganisationKind.GOVERNMENT and any(
            f"{area.path}/".startswith(f"{path}/") for path in self.paths
        )

    def refuse(self, regulator: Organisation | None) -> FieldError:
        """Why a subject that is so regulated is not the organisation's."""
        whose = f"由{regulator}监管" if regulator else "没有确定监管部门"
        return FieldError(f"这个行业领域在该区划{whose}，不由{self.organisation}登记。")


class Areas:
    """The areas of a reach by their codes, by their names, and by these behind what is around."""

    def __init__(self, reach: Reach) -> None:
        within = Q(pk__in=[])
        for path in reach.paths:
            within |= Q(path=path) | Q(path__startswith=f"{path}/")
        self._found: defaultdict[str, dict[int, Area]] = defaultdict(dict)
        for area in Area.objects.filter(within).select_related("parent"):
            around = area.parent if area.level != AreaLevel.CITY else None
            for word in {area.code, area.name, f"{around or ''}{area.name}"}:
                self._found[folded(word)][area.pk] = area

    def find(self, cell: Cell) -> Area:
        """The area that is meant; FieldError if none or several are, named with their codes."""
        word = text(cell)
        if not word:
            raise FieldError("“所在区划”没有填写。")
        found = list(self._found.get(folded(word), {}).values())
        if not found:
            raise FieldError(f"您的管辖范围内没有叫“{word}”的区划，也没有这个代码。")
        if len(found) > 1:
            named = "、".join(f"{a.parent or ''}{a}（{a.code}）" for a in found[:_SHOWN])
            more = "等" if len(found) > _SHOWN else ""
            raise FieldError(f"有多个区划叫“{word}”：{named}{more}。请改填代码。")
        return found[0]
