"""The roles that a grant can give. System, security and audit are three separate people
(GB/T 22239-2019 8.1.4.2: separation of the three administrators)."""

from django.db import models


class Role(models.TextChoices):
    SYSTEM = "system", "系统管理员"  # organisations, accounts without rights, operations
    SECURITY = "security", "安全管理员"  # grants and deputies; sees no business data
    AUDITOR = "auditor", "审计员"  # reads the audit chain; changes nothing
    SCO_STAFF = "sco_staff", "安委办经办人"  # imports, binds, verifies
    SCO_CHIEF = "sco_chief", "安委办负责人"  # second person: publishes, signs
    LEADER = "leader", "领导"  # sees the whole area
    UNIT_STAFF = "unit_staff", "单位经办人"  # works on the unit's duties
    UNIT_HEAD = "unit_head", "单位负责人"  # the same, and hands down and signs


ADMINISTRATORS = (Role.SYSTEM, Role.SECURITY, Role.AUDITOR)
