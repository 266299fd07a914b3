from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "anlan.intake"
    label = "intake"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the shell where the pages stand, and who sees the original file."""
        from anlan.intake import policies
        from anlan.kernel.ui import nav

        nav.register("通知", "通知导入", "intake:documents", policies.VIEW, "file-import", order=10)
