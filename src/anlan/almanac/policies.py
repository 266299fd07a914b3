"""Who has a calendar: whoever sees duties. Its subscription is a public door with a token."""

from anlan.kernel.access.policies import Policy
from anlan.kernel.access.roles import Role

OFFICE = (Role.SCO_STAFF, Role.SCO_CHIEF)
UNIT = (Role.UNIT_STAFF, Role.UNIT_HEAD)
OVERVIEW = (*OFFICE, Role.LEADER)

VIEW = Policy("almanac.view", "查看日历", (*OFFICE, *UNIT, Role.LEADER))
