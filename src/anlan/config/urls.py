"""All addresses of Anlan. Each view declares its policy; an undeclared one is refused."""

from django.urls import include, path

from anlan.config.api import api
from anlan.config.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("api/", api.urls),
    path("", include("anlan.kernel.ui.urls")),
    path("", include("anlan.kernel.access.urls")),
    path("", include("anlan.kernel.orgs.urls")),
    path("", include("anlan.kernel.events.urls")),
    path("", include("anlan.kernel.evidence.urls")),
    path("", include("anlan.kernel.audit.urls")),
    path("", include("anlan.kernel.watchman.urls")),
    path("", include("anlan.kernel.imports.urls")),
    path("", include("anlan.kernel.indicators.urls")),
    path("", include("anlan.records.urls")),
    path("", include("anlan.registry.urls")),
    path("", include("anlan.monitoring.urls")),
    path("", include("anlan.stewardship.urls")),
    path("", include("anlan.plan.urls")),
    path("", include("anlan.intake.urls")),
    path("", include("anlan.cockpit.urls")),
    path("", include("anlan.calls.urls")),
    path("", include("anlan.almanac.urls")),
]

handler400 = "anlan.kernel.ui.errors.bad_request"
handler403 = "anlan.kernel.ui.errors.forbidden"
handler404 = "anlan.kernel.ui.errors.not_found"
handler500 = "anlan.kernel.ui.errors.server_error"
