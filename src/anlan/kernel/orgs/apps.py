from django.apps import AppConfig


class OrgsConfig(AppConfig):
    name = "anlan.kernel.orgs"
    label = "orgs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the shell where the organisations' pages stand."""
        from anlan.kernel.access.policies import anyone
        from anlan.kernel.ui import nav

        nav.register("组织", "单位", "orgs:organisations", anyone, "building", order=10)
        nav.register("组织", "单位组", "orgs:groups", anyone, "users", order=20)
        nav.register("组织", "名称指认", "orgs:who", anyone, "help-circle", order=30)
