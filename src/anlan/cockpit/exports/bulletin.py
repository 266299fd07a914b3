"""A bulletin (通报稿) on where the city stands, in official layout: a draft to be worked on and
signed by people. Its figures are those of the page at the moment it names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from anlan.cockpit.figures import Overview, Since
from anlan.cockpit.ranking import Place
from anlan.kernel import official
from anlan.plan.choices import Standing
from anlan.plan.models import Duty

LAGGING = 3  # areas that the bulletin names at the end of the ranking
HEADINGS = ("名次", "地区", "任务", "达标", "有风险", "逾期", "未计量", "逾期占比")


@dataclass(frozen=True)
class Bulletin:
    """What the paper is made of."""

    shown: Overview
    week: Since | None
    delayed: Sequence[Duty]
    day: date


def docx(bulletin: Bulletin) -> bytes:
    """The file."""
    shown = bulletin.shown
    document = official.paper()
    official.title(document, "关于安全生产重点任务进展情况的通报（稿）")
    if shown.plan.is_demo:
        official.centred(document, "（演示数据，不是正式文件）")
    official.line(document, "")
    for words in _opening(bulletin):
        official.line(document, words)
    _section(document, "一、总体情况", _overall(bulletin))
    _section(document, "二、各县（市、区）情况", _lagging(shown.places))
    _table(document, shown.places)
    _section(document, "三、逾期时间较长的任务", _delayed(bulletin))
    official.line(document, "")
    official.signature(document, shown.plan.issuer, f"{bulletin.day:%Y年%-m月%-d日}")
    return official.content(document)


def _opening(bulletin: Bulletin) -> Iterable[str]:
    plan = bulletin.shown.plan
    yield (
        f"现将《{plan.title}》重点任务进展情况通报如下。"
        f"各项数据统计截至{bulletin.shown.at}，以平台核验的进展为准；"
        "没有核验过进展的任务列为未计量，不作为正常推进统计。"
    )


def _overall(bulletin: Bulletin) -> Iterable[str]:
    whole = bulletin.shown.whole
    parts = "，".join(
        f"{each.label}{whole.counts.get(each, 0)}项（{whole.words(each)}）"
        for each in (Standing.MET, Standing.ON_TRACK, Standing.AT_RISK, Standing.OVERDUE)
    )
    yield (
        f"各单位任务共{whole.total}项，{parts}，"
        f"未计量{whole.counts.get(Standing.NOT_MEASURED, 0)}项，"
        f"未到期{whole.counts.get(Standing.NOT_DUE, 0)}项。"
    )
    if week := bulletin.week:
        since = f"{week.day:%-m月%-d日}零点"
        yield f"与{since}相比，达标{_more(week.met)}，逾期{_more(week.overdue)}。"


def _more(change: int) -> str:
    if change == 0:
        return "没有变化"
    return f"增加{change}项" if change > 0 else f"减少{-change}项"


def _lagging(places: Sequence[Place]) -> Iterable[str]:
    if not places:
        yield "没有县（市、区）的任务。"
        return
    yield "名次先比较逾期任务占比，再比较有风险、未计量任务占比，均相同的比较达标占比。"
    behind = [each for each in places[-LAGGING:] if each.side.counts.get(Standing.OVERDUE)]
    for each in reversed(behind):
        yield f"{each.side.name}排第{each.rank}名，{each.reason}。"


def _delayed(bulletin: Bulletin) -> Iterable[str]:
    if not bulletin.delayed:
        yield "没有逾期的任务。"
    for number, duty in enumerate(bulletin.delayed, 1):
        days = (bulletin.day - duty.due_on).days
        yield f"{number}．{duty.organisation.name}：{duty.title}，已逾期{days}天。"


def _section(document: official.Document, heading: str, lines: Iterable[str]) -> None:
    head = official.line(document, heading, official.RANK_1)
    head.paragraph_format.keep_with_next = True
    for words in lines:
        official.line(document, words)


def _table(document: official.Document, places: Sequence[Place]) -> None:
    if not places:
        return
    table = document.add_table(rows=1, cols=len(HEADINGS), style="Table Grid")
    _row(table.rows[0].cells, HEADINGS, official.RANK_1)
    for place in places:
        side = place.side
        counted = (Standing.MET, Standing.AT_RISK, Standing.OVERDUE, Standing.NOT_MEASURED)
        numbers = [str(side.counts.get(each, 0)) for each in counted]
        words = [str(place.rank), side.name, str(side.total), *numbers]
        _row(table.add_row().cells, [*words, side.words(Standing.OVERDUE)], official.BODY)


def _row(cells: Sequence[object], words: Iterable[str], face: official.Face) -> None:
    for cell, text in zip(cells, words, strict=True):
        paragraph = cell.paragraphs[0]  # type: ignore[attr-defined]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.line_spacing = Pt(20)
        official.write(paragraph, text, face, official.SMALL_4)
