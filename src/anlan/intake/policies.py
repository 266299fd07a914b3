"""Who may do what with an imported notice."""

from anlan.kernel.access.policies import Policy
from anlan.kernel.access.roles import Role

OFFICE = (Role.SCO_STAFF, Role.SCO_CHIEF)

VIEW = Policy("intake.view", "查看通知导入", OFFICE)
IMPORT = Policy("intake.import", "导入和核对通知", (Role.SCO_STAFF,))
# A second person: whoever submitted it cannot publish it (guarded by the flow as well).
PUBLISH = Policy("intake.publish", "发布通知", (Role.SCO_CHIEF,))
