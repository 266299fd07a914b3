"""Whether words are a responsibility expression at all."""

from __future__ import annotations

import re

from anlan.notices.responsibility.brackets import unwrap
from anlan.notices.responsibility.expansion import expand
from anlan.notices.responsibility.inheritance import find_inheritance, without_rules
from anlan.notices.responsibility.lexicon import LEVEL, STEM_ONLY
from anlan.notices.responsibility.names import DATE, FILLER, is_certain_name, is_name
from anlan.notices.responsibility.pieces import split
from anlan.notices.responsibility.roles import Tail, cut_note, cut_tail, is_open, labels
from anlan.notices.responsibility.segments import segments

LONGEST = 1500
# Behind the verb a whole duty: 市安委办牵头制定…办法 is what is to be done, not who answers for it.
_LONG_DUTY = re.compile(
    r".{16,}|(?:制定|制订|开展|建立|完善|编制|修订|出台|研究|召开|印发|起草|梳理|健全|设立|成立|对)",
    re.DOTALL,
)
_HEAD = re.compile(r"^(?:由|以及|及|并由|其中)(?=.{2})")


def is_expression(text: str, *, certain: bool = True) -> bool:
    """Whether these words say who answers: 市财政局牵头, 责任单位：…, 各级各部门; not 试行, 街道.

    ``certain=True`` is for brackets in running text, where general words such as 乡镇 count only
    with a role word (乡镇负责); ``certain=False`` for a column or line known to name bodies.
    """
    words = unwrap(text)
    if not 2 <= len(words) <= LONGEST:
        return False
    first = next(iter(labels(words)), None)
    if first and first.start == 0 and first.sure:
        return first.end < len(words)
    rest = without_rules(words)
    if not rest.strip():
        return find_inheritance(words) is not None
    return _names_bodies(rest, certain or bool(first and not first.start and not first.role))


def is_unit_list(text: str) -> bool:
    """The laxer rule for a table's cell: 成员单位, 企业, 有关部门 are enough."""
    return is_expression(text, certain=False)


def _names_bodies(words: str, certain: bool) -> bool:
    """Nearly every piece is a body, and a role word or a sure body says that it is meant so."""
    heard = segments(words)
    cut = [tail for _, part in heard for tail in _tails(part)]
    has_role = any(label or any(tail.role for tail in _tails(part)) for label, part in heard)
    names = expand([tail.name for tail in cut if tail.name])
    stems_count = has_role or is_open(words)
    known = [name for name in names if is_name(name) or (stems_count and STEM_ONLY.match(name))]
    sure = sum(is_certain_name(name) or _is_levelled_stem(name) for name in known)
    strangers = len(names) - len(known)
    if not known or len(known) < 2 * strangers or any(_LONG_DUTY.match(each.rest) for each in cut):
        return False
    if has_role:
        return sure > 0 or not strangers
    return (sure > 0 or not certain) and (not strangers or sure >= 2)


def _is_levelled_stem(name: str) -> bool:
    return bool(STEM_ONLY.match(name) and LEVEL.match(name))


def _is_time(words: str) -> bool:
    return bool(DATE.search(words) or FILLER.match(words))


def _tails(words: str) -> list[Tail]:
    pieces = [piece.words for piece in split(unwrap(words))]
    return [cut_tail(_HEAD.sub("", cut_note(piece)[0])) for piece in pieces if not _is_time(piece)]
