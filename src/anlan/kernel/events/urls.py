from django.urls import path

from anlan.kernel.events import pages

urlpatterns = [path("live/", pages.live, name="live")]
