"""Remarks on the paper itself: no date of issue, attachments and references that lead nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from anlan.notices.document import Item, Notice, ObligationKind, Remark
from anlan.notices.kinds import RemarkKind
from anlan.notices.obligations.numbers import parse_chinese
from anlan.notices.remarks.amounts import obligations

_UNDATED = re.compile(r"(?<!\d)(?:20\d\d|\s{1,4}|[X×]{2,4})\s*年[\s\u3000X×]*月[\s\u3000X×\d]*日")
_BLANK = re.compile(
    r"[＿_]{2,}|[×✕]{2,}|[XxＸ]{2,}(?=[县市区局年月日人项个家])|〔20\d\d〕\s+号|□{2,}"
)
_ATTACHMENT = re.compile(r"^\s*附\s*[件表]\s*\d*\s*[：:]", re.MULTILINE)
_HEADING = re.compile(
    r"^\s*附\s*[件表]\s*\d*\s*$|^\s*附\s*[件表]\s*\d+\s*[^：:]{0,40}$", re.MULTILINE
)
_LISTED = re.compile(r"^\s*\d+\s*[.．、]\s*")
_SEE_ITEM = re.compile(
    r"(?<=[见按照依据同])(?:本通知)?第[（(]?([一二三四五六七八九十\d]+)[）)]?[项条]"
)
_VAGUE = re.compile(r"适时|择机|尽快|力争|原则上要?|视情况?(?!况)")
_QUOTED = 24  # characters quoted from a vague word on


def layout(notice: Notice) -> list[Remark]:
    """The remarks on the paper as a whole: signature, attachments, references, blanks."""
    blanks = [_blank(None, text) for text in (notice.preamble, notice.closing)]
    return [
        *_signature(notice),
        *_attachments(notice),
        *_references(notice),
        *(remark for found in blanks for remark in found),
    ]


def wording(item: Item) -> list[Remark]:
    """The remarks on blanks and vague words of one item."""
    return [*_blank(item.number, _text(item)), *_vague(item)]


def _signature(notice: Notice) -> Iterator[Remark]:
    match = _UNDATED.search(f"{notice.preamble}\n{notice.closing}")
    if match:
        date = re.sub(r"\s+", " ", match[0]).strip()
        text = f"落款日期“{date}”没有填全。印发前请填上月、日。"
        yield Remark(None, RemarkKind.MISSING_DATE_IN_SIGNATURE, text)


def _attachments(notice: Notice) -> Iterator[Remark]:
    lines = "\n".join(notice.source.lines if notice.source else [notice.preamble, notice.closing])
    named = _ATTACHMENT.search(lines)
    if named is None or notice.table:
        return
    rest = lines[named.start() :].strip().splitlines()
    name = _LISTED.sub("", _ATTACHMENT.sub("", rest[0])).strip(" 。;；")
    if _HEADING.search(lines[named.end() :]) or name in (line.strip() for line in rest[1:]):
        return
    text = f"写了“{rest[0][:_QUOTED]}”，文件里没有这个附件。请补上附件，或确认附件另发。"
    yield Remark(None, RemarkKind.MISSING_ATTACHMENT, text)


def _references(notice: Notice) -> Iterator[Remark]:
    numbers = [item.number for item in notice.items if item.number is not None]
    if not numbers:
        return
    for item in notice.items:
        for match in _SEE_ITEM.finditer(_text(item)):
            if _number(match[1]) > max(numbers) and "》" not in _text(item)[: match.start()][-3:]:
                text = f"提到“{match[0]}”，通知里没有这一项（最大是第{max(numbers)}项）。请核对。"
                yield Remark(item.number, RemarkKind.DANGLING_REFERENCE, text)


def _blank(number: int | None, text: str) -> Iterator[Remark]:
    match = _BLANK.search(text)
    if match:
        quote = text[max(0, match.start() - 8) : match.end() + 8].strip()
        yield Remark(number, RemarkKind.BLANK, f"“{quote}”留有空白没有填写。请补上。")


def _vague(item: Item) -> Iterator[Remark]:
    """Only in items that set no number, date or frequency at all; at most one for each item."""
    if any(each.kind is not ObligationKind.DUTY for each in obligations(item)):
        return
    text = _text(item)
    match = _VAGUE.search(text)
    if match:
        quote = re.split(r"[，。；、]", text[match.start() :])[0][:_QUOTED]
        words = f"“{quote}”没有时限和数量，年底难以考核。建议写明完成时间。"
        yield Remark(item.number, RemarkKind.VAGUE, words)


def _text(item: Item) -> str:
    return "\n".join([item.text, *(part.text for part in item.parts)])


def _number(numeral: str) -> int:
    return int(numeral) if numeral.isdecimal() else parse_chinese(numeral) or 0
