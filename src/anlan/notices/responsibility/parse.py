"""From the words of a responsibility expression to bodies with their roles."""

from __future__ import annotations

import re
from dataclasses import dataclass

from anlan.notices.document import Responsible, Role, Unit
from anlan.notices.responsibility.brackets import pairs, unwrap
from anlan.notices.responsibility.expansion import expand
from anlan.notices.responsibility.inheritance import find_inheritance, without_rules
from anlan.notices.responsibility.names import is_possible_name
from anlan.notices.responsibility.pieces import split
from anlan.notices.responsibility.roles import cut_tail, labels, role_of

_HEAD = re.compile(r"^(?:分别由|由|以及|及|并由|并|其中)(?=.{2})")
_ROLE_NOTE = re.compile(
    r"[（(〔\[]((?:列首位[，、])?(?:为)?(?:牵头|配合|主办|协办|负责|责任)(?:单位|部门)?)[）)〕\]]$"
)


@dataclass
class _Named:
    name: str
    role: Role | None
    before: str


def parse(text: str) -> Responsible:
    """Bodies in their order with roles; ``text`` stays as it is in the notice.

    A body without a role word is responsible. Dates and persons in the expression are left out,
    and so are the rules said once for all (see ``find_inheritance``).
    """
    named = [
        each
        for role, words in _segments(without_rules(unwrap(text)))
        for each in _read(words, role)
    ]
    units = _once([Unit(each.name, each.role or Role.RESPONSIBLE) for each in named])
    rule = find_inheritance(text)
    return Responsible(text, first_leads(units) if rule and rule.first_leads else units)


def first_leads(units: list[Unit]) -> list[Unit]:
    """The first body leads, unless the expression itself says who does."""
    if not units or any(unit.role is Role.LEAD for unit in units):
        return units
    return [Unit(units[0].name, Role.LEAD), *units[1:]]


def _segments(text: str) -> list[tuple[Role | None, str]]:
    """The text cut at its labels; what a label of persons or dates heads is dropped."""
    text = unwrap(text)
    found = labels(text)
    if not found:
        return [(None, text)]
    ends = [label.start for label in found[1:]] + [len(text)]
    headed = [
        (label.role, text[label.end : end])
        for label, end in zip(found, ends, strict=True)
        if label.role
    ]
    return [(None, text[: found[0].start]), *headed]


def _read(words: str, label: Role | None) -> list[_Named]:
    """Bodies of one segment: a verb gives its role to the bodies in front of it."""
    done: list[_Named] = []
    pending: list[_Named] = []
    for piece in split(unwrap(words)):
        if piece.before in (";", "；", "。"):
            done, pending = done + pending, []
        name, role = cut_tail(_HEAD.sub("", piece.words))
        noted, note = _cut_note(name)
        if is_possible_name(noted):
            pending.append(_Named(noted, note, piece.before))
        if role:
            done, pending = done + _given(pending, role), []
    return [
        _Named(each.name, each.role or label, each.before) for each in expand_named(done + pending)
    ]


def expand_named(named: list[_Named]) -> list[_Named]:
    """The same bodies with the level or ending that they share with a neighbour written out."""
    names = expand([each.name for each in named])
    return [_Named(name, each.role, each.before) for name, each in zip(names, named, strict=True)]


def _given(pending: list[_Named], role: Role) -> list[_Named]:
    """``role`` for those that the verb means: after 会同 they assist, and 配合 stops at a comma."""
    start, joined = 0, len(pending)
    for place, each in enumerate(pending):
        if role is Role.ASSIST and each.before in (",", "，"):
            start = place
        if each.before == "会同" and place:
            joined = min(joined, place)
    if joined < len(pending) and role is Role.RESPONSIBLE:
        role = Role.LEAD
    for place, each in enumerate(pending):
        given = Role.ASSIST if place >= joined else role
        each.role = each.role or (given if place >= start else None)
    return pending


def _cut_note(name: str) -> tuple[str, Role | None]:
    match = _ROLE_NOTE.search(name)
    if match:
        return name[: match.start()], role_of(match[1])
    return _cut_foreign_bracket(name), None


def _cut_foreign_bracket(name: str) -> str:
    """A bracket at the end that holds a date or a remark is no part of the name."""
    for start, end in pairs(name).items():
        if end == len(name) - 1 and re.search(r"\d|年|月底|以下|下同|不再|简称|时限", name[start:]):
            return name[:start]
    return name


def _once(units: list[Unit]) -> list[Unit]:
    """Each body once per role."""
    return list(dict.fromkeys(units))
