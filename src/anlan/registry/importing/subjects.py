"""The enterprises and sites that rows of a portion name, looked up in bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from django.db.models import Q

from anlan.kernel.access.actor import Actor
from anlan.kernel.imports.registry import RawRow
from anlan.kernel.imports.sheets.cells import Cell
from anlan.kernel.orgs.models import Area
from anlan.kernel.typed.fields import Field, FieldError
from anlan.registry.identifiers import IdentifierError
from anlan.registry.importing.lookups import checked_name, code, text
from anlan.registry.models import Enterprise, Site
from anlan.registry.naming import key


def names(rows: Iterable[RawRow], column: str) -> set[str]:
    """The normal forms of the names that stand in the column."""
    return {key(name) for each in rows if (name := text(each.cells.get(column)))}


class Enterprises:
    """Those that the actor sees, by credit code and by name; others do not exist for him."""

    def __init__(self, actor: Actor, rows: Sequence[Mapping[str, Cell]]) -> None:
        codes: set[str] = set()
        for each in rows:
            with suppress(IdentifierError):  # said of the row when it is judged
                codes.add(code(each.get("code")))
        named = {key(name) for each in rows if (name := text(each.get("enterprise")))}
        wanted = Q(credit_code__in=codes - {""}) | Q(name_key__in=named)
        seen = Enterprise.objects.visible_to(actor).standing().filter(wanted)
        self._codes: dict[str, Enterprise] = {}
        self._names: defaultdict[str, list[Enterprise]] = defaultdict(list)
        for found in seen.select_related("area"):
            self._codes[found.credit_code] = found
            self._names[found.name_key].append(found)
        kept = Enterprise.objects.kept_by(actor).standing().filter(wanted)
        self._kept = set(kept.values_list("pk", flat=True))

    def find(self, cells: Mapping[str, Cell]) -> Enterprise | None:
        """Who is meant, by the code, else by the name; None if neither is given."""
        given, name = code(cells.get("code")), text(cells.get("enterprise"))
        if given:
            return self._by_code(given, name)
        if not name:
            return None
        found = self._names.get(key(name), [])
        if not found:
            raise FieldError(f"没有找到企业“{name}”，或不在您的管辖范围内。请先登记企业。")
        if len(found) > 1:
            told = "、".join(f"{e.area}的{e}（{e.credit_code or '没有代码'}）" for e in found[:5])
            raise FieldError(f"有多家企业叫“{name}”：{told}。请填统一社会信用代码。")
        return found[0]

    def _by_code(self, given: str, name: str) -> Enterprise:
        found = self._codes.get(given)
        if found is None:
            raise FieldError(
                f"没有统一社会信用代码是 {given} 的企业，或不在您的管辖范围内。请先登记企业。"
            )
        if name and key(name) != found.name_key:
            raise FieldError(f"{given} 登记的企业是“{found}”，与填写的“{name}”不同。请核对。")
        return found

    def kept(self, enterprise: Enterprise) -> Enterprise:
        """The enterprise; FieldError if the actor sees it and does not keep it."""
        if enterprise.pk not in self._kept:
            raise FieldError(f"“{enterprise}”不由您单位登记。请联系它的监管部门填写。")
        return enterprise


class Sites:
    """All standing sites of these names: one that is somebody else's is not made again."""

    def __init__(self, actor: Actor, named: Iterable[str]) -> None:
        wanted = Site.objects.standing().filter(name_key__in=set(named))
        self._names: defaultdict[str, list[Site]] = defaultdict(list)
        for found in wanted.select_related("area"):
            self._names[found.name_key].append(found)
        kept = wanted.kept_by(actor)
        self._kept = set(kept.values_list("pk", flat=True))

    @staticmethod
    def name(field: Field, cell: Cell) -> str:
        """The name as it is stored; FieldError for one that cannot be."""
        return checked_name(field.parse(cell))

    def find(self, name: str, area: Area, owner: Enterprise | None) -> Site | None:
        """The site of this name within the area and of this enterprise, of any if none is given;
        FieldError if several are meant, or the actor does not keep it."""
        found = [
            each
            for each in self._names.get(key(name), [])
            if area.covers(each.area) and (owner is None or each.enterprise_id == owner.pk)
        ]
        if len(found) > 1:
            raise FieldError(f"“{area}”有多个场所叫“{name}”。请填写所属企业，或到页面上填写。")
        if found and found[0].pk not in self._kept:
            raise FieldError(f"“{area}”已登记场所“{name}”，不由您单位登记。请联系它的监管部门。")
        return found[0] if found else None
