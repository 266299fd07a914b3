"""Who comes through the door of the import; each importer's own policy says who may use it."""

from anlan.kernel.access.policies import Policy
from anlan.kernel.access.roles import Role

USE = Policy(
    "imports.use",
    "用 Excel 成批导入",
    (Role.SCO_STAFF, Role.SCO_CHIEF, Role.UNIT_STAFF, Role.UNIT_HEAD),
)
