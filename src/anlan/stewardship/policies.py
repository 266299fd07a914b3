"""Who may do what with leaders' posts and the stewardship of mines."""

from anlan.kernel.access.policies import Policy
from anlan.kernel.access.roles import Role

OFFICE = (Role.SCO_STAFF, Role.SCO_CHIEF)
UNIT = (Role.UNIT_STAFF, Role.UNIT_HEAD)

VIEW = Policy("stewardship.view", "查看矿山包保", (*OFFICE, *UNIT, Role.LEADER))
# A unit the posts of its own leaders, the office those in its area: ``kept_by`` tells which.
KEEP = Policy("stewardship.keep", "登记领导岗位和矿山包保", (*OFFICE, *UNIT))
