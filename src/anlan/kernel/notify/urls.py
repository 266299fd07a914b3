"""Addresses of one's notifications."""

from django.urls import path

from anlan.kernel.notify import pages

app_name = "notify"
urlpatterns = [
    path("", pages.notifications, name="list"),
    path("bell/", pages.bell, name="bell"),
    path("read/", pages.read_all, name="read-all"),
    path("<int:pk>/", pages.open_one, name="open"),
]
