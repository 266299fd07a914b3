"""Who may do what in monitoring."""

from anlan.kernel.access.policies import Policy
from anlan.kernel.access.roles import Role

OFFICE = (Role.SCO_STAFF, Role.SCO_CHIEF)
UNIT = (Role.UNIT_STAFF, Role.UNIT_HEAD)

VIEW = Policy("monitoring.view", "查看监测和报警", (*OFFICE, *UNIT, Role.LEADER))
# The guard tells whose alarm it is: the regulator's, the area's government's, the office's.
ANSWER = Policy("monitoring.answer", "应答和处置报警", (*OFFICE, *UNIT))
# The guard tells whose site it is, as with alarms.
JUDGE = Policy("monitoring.tamper.judge", "核查篡改疑点", (*OFFICE, *UNIT))
# The guard tells whose site it is, as with alarms.
REPORT = Policy("monitoring.draft.report", "填写和提交险情初报", (*OFFICE, *UNIT))
TAKE_OVER = Policy("monitoring.draft.take", "接收险情初报", OFFICE)
# Of a county; whoever holds the office of the city, or of that county.
NODES = Policy("monitoring.nodes", "登记县级节点", OFFICE)
KEEP = Policy("monitoring.keep", "登记测点、设备、维护时段和静默", (*OFFICE, *UNIT))
PROPOSE = Policy("monitoring.rules.propose", "拟订报警规则", OFFICE)
PUBLISH = Policy("monitoring.rules.publish", "发布报警规则", (Role.SCO_CHIEF,))
