"""Who sees the cockpit: whoever works on the plan, each as far as he sees it."""

from anlan.kernel.access.policies import Policy
from anlan.kernel.access.roles import Role

VIEW = Policy(
    "cockpit.view",
    "查看驾驶舱",
    (Role.SCO_STAFF, Role.SCO_CHIEF, Role.LEADER, Role.UNIT_STAFF, Role.UNIT_HEAD),
)
BEGIN = Policy("cockpit.begin", "从驾驶舱开始", (Role.LEADER,))
DRAFT = Policy("cockpit.draft", "起草通报", (Role.SCO_STAFF, Role.SCO_CHIEF))
