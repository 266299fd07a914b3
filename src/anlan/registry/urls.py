"""Addresses of the registry."""

from django.urls import path

from anlan.registry.pages import (
    disputes,
    duplicates,
    editing,
    labels,
    lists,
    maps,
    registers,
    subjects,
)

app_name = "registry"
urlpatterns = [
    path("registry/enterprises/", lists.enterprises, name="enterprises"),
    path("registry/enterprises/new/", editing.enterprise_add, name="enterprise_add"),
    path("registry/enterprises/<int:pk>/", subjects.enterprise, name="enterprise"),
    path(
        "registry/enterprises/<int:pk>/change/", editing.enterprise_change, name="enterprise_change"
    ),
    path("registry/enterprises/<int:pk>/posts/", subjects.appoint, name="appoint"),
    path(
        "registry/enterprises/<int:pk>/grade/", subjects.enterprise_grade, name="enterprise_grade"
    ),
    path(
        "registry/enterprises/<int:pk>/registers/<slug:code>/",
        registers.enterprise_entry,
        name="enterprise_entry",
    ),
    path("registry/posts/<int:pk>/end/", subjects.end_post, name="end_post"),
    path("registry/posts/<int:pk>/identity/", subjects.identity, name="identity"),
    path("registry/sites/", lists.sites, name="sites"),
    path("registry/sites/new/", editing.site_add, name="site_add"),
    path("registry/sites/<int:pk>/", subjects.site, name="site"),
    path("registry/sites/<int:pk>/change/", editing.site_change, name="site_change"),
    path("registry/sites/<int:pk>/grade/", subjects.site_grade, name="site_grade"),
    path("registry/sites/<int:pk>/registers/<slug:code>/", registers.site_entry, name="site_entry"),
    path("registry/sites/<int:pk>/label/", labels.label, name="label"),
    path("registry/sites/<int:pk>/label/renew/", labels.renew, name="renew"),
    path(
        "registry/enterprises/<int:pk>/dispute/",
        disputes.raise_enterprise,
        name="enterprise_dispute",
    ),
    path("registry/sites/<int:pk>/dispute/", disputes.raise_site, name="site_dispute"),
    path("registry/disputes/", disputes.disputes, name="disputes"),
    path("registry/disputes/<int:pk>/", disputes.dispute, name="dispute"),
    path("registry/disputes/<int:pk>/ask/", disputes.ask, name="dispute_ask"),
    path("registry/disputes/<int:pk>/opinion/", disputes.opine, name="dispute_opine"),
    path("registry/disputes/<int:pk>/decide/", disputes.decide, name="dispute_decide"),
    path("registry/disputes/<int:pk>/withdraw/", disputes.withdraw, name="dispute_withdraw"),
    path("registry/disputes/<int:pk>/decision.docx", disputes.paper, name="dispute_paper"),
    path("registry/map/", maps.sites, name="map"),
    path("registry/map/enterprises/", maps.enterprises, name="enterprise_map"),
    path("registry/duplicates/", duplicates.duplicates, name="duplicates"),
    path(
        "registry/duplicates/<str:kind>/<int:first>/<int:second>/",
        duplicates.pair,
        name="pair",
    ),
    path("s/<slug:token>/", labels.scan, name="scan"),  # short: a smaller QR code
    path("registry/registers/", registers.registers, name="registers"),
    path("registry/registers/<slug:code>/", registers.register, name="register"),
]
