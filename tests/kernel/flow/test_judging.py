"""What a flow says to an actor: no permission, wrong state, second person, what is lacking."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import models

from anlan.kernel.access.actor import Actor, anonymous, system
from anlan.kernel.access.models import Deputy, Grant, User
from anlan.kernel.access.policies import Policy
from anlan.kernel.access.roles import Role
from anlan.kernel.errors import Forbidden, Refused, WrongState
from anlan.kernel.flow import Flow, Transition

OFFICE = Policy("test.office", "办理", (Role.SCO_STAFF,))


class State(models.TextChoices):
    OPEN = "open", "办理中"
    DONE = "done", "已办结"


FLOW = Flow(
    name="test",
    label="试",
    states=State,
    initial=State.OPEN,
    transitions=[
        Transition(
            "close", "办结", {State.OPEN}, State.DONE, OFFICE,
            guard=lambda case, actor: case.obstacle, needs=("reason",),
            not_by=lambda case: {case.author},
        ),
        Transition("sweep", "清理", {State.OPEN}, State.DONE, OFFICE, system=True),
        Transition("back", "退回", {State.DONE}, State.OPEN, OFFICE),
    ],
)  # fmt: skip


def case(**more: Any) -> Any:
    return SimpleNamespace(**({"state": "open", "obstacle": None, "author": 1} | more))


def person(pk: int, role: Role = Role.SCO_STAFF, deputy: Deputy | None = None) -> Actor:
    made = Actor(user=User(pk=pk, username=f"u{pk}"), deputy=deputy)
    made.__dict__["grants"] = [Grant(role=role)]
    return made


FOR_ONE = Deputy(pk=1, principal_id=1, deputy_id=2)


def test_all_is_well() -> None:
    assert FLOW.check(case(), "close", person(2), reason="完成").target == "done"


@pytest.mark.parametrize(
    ("found", "verb", "actor", "inputs", "kind", "words"),
    [
        (case(), "close", person(2, Role.LEADER), {"reason": "x"}, Forbidden, "没有办理此事的权限"),
        (case(), "close", anonymous(), {"reason": "x"}, Forbidden, "没有办理此事的权限"),
        (case(), "close", system(), {"reason": "x"}, Forbidden, "没有办理此事的权限"),
        (case(state="done"), "close", person(2), {"reason": "x"}, WrongState, "当前状态是“已办结”"),
        (case(state="done"), "close", person(2, Role.LEADER), {}, Forbidden, "没有办理"),
        (case(), "close", person(1), {"reason": "x"}, Refused, "须由另一人办理"),
        (case(), "close", person(2, deputy=FOR_ONE), {"reason": "x"}, Refused, "须由另一人办理"),
        (case(author=2), "close", person(2, deputy=FOR_ONE), {"reason": "x"}, Refused, "另一人"),
        (case(), "close", person(2), {}, Refused, "须填写理由"),
        (case(), "close", person(2), {"reason": ""}, Refused, "须填写理由"),
        (case(obstacle="材料不齐"), "close", person(2), {"reason": "x"}, Refused, "材料不齐"),
    ],
)
def test_refusals(
    found: Any, verb: str, actor: Actor, inputs: Any, kind: type[Refused], words: str
) -> None:
    with pytest.raises(kind, match=words) as refused:
        FLOW.check(found, verb, actor, **inputs)
    assert type(refused.value) is kind


def test_our_own_jobs_do_only_what_is_marked_for_them() -> None:
    assert FLOW.check(case(), "sweep", system()).verb == "sweep"
    with pytest.raises(Forbidden):
        FLOW.check(case(state="done"), "back", system())


def test_buttons_show_what_may_be_done() -> None:
    def verbs(found: Any, actor: Actor) -> list[str]:
        return [each.verb for each in FLOW.available(found, actor)]

    assert verbs(case(), person(2)) == ["close", "sweep"]
    assert verbs(case(), person(1)) == ["sweep"]
    assert verbs(case(obstacle="x"), person(2)) == ["sweep"]
    assert verbs(case(state="done"), person(2)) == ["back"]
    assert verbs(case(), person(2, Role.LEADER)) == []


def test_a_verb_is_declared_once() -> None:
    twice = [FLOW.transitions[0], FLOW.transitions[0]]
    with pytest.raises(ValueError, match="twice"):
        Flow("test", "试", State, State.OPEN, twice)
