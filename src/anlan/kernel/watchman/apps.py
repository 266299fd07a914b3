from django.apps import AppConfig


class WatchmanConfig(AppConfig):
    name = "anlan.kernel.watchman"
    label = "watchman"
    default_auto_field = "django.db.models.BigAutoField"
