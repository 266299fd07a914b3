"""From the words of a responsibility expression to bodies with their roles."""

from __future__ import annotations

import re
from dataclasses import dataclass

from anlan.notices.document import Responsible, Role, Unit
from anlan.notices.responsibility.brackets import pairs, unwrap
from anlan.notices.responsibility.expansion import expand
from anlan.notices.responsibility.inheritance import find_inheritance, without_rules
from anlan.notices.responsibility.names import is_name, is_possible_name
from anlan.notices.responsibility.pieces import GAP, JOINTLY, split
from anlan.notices.responsibility.roles import cut_note, cut_tail
from anlan.notices.responsibility.segments import segments

_HEAD = re.compile(r"^(?:分别由|由|以及|及|并由|并|其中)(?=.{2})")

_PERSON = re.compile(r"(?:党政)?(?:主要|分管)(?:负责)?(?:领导|同志|负责人|负责同志)(?:同志)?$")


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
    heard = segments(without_rules(unwrap(text)))
    named = [each for role, words in heard for each in _read(words, role)]
    units = _once([Unit(each.name, each.role or Role.RESPONSIBLE) for each in named])
    rule = find_inheritance(text)
    return Responsible(text, first_leads(units) if rule and rule.first_leads else units)


def first_leads(units: list[Unit]) -> list[Unit]:
    """The first body leads, unless the expression itself says who does."""
    if not units or any(unit.role is Role.LEAD for unit in units):
        return units
    return [Unit(units[0].name, Role.LEAD), *units[1:]]


def _read(words: str, label: Role | None) -> list[_Named]:
    """Bodies of one segment: a verb gives its role to the bodies in front of it."""
    done: list[_Named] = []
    pending: list[_Named] = []
    for piece in split(unwrap(words)):
        if piece.before in (";", "；", "。"):
            done, pending = done + pending, []
        words, note = cut_note(_HEAD.sub("", piece.words))
        tail = cut_tail(words)
        name = _cut_person(_cut_foreign_bracket(tail.name))
        one = (
            name in ("镇", "乡") and bool(pending) and pending[-1].name.startswith("各")
        )  # 各街道、镇
        if one or is_name(name) or (is_possible_name(name) and piece.before != GAP):
            pending.append(_Named(name, note, piece.before))
        if tail.role:
            led = any(each.role is Role.LEAD for each in done)
            done, pending = done + _given(pending, tail.role, led=led), []
    if any(each.before == JOINTLY for each in pending):
        pending = _given(pending, Role.RESPONSIBLE, led=False)
    return [
        _Named(each.name, each.role or label, each.before) for each in expand_named(done + pending)
    ]


def expand_named(named: list[_Named]) -> list[_Named]:
    """The same bodies with the level or ending that they share with a neighbour written out."""
    names = expand([each.name for each in named])
    return [_Named(name, each.role, each.before) for name, each in zip(names, named, strict=True)]


def _given(pending: list[_Named], role: Role, *, led: bool) -> list[_Named]:
    """``role`` for those that the verb means: after 会同 they assist, and 配合 stops at a comma.

    ``led``: 牵头 stood before them, so that 配合 means them all.
    """
    commas = [place for place, each in enumerate(pending) if each.before in (",", "，")]
    joined = [place for place, each in enumerate(pending) if each.before == JOINTLY and place]
    if joined:
        end = next((place for place in commas if place > joined[0]), len(pending))
        _set(pending[: joined[0]], Role.LEAD if role is Role.RESPONSIBLE else role)
        _set(pending[joined[0] : end], Role.ASSIST)
    start = commas[-1] if commas and role is Role.ASSIST and not led else 0
    _set(pending[start:], role)
    return pending


def _set(named: list[_Named], role: Role) -> None:
    for each in named:
        each.role = each.role or role


def _cut_person(name: str) -> str:
    """区政府主要领导 answers for 区政府."""
    body = _PERSON.sub("", name)
    return body if body != name and is_name(body) else name


def _cut_foreign_bracket(name: str) -> str:
    """A bracket at the end that holds a date or a remark is no part of the name."""
    for start, end in pairs(name).items():
        if end == len(name) - 1 and re.search(r"\d|年|月底|以下|下同|不再|简称|时限", name[start:]):
            return name[:start]
    return name


def _once(units: list[Unit]) -> list[Unit]:
    """Each body once per role."""
    return list(dict.fromkeys(units))
