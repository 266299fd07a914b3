from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "anlan.kernel.indicators"
    label = "indicators"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the shell where the definitions stand."""
        from anlan.kernel.indicators import policies
        from anlan.kernel.ui import nav

        nav.register("监督", "指标", "indicators:definitions", policies.VIEW, "target", order=30)
