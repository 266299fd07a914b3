"""Who may do what with work records."""

from anlan.kernel.access.policies import Policy
from anlan.kernel.access.roles import Role

OFFICE = (Role.SCO_STAFF, Role.SCO_CHIEF)
UNIT = (Role.UNIT_STAFF, Role.UNIT_HEAD)

VIEW = Policy("records.view", "查看工作记录", (*OFFICE, *UNIT, Role.LEADER))
RECORD = Policy("records.record", "填报工作记录", UNIT)
# The office verifies within its area, a unit what answers to it: the guard tells which.
VERIFY = Policy("records.verify", "核验工作记录", (*OFFICE, *UNIT))
# The unit takes back what it said, the verifier what he had accepted: the guard tells which.
WITHDRAW = Policy("records.withdraw", "撤回工作记录", (*OFFICE, *UNIT))
