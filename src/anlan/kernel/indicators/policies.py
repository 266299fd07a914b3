"""Who may look at definitions of indicators, and who makes them."""

from anlan.kernel.access.policies import Policy
from anlan.kernel.access.roles import Role

VIEW = Policy(
    "indicators.view",
    "查看指标",
    (Role.SCO_STAFF, Role.SCO_CHIEF, Role.LEADER, Role.UNIT_STAFF, Role.UNIT_HEAD),
)
DEFINE = Policy("indicators.define", "定义指标", (Role.SCO_CHIEF,))
