"""Remarks on numbers: without a date, without saying per what, contradicting each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from anlan.notices.differences.columns import sets_date
from anlan.notices.document import Item, Notice, Obligation, ObligationKind, Remark, TableRow
from anlan.notices.kinds import DifferenceKind, RemarkKind
from anlan.notices.notes import split
from anlan.notices.obligations import dates

_QUOTED = 30  # characters of a clause that a remark quotes
_CLAUSE = re.compile(r"[^，。；：！？\n]+")
_SPACE = re.compile(r"\s+")
_NUMBERED = {ObligationKind.QUOTA, ObligationKind.FREQUENCY}
_COUNTED = {"项", "次", "处", "个", "场", "期", "批", "件"}
# Words that say per whom a number counts; 每年 and 每季度 do not.
_EACH = re.compile(r"每(?![年季月半周日天])|各(?!级安|项|类|种)|分别|均(?!衡)|合计|共|全[市省县区]")
_LEVELS = re.compile(r"市县|市、县|县乡|县、乡|乡镇(?:[（(]街道[）)])?、村(?:[（(]社区[）)])?")
_AT_LEAST = re.compile("至少|不少于|不得少于")
_WHO = re.compile(r"企业|生产经营单位|[委办局院]$")
# A number to reach is something made or done; limits, rates, prices and staffing hold at all times.
_MADE = re.compile(
    r"完成|建成|建立|建设|组建|组织|开展|举办|解决|整治|新增|新建|培训|培育|创建|打造|达到|实现|检查|治理|改造|淘汰"
)
_STANDING = re.compile(r"每人|每天|每名|补助|补贴|贴息|利率|费率|税|标准|额度|资金|贷款|元")


def amounts(item: Item, rows: Sequence[TableRow]) -> list[Remark]:
    """The remarks on the numbers and dates of one item; ``rows``: its rows in the table."""
    dated = any(sets_date(row.text) for row in rows)
    return [*([] if dated else _undated(item)), *_unclear(item)]


def contradictions(notice: Notice) -> list[Remark]:
    """The same asked twice with different figures, within the body or against the table."""
    return [*_against_table(notice), *_within_body(notice)]


def obligations(item: Item) -> list[Obligation]:
    """Those of the item and of its parts."""
    return [*item.obligations, *(each for part in item.parts for each in part.obligations)]


def _undated(item: Item) -> Iterator[Remark]:
    if any(note.term and re.search(r"\d", note.value) for note in split(item.text)[1]):
        return  # 完成时限：… says by when
    dated = _dated_sentences(item)
    phrases = [
        _phrase(each)
        for each in obligations(item)
        if _needs_date(each) and not any(each.text in sentence for sentence in dated)
    ]
    if phrases:
        quotes = "、".join(f"“{phrase}”" for phrase in dict.fromkeys(phrases))
        text = f"{quotes}没有写完成时限，也没有写按年、季、月考核。请写明。"
        yield Remark(item.number, RemarkKind.NO_DATE, text)


def _dated_sentences(item: Item) -> list[str]:
    """The sentences with a deadline, which holds for every number in them."""
    texts = [item.text, *(part.text for part in item.parts)]
    deadlines = [each.text for each in obligations(item) if each.deadline]
    sentences = [sentence for text in texts for sentence in re.split(r"[。；\n]", text)]
    return [each for each in sentences if any(words in each for words in deadlines)]


def _needs_date(each: Obligation) -> bool:
    if each.kind is not ObligationKind.QUOTA or each.deadline or each.period:
        return False
    if not each.value or each.op not in {">=", ">", "==", None}:
        return False
    if any(day.binds for day in dates.scan(each.text, None)):  # 汛前, 防火期前
        return False
    return bool(_MADE.search(each.text)) and not _STANDING.search(_phrase(each, limit=None))


def _unclear(item: Item) -> Iterator[Remark]:
    for each in obligations(item):
        question = _question(each)
        if question:
            yield Remark(item.number, RemarkKind.UNCLEAR_UNIT, f"“{_phrase(each)}”{question}")


def _question(each: Obligation) -> str | None:
    if each.kind not in _NUMBERED or not each.value:
        return None
    if each.kind is ObligationKind.QUOTA and not each.unit:
        return None if "率" in each.text else "只有数字，没有计量单位。请补上。"
    if each.unit not in _COUNTED or each.op != ">=":
        return None
    words = f"{each.subject or ''}{each.text}"
    if _EACH.search(words):
        return None
    frequent = each.kind is ObligationKind.FREQUENCY
    if frequent and not _AT_LEAST.search(each.text):
        return None
    levels = _LEVELS.search(words)
    if levels and not frequent:
        return f"没有写“{levels[0]}”是各自都要达到，还是合计达到。请写明。"
    # "30处" is the city's sum; "至少…" and "1—2" invite the question whose number it is
    open_number = each.value_max is not None or _AT_LEAST.search(each.text)
    if each.subject or levels or not open_number or _WHO.search(words):
        return None
    if each.unit == "次":
        return "没有写由谁组织、按什么范围计次（全市一次，还是各县、各部门各一次）。请写明。"
    return "没有写按什么范围计（全市合计，还是每个县、每个行业领域分别计）。请写明。"


def _against_table(notice: Notice) -> Iterator[Remark]:
    for difference in notice.differences:
        if difference.kind == DifferenceKind.NUMBER:
            text = (
                f"正文写“{difference.body}”，附表写“{difference.table}”，要求的数字不一致。"
                "请确定以哪个为准。"
            )
            yield Remark(difference.item, RemarkKind.CONFLICTING_FIGURES, text)


def _within_body(notice: Notice) -> Iterator[Remark]:
    """The same thing counted in two places of the body with different figures."""
    seen: dict[tuple[str, str], tuple[int | None, Obligation]] = {}
    for item in notice.items:
        for each in obligations(item):
            thing = _thing(each)
            if thing is None:
                continue
            number, earlier = seen.setdefault(thing, (item.number, each))
            if _amount(earlier) != _amount(each):
                yield _conflict(number, earlier, item.number, each)


def _conflict(
    first: int | None, earlier: Obligation, second: int | None, later: Obligation
) -> Remark:
    place = "本项" if first == second else f"第{first}项"
    text = (
        f"{place}写“{_phrase(earlier)}”，这里又写“{_phrase(later)}”，说的是同一件事，数字不一致。"
        "请确定以哪个为准。"
    )
    return Remark(second, RemarkKind.CONFLICTING_FIGURES, text)


_THING = re.compile(r"[\d一二两三四五六七八九十百%]\s*[^\W\d_]?([\u4e00-\u9fff“”、（）]{4,})$")
_THING_LENGTH = 6  # last characters of the counted thing that identify it


def _thing(each: Obligation) -> tuple[str, str] | None:
    """What is counted: the unit of count and the end of the words after the figure."""
    if each.kind is not ObligationKind.QUOTA or each.value is None or not each.unit:
        return None
    clause = _phrase(each, limit=None)
    match = _THING.search(clause)
    words = match[1] if match else ""
    return (each.unit, words[-_THING_LENGTH:]) if len(words) >= _THING_LENGTH else None


def _amount(each: Obligation) -> tuple[object, ...]:
    return each.value, each.value_max, each.op


def _phrase(each: Obligation, limit: int | None = _QUOTED) -> str:
    """The clause of the obligation that holds its figure."""
    text = _SPACE.sub("", each.text)
    clauses = _CLAUSE.findall(text) or [text]
    figure = next((clause for clause in clauses if _holds(clause, each)), clauses[0])
    if limit is None or len(figure) <= limit:
        return str(figure)
    return f"{figure[:limit]}…"


def _holds(clause: str, each: Obligation) -> bool:
    value = f"{each.value:g}" if each.value is not None else ""
    if value and re.search(rf"(?<!\d){re.escape(value)}(?!\d)", clause):
        return True
    return bool(each.unit) and bool(re.search(rf"[一二两三四五六七八九十百]+{each.unit}", clause))
