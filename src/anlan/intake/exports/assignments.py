"""The rows of the assignment table (重点任务分工), from a plan or a document under review."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from anlan.intake.choices import DocumentState
from anlan.intake.exports.wording import by, chinese
from anlan.intake.models import Document, Item
from anlan.plan.choices import UnitRole
from anlan.plan.models import KeyDuty, Plan

HEADINGS = ("序号", "任务", "主要内容", "责任单位", "完成时限")
NOT_PUBLISHED = "未发布"
_PERIODS = {"half_year": "每半年", "quarter": "每季度", "month": "每月"}


@dataclass(frozen=True)
class Named:
    """A unit in the notice's words, its role and the part that it answers for."""

    part: str
    name: str
    role: str
    inherited: bool = False


@dataclass(frozen=True)
class Row:
    number: int
    title: str
    text: str
    units: str
    due: str

    @property
    def cells(self) -> tuple[str, str, str, str, str]:
        return (str(self.number), self.title, self.text, self.units, self.due)


@dataclass(frozen=True)
class Chapter:
    """``name``: 一、提升安全意识; empty for items that stand in no chapter."""

    name: str
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class AssignmentTable:
    """``marks``: what readers must not overlook (未发布, 演示数据)."""

    title: str
    source: str
    marks: tuple[str, ...]
    chapters: list[Chapter]

    @property
    def file_name(self) -> str:
        return "".join([*(f"（{mark}）" for mark in self.marks), self.title])


def of_plan(plan: Plan) -> AssignmentTable:
    """The published plan's table; what a revision took out is not in it."""
    key_duties = plan.key_duties.filter(retired_at=None).prefetch_related(
        "assignments", "clauses", "duties"
    )
    return AssignmentTable(
        title=_title(plan.area.name, plan.year),
        source=f"依据：《{plan.title}》（{plan.issuer}）",
        marks=("演示数据",) if plan.is_demo else (),
        chapters=_chapters(_of_key_duty(each) for each in key_duties),
    )


def of_document(document: Document) -> AssignmentTable:
    """The table of a document as checked so far, marked as not published."""
    if document.state == DocumentState.PUBLISHED and document.plan:
        return of_plan(document.plan)
    items = document.items.prefetch_related("units", "clauses")
    return AssignmentTable(
        title=_title(document.area.name, document.year),
        source=f"依据：《{document}》{document.get_kind_display()}，尚在核对",
        marks=(NOT_PUBLISHED,),
        chapters=_chapters(_of_item(each) for each in items),
    )


def _title(area: str, year: int | None) -> str:
    return f"{area}{f'{year}年' if year else ''}安全生产重点任务分工表"


# --- rows -------------------------------------------------------------------------------------

Placed = tuple[int | None, str, Row]


def _of_key_duty(key_duty: KeyDuty) -> Placed:
    assignments = [
        Named(each.part, each.name, each.role, each.inherited)
        for each in key_duty.assignments.all()
    ]
    clauses = [each for each in key_duty.clauses.all() if each.retired_at is None]
    return (
        key_duty.chapter_number,
        key_duty.chapter_title,
        Row(
            key_duty.number,
            key_duty.title,
            key_duty.text,
            units(assignments),
            due(_whole_due(key_duty), [(c.deadline, c.period) for c in clauses]),
        ),
    )


def _whole_due(key_duty: KeyDuty) -> date | None:
    """When the item as a whole is due: most of its duties' date (single units were given more)."""
    whole = [
        duty.due_on
        for duty in key_duty.duties.all()
        if duty.clause_id is None and duty.parent_id is None and duty.state != "cancelled"
    ]
    return Counter(whole).most_common(1)[0][0] if whole else None


def _of_item(item: Item) -> Placed:
    named = [
        Named(each.part, each.name, each.role, each.inherited)
        for each in item.units.all()
        if not each.left_out
    ]
    limits = [(each.deadline, each.period) for each in item.clauses.all()]
    row = Row(item.number, item.title, item.text, units(named), due(item.due_on, limits))
    return item.chapter_number, item.chapter_title, row


def units(named: Iterable[Named]) -> str:
    """Who answers, a line for each part; roles are said where they differ from 负责.

    Units that the notice names once for all stand in a line of their own, last.
    """
    own: dict[str, dict[str, dict[str, None]]] = {}
    for each in sorted(named, key=lambda unit: unit.inherited):
        line = "\0" if each.inherited else each.part
        own.setdefault(line, {}).setdefault(each.role, {})[each.name] = None
    return "\n".join(
        (f"{part}方面：" if part.strip("\0") else "") + _roles(roles) for part, roles in own.items()
    )


def _roles(roles: dict[str, dict[str, None]]) -> str:
    if set(roles) == {UnitRole.RESPONSIBLE}:
        return "、".join(roles[UnitRole.RESPONSIBLE])
    return "；".join(
        f"{role.label}：{'、'.join(roles[role])}" for role in UnitRole if role in roles
    )


def due(whole: date | None, limits: Sequence[tuple[date | None, str]]) -> str:
    """The item's time limit, then the limits of clauses that differ from it, earliest first."""
    dates = sorted({day for day, _ in limits if day and day != whole})
    said = [by(whole)] if whole else []
    said += [f"部分事项{by(day)}" for day in dates]
    said += [f"部分事项{word}" for name, word in _PERIODS.items() if name in {p for _, p in limits}]
    return "\n".join(said)


def _chapters(rows: Iterable[Placed]) -> list[Chapter]:
    """Neighbouring rows of the same chapter together, in the order of the notice."""
    chapters: list[Chapter] = []
    for number, title, row in rows:
        head = f"{chinese(number)}、{title}" if number and title else title
        if not chapters or chapters[-1].name != head:
            chapters.append(Chapter(head))
        chapters[-1].rows.append(row)
    return chapters
