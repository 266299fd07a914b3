"""Addresses of the plan."""

from django.urls import path, re_path

from anlan.plan.pages import decisions, duty, forecasts, lists, overview

app_name = "plan"
urlpatterns = [
    path("matrix/", overview.matrix, name="matrix"),
    path("key-duties/<int:pk>/", overview.key_duty, name="key_duty"),
    path("tasks/", lists.tasks, name="tasks"),
    path("duties/", lists.duties, name="duties"),
    path("forecasts/", forecasts.forecasts, name="forecasts"),
    path("duties/<int:pk>/", duty.duty, name="duty"),
    path("duties/<int:pk>/report/", duty.report, name="report"),
    path("duties/<int:pk>/hand-down/", duty.hand_down, name="hand_down"),
    path("duties/<int:pk>/extend/", duty.extend, name="extend"),
    path("duties/<int:pk>/orders/<int:order>/answer/", duty.answer, name="answer"),
    path("inbox/", decisions.inbox, name="inbox"),
    path("reports/<int:pk>/accept/", decisions.accept, name="accept"),
    path("reports/<int:pk>/return/", decisions.send_back, name="return"),
    path("reports/<int:pk>/withdraw/", decisions.withdraw, name="withdraw"),
    re_path(
        r"^extensions/(?P<pk>\d{1,18})/(?P<verdict>grant|refuse)/$", decisions.decide, name="decide"
    ),
    re_path(
        r"^orders/(?P<pk>\d{1,18})/(?P<verb>issue|dismiss|reject|close)/$",
        decisions.order,
        name="order",
    ),
    path("orders/", lists.orders, name="orders"),
]
