"""Points, devices, rules, alarms, drafts of first reports and signs of tampering."""

from anlan.monitoring.models.alarms import Alarm, AlarmQuerySet, EngineState, Span
from anlan.monitoring.models.drafts import IncidentDraft
from anlan.monitoring.models.hushes import Silence, Window
from anlan.monitoring.models.letters import Replay
from anlan.monitoring.models.nodes import EdgeNode, EdgePosition
from anlan.monitoring.models.points import Channel, Device, Point
from anlan.monitoring.models.rules import Revision, Rule, RuleVersion
from anlan.monitoring.models.touched import TamperLook, TamperSignal
from anlan.monitoring.models.trials import Trial

__all__ = [
    "Alarm", "AlarmQuerySet", "Channel", "Device", "EdgeNode", "EdgePosition", "EngineState",
    "IncidentDraft", "Point",
    "Replay", "Revision", "Rule", "RuleVersion", "Silence", "Span", "TamperLook", "TamperSignal",
    "Trial", "Window",
]  # fmt: skip
