"""Combinations: raised inputs counted, seldom enough for plain Python."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from anlan.monitoring.engine.latch import Step, Transition

if TYPE_CHECKING:
    from anlan.monitoring.engine.plan import Plan
    from anlan.monitoring.engine.rules import Key
    from anlan.monitoring.engine.state import State


def follow(plan: Plan, state: State, found: list[Transition]) -> list[Transition]:
    """``found`` in the order of time, and after each step what it does to combinations."""
    if not plan.combinations or not found:
        return found
    found = sorted(found, key=lambda each: each.time)
    raised = _before(plan, state, found)
    told: list[Transition] = []
    for step in found:
        told.append(step)
        told.extend(_after(plan, state, raised, step))
    return told


def tick(plan: Plan, state: State) -> list[Transition]:
    """Combinations that have been on for as long as they must, by the clock of the stream."""
    told: list[Transition] = []
    first = len(plan)
    for number, each in enumerate(plan.combinations):
        place = first + number
        waits = state.on[place] and not state.raised[place]
        if waits and state.now - state.came[place] >= each.hold:
            raised = _before(plan, state, [])
            step = _raise(state, place, each.key, state.now, plan.reached(number, raised))
            told += [step, *_after(plan, state, raised, step)]
    return told


def settle(plan: Plan, state: State) -> list[Transition]:
    """What combinations are by what is raised already: rules may have changed since it was. Where
    nothing has changed it finds nothing."""
    told: list[Transition] = []
    for number in range(len(plan.combinations)):
        raised = _before(plan, state, [])
        for step in _settle(plan, state, number, raised, state.now):
            told += [step, *_after(plan, state, raised, step)]
    return told


def _before(plan: Plan, state: State, found: list[Transition]) -> dict[Key, bool]:
    """What of the inputs was raised before these steps: the state knows only the end."""
    raised = {key: bool(state.raised[place]) for key, place in plan.inputs.items()}
    for step in reversed(found):
        if step.step != Step.RISEN and step.key in raised:
            raised[step.key] = step.step == Step.CLEARED
    return raised


def _after(
    plan: Plan, state: State, raised: dict[Key, bool], step: Transition
) -> Iterator[Transition]:
    if step.step == Step.RISEN or step.key not in raised:
        return
    raised[step.key] = step.step == Step.RAISED
    for number in plan.fed_by[step.key]:
        for mine in _settle(plan, state, number, raised, step.time):
            yield mine
            yield from _after(plan, state, raised, mine)


def _settle(
    plan: Plan, state: State, number: int, raised: dict[Key, bool], time: int
) -> Iterator[Transition]:
    each, place = plan.combinations[number], len(plan) + number
    reached = plan.reached(number, raised)
    if reached >= each.need and not state.on[place]:
        state.on[place], state.since[place], state.came[place] = True, time, state.now
        if each.hold == 0:
            yield _raise(state, place, each.key, time, reached)
    elif reached < each.need and state.on[place]:
        state.on[place] = False
        if state.raised[place]:
            state.raised[place] = False
            yield _step(state, place, Step.CLEARED, each.key, time, reached)


def _raise(state: State, place: int, key: Key, time: int, reached: int) -> Transition:
    state.raised[place] = True
    return _step(state, place, Step.RAISED, key, time, reached)


def _step(state: State, place: int, step: Step, key: Key, time: int, reached: int) -> Transition:
    return Transition(step, key, int(state.since[place]), time, float(reached), np.nan)
