"""What fills an installation, in order. Each is safe to repeat and says in a few words what it did.

Imported functions are named where they are used: an app that is broken must not keep the others
from being looked after.
"""

from __future__ import annotations

from django.conf import settings

from anlan.kernel.access.actor import ActorSource, system

FACTS = settings.BASE / "data"
CITY = FACTS / "luliang"


def organisations() -> str:
    """Areas, organisations, their names and groups."""
    from anlan.kernel.orgs.loading import load

    report = load(CITY, actor=system(ActorSource.IMPORT))
    return f"新增 {report.created.total()}，更改 {report.changed.total()}，保留 {len(report.kept)}"


def norms() -> str:
    """Criteria, limits and amounts of law and standards, with their dates and sources."""
    from anlan.kernel.norms.loading import load

    report = load(FACTS / "norms", actor=system(ActorSource.IMPORT))
    return f"新增 {report.created}，更改 {report.changed}，保留 {len(report.kept)}"


def record_types() -> str:
    """The types of work record that the city's units record by."""
    from anlan.records.loading import load

    report = load(CITY / "record_types.yaml", actor=system(ActorSource.IMPORT))
    return f"新增 {report.created}，更改 {report.changed}，新版本 {report.versions}"


def registry() -> str:
    """Sectors with their regulators, and the sector registers with their fields."""
    from anlan.registry.loading import load

    report = load(CITY, actor=system(ActorSource.IMPORT))
    return f"新增 {report.created}，更改 {report.changed}，新版本 {report.versions}"


def alarm_rules() -> str:
    """The alarm rules of law and standards; after the norms, whose documents they name."""
    from anlan.monitoring.rules.loading import load

    report = load(FACTS / "monitoring" / "rules.yaml", actor=system(ActorSource.IMPORT))
    return f"新增 {report.created}，新版本 {report.versions}，保留 {len(report.kept)}"


def indicators() -> str:
    """What the ledgers' rows come to: after the ledgers' types, which offer measures."""
    from anlan.kernel.indicators.loading import load

    report = load(CITY / "indicators.yaml", actor=system(ActorSource.IMPORT))
    return f"新增 {report.created}，新版本 {report.versions}，保留 {len(report.kept)}"


def plan() -> str:
    """The city's duties of the year, from facts; a user gets the full text by importing it."""
    from anlan.plan.loading import load

    return load(CITY / "plan.yaml")


def demonstration() -> str:
    """A year of work, marked as a demonstration."""
    from anlan.calls import demo as calls
    from anlan.cockpit import demo as cockpit
    from anlan.monitoring import demo as monitoring
    from anlan.plan import demo as plan
    from anlan.registry import demo as registry
    from anlan.stewardship import demo as stewardship

    return "；".join(
        [
            plan.load(),
            registry.load(),
            stewardship.load(),
            monitoring.load(),
            cockpit.load(),
            calls.load(),
        ]
    )


# title, function
FACTS_LOADERS = (
    ("区划和单位", organisations),
    ("法规标准", norms),
    ("工作记录类型", record_types),
    ("行业领域和台账", registry),
    ("报警规则", alarm_rules),
    ("指标", indicators),
    ("年度任务", plan),
)
