from django.apps import AppConfig


class WatchmanConfig(AppConfig):
    name = "anlan.kernel.watchman"
    label = "watchman"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from anlan.kernel.ui import nav
        from anlan.kernel.watchman import checks, policies  # noqa: F401 — registers the checks

        nav.register("系统", "系统状态", "watchman:status", policies.STATUS, "gauge", 5)
