"""Addresses of the shell and of the notifications that it shows."""

from django.urls import include, path

from anlan.kernel.ui import pages, style, views

shell = [
    path("", pages.home, name="home"),
    path("ui/", style.guide, name="guide"),
    path("ui/views/", views.save, name="view-save"),
    path("ui/views/<int:pk>/delete/", views.delete, name="view-delete"),
]

urlpatterns = [
    path("", include((shell, "ui"))),
    path("messages/", include("anlan.kernel.notify.urls")),
]
