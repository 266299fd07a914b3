"""The facts of an enterprise or a site as somebody gives them, and whether they can stand."""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from django.utils import timezone

from anlan.kernel.errors import Refused
from anlan.kernel.orgs.models import Area, AreaLevel, Organisation
from anlan.kernel.orgs.selectors import TOWNSHIP_RANK
from anlan.registry.choices import Business, DisputeState
from anlan.registry.identifiers import IdentifierError, credit_code
from anlan.registry.models import Enterprise, Sector, Site
from anlan.registry.selectors import default_regulator

SITE_LEVELS = (*TOWNSHIP_RANK, AreaLevel.VILLAGE)
_DEGREES = Decimal("0.000001")  # about 0.1 m, what the column keeps


class CodeTaken(Refused):
    """Another enterprise has the credit code. ``other``: its key, for a link; None if the other
    was stored at the same moment and cannot be read yet."""

    def __init__(self, code: str, name: str, other: int | None = None) -> None:
        super().__init__(
            "credit_code_taken",
            f"统一社会信用代码 {code} 已登记在“{name}”名下，同一代码不能登记两次。"
            "请核对代码；如果是同一家企业，请直接修改那一条。",
        )
        self.other = other


@dataclass(frozen=True, kw_only=True)
class SubjectFacts:
    """What is said of a subject; coordinates in degrees (WGS 84).

    ``regulator`` None: the sector's default. ``regulator_reason``: why another one.
    """

    name: str
    sector: Sector
    area: Area
    address: str = ""
    regulator: Organisation | None = None
    regulator_reason: str = ""
    business: str = Business.RUNNING
    latitude: Decimal | None = None
    longitude: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class EnterpriseFacts(SubjectFacts):
    credit_code: str = ""
    staff: int | None = None


@dataclass(frozen=True, kw_only=True)
class SiteFacts(SubjectFacts):
    """``enterprise`` None: nobody owns it."""

    kind: str
    enterprise: Enterprise | None = None


def judged(facts: SubjectFacts, before: Enterprise | Site | None = None) -> dict[str, Any]:
    """The columns as they are to be stored. ``before``: the row that is to be changed.

    Refused: no name; a credit code that is none, or that another enterprise has; a sector out of
    use; an area above the township for a site; half a location; a regulator that is dissolved, or
    that is not the default one and no reason is given; another regulator once a dispute on it was
    decided, or while one is open.
    """
    columns = {each.name: getattr(facts, each.name) for each in fields(facts)}
    columns |= {"name": facts.name.strip(), "address": facts.address.strip()}
    if not columns["name"]:
        raise Refused("name_missing", "请填写名称。")
    _check_sector(facts.sector, before)
    columns |= _place(facts.latitude, facts.longitude)
    columns |= _regulator(facts, before)
    if isinstance(facts, EnterpriseFacts):
        columns["credit_code"] = _credit_code(facts.credit_code, before)
    if isinstance(facts, SiteFacts):
        _check_site(facts)
    return columns


def _check_sector(sector: Sector, before: Enterprise | Site | None) -> None:
    retired = sector.retired_on and sector.retired_on <= timezone.localdate()
    if retired and (before is None or before.sector_id != sector.pk):
        raise Refused("sector_retired", f"行业领域“{sector}”已停用，请另选一个。")


def _place(latitude: Decimal | None, longitude: Decimal | None) -> dict[str, Decimal | None]:
    if latitude is None or longitude is None:
        if latitude is not longitude:
            raise Refused("place_half", "经度和纬度要么都填，要么都不填。")
        return {"latitude": None, "longitude": None}
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise Refused("place_nowhere", "纬度须在 -90 至 90 之间，经度须在 -180 至 180 之间。")
    return {"latitude": latitude.quantize(_DEGREES), "longitude": longitude.quantize(_DEGREES)}


def _regulator(facts: SubjectFacts, before: Enterprise | Site | None) -> dict[str, Any]:
    default = default_regulator(facts.sector, facts.area)
    given, reason = facts.regulator or default, facts.regulator_reason.strip()
    stays = before is not None and before.regulator_id == (given and given.pk)
    if before is not None and not stays:
        _check_disputes(before)
    if given is None or given == default:
        return {"regulator": given, "regulator_reason": reason}
    if not stays:
        today = timezone.localdate()
        if given.valid_to and given.valid_to < today:
            raise Refused("regulator_dissolved", f"{given}已于 {given.valid_to} 撤销，请另选一个。")
        if not reason:
            usual = f"按行业领域应由{default}监管" if default else "该行业领域没有确定监管部门"
            raise Refused(
                "regulator_reason", f"{usual}，改由{given}监管要写明依据（如会议纪要、文号）。"
            )
    return {"regulator": given, "regulator_reason": reason}


def _check_disputes(before: Enterprise | Site) -> None:
    """What a second person decided, or is about to, no clerk changes by the way."""
    newest = before.disputes.exclude(state=DisputeState.WITHDRAWN).first()
    if newest is None:
        return
    if newest.is_open:
        raise Refused(
            "regulator_disputed",
            f"“{before}”的监管归属正在办理争议，办结以前不能改监管部门；其他内容可以修改。",
        )
    # Not by comparing: for a line of business the county's counterpart of the one named regulates.
    raise Refused(
        "regulator_decided",
        f"“{before}”现由{before.regulator}监管，监管归属已由归属争议决定"
        f"（{newest.decision_basis}），不能直接修改；有不同意见请重新提出归属争议。",
    )


def _credit_code(given: str, before: Enterprise | Site | None) -> str:
    if not given.strip():
        return ""
    try:
        code = credit_code(given)
    except IdentifierError as error:
        raise Refused("credit_code", str(error)) from error
    other = Enterprise.objects.filter(credit_code=code).first()
    if other and other != before:
        raise CodeTaken(code, other.name, other.pk)
    return code


def _check_site(facts: SiteFacts) -> None:
    if facts.area.level not in SITE_LEVELS:
        raise Refused(
            "area_too_wide",
            f"场所要落到乡镇（街道、园区）或村（社区），“{facts.area}”是"
            f"{facts.area.get_level_display()}一级。",
        )
