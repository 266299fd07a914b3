from django.apps import AppConfig


class PlanConfig(AppConfig):
    name = "anlan.plan"
    label = "plan"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the shell where the plan's pages stand, and who sees its evidence."""
        from anlan.kernel.evidence.pages import register
        from anlan.kernel.ui import home, nav
        from anlan.plan import (  # noqa: F401 — some register by being imported
            checks,
            clocks,
            indicators,
            marking,
            order_clocks,
            policies,
            selectors,
        )
        from anlan.plan.models import Report

        nav.register("任务", "全市态势", "plan:matrix", policies.MATRIX, "layout-grid", order=10)
        nav.register("任务", "我的任务", "plan:tasks", policies.REPORT, "list-check", order=5)
        nav.register(
            "任务",
            "待我办理",
            "plan:inbox",
            policies.VERIFY,
            "inbox",
            order=20,
            count=selectors.waiting_count,
        )
        nav.register("任务", "任务清单", "plan:duties", policies.VIEW, "list", order=30)
        nav.register("监督", "督办清单", "plan:orders", policies.VIEW, "gavel", order=10)
        marking.register()
        home.offer("plan:tasks", policies.REPORT, order=10)
        home.offer("plan:matrix", policies.MATRIX, order=20)
        register("plan.report", Report.objects.visible_to)
