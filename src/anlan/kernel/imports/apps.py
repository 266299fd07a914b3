from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "anlan.kernel.imports"
    label = "imports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from anlan.kernel.imports import checks  # noqa: F401 — registers what is checked
