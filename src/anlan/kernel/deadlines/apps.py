from django.apps import AppConfig


class DeadlinesConfig(AppConfig):
    name = "anlan.kernel.deadlines"
    label = "deadlines"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from anlan.kernel.deadlines import checks  # noqa: F401 — registers what is checked
