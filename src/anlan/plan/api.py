"""The plan for programs. See ``config.api`` for log-in, refusals and the description."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from ninja import Field, File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile
from ninja.pagination import PageNumberPagination, paginate

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.evidence.services import file_store
from anlan.kernel.ui.paging import part
from anlan.plan import matrix, policies, selectors
from anlan.plan.choices import Standing
from anlan.plan.models import Duty, Report
from anlan.plan.services import reports

router = Router(tags=["plan"])
PER_PAGE = 100
MOST_PAGES = 1_000_000
YEAR: Any = Field(None, ge=1900, le=2200)


class Pages(PageNumberPagination):
    """Pages that the database can count; by the tally where it tells."""

    class Input(PageNumberPagination.Input):
        page: int = Field(1, ge=1, le=MOST_PAGES)

    def paginate_queryset(
        self, queryset: Any, pagination: Any, request: Any, **params: Any
    ) -> dict[str, Any]:
        size = self._get_page_size(pagination.page_size)
        count = _tallied(request.actor, params["filters"])
        return {
            "items": part(queryset, (pagination.page - 1) * size, size),
            "count": queryset.count() if count is None else count,
        }


class DutyOut(Schema):
    """A duty. ``progress`` is the verified value in ``unit`` (percent where there is no target).

    ``origin``: the notice, or a progress call (``call``), which ``source`` then names.
    """

    id: int
    key_duty: str
    title: str
    organisation: str
    area: str
    role: str
    state: str
    standing: str
    target: Decimal | None
    unit: str
    progress: Decimal | None
    period_start: date
    due_on: date
    parent: int | None = Field(None, alias="parent_id")
    origin: str
    source: str = Field("", alias="source_name")

    @staticmethod
    def resolve_key_duty(duty: Duty) -> str:
        return str(duty.key_duty)

    @staticmethod
    def resolve_organisation(duty: Duty) -> str:
        return str(duty.organisation)

    @staticmethod
    def resolve_area(duty: Duty) -> str:
        return duty.area.code

    @staticmethod
    def resolve_unit(duty: Duty) -> str:
        return duty.clause.unit if duty.clause and duty.target is not None else "%"


class ReportOut(Schema):
    id: int
    state: str
    text: str
    value: Decimal | None
    complete: bool
    submitted_at: datetime
    verified_at: datetime | None
    reason: str


class ReportIn(Schema):
    text: str = Field(max_length=5000)
    value: Decimal | None = Field(None, ge=0, max_digits=14, decimal_places=3)
    complete: bool = False


class DutyFilter(Schema):
    """``area``: a division code, exact; ``standing``: as in a duty; ``year``: the plan's."""

    area: str | None = Field(None, pattern=r"^[0-9A-Za-z-]{1,20}$")
    standing: Standing | None = None
    year: int | None = YEAR


def _tallied(actor: Actor, asked: DutyFilter) -> int | None:
    if asked.area:  # this very area, which the tally does not tell from those in it
        return None
    counts = selectors.tallied(actor, year=asked.year)
    if counts is None:
        return None
    return counts.get(asked.standing, 0) if asked.standing else sum(counts.values())


class CellOut(Schema):
    key_duty: int
    area: str
    standing: str | None
    counts: dict[str, int]


@router.get("duties/", response=list[DutyOut])
@paginate(Pages, page_size=PER_PAGE)
@page(policies.VIEW)
def duties(request: Request, filters: Query[DutyFilter]) -> QuerySet[Duty]:
    """The duties that the account sees, by date."""
    names = {"area": "area__code", "standing": "standing", "year": "key_duty__plan__year"}
    asked = filters.dict(exclude_none=True)
    return selectors.duties(request.actor).filter(**{names[k]: v for k, v in asked.items()})


@router.get("duties/{int:pk}/", response=DutyOut)
@page(policies.VIEW)
def duty(request: Request, pk: int) -> Duty:
    """One duty; 404 outside the account's scope."""
    return selectors.duty(request.actor, pk)


@router.get("duties/{int:pk}/reports/", response=list[ReportOut])
@page(policies.VIEW)
def duty_reports(request: Request, pk: int) -> QuerySet[Report]:
    """The reports on one duty, newest first."""
    return selectors.duty(request.actor, pk).reports.all()


@router.post("duties/{int:pk}/reports/", response={201: ReportOut})
@page(policies.REPORT, methods=("POST",))
def report(
    request: Request,
    pk: int,
    given: Form[ReportIn],
    evidence: File[list[UploadedFile]] = [],  # noqa: B006 - the framework's way to say optional
) -> Status[Report]:
    """Report progress, with files as evidence (multipart form)."""
    actor = request.actor
    selectors.duty(actor, pk)  # out of scope is 404 before any file is kept
    files = [file_store(actor=actor, upload=each) for each in evidence]
    made = reports.report_submit(actor=actor, duty=pk, evidence=files, **given.dict())
    return Status(201, made)


@router.get("matrix/", response=list[CellOut])
@page(policies.MATRIX)
def cells(request: Request, year: int | None = None) -> list[dict[str, Any]]:
    """The cells of the matrix: key duty × area, as the account sees them."""
    plan = selectors.plan_of(year)
    if plan is None:
        return []
    built = matrix.matrix(request.actor, plan)
    return [
        {
            "key_duty": line.key_duty.number,
            "area": area.code,
            "standing": cell.standing,
            "counts": cell.counts,
        }
        for line in built.lines
        for area, cell in zip(built.areas, line.cells, strict=True)
    ]
