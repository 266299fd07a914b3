"""Addresses of monitoring."""

from django.urls import path

from anlan.monitoring import receiving
from anlan.monitoring.pages import alarms, board, coverage, live, points, rules

app_name = "monitoring"
urlpatterns = [
    path("gateway/readings/", receiving.readings, name="readings"),
    path("monitoring/", board.board, name="board"),
    path("monitoring/alarms/", alarms.alarms, name="alarms"),
    path("monitoring/alarms/<int:pk>/", alarms.alarm, name="alarm"),
    path("monitoring/alarms/<int:pk>/answer/", alarms.answer, name="answer"),
    path("monitoring/alarms/<int:pk>/handle/", alarms.handle, name="handle"),
    path("monitoring/alarms/<int:pk>/close/", alarms.close, name="close"),
    path("monitoring/alarms/<int:pk>/dismiss/", alarms.dismiss, name="dismiss"),
    path("monitoring/alarms/<int:pk>/doubt/", alarms.doubt, name="doubt"),
    path("monitoring/alarms/<int:pk>/confirm/", alarms.confirm, name="confirm"),
    path("monitoring/alarms/<int:pk>/deny/", alarms.deny, name="deny"),
    path("monitoring/alarms/<int:pk>/silence/", alarms.silence, name="silence"),
    path("monitoring/sites/<int:pk>/", live.site, name="site"),
    path("monitoring/points/<int:pk>/", points.point, name="point"),
    path("monitoring/rules/", rules.rules, name="rules"),
    path("monitoring/rules/<int:pk>/", rules.rule, name="rule"),
    path("monitoring/rules/<int:pk>/propose/", rules.propose, name="propose"),
    path("monitoring/versions/<int:pk>/publish/", rules.publish, name="publish"),
    path("monitoring/versions/<int:pk>/refuse/", rules.refuse, name="refuse"),
    path("monitoring/coverage/", coverage.coverage, name="coverage"),
]
