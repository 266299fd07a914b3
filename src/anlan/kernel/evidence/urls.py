from django.urls import path

from anlan.kernel.evidence import pages

app_name = "evidence"
urlpatterns = [path("evidence/<int:pk>/", pages.evidence, name="file")]
