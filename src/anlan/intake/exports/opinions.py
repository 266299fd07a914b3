"""The opinion sheet (修改意见): what was found in a draft, to send back to its drafters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, partial

from django.utils import timezone

from anlan.intake.choices import DIFFERENCES, REMARKS, Decision, PointKind
from anlan.intake.exports import wording
from anlan.intake.exports.suggestions import Finding, suggest
from anlan.intake.models import Document, Point
from anlan.kernel import official
from anlan.kernel.orgs.models import Area
from anlan.kernel.orgs.resolving import How, resolve
from anlan.notices.kinds import DifferenceKind

QUOTED = 160  # characters of either side shown under what was found; the proposal quotes in full


@dataclass(frozen=True)
class Opinion:
    """One entry. ``note``: what the clerk wrote."""

    number: int
    where: str
    found: str
    proposal: str
    note: str


@dataclass(frozen=True)
class OpinionSheet:
    """``groups``: heading of an item → its opinions. ``ignored``: points that need no change."""

    subject: str
    signer: str
    day: date
    differences: int
    remarks: int
    ignored: int
    groups: list[tuple[str, list[Opinion]]]

    @property
    def file_name(self) -> str:
        return f"修改意见：{self.subject}"


def of_document(document: Document, *, today: date | None = None) -> OpinionSheet:
    """Every point that was not ignored, by item in the order of the notice, the whole last."""
    points = list(document.points.all())
    meant = [each for each in points if each.decision != Decision.IGNORED]
    meant.sort(key=lambda p: (p.item_number is None, p.item_number or 0, p.number))
    titles = {each.number: each.title for each in document.items.all()}
    on_record = cache(partial(_on_record, area=document.area, on=date(document.year or 1, 1, 1)))
    groups: dict[str, list[Opinion]] = {}
    for number, point in enumerate(meant, start=1):
        title = titles.get(point.item_number or 0, "")
        head = f"{wording.item(point.item_number)} {title}".strip()
        finding = Finding(
            point.code, point.item_number, point.body, point.table, point.text,
            document.year, on_record,
        )  # fmt: skip
        groups.setdefault(head, []).append(
            Opinion(number, _where(point), _found(point), suggest(finding), point.note)
        )
    return OpinionSheet(
        subject=f"《{document}》（{document.get_kind_display()}）",
        signer=str(document.uploaded_by.organisation.name),
        day=today or timezone.localdate(),
        differences=sum(p.kind == PointKind.DIFFERENCE for p in meant),
        remarks=sum(p.kind == PointKind.REMARK for p in meant),
        ignored=len(points) - len(meant),
        groups=list(groups.items()),
    )


def _on_record(name: str, *, area: Area, on: date) -> bool:
    return resolve(name, area=area, on=on).how == How.EXACT


def _where(point: Point) -> str:
    if point.kind == PointKind.REMARK:
        return REMARKS.get(point.code, point.code)
    return DIFFERENCES.get(point.code, point.code)


def _found(point: Point) -> str:
    if point.kind == PointKind.REMARK:
        return point.text
    marks = "" if point.code == DifferenceKind.PUNCTUATION else "，、；。"
    body, table = (_quoted(words.rstrip(marks)) for words in (point.body, point.table))
    return f"正文：{body}；附表：{table}。"


def _quoted(words: str) -> str:
    return wording.quoted(words, most=QUOTED) if words else "没有"


# --- the paper --------------------------------------------------------------------------------


def docx(sheet: OpinionSheet) -> bytes:
    """The file in official layout."""
    document = official.paper()
    official.title(document, "修改意见")
    official.centred(document, sheet.subject)
    official.line(document, "")
    official.line(document, "通知起草单位：", indent=0)
    for words in _opening(sheet):
        official.line(document, words)
    for number, (head, opinions) in enumerate(sheet.groups, start=1):
        heading = official.line(document, f"{wording.chinese(number)}、{head}", official.RANK_1)
        heading.paragraph_format.keep_with_next = True
        for opinion in opinions:
            _entry(document, opinion)
    official.line(document, "")
    official.signature(document, sheet.signer, wording.full_date(sheet.day))
    return official.content(document)


def _opening(sheet: OpinionSheet) -> Iterable[str]:
    total = sheet.differences + sheet.remarks
    if not total:
        yield f"经核对{sheet.subject}正文和附表，没有修改意见。"
        return
    counts = f"其中正文与附表不一致{sheet.differences}条，其他疑问{sheet.remarks}条"
    ignored = f"；另有{sheet.ignored}条经核对不需修改，未列入" if sheet.ignored else ""
    yield (
        f"经核对{sheet.subject}正文和附表，提出修改意见{total}条（{counts}{ignored}）。"
        "现反馈如下，请研究修改；不采纳的，请说明理由。"
    )


def _entry(document: official.Document, opinion: Opinion) -> None:
    first = official.line(document, f"{opinion.number}．{opinion.where}。", official.RANK_2)
    first.paragraph_format.keep_with_next = True
    official.write(first, opinion.found)
    official.line(document, f"建议：{opinion.proposal}")
    if opinion.note:
        official.line(document, f"说明：{opinion.note}")
