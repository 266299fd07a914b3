"""Filling a whole notice: every expression read, and the rules said once for all applied."""

from __future__ import annotations

from collections.abc import Iterator

from anlan.notices.document import Chapter, Notice, Responsible, TableRow
from anlan.notices.responsibility.inheritance import Inheritance, find_inheritance
from anlan.notices.responsibility.keys import key
from anlan.notices.responsibility.parse import first_leads, parse

_NOTHING = Inheritance()


def fill(notice: Notice) -> None:
    """Reads every item's, part's and row's ``responsible.text`` in place and applies the rules.

    A rule binds what comes after the expression that states it, in reading order: later items and
    their parts in the body, later rows in the table. The stating expression keeps the bodies that
    it lists. A body that is listed is not inherited as well. A part without words of its own
    inherits nothing: its item answers for it. Where no row states a rule, a row inherits as the
    item of its number does.
    """
    at_item = _fill_body(notice.chapters)
    own = any(find_inheritance(row.responsible.text) for row in notice.table)
    rule = _NOTHING
    for row in notice.table:
        rule = _apply(row.responsible, rule if own else _rule_of_item(row, at_item))


def _fill_body(chapters: list[Chapter]) -> dict[int | None, Inheritance]:
    """Fills the body; returns the rule in force at each item, by number."""
    at_item: dict[int | None, Inheritance] = {}
    rule = _NOTHING
    for item in (item for chapter in chapters for item in chapter.items):
        at_item[item.number] = rule
        rule = _apply(item.responsible, rule)
        for responsible in _with_words(part.responsible for part in item.parts):
            rule = _apply(responsible, rule)
    return at_item


def _rule_of_item(row: TableRow, at_item: dict[int | None, Inheritance]) -> Inheritance:
    return at_item.get(row.item, _NOTHING)


def _with_words(parts: Iterator[Responsible]) -> Iterator[Responsible]:
    return (responsible for responsible in parts if responsible.text.strip())


def _apply(responsible: Responsible, rule: Inheritance) -> Inheritance:
    """Reads one expression under the rule in force; returns the rule for what follows."""
    units = parse(responsible.text).units
    responsible.units = first_leads(units) if rule.onward else units
    listed = {key(unit.name) for unit in units}
    responsible.inherited = [name for name in rule.units if key(name) not in listed]
    return _joined(rule, find_inheritance(responsible.text))


def _joined(rule: Inheritance, stated: Inheritance | None) -> Inheritance:
    if stated is None:
        return rule
    units = {key(name): name for name in [*stated.units, *rule.units]}
    return Inheritance(list(units.values()), rule.first_leads, rule.onward or stated.onward)
