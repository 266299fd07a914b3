"""Addresses of indicators."""

from django.urls import path

from anlan.kernel.indicators import pages

app_name = "indicators"
urlpatterns = [
    path("indicators/", pages.definitions, name="definitions"),
    path("indicators/new/", pages.add, name="add"),
    path("indicators/<str:key>/", pages.definition, name="definition"),
    path("indicators/<str:key>/change/", pages.change, name="change"),
    path("indicators/<str:key>/rows/<str:start>/<str:end>/", pages.rows, name="rows"),
]
