"""Addresses of organisations and groups."""

from django.urls import path

from anlan.kernel.orgs.pages import groups, lists, organisations, resolving

app_name = "orgs"
urlpatterns = [
    path("organisations/", lists.organisations, name="organisations"),
    path("organisations/new/", organisations.add, name="add"),
    path("organisations/<int:pk>/", organisations.organisation, name="organisation"),
    path("organisations/<int:pk>/names/", organisations.add_name, name="add_name"),
    path("organisations/<int:pk>/rename/", organisations.rename, name="rename"),
    path("organisations/<int:pk>/dissolve/", organisations.dissolve, name="dissolve"),
    path("organisations/<int:pk>/host/", organisations.set_host, name="set_host"),
    path("groups/", lists.groups, name="groups"),
    path("groups/<int:pk>/", groups.group, name="group"),
    path("groups/<int:pk>/members/", groups.add_member, name="add_member"),
    path("groups/<int:pk>/members/end/", groups.end_member, name="end_member"),
    path("groups/<int:pk>/verify/", groups.verify, name="verify"),
    path("who-is/", resolving.who, name="who"),
]
