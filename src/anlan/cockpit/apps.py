from django.apps import AppConfig


class CockpitConfig(AppConfig):
    name = "anlan.cockpit"
    label = "cockpit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the shell where the cockpit stands: leaders begin there."""
        from anlan.cockpit import policies
        from anlan.kernel.ui import home, nav

        nav.register("任务", "驾驶舱", "cockpit:cockpit", policies.VIEW, "gauge", order=3)
        home.offer("cockpit:cockpit", policies.BEGIN, order=5)
