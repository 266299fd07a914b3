"""Who sees how the installation is."""

from anlan.kernel.access.policies import Policy
from anlan.kernel.access.roles import Role

STATUS = Policy("watchman.status", "查看系统状态", (Role.SYSTEM, Role.AUDITOR))
