"""Addresses of monitoring."""

from django.urls import path

from anlan.monitoring import receiving
from anlan.monitoring.pages import (
    alarms,
    board,
    coverage,
    devices,
    equipping,
    live,
    maps,
    points,
    rules,
    tamper,
)

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
    path("monitoring/map/", maps.alarm_map, name="map"),
    path("monitoring/sites/<int:pk>/", live.site, name="site"),
    path("monitoring/points/<int:pk>/", points.point, name="point"),
    path("monitoring/rules/", rules.rules, name="rules"),
    path("monitoring/rules/<int:pk>/", rules.rule, name="rule"),
    path("monitoring/rules/<int:pk>/propose/", rules.propose, name="propose"),
    path("monitoring/versions/<int:pk>/publish/", rules.publish, name="publish"),
    path("monitoring/versions/<int:pk>/refuse/", rules.refuse, name="refuse"),
    path("monitoring/devices/", devices.devices, name="devices"),
    path("monitoring/devices/<int:pk>/", devices.device, name="device"),
    path("monitoring/devices/<int:pk>/bind/", devices.bind, name="bind"),
    path("monitoring/devices/<int:pk>/secret/", devices.secret, name="secret"),
    path("monitoring/devices/<int:pk>/retire/", devices.retire, name="retire"),
    path("monitoring/channels/<int:pk>/remove/", devices.unbind, name="unbind"),
    path("monitoring/sites/<int:pk>/devices/", equipping.site, name="equipment"),
    path("monitoring/sites/<int:pk>/device/", equipping.device_add, name="device_add"),
    path("monitoring/sites/<int:pk>/point/", equipping.point_add, name="point_add"),
    path("monitoring/points/<int:pk>/retire/", equipping.point_retire, name="point_retire"),
    path("monitoring/tamper/", tamper.signals, name="tamper"),
    path("monitoring/tamper/<int:pk>/", tamper.signal, name="tamper_signal"),
    path("monitoring/tamper/<int:pk>/judge/", tamper.judge, name="tamper_judge"),
    path("monitoring/tamper/<int:pk>/reopen/", tamper.reopen, name="tamper_reopen"),
    path("monitoring/coverage/", coverage.coverage, name="coverage"),
]
