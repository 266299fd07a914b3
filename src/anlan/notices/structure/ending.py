"""Where the last item ends and the closing begins: attachments, signature, date, final rules."""

from __future__ import annotations

import re

from anlan.notices.notes import note_of
from anlan.notices.structure.joining import ENDING
from anlan.notices.structure.owners import find_owners
from anlan.notices.structure.signs import DATE, squeeze
from anlan.notices.structure.text import Span, Text
from anlan.notices.structure.titles import looks_like_title

ORGANISATION = re.compile(
    r"[\u4e00-\u9fff（）()、]{0,50}?[\u4e00-\u9fff]{2}(?:人民政府|政府|委员会|办公室|办公厅|局|厅|委|党组|指挥部|领导小组"
    r"|安委会|安委办|管委会|总队|支队|中心|公司|集团|部|院|署|专班|工作组|联席会议)(?:办公室|办公厅)?"
    r"|[省市县区旗州盟镇乡](?:安委会|安委办|减灾委|消安委|政府|委)(?:办公室)?"
)
BYLINE = re.compile(
    rf"[（(](?P<issuer>{ORGANISATION.pattern})20\d\d年\d{{1,2}}月(?:\d{{1,2}}日)?[）)]"
)
"""The body and the date in brackets below a title: （县安委会 2025年2月）."""
_SIGNED_DATE = re.compile(rf"\s*{DATE.pattern}\s*(?:[（(]?(?:此件|印发|公开).{{0,20}})?\s*")


def find_ending(text: Text, span: Span) -> int:
    """Place in ``span`` (the last item's text) where the closing begins; its end without closing.

    Behind the last responsibility everything is closing; else the closing begins at the first
    paragraph that only a closing has.
    """
    paragraphs = text.paragraphs(span)
    owners = find_owners(text, span)
    if owners:
        last = owners[-1].span[1]
        if _goes_on(text, last):
            return last
        paragraphs = [each for each in paragraphs if each[0] >= last]
        while paragraphs and _is_term(text.raw(paragraphs[0])):
            last = paragraphs.pop(0)[1]
        return _begin(text, paragraphs[0][0]) if paragraphs else span[1]
    for index, paragraph in enumerate(paragraphs[1:], 1):
        if _ends_notice(text, paragraphs, index):
            return _begin(text, paragraph[0])
    return span[1]


def _is_term(words: str) -> bool:
    """完成时限：… below the responsibility still belongs to the item."""
    note = note_of(words)
    return note is not None and bool(note.name) and note.term


def _goes_on(text: Text, place: int) -> bool:
    """A space stands in place of the line break behind a responsibility."""
    rest = text.string[place : place + 10].split("\n")[0]
    return rest[:1].isspace() and bool(rest.strip())


def is_signature(words: str) -> bool:
    """Whether a line is nothing but the name of a public body."""
    return bool(ORGANISATION.fullmatch(squeeze(words)))


def is_date(words: str) -> bool:
    """Whether a line is nothing but a date, perhaps with blanks to fill in."""
    return bool(_SIGNED_DATE.fullmatch(words))


def _ends_notice(text: Text, paragraphs: list[Span], index: int) -> bool:
    words = text.raw(paragraphs[index])
    if ENDING.match(words) or is_date(words) or looks_like_title(words):
        return True
    following = [text.raw(each) for each in paragraphs[index + 1 : index + 4]]
    dated = next((place for place, each in enumerate(following) if is_date(each)), -1)
    signed = squeeze(words + "".join(following[:dated])) if dated >= 0 else ""
    return bool(signed) and bool(ORGANISATION.fullmatch(signed))


def _begin(text: Text, place: int) -> int:
    """The line break in front of a paragraph belongs to the closing."""
    return place - 1 if place and text.string[place - 1] == "\n" else place
