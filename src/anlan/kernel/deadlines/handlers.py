"""What happens when a step is due: each app says it for its own clocks.

    @on_step("plan.duty", "due")
    def remind(write: Write, clock: Deadline, step: str) -> str:
        …
        return "提醒责任单位 3 人"

The handler runs in the transaction of the step. It says in a few words what it did; the words go
on the timeline. Register it in ``AppConfig.ready`` by importing its module.
"""

from __future__ import annotations

from collections.abc import Callable

from anlan.kernel.deadlines.models import Deadline
from anlan.kernel.write import Write

Handler = Callable[[Write, Deadline, str], str]

_handlers: dict[tuple[str, str], Handler] = {}


def on_step(subject_type: str, name: str) -> Callable[[Handler], Handler]:
    """Declare the handler for the steps of the clock ``name`` of such subjects."""

    def declare(handler: Handler) -> Handler:
        known = _handlers.setdefault((subject_type, name), handler)
        if known is not handler:
            raise ValueError(f"steps of {subject_type} {name} are handled twice")
        return handler

    return declare


def handler_of(clock: Deadline) -> Handler:
    """The handler for the clock; LookupError if no app declares one."""
    try:
        return _handlers[clock.subject_type, clock.name]
    except KeyError:
        raise LookupError(f"nobody handles {clock.subject_type} {clock.name}") from None
