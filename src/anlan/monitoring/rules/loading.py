"""Loading alarm rules from ``data/monitoring/rules.yaml``. Safe to repeat.

A rule whose contents differ from its newest version gets a new version, in force at once: facts of
law need no second person here, whoever changed the file had one. A rule that a person has edited is
left alone and reported; nothing is deleted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from django.db import connection
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Refused
from anlan.kernel.norms.models import NormDocument
from anlan.kernel.write import Write
from anlan.monitoring import flow
from anlan.monitoring.choices import Place, Quantity
from anlan.monitoring.models import Rule
from anlan.monitoring.services.checking import Content
from anlan.monitoring.services.rules import version_add
from anlan.registry.models import Sector

_CONTENT = {
    "measure": "", "counts": "", "above": True, "levels": [], "hold": 0, "window": 0, "spans": [],
    "quantity": "", "places": [], "article": "", "basis": "", "verified": False,
}  # fmt: skip
_NEEDED = {"code", "name", "document", "verified", "measure", "levels"}


class RuleFactsError(Exception):
    """A file of rules that contradicts itself. The message is Chinese and names the rule."""


@dataclass
class Report:
    """What loading did. ``kept``: rules left alone because a person has edited them; ``skipped``:
    those for a line of business that this city has not."""

    created: int = 0
    changed: int = 0
    versions: int = 0
    kept: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Known:
    """What entries name."""

    documents: dict[str, NormDocument]
    sectors: dict[str, Sector]
    since: date


def load(file: Path, *, actor: Actor) -> Report:
    """Load all rules of ``file``, all or nothing; RuleFactsError if one is not described well."""
    facts = yaml.safe_load(file.read_text(encoding="utf-8"))
    entries = [_checked(each) for each in facts["rules"]]
    report = Report()
    with Write(actor, "monitoring.rules.load", reason=f"载入 {file.name}") as write:
        _take_turns()
        known = _Known(
            {each.number: each for each in NormDocument.objects.all()},
            {each.code: each for each in Sector.objects.all()},
            facts["effective_from"],
        )
        for sort, entry in enumerate(entries, start=1):
            _load(write, entry, sort, known, report)
    return report


def _take_turns() -> None:
    """Of two loads at once, the second waits for the first and then finds all in place."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('anlan.monitoring.load', 0))")


def _load(write: Write, entry: dict[str, Any], sort: int, known: _Known, report: Report) -> None:
    if entry["document"] not in known.documents:
        raise RuleFactsError(f"规则“{entry['code']}”的依据没有载入：{entry['document']}")
    sector = known.sectors.get(entry["sector"]) if "sector" in entry else None
    if sector is None and "sector" in entry:
        report.skipped.append(entry["code"])
        return
    values = {"name": entry["name"], "sector": sector, "sort": sort}
    rule = Rule.objects.filter(code=entry["code"]).first()
    if rule is None:
        rule = write.add(Rule(code=entry["code"], **values))
        report.created += 1
    elif rule.edited:
        report.kept.append(rule.code)
        return
    elif different := {k: v for k, v in values.items() if getattr(rule, k) != v}:
        write.change(rule, **different)
        report.changed += 1
    _version(write, rule, _content(entry, known), known.since, report)


def _version(write: Write, rule: Rule, content: Content, since: date, report: Report) -> None:
    newest = rule.versions.order_by("-number").first()
    if newest is not None:
        if all(getattr(newest, name) == value for name, value in content.items()):
            return
        # A change cannot reach back before the contents that it replaces.
        since = since if since > newest.effective_from else timezone.localdate()
    try:
        version = version_add(write, rule, content, "按法规标准载入", since)
    except Refused as refused:
        raise RuleFactsError(f"规则“{rule.code}”：{refused.message}") from refused
    fields = {"decided_at": timezone.now()}
    flow.RULE_VERSION.move(write, version, "publish", fields=fields)
    report.versions += 1


def _content(entry: dict[str, Any], known: _Known) -> Content:
    given: Any = _CONTENT | {name: entry[name] for name in _CONTENT if name in entry}
    given |= {"sites": [], "points": [], "document": known.documents[entry["document"]]}
    content: Content = given
    return content


def _checked(entry: dict[str, Any]) -> dict[str, Any]:
    code = entry.get("code", "?")
    if missing := _NEEDED - entry.keys():
        raise RuleFactsError(f"规则“{code}”缺少：{'、'.join(sorted(missing))}")
    if unknown := entry.keys() - _NEEDED - {"sector", *_CONTENT}:
        raise RuleFactsError(f"规则“{code}”有不认识的项：{'、'.join(sorted(unknown))}")
    if entry.get("quantity", "") not in ("", *Quantity.values):
        raise RuleFactsError(f"规则“{code}”的监测量有误：{entry['quantity']}")
    if places := set(entry.get("places", [])) - set(Place.values):
        raise RuleFactsError(f"规则“{code}”的地点有误：{'、'.join(sorted(places))}")
    return entry
