"""Who reads the audit rows."""

from anlan.kernel.access.policies import Policy
from anlan.kernel.access.roles import Role

VIEW = Policy("audit.view", "查看审计记录", (Role.AUDITOR,))
