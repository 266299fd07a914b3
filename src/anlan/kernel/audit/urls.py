"""Addresses of the audit rows."""

from django.urls import path

from anlan.kernel.audit import pages

app_name = "audit"
urlpatterns = [path("system/audit/", pages.rows, name="rows")]
