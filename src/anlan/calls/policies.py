"""Who may do what at progress calls."""

from anlan.kernel.access.policies import Policy
from anlan.kernel.access.roles import Role

OFFICE = (Role.SCO_STAFF, Role.SCO_CHIEF)
UNIT = (Role.UNIT_STAFF, Role.UNIT_HEAD)
OVERVIEW = (*OFFICE, Role.LEADER)

VIEW = Policy("calls.view", "查看调度", (*OVERVIEW, *UNIT))
RUN = Policy("calls.run", "组织调度", OFFICE)
EXPLAIN = Policy("calls.explain", "填写调度说明", UNIT)
CLOSE = Policy("calls.close", "审签调度纪要", (Role.SCO_CHIEF,))
