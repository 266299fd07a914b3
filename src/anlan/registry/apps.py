from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "anlan.registry"
    label = "registry"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the shell where the pages stand; offer importers and measures."""
        from anlan.kernel.ui import nav
        from anlan.registry import (  # noqa: F401 — some register by being imported
            importing,
            indicators,
            opinion_clocks,
            policies,
            referables,
        )

        section, view = "监管对象", policies.VIEW
        nav.register(section, "企业", "registry:enterprises", view, "building-community", order=10)
        nav.register(section, "场所", "registry:sites", view, "map-pin", order=20)
        nav.register(section, "地图", "registry:map", view, "map-2", order=25)
        nav.register(section, "行业台账", "registry:registers", view, "notebook", order=30)
        nav.register(section, "疑似重复", "registry:duplicates", policies.MERGE, "copy", order=40)
        nav.register(section, "归属争议", "registry:disputes", view, "gavel", order=35)
