"""The engine: rules on arrays (docs/engine.md). Pure Python and NumPy."""

from anlan.monitoring.engine.engine import Engine
from anlan.monitoring.engine.latch import Event, Step, Transition
from anlan.monitoring.engine.plan import Plan, plan
from anlan.monitoring.engine.rules import Combination, Key, Measure, Watch, calendar
from anlan.monitoring.engine.state import State

__all__ = [
    "Combination", "Engine", "Event", "Key", "Measure", "Plan", "State", "Step", "Transition",
    "Watch", "calendar", "plan",
]  # fmt: skip
