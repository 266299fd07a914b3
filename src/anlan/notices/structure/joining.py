"""Putting sentences together again that a page or line break has cut."""

from __future__ import annotations

import re

from anlan.notices.responsibility.brackets import pairs
from anlan.notices.structure.ledger import Ledger, RepairKind
from anlan.notices.structure.marks import leading_mark
from anlan.notices.structure.owners import begins_owner, is_owner
from anlan.notices.structure.signs import (
    CLOSERS,
    DATE,
    DRAFT_LINE,
    OPENERS,
    TITLE_END,
    is_complete,
    unclosed,
)
from anlan.notices.structure.text import Line, Text

ENDING = re.compile(
    r"\s*(?:附[ \u3000]?(?:件|表|录)|附[：:]|抄\s*送|抄\s*报|主\s*送|联\s*系\s*(?:人|电话)"
    r"|公开(?:方式|类型|属性)[：:]|特此(?:通知|通告|公告)|（?此件|注[：:]|本(?:通知|意见|办法|方案|通告|公告|规定|细则|计划|要点|政策|(?:政策)?措施)[^。；，]{0,30}"
    r"(?:自|有效|解释|所称|所指|执行)|以上(?:政策|措施|规定)[^。；，]{0,12}自|未尽事宜"
    r"|自(?:印发|发布|公布)之日起|各项条款由)"
)
_LABELLED = re.compile(r"\s*(?:责任|牵头|配合|主管|完成)[\u4e00-\u9fff]{0,6}[：:]")
_GOES_ON = re.compile(r"\s*[，、。；：！？）〕】》”’%％]")
_BROKEN_OFF = re.compile(r"[、，,（《“〔]\s*$")
_SIGNATURE = re.compile(
    r"[\u4e00-\u9fff]{4,30}(?:政府|委员会|办公室|办公厅|指挥部|领导小组|安委会|安委办|局|厅)"
)
_HEADING_LENGTH = 40
_NAME_LENGTH = 15
_TITLE_LINE = 30
_REACH = 400  # an open bracket further back does not keep a sentence open
_CONTEXT = 10


def join(lines: list[Line], ledger: Ledger) -> Text:
    """The lines as one text; every join of two lines is a repair."""
    width = _width(lines)
    body = next((index for index, line in enumerate(lines) if leading_mark(line.text)), len(lines))
    pieces: list[str] = []
    starts: list[int] = []
    length = 0
    paragraph = Line("", 0)  # the paragraph so far, its last characters
    for index, line in enumerate(lines):
        words = line.text.strip()
        front = index < body
        if (
            index
            and not line.hard
            and _continues(paragraph.text, words, lines[index - 1], front, width)
        ):
            before, after = paragraph.text[-_CONTEXT:], words[:_CONTEXT]
            glue = " " if before[-1:].isascii() and after[:1].isascii() else ""
            ledger.repair(
                line.number, RepairKind.JOINED_LINES, f"{before}\n{after}", before + glue + after
            )
            words = glue + words
            paragraph.text = (paragraph.text + words)[-2 * _REACH :]
        else:
            words = "\n" + words if index else words
            paragraph.text = words.strip()
        starts.append(length)
        pieces.append(words)
        length += len(words)
    return Text("".join(pieces), starts, [line.number for line in lines])


def _width(lines: list[Line]) -> int:
    """Characters of a full line where lines were broken at a width; 0 where they were not."""
    lengths = sorted(len(line.text.strip()) for line in lines)
    widest = lengths[int(0.95 * (len(lengths) - 1))] if lengths else 0
    full = sum(
        len(line.text.strip()) >= widest - 3 and not is_complete(line.text) for line in lines
    )
    return widest if 15 <= widest <= 60 and full >= 0.2 * len(lengths) and full > 3 else 0


def _continues(paragraph: str, line: str, last: Line, front: bool, width: int) -> bool:
    """Whether ``line`` goes on with the sentence that ``paragraph`` left open on line ``last``."""
    if leading_mark(line):
        return False
    if _is_inside_bracket(paragraph, line):
        return True
    if _is_apart(line) or (ENDING.match(paragraph) and _SIGNATURE.fullmatch(line)):
        return False
    if _GOES_ON.match(line):
        return True
    if _is_closed(paragraph) or _ends_with_owner(paragraph) or DRAFT_LINE.match(paragraph):
        return False
    if begins_owner(line):
        return False
    full = width > 0 and len(last.text.strip()) >= width - 3
    if _BROKEN_OFF.search(paragraph):
        return True
    if TITLE_END.search(paragraph) and (front or (not full and _is_alone(paragraph))):
        return False
    if front:
        return full or (not width and len(last.text) > _TITLE_LINE and "，" in paragraph)
    if DATE.search(paragraph[-20:]) or _LABELLED.match(paragraph):
        return full
    return full or not _is_name(paragraph)


def _is_closed(paragraph: str) -> bool:
    """A full stop ends the paragraph, perhaps with a bracket of its own behind it: 。（林业站）."""
    if is_complete(paragraph):
        return True
    opening = pairs(paragraph[-_REACH:])
    last = next((start for start, end in opening.items() if end == len(paragraph[-_REACH:]) - 1), 0)
    return paragraph[-_REACH:][:last].endswith("。")


def _is_alone(paragraph: str) -> bool:
    """The title of an enclosed paper: no stop and no comma in the whole paragraph."""
    return len(paragraph) <= _HEADING_LENGTH and not re.search("[，；：、]", paragraph)


def _is_apart(line: str) -> bool:
    return bool(ENDING.match(line) or DATE.match(line) or _LABELLED.match(line))


def _is_name(paragraph: str) -> bool:
    """A heading, or a short line without any mark, which names what follows."""
    mark = leading_mark(paragraph)
    if mark:
        title = paragraph[mark.end :].strip()
        return len(title) <= _HEADING_LENGTH and not re.search("[。；！？]", title)
    return len(paragraph) <= _NAME_LENGTH and not re.search("[。；！？，、]", paragraph)


def _ends_with_owner(paragraph: str) -> bool:
    if paragraph[-1:] not in CLOSERS:
        return False
    depth = 0
    for place in range(len(paragraph) - 1, -1, -1):
        depth += (paragraph[place] in CLOSERS) - (paragraph[place] in OPENERS)
        if depth == 0:
            return place == 0 or is_owner(paragraph[place + 1 : -1])
    return False


def _is_inside_bracket(paragraph: str, line: str) -> bool:
    """A bracket is open, and the line closes it or its words are no complete responsibility yet."""
    tail = paragraph[-_REACH:]
    place = unclosed(tail)
    if place < 0:
        return False
    inner = tail[place + 1 :]
    return _closes(line) or ("。" not in inner and not is_owner(inner))


def _closes(line: str) -> bool:
    """The line has a closing bracket whose opening one stands before it."""
    depth = 0
    for sign in line[:_REACH]:
        depth += (sign in OPENERS) - (sign in CLOSERS)
        if depth < 0:
            return True
    return False
