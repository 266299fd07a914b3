"""Addresses of the watchman."""

from django.urls import path

from anlan.kernel.watchman import pages

app_name = "watchman"
urlpatterns = [path("system/status/", pages.status, name="status")]
