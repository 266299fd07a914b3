"""Entries of one register from Excel, on enterprises or on sites; a missing site is made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Unknown
from anlan.kernel.imports.models import ImportBatch, ImportRow
from anlan.kernel.imports.registry import (
    Context,
    ImportColumn,
    Importer,
    Judged,
    RawRow,
    register,
)
from anlan.kernel.imports.sheets.cells import Cell
from anlan.kernel.imports.typed import typed_column
from anlan.kernel.orgs.models import Area
from anlan.kernel.typed.fields import Field, FieldError, Kind
from anlan.kernel.typed.finding import Finder
from anlan.kernel.typed.forms import PREFIX
from anlan.kernel.write import Write
from anlan.registry import policies, selectors
from anlan.registry.importing.lookups import AREA_HELP, CODE_HELP, Areas, Faults, Reach
from anlan.registry.importing.subjects import Enterprises, Sites, names
from anlan.registry.models import Enterprise, Entry, Register, RegisterVersion, Site
from anlan.registry.naming import key
from anlan.registry.regulators import Regulators
from anlan.registry.services.bringing import Brought, entries_bring
from anlan.registry.services.facts import SITE_LEVELS, SiteFacts

KEY = "registry.entries"
SITE = Field("site", "场所名称", Kind.TEXT, required=True)
CHECKED = Field("checked_on", "核对日期", Kind.DATE)


def options(actor: Actor, given: Mapping[str, str]) -> dict[str, Any]:
    """``register``: the code of the register into which entries are brought."""
    return {"register": _register(given.get("register", "")).code}


def _register(code: str) -> Register:
    found: Register | None = selectors.registers().filter(code=code).first()
    if found is None or not found.versions.filter(effective_from__lte=timezone.localdate()):
        raise Unknown("没有这个台账，或它已经停用。请从行业台账清单重新进入。")
    return found


def _version(context: Context) -> RegisterVersion:
    return _register(context.options["register"]).newest(timezone.localdate())


def columns(context: Context) -> list[ImportColumn]:
    """Whom it is about, the fields of the register, and the day on which they were true."""
    version = _version(context)
    return [
        *(_of_site() if version.type.subject == "site" else _of_enterprise()),
        *(typed_column(each, PREFIX, Finder(context.actor)) for each in version.schema),
        ImportColumn("checked_on", CHECKED.label, help="以上内容在这一天是真实的；不填就是今天。"),
    ]


def _of_enterprise() -> list[ImportColumn]:
    return [
        ImportColumn("code", "统一社会信用代码", help=f"{CODE_HELP}代码和名称至少填一个。"),
        ImportColumn("enterprise", "企业名称", help="已登记的全称。", example="演示公司（示例）"),
    ]


def _of_site() -> list[ImportColumn]:
    owner = "所属企业的代码或登记的全称填一个即可；无主的都不填。"
    new = "这个企业在这个区划没有同名场所的，会新登记一个。"
    return [
        ImportColumn("code", "统一社会信用代码", help=f"{CODE_HELP}{owner}"),
        ImportColumn("enterprise", "企业名称", help=owner, example="演示公司（示例）"),
        ImportColumn("site", SITE.label, True, new, "演示场所（示例）"),
        ImportColumn("area", "所在区划", True, AREA_HELP, "东镇（示例）"),
    ]


def judge(context: Context, rows: list[RawRow]) -> list[Judged]:
    """Each row by the register's rules; a subject that has an entry already is a fault."""
    judging = _Judging(context, rows)
    judged = [judging.row(each) for each in rows]
    standing = judging.standing(judged)
    return [
        Judged(each.values, {**standing.get(each.values["subject"], {}), **each.faults}, each.same)
        for each in judged
    ]


class _Judging:
    """What all rows of a portion are judged by."""

    def __init__(self, context: Context, rows: list[RawRow]) -> None:
        self.version = _version(context)
        self.register = self.version.type
        self.about_sites = self.register.subject == "site"
        self.finder = Finder(context.actor)
        self.finder.prime(self.version.schema, [_typed(self.version, each) for each in rows])
        self.enterprises = Enterprises(context.actor, [each.cells for each in rows])
        if self.about_sites:
            self.reach = Reach.of(context)
            self.areas = Areas(self.reach)
            self.regulators = Regulators()
            self.sites = Sites(context.actor, names(rows, "site"))

    def row(self, row: RawRow) -> Judged:
        cells, faults = row.cells, Faults()
        owner = faults.judge("code", self.enterprises.find, cells)
        subject: Enterprise | Site | None
        if self.about_sites:
            values, subject, same = self._site(cells, owner, faults)
        else:
            values, subject, same = {"site": None}, self._enterprise(owner, faults), ""
        cleaned = self.version.schema.clean(_typed(self.version, row), self.finder)
        faults |= {f"{PREFIX}{key}": said for key, said in cleaned.faults.items()}
        day = faults.judge("checked_on", _checked_on, cells.get("checked_on"))
        values |= {
            "subject": subject.pk if subject else None,
            "values": cleaned.values,
            "checked_on": day,
        }
        return Judged(values, faults, f"{subject.pk}" if subject else same)

    def _enterprise(self, found: Enterprise | None, faults: Faults) -> Enterprise | None:
        if found is None:
            faults.setdefault("code", "请填写统一社会信用代码或企业名称。")
            return None
        return faults.judge("code", self.enterprises.kept, found)

    def _site(
        self, cells: Mapping[str, Cell], owner: Enterprise | None, faults: Faults
    ) -> tuple[dict[str, Any], Site | None, str]:
        """Its site if it stands; else what is to be made, and what makes it the same as another."""
        name = faults.judge("site", Sites.name, SITE, cells.get("site"))
        area = faults.judge("area", self.areas.find, cells.get("area"))
        nothing: dict[str, Any] = {"site": None}
        if not name or area is None or "code" in faults:
            return nothing, None, ""
        found = faults.judge("site", self.sites.find, name, area, owner)
        if found or "site" in faults:
            if found:
                faults.judge("site", self._check_kind, found)
            return nothing, found, ""
        faults.judge("area", self._check_new, area)
        made = {"name": name, "area": area.pk, "enterprise": owner.pk if owner else None}
        return {"site": made}, None, f"{made['enterprise']} {area.pk} {key(name)}"

    def _check_kind(self, site: Site) -> None:
        if self.register.site_kind and site.kind != self.register.site_kind:
            raise FieldError(f"“{site}”登记为{site.get_kind_display()}，不进这个台账。")

    def _check_new(self, area: Area) -> None:
        if not self.register.site_kind or self.register.sector_id is None:
            raise FieldError("没有这个场所。这个台账不确定场所的类别和行业领域，请先登记场所。")
        if area.level not in SITE_LEVELS:
            raise FieldError(f"场所要落到乡镇（街道、园区）或村（社区），“{area}”范围太大。")
        regulator = self.regulators.of(self.register.sector_id, area)
        if not self.reach.keeps(regulator, area):
            raise self.reach.refuse(regulator)

    def standing(self, judged: list[Judged]) -> dict[int | None, dict[str, str]]:
        """The fault of each subject that has an entry already."""
        kind = self.register.subject
        subjects = {each.values["subject"] for each in judged} - {None}
        found = Entry.objects.filter(register=self.register, **{f"{kind}__in": subjects})
        key = "site" if self.about_sites else "code"
        return {
            subject: {key: self._where(kind, subject)}
            for subject in found.values_list(kind, flat=True)
        }

    def _where(self, kind: str, subject: int) -> str:
        address = reverse(f"registry:{kind}_entry", args=[subject, self.register.code])
        return f"“{self.register}”台账已有它的登记，导入不改动。要修改请到那一条办理：{address}"


def _typed(version: RegisterVersion, row: RawRow) -> dict[str, Cell]:
    """What stands in the row for the register's fields."""
    return {each.key: row.cells.get(f"{PREFIX}{each.key}") for each in version.schema}


def _checked_on(cell: Cell) -> str:
    today = timezone.localdate()
    day = CHECKED.parse(cell) or today.isoformat()
    if date.fromisoformat(str(day)) > today:
        raise FieldError("核对日期不能晚于今天。")
    return str(day)


def take(write: Write, context: Context, rows: list[ImportRow]) -> list[int]:
    """The rows as entries of the register."""
    version = _version(context)
    sites = [each.values["site"] for each in rows if each.values["site"]]
    areas = Area.objects.in_bulk({each["area"] for each in sites})
    owners = Enterprise.objects.in_bulk({each["enterprise"] for each in sites} - {None})
    brought = [_brought(version.type, each.values, areas, owners) for each in rows]
    return entries_bring(write, version=version, brought=brought)


def _brought(
    register: Register,
    values: Mapping[str, Any],
    areas: Mapping[int, Area],
    owners: Mapping[int, Enterprise],
) -> Brought:
    site = values["site"]
    facts = site and SiteFacts(
        name=site["name"],
        sector=register.sector,  # type: ignore[arg-type]  # judged: a register without makes none
        area=areas[site["area"]],
        kind=register.site_kind,
        enterprise=owners.get(site["enterprise"]),
    )
    day = date.fromisoformat(values["checked_on"])
    return Brought(values["values"], day, values["subject"], facts)


def url(batch: ImportBatch) -> str:
    """The list of the register."""
    return reverse("registry:register", args=[batch.options["register"]])


register(
    Importer(
        key=KEY,
        label="行业台账",
        policy=policies.KEEP,
        columns=columns,
        judge=judge,
        take=take,
        url=url,
        options=options,
        title=lambda context: f"行业台账：{_version(context).type}",
        version=lambda context: str(_version(context).pk),
    )
)
