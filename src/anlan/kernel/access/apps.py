from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "anlan.kernel.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from anlan.kernel.access import policies
        from anlan.kernel.ui import nav

        nav.register("系统", "账号与授权", "access:accounts", policies.accounts, "users", 10)
        nav.register("系统", "登录事件", "access:events", policies.login_events, "login", 20)
