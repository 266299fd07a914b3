from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "anlan.calls"
    label = "calls"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the shell where the calls stand, and the plan where a call's duties come from."""
        from anlan.calls import clocks, policies  # noqa: F401 — clocks register by being imported
        from anlan.kernel.ui import nav
        from anlan.kernel.ui.addresses import address
        from anlan.plan import origins
        from anlan.plan.choices import DutyOrigin

        nav.register("监督", "调度", "calls:calls", policies.VIEW, "message-report", order=5)
        origins.register(DutyOrigin.CALL, lambda pk: address("calls:decision", pk))
