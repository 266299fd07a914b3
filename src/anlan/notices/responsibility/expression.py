"""Whether words are a responsibility expression at all."""

from __future__ import annotations

import re

from anlan.notices.responsibility.brackets import unwrap
from anlan.notices.responsibility.expansion import expand
from anlan.notices.responsibility.inheritance import find_inheritance, without_rules
from anlan.notices.responsibility.names import is_certain_name, is_name
from anlan.notices.responsibility.pieces import split
from anlan.notices.responsibility.roles import LABEL, cut_tail

LONGEST = 1500
_HEAD = re.compile(r"^(?:由|以及|及|并由|其中)(?=.{2})")


def is_expression(text: str, *, certain: bool = True) -> bool:
    """Whether these words say who answers: 市财政局牵头, 责任单位：…, 各级各部门; not 试行, 街道.

    ``certain=True`` is for brackets in running text, where general words such as 乡镇 count only
    with a role word (乡镇负责); ``certain=False`` for a column or line known to name bodies.
    """
    words = unwrap(text)
    if not 2 <= len(words) <= LONGEST:
        return False
    label = LABEL.match(words)
    if label:
        return not label["time"] and label.end() < len(words)
    if find_inheritance(words) and not without_rules(words).strip():
        return True
    return _names_bodies(without_rules(words), certain)


def is_unit_list(text: str) -> bool:
    """The laxer rule for a table's cell: 成员单位, 企业, 有关部门 are enough."""
    return is_expression(text, certain=False)


def _names_bodies(words: str, certain: bool) -> bool:
    cut = [cut_tail(_HEAD.sub("", piece.words)) for piece in split(unwrap(words))]
    names = expand([name for name, _ in cut if name])
    known = [name for name in names if is_name(name)]
    sure = sum(is_certain_name(name) for name in names)
    if not known or (len(known) < len(names) and 3 * len(known) < 2 * len(names)):
        return False
    if any(role for _, role in cut):
        return bool(sure) or len(known) == len(names)
    return (sure > 0 or not certain) and (len(known) == len(names) or sure >= 2)
