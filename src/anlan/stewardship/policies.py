"""Who may do what with leaders' posts and the stewardship of mines."""

from anlan.kernel.access.policies import Policy
from anlan.kernel.access.roles import Role

OFFICE = (Role.SCO_STAFF, Role.SCO_CHIEF)
UNIT = (Role.UNIT_STAFF, Role.UNIT_HEAD)

VIEW = Policy("stewardship.view", "查看矿山包保", (*OFFICE, *UNIT, Role.LEADER))
# A unit the posts of its own leaders, the office those in its area: ``kept_by`` tells which.
KEEP = Policy("stewardship.keep", "登记领导岗位和矿山包保", (*OFFICE, *UNIT))

LISTS = Policy("stewardship.lists", "起草领导责任清单、上报完成", UNIT)
ISSUE = Policy("stewardship.lists.issue", "印发领导责任清单", (Role.UNIT_HEAD,))
# The office in its area, a unit what answers to it, its head his own: the guard tells which.
CONFIRM = Policy("stewardship.lists.confirm", "核验清单任务完成情况", (*OFFICE, *UNIT))
