from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "anlan.monitoring"
    label = "monitoring"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the shell where the pages stand; show a site's monitoring on its page in the
        registry; offer measures and the steps of call and answer."""
        from anlan.kernel.evidence.pages import register
        from anlan.kernel.ui import nav
        from anlan.monitoring import (  # noqa: F401 — some register by being imported
            checks,
            indicators,
            panel,
            policies,
        )
        from anlan.monitoring.devices import importing  # noqa: F401
        from anlan.monitoring.models import TamperSignal
        from anlan.monitoring.services import calling, draft_hours  # noqa: F401
        from anlan.registry import panels

        section, view = "监测预警", policies.VIEW
        nav.register(section, "报警", "monitoring:alarms", view, "bell", order=10)
        nav.register(section, "险情初报", "monitoring:drafts", view, "file-word", order=15)
        nav.register(section, "监测态势", "monitoring:board", view, "gauge", order=20)
        nav.register(section, "监测地图", "monitoring:map", view, "map-2", order=22)
        nav.register(section, "消防监控", "monitoring:fire", view, "building", order=24)
        nav.register(section, "监测接入", "monitoring:coverage", view, "plug-connected-x", order=30)
        nav.register(
            section, "监测设备", "monitoring:devices", view, "stack-2", order=35,
            under=("/monitoring/sites/", "/monitoring/points/", "/monitoring/channels/"),
        )  # fmt: skip
        nav.register(section, "县级节点", "monitoring:nodes", view, "link", order=36)
        nav.register(section, "未入库报文", "monitoring:letters", view, "message-report", order=37)
        nav.register(
            section, "报警规则", "monitoring:rules", view, "adjustments", order=40,
            under=("/monitoring/versions/", "/monitoring/trials/"),
        )  # fmt: skip
        nav.register(section, "篡改疑点", "monitoring:tamper", view, "eye", order=38)
        register("monitoring.tampersignal", TamperSignal.objects.visible_to)
        nav.register(section, "静默和维护", "monitoring:hushes", view, "player-pause", order=50)
        panels.register(panel.monitoring)
