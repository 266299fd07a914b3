from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class AuditConfig(AppConfig):
    name = "anlan.kernel.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from anlan.kernel.audit import checks, policies  # noqa: F401 — registers the checks
        from anlan.kernel.ui import nav

        nav.register("系统", "审计记录", "audit:rows", policies.VIEW, "history", 30)
        pre_migrate.connect(_migrating, sender=self)
        post_migrate.connect(_migrated, sender=self)


def _migrating(using: str, **_: Any) -> None:
    """What migrations change is audited under their own name."""
    _say(using, '{"source": "command", "verb": "system.migrate"}')


def _migrated(using: str, **_: Any) -> None:
    _say(using, "")


def _say(using: str, context: str) -> None:
    """For the whole session: migrations commit many times."""
    from django.db import connections

    with connections[using].cursor() as cursor:
        cursor.execute("SELECT set_config('anlan.write', %s, false)", [context])
