"""Who is called for an alarm, one after another, until somebody answers.

The regulator's staff, its heads, the committee office's staff, the office's chiefs. The duty
rosters of the units are not known to Anlan; how long each has to answer is a norm.
"""

from __future__ import annotations

from datetime import timedelta

from anlan.kernel.access.models import User
from anlan.kernel.access.roles import Role
from anlan.kernel.access.selectors import holders
from anlan.kernel.deadlines.ladder import Rung
from anlan.kernel.norms.values import values
from anlan.monitoring.choices import Level
from anlan.registry.models import Site

ANSWER_MINUTES = "alarm.answer_minutes"
# An assumption until the office decides; serves an installation whose norms are not loaded.
DEFAULT = {"red": 3, "orange": 5, "yellow": 10, "blue": 30}
STEPS = ("staff", "head", "office", "chief")
_ROLES = {
    "staff": (Role.UNIT_STAFF, "经办人"),
    "head": (Role.UNIT_HEAD, "负责人"),
    "office": (Role.SCO_STAFF, "安委办经办人"),
    "chief": (Role.SCO_CHIEF, "安委办负责人"),
}


def minutes(level: int) -> int:
    """How long each one called has to answer, by the norms in force."""
    given = {**DEFAULT, **values({ANSWER_MINUTES: DEFAULT})[ANSWER_MINUTES]}
    return int(given[Level(level).colour])


def until(level: int) -> timedelta:
    """How long the first one called has."""
    return timedelta(minutes=minutes(level))


def rungs(level: int) -> list[Rung]:
    """Who comes next, and next again, after nobody has answered."""
    step = minutes(level)
    return [Rung(step=name, minutes_after=place * step) for place, name in enumerate(STEPS[1:])]


def people(site: Site, step: str) -> tuple[list[User], str]:
    """Whom the step calls and in what capacity; where there is nobody, whom the next one calls."""
    for each in STEPS[STEPS.index(step) :]:
        role, words = _ROLES[each]
        if each in ("staff", "head"):
            if site.regulator is None:
                continue
            found, capacity = (
                holders((role,), organisation=site.regulator),
                f"{site.regulator}{words}",
            )
        else:
            found, capacity = holders((role,), area=site.area), words
        if users := list(found):
            return users, capacity
    return [], ""
