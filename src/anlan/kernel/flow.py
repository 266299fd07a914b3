"""A case has one declared transition table. Pages, tests, documents and the database read the same.

    DUTY_FLOW = Flow(
        name="duty", label="任务", states=DutyState, initial=DutyState.OPEN,
        transitions=[
            Transition("report", "上报进展", {DutyState.OPEN}, DutyState.REPORTED, policies.REPORT),
            …
        ],
    )

    class Duty(models.Model):
        state = DUTY_FLOW.field()
        class Meta:
            triggers = [DUTY_FLOW.trigger(), audited()]

``check`` tells "wrong state" from "no permission"; the trigger refuses every change of state that
the table does not declare, whoever writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pgtrigger
from django.db import models

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.policies import Policy
from anlan.kernel.errors import Forbidden, Refused, WrongState
from anlan.kernel.write import Write

Guard = Callable[[Any, Actor], str | None]
People = Callable[[Any], set[int]]


@dataclass(frozen=True)
class Transition:
    """One row of the table: in a state of ``sources``, who ``policy`` allows may ``verb``.

    ``guard`` returns a Chinese reason to refuse, or None. ``needs`` names the inputs that must not
    be empty. ``not_by`` gives those who may not do it themselves (a second person is needed).
    ``deadline`` names the deadline that the transition starts, ``on_passed`` says what happens
    when it passes; both are for documents and timelines. ``system`` marks what jobs do.
    """

    verb: str
    label: str
    sources: frozenset[str] | set[str]
    target: str
    policy: Policy
    guard: Guard | None = None
    needs: tuple[str, ...] = ()
    not_by: People | None = None
    deadline: str = ""
    on_passed: str = ""
    system: bool = False


@dataclass(frozen=True)
class Flow:
    """A lifecycle: its states, its first state, its transitions (verbs are unique)."""

    name: str
    label: str
    states: type[models.TextChoices]
    initial: str
    transitions: list[Transition]
    _by_verb: dict[str, Transition] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        by_verb = {each.verb: each for each in self.transitions}
        if len(by_verb) != len(self.transitions):
            raise ValueError(f"flow {self.name}: a verb is declared twice")
        object.__setattr__(self, "_by_verb", by_verb)

    def __getitem__(self, verb: str) -> Transition:
        return self._by_verb[verb]

    def field(self) -> models.CharField:  # type: ignore[type-arg]
        """The state field of the model that follows this flow."""
        return models.CharField(
            "状态", max_length=20, choices=self.states, default=self.initial, db_index=True
        )

    def edges(self) -> list[tuple[str, str]]:
        """All declared (from, to) pairs, sorted, without repetition."""
        return sorted({(s, t.target) for t in self.transitions for s in t.sources})

    # --- judging ----------------------------------------------------------------------------

    def check(self, instance: models.Model, verb: str, actor: Actor, **inputs: Any) -> Transition:
        """The transition, if ``actor`` may do it now with ``inputs``; otherwise a Refused."""
        transition = self[verb]
        if not (transition.policy.allows(actor) or (transition.system and actor.is_system)):
            raise Forbidden
        self._check_state(instance, transition)
        self._check_person(instance, transition, actor)
        for name in transition.needs:
            if not inputs.get(name):
                raise Refused(f"{name}_needed", f"“{transition.label}”须{NEED_WORDS[name]}。")
        if transition.guard and (reason := transition.guard(instance, actor)):
            raise Refused("guard", reason)
        return transition

    def available(self, instance: models.Model, actor: Actor) -> list[Transition]:
        """What ``actor`` may do with ``instance`` now, inputs aside; for buttons."""
        state = _state(instance)
        return [
            each
            for each in self.transitions
            if state in each.sources
            and each.policy.allows(actor)
            and not (each.guard and each.guard(instance, actor))
            and not _same_person(instance, each, actor)
        ]

    def move(
        self,
        write: Write,
        instance: models.Model,
        verb: str,
        *,
        fields: dict[str, Any],
        **inputs: Any,
    ) -> Transition:
        """Guard, then change the state and ``fields`` together (steps 4 and 5 of a write)."""
        transition = self.check(instance, verb, write.actor, **inputs)
        write.change(instance, state=transition.target, **fields)
        return transition

    def _check_state(self, instance: models.Model, transition: Transition) -> None:
        state = _state(instance)
        if state not in transition.sources:
            raise WrongState(
                f"当前状态是“{self.states(state).label}”，不能“{transition.label}”。"
                "可能已有其他人先办理，请刷新后再看。"
            )

    def _check_person(self, instance: models.Model, transition: Transition, actor: Actor) -> None:
        if _same_person(instance, transition, actor):
            raise Refused("second_person", f"“{transition.label}”须由另一人办理，不能由本人完成。")

    # --- the database and the documents -------------------------------------------------------

    def trigger(self) -> pgtrigger.Trigger:
        """The database's own enforcement: first state on insert, declared pairs on update."""
        pairs = " OR ".join(f"(OLD.state = '{a}' AND NEW.state = '{b}')" for a, b in self.edges())
        return pgtrigger.Trigger(
            name=f"flow_{self.name}",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.UpdateOf("state"),
            func=f"""
                IF TG_OP = 'INSERT' THEN
                    IF NEW.state <> '{self.initial}' THEN
                        RAISE EXCEPTION 'flow {self.name}: starts in {self.initial}, not %',
                            NEW.state USING ERRCODE = 'check_violation';
                    END IF;
                ELSIF NEW.state <> OLD.state AND NOT ({pairs}) THEN
                    RAISE EXCEPTION 'flow {self.name}: % to % is not declared',
                        OLD.state, NEW.state USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
            """,
        )

    def mermaid(self) -> str:
        """The table as a Mermaid state diagram, for the docs."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        lines += [f"    {value}: {label}" for value, label in self.states.choices]
        for each in self.transitions:
            lines += [f"    {s} --> {each.target}: {each.label}" for s in sorted(each.sources)]
        return "\n".join(lines)


NEED_WORDS = {
    "reason": "填写理由", "text": "填写说明", "evidence": "附佐证材料", "until": "填写期限",
}  # fmt: skip


def _state(instance: models.Model) -> str:
    return str(instance.state)  # type: ignore[attr-defined]


def _same_person(instance: models.Model, transition: Transition, actor: Actor) -> bool:
    """A deputy who acts for the first person is the first person, for this purpose."""
    if transition.not_by is None or actor.user is None:
        return False
    return bool(transition.not_by(instance) & actor.people)


def declared(flows: Iterable[Flow]) -> str:
    """The transition tables of ``flows`` as Markdown, for docs/flows.md."""
    parts = []
    for flow in flows:
        head = "| from | verb | to | who | deadline | when it passes |\n|---|---|---|---|---|---|"
        rows = "\n".join(_row(flow, each) for each in flow.transitions)
        parts.append(f"## {flow.label} (`{flow.name}`)\n\n{head}\n{rows}")
        parts.append(f"```mermaid\n{flow.mermaid()}\n```")
    return "\n\n".join(parts) + "\n"


def _row(flow: Flow, each: Transition) -> str:
    sources = "、".join(flow.states(state).label for state in sorted(each.sources))
    cells = [sources, f"{each.label} (`{each.verb}`)", flow.states(each.target).label]
    cells += [each.policy.label, each.deadline or "—", each.on_passed or "—"]
    return f"| {' | '.join(cells)} |"
