"""Addresses of the import."""

from django.urls import path

from anlan.kernel.imports.pages import acts, batches, start

app_name = "imports"
urlpatterns = [
    path("imports/", batches.batches, name="batches"),
    path("imports/new/<str:key>/", start.new, name="new"),
    path("imports/new/<str:key>/template.xlsx", start.template, name="template"),
    path("imports/<int:pk>/", batches.batch, name="batch"),
    path("imports/<int:pk>/good/", batches.good, name="good"),
    path("imports/<int:pk>/file/", batches.original, name="file"),
    path("imports/<int:pk>/take/", acts.take, name="take"),
    path("imports/<int:pk>/drop/", acts.drop, name="drop"),
    path("imports/<int:pk>/resume/", acts.resume, name="resume"),
]
