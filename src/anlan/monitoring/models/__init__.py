"""Points, devices, rules and alarms."""

from anlan.monitoring.models.alarms import Alarm, AlarmQuerySet, EngineState, Silence, Span, Window
from anlan.monitoring.models.points import Channel, Device, Point
from anlan.monitoring.models.rules import Revision, Rule, RulePoint, RuleVersion

__all__ = [
    "Alarm", "AlarmQuerySet", "Channel", "Device", "EngineState", "Point", "Revision", "Rule",
    "RulePoint", "RuleVersion", "Silence", "Span", "Window",
]  # fmt: skip
