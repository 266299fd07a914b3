"""Notes behind a text: what a further column (完成时限, 备注) or a bracket says of its date.

Such a note stands on a line of its own behind the words that it belongs to: ``完成时限：6月底前``
(a column or a label), ``6月底前完成`` (the end of a bracket of responsible units).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TERM = r"[^，。；：\s]{0,6}(?:时限|时间|期限|节点)(?:要求|安排)?"
_STATE = r"[^，。；：\s]{0,6}(?:进展|进度|情况|备注|说明)(?:要求)?"
_LINE = re.compile(rf"(?P<name>(?P<term>{_TERM})|{_STATE})[：:](?P<value>.*)")
_DATE = (
    r"(?:20\d\d年|今年|明年|次年)?(?:(?:1[0-2]|0?[1-9])月(?:份|[123]?\d[日号]|[底末内]|[上中下]旬)?"
    r"|年[底末内]|[上下]半年|第?[一二三四]季度[末底]?|汛期?|20\d\d年[底末内]?)"
)
_DATES = rf"{_DATE}(?:(?:[、和及与至到]|[—－–~～-]{{1,2}}){_DATE})*"
_DONE = r"(?:全面|全部|基本)?(?:完成|办结|到位|见效)?"
_STANDING = (
    r"长期(?:坚持|推进|实施|任务)?|持续(?:推进|实施|开展|坚持)?|全年(?:推进)?|常态化(?:推进|开展)?"
    r"|立即(?:执行|实施)?|年度任务"
)
BARE = rf"(?:(?:于|在|至|到)?{_DATES}(?:之?前|以前|内|止)?{_DONE}|{_STANDING})"
"""A date or a standing term with nothing else: 2025年6月底前, 10月底前完成, 长期坚持."""
_BARE_LINE = re.compile(rf"{BARE}[。；]?")


@dataclass(frozen=True)
class Note:
    """One note: the whole ``line``, the column's ``name`` ("" for a bare date) and its ``value``.

    ``term``: it says by when, in contrast to 完成进展 or 备注.
    """

    line: str
    name: str
    value: str
    term: bool


def note_of(line: str) -> Note | None:
    """The note that a line is, or None for ordinary text."""
    bare = "".join(line.split())
    found = _LINE.fullmatch(bare)
    if found:
        return Note(line, found["name"], found["value"], bool(found["term"]))
    return Note(line, "", bare, term=True) if _BARE_LINE.fullmatch(bare) else None


def split(text: str) -> tuple[str, list[Note]]:
    """A text without its notes, and the notes in order."""
    own: list[str] = []
    notes: list[Note] = []
    for line in text.split("\n"):
        note = note_of(line)
        if note:
            notes.append(note)
        else:
            own.append(line)
    return "\n".join(own), notes
