"""Taking a file in, and storing what the reader makes of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

from anlan.intake import flow
from anlan.intake.bounded import read_bounded
from anlan.intake.choices import DocumentKind, DocumentState, PointKind
from anlan.intake.models import Clause, Document, Item, Point, Unit
from anlan.intake.services.carrying import carry_over
from anlan.intake.services.suggesting import suggest
from anlan.kernel.access.actor import Actor, system
from anlan.kernel.evidence.services import file_store
from anlan.kernel.evidence.storing import ALLOWED, Upload
from anlan.kernel.orgs.models import Area
from anlan.kernel.orgs.resolving import How, Resolution, resolve_all
from anlan.kernel.write import Write
from anlan.notices import document as read
from anlan.notices.document import NoticeError
from anlan.plan.loading import ASSIGNED

# What the reader can read, of what can be kept.
READABLE = {
    kind: name
    for kind, name in ALLOWED.items()
    if "spreadsheet" not in kind and "video" not in kind
}


def document_upload(*, actor: Actor, upload: Upload, area: Area) -> Document:
    """Keep the file and have a job read it. Refused: not a file that can be kept (see storing)."""
    from anlan.intake.tasks import read_document

    file = file_store(actor=actor, upload=upload, allowed=READABLE)
    name = Path(upload.name or "").name[:200] or file.name
    with Write(actor, "intake.document.upload") as write:
        document = write.add(Document(file=file, name=name, area=area, uploaded_by=actor.user))
        write.event("document.changed", document, area=area)
        read_document.defer(document=document.pk)
    return document


def document_read(*, document: int) -> None:
    """Read the file and store the result; a file that is no notice fails with its reason.

    Safe to repeat: only a document that is still being read is touched.
    """
    row = Document.objects.select_related("file", "area").get(pk=document)
    if row.state != DocumentState.READING:
        return
    try:
        notice = read_bounded(row.file.path)
    except NoticeError as error:
        _fail(row, str(error))
        return
    _store(row, notice)


def document_reread(*, actor: Actor, document: int) -> None:
    """Have a job read it once more: for a document whose reading hangs (the machine went down)."""
    from anlan.intake.tasks import read_document

    with Write(actor, "intake.document.reread") as write:
        row = write.lock(Document.objects.visible_to(actor), document)
        if row.state == DocumentState.READING:
            read_document.defer(document=row.pk)


def _fail(document: Document, error: str) -> None:
    with Write(system(), "intake.document.fail") as write:
        row = write.lock(Document.objects.all(), document.pk)
        if row.state != DocumentState.READING:
            return  # withdrawn, or read by another job, meanwhile
        flow.DOCUMENT.move(write, row, "fail", fields={"error": error})
        write.event("document.changed", row, area=row.area)


def _store(document: Document, notice: read.Notice) -> None:
    """All or nothing: a reading that is cut off in the middle leaves the document unread."""
    content = notice.as_dict()
    with Write(system(), "intake.document.read") as write:
        row = write.lock(Document.objects.all(), document.pk)
        if row.state != DocumentState.READING:
            return  # withdrawn, or read by another job, meanwhile
        year = notice.year or date.today().year  # noqa: DTZ011 - a default that people see and mend
        flow.DOCUMENT.move(
            write,
            row,
            "read",
            fields={
                "title": (notice.title or "")[:200],
                "issuer": (notice.issuer or "")[:100],
                "year": notice.year,
                "kind": DocumentKind.DRAFT if notice.draft else DocumentKind.FINAL,
                "preamble": notice.preamble,
                "closing": notice.closing,
                "lines": notice.source.lines if notice.source else [],
                "repairs": content["repairs"],
                "table": content["table"],
                "confidence": notice.source.confidence if notice.source else None,
            },
        )
        for number, (chapter, item) in enumerate(_items(notice), start=1):
            _store_item(write, row, chapter, item, number, year)
        _bind(row, year)
        Point.objects.bulk_create(_points(row, notice))
        carry_over(actor=system(), document=row)
        suggest(actor=system(), document=row)
        write.event("document.changed", row, area=row.area)


def _items(notice: read.Notice) -> Iterable[tuple[read.Chapter, read.Item]]:
    """The items of the body; where the document is a table alone, those of its rows."""
    chapters = notice.chapters or [read.Chapter(None, None, "", _items_of_rows(notice.table))]
    return ((chapter, item) for chapter in chapters for item in chapter.items)


def _items_of_rows(rows: Iterable[read.TableRow]) -> list[read.Item]:
    """One item for each row; a further row of the same number is a part of that item."""
    items: list[read.Item] = []
    for row in rows:
        if items and row.item is not None and row.item == items[-1].number:
            part = read.Part(row.part, row.text, row.responsible, row.obligations, row.lines)
            items[-1].parts.append(part)
        else:
            items.append(
                read.Item(
                    row.item,
                    row.title,
                    row.text,
                    row.responsible,
                    obligations=row.obligations,
                    lines=row.lines,
                )
            )
    return items


def _store_item(
    write: Write,
    document: Document,
    chapter: read.Chapter,
    item: read.Item,
    number: int,
    year: int,
) -> None:
    """``number`` counts through the notice: where items restart in each chapter, the printed
    number is no name of an item."""
    stored = write.add(
        Item(
            document=document,
            chapter_number=chapter.number,
            chapter_title=(chapter.title or "")[:100],
            number=number,
            title=(item.title or chapter.title or f"第 {number} 项")[:200],
            text=_whole_text(item),
            responsible=item.responsible.text,
            due_on=date(year, 12, 31),
            first_line=item.lines[0],
            last_line=item.lines[1],
        )
    )
    Unit.objects.bulk_create(_units(stored, item))
    Clause.objects.bulk_create(_clauses(stored, item))


def _whole_text(item: read.Item) -> str:
    return "\n".join(filter(None, [item.text, *(part.text for part in item.parts)]))


def _units(stored: Item, item: read.Item) -> list[Unit]:
    owners = [("", item.responsible), *((p.sector or "", p.responsible) for p in item.parts)]
    seen: set[tuple[str, str]] = set()
    units = []
    for part, responsible in owners:
        for unit in responsible.units:
            if (part, unit.name) not in seen:
                seen.add((part, unit.name))
                units.append(
                    Unit(item=stored, part=part[:60], name=unit.name[:120], role=unit.role)
                )
    inherited = dict.fromkeys(name for _, r in owners for name in r.inherited)
    named = {name for _, name in seen}
    units += [
        Unit(item=stored, name=name[:120], role="responsible", inherited=True)
        for name in inherited
        if name not in named
    ]
    return units


def _clauses(stored: Item, item: read.Item) -> list[Clause]:
    found = [("", each) for each in item.obligations]
    found += [(part.sector or "", each) for part in item.parts for each in part.obligations]
    return [
        Clause(
            item=stored,
            number=number,
            part=part[:60],
            text=each.text,
            kind=each.kind,
            subject=(each.subject or "")[:100],
            value=_number(each.value),
            value_max=_number(each.value_max),
            unit=(each.unit or "")[:20],
            op=each.op or "",
            period=each.period or "",
            deadline=each.deadline,
            window_months=each.window_months,
            assigned=each.kind in ASSIGNED,
        )
        for number, (part, each) in enumerate(found, start=1)
    ]


def _number(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _bind(document: Document, year: int) -> None:
    """Bind what is certain; the rest waits for a person, with suggestions."""
    units = list(Unit.objects.filter(item__document=document))
    known = resolve_all({unit.name for unit in units}, area=document.area, on=date(year, 1, 1))
    for unit in units:
        _bind_one(unit, known[unit.name])
    Unit.objects.bulk_update(units, ["organisation", "group", "how", "suggestions"])


def _bind_one(unit: Unit, found: Resolution) -> None:
    unit.how = found.how
    unit.suggestions = found.suggestions
    if found.how == How.GROUP:
        unit.group = found.group
    elif len(found.organisations) == 1:
        unit.organisation = found.organisations[0]


def _points(document: Document, notice: read.Notice) -> list[Point]:
    differences = [
        Point(
            document=document,
            kind=PointKind.DIFFERENCE,
            code=each.kind,
            item_number=each.item,
            body=each.body,
            table=each.table,
        )
        for each in notice.differences
    ]
    remarks = [
        Point(
            document=document,
            kind=PointKind.REMARK,
            code=each.kind,
            item_number=each.item,
            text=each.text,
        )
        for each in notice.warnings
    ]
    points = differences + remarks
    for number, point in enumerate(points, start=1):
        point.number = number
    return points
