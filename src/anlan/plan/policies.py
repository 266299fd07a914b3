"""Who may do what in the plan."""

from anlan.kernel.access.policies import Policy
from anlan.kernel.access.roles import Role

OFFICE = (Role.SCO_STAFF, Role.SCO_CHIEF)
UNIT = (Role.UNIT_STAFF, Role.UNIT_HEAD)

VIEW = Policy("plan.view", "查看任务", (*OFFICE, *UNIT, Role.LEADER))
REPORT = Policy("plan.report", "上报进展", UNIT)
HAND_DOWN = Policy("plan.hand_down", "分解下达", (Role.UNIT_HEAD,))
# The office verifies its own duties, a unit those that it handed down: the guard tells which.
VERIFY = Policy("plan.verify", "核验", (*OFFICE, *UNIT))
EXTEND = Policy("plan.extend", "申请延期", UNIT)
DECIDE = Policy("plan.decide", "审批延期", (Role.SCO_CHIEF, Role.UNIT_HEAD))
SUPERVISE = Policy("plan.supervise", "督办", (Role.SCO_CHIEF,))
FOLLOW = Policy("plan.follow", "跟踪督办", OFFICE)
MATRIX = Policy("plan.matrix", "查看全市态势", (*OFFICE, *UNIT, Role.LEADER))
