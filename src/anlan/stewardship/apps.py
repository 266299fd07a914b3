from django.apps import AppConfig


class StewardshipConfig(AppConfig):
    name = "anlan.stewardship"
    label = "stewardship"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the shell where the pages stand; show stewards on a mine's page in the registry, and
        let them go with a mine that is merged; offer measures, checks and reminders."""
        from anlan.kernel.evidence.pages import register
        from anlan.kernel.ui import nav
        from anlan.registry import handover as merging
        from anlan.registry import panels
        from anlan.stewardship import (  # noqa: F401 — some register by being imported
            checks,
            handover,
            indicators,
            panel,
            policies,
            referables,
            reminding,
        )
        from anlan.stewardship.models import ListItem

        section = "领导责任"
        nav.register(
            section, "矿山包保", "stewardship:board", policies.VIEW, "user-share", order=10
        )
        nav.register(section, "责任清单", "stewardship:lists", policies.VIEW, "checklist", order=20)
        nav.register(section, "领导岗位", "stewardship:posts", policies.VIEW, "users", order=30)
        register("stewardship.listitem", ListItem.objects.visible_to)
        panels.register(panel.stewards)
        merging.register(handover.stewardships)
