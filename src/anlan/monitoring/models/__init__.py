"""Points, devices, rules, alarms and signs of tampering."""

from anlan.monitoring.models.alarms import Alarm, AlarmQuerySet, EngineState, Silence, Span, Window
from anlan.monitoring.models.letters import Replay
from anlan.monitoring.models.points import Channel, Device, Point
from anlan.monitoring.models.rules import Revision, Rule, RulePoint, RuleVersion
from anlan.monitoring.models.touched import TamperLook, TamperSignal

__all__ = [
    "Alarm", "AlarmQuerySet", "Channel", "Device", "EngineState", "Point", "Replay", "Revision",
    "Rule", "RulePoint", "RuleVersion", "Silence", "Span", "TamperLook", "TamperSignal", "Window",
]  # fmt: skip
