from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "anlan.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the shell where the pages stand, and who sees the evidence; offer the measures."""
        from anlan.kernel.evidence.pages import register
        from anlan.kernel.ui import nav
        from anlan.records import (  # noqa: F401 — some register by being imported
            importing,
            indicators,
            policies,
            selectors,
        )
        from anlan.records.models import Record

        section = "工作记录"
        nav.register(section, "记一条", "records:choose", policies.RECORD, "camera", order=10)
        nav.register(
            section,
            "待核验",
            "records:queue",
            policies.VERIFY,
            "clipboard-check",
            order=20,
            count=selectors.waiting_count,
        )
        nav.register(section, "工作记录", "records:records", policies.VIEW, "notebook", order=30)
        register("records.record", Record.objects.visible_to)
