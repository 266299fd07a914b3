from django.apps import AppConfig


class AlmanacConfig(AppConfig):
    name = "anlan.almanac"
    label = "almanac"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Read the fixed days, so that a mistake in their file stops the start; tell the shell
        where the pages stand."""
        from anlan.almanac import checks, policies  # noqa: F401 — registers by being imported
        from anlan.almanac.days import fixed_days
        from anlan.kernel.ui import nav

        fixed_days()
        nav.register("任务", "日历", "almanac:month", policies.VIEW, "calendar-event", order=40)
