"""Addresses of the almanac."""

from django.urls import path

from anlan.almanac.pages import feed, month, subscription

app_name = "almanac"
urlpatterns = [
    path("calendar/", month.month, name="month"),
    path("calendar/day/<str:day>/", month.day, name="day"),
    path("calendar/fixed/", month.fixed, name="fixed"),
    path("calendar/subscription/", subscription.subscription, name="subscription"),
    path("calendar/subscription/renew/", subscription.renew, name="renew"),
    path("calendar/subscription/end/", subscription.end, name="end"),
    path("calendar/<int:number>/<slug:token>.ics", feed.feed, name="feed"),
]
