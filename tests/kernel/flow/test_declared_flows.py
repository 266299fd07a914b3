"""Every declared flow: what is not declared is refused, by the service and by the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, connection, models, transaction

from anlan.calls.models import Call, Explanation
from anlan.intake.models import Document
from anlan.kernel.access.actor import system
from anlan.kernel.errors import WrongState
from anlan.kernel.flow import Flow, Transition
from anlan.kernel.imports.models import ImportBatch
from anlan.monitoring.models import Alarm, IncidentDraft, RuleVersion, TamperSignal
from anlan.plan.models import Duty, Extension, Report, SupervisionOrder
from anlan.records.models import Record
from anlan.registry.models import Dispute
from anlan.stewardship.models import ListItem, ResponsibilityList
from tests.kernel.access import town
from tests.kernel.flow.write_document import DOCUMENT, FLOWS, document

Make = Callable[[Flow, str], models.Model]
MODELS: dict[str, type[models.Model]] = {
    "duty": Duty,
    "report": Report,
    "extension": Extension,
    "supervision_order": SupervisionOrder,
    "record": Record,
    "responsibility_list": ResponsibilityList,
    "list_item": ListItem,
    "alarm": Alarm,
    "incident_draft": IncidentDraft,
    "rule_version": RuleVersion,
    "tamper": TamperSignal,
    "dispute": Dispute,
    "document": Document,
    "call": Call,
    "explanation": Explanation,
    "import": ImportBatch,
}


# What a row cannot be stored without, whatever its state: the database holds to it.
ALSO: dict[str, dict[str, Any]] = {
    "dispute": {
        "enterprise_id": 1, "regulator_id": 1, "closed_by_id": 2, "effective_on": "2025-01-01",
        "closed_at": "2025-01-01", "scope": "subject",
    },
}  # fmt: skip


def pairs(flow: Flow, *, legal: bool) -> list[tuple[str, str]]:
    edges = set(flow.edges())
    values = flow.states.values
    return [(a, b) for a in values for b in values if a != b and ((a, b) in edges) is legal]


LEGAL = [(flow, *pair) for flow in FLOWS for pair in pairs(flow, legal=True)]
ILLEGAL = [(flow, *pair) for flow in FLOWS for pair in pairs(flow, legal=False)]
VERBS = [
    (flow, each, state)
    for flow in FLOWS
    for each in flow.transitions
    for state in flow.states.values
]


def name(value: Any) -> str:
    if isinstance(value, Flow):
        return value.name
    return value.verb if isinstance(value, Transition) else str(value)


@pytest.fixture
def row(db: None) -> Iterator[Make]:
    """Store a row of the flow's model with nothing but its state; what else it lacks is left to
    other tests, and the other constraints with it."""
    town.build()

    def make(flow: Flow, state: str) -> models.Model:
        model = MODELS[flow.name]
        fields = [f for f in model._meta.concrete_fields if not (f.primary_key or f.generated)]
        values = {f'"{f.column}"': _filler(f) for f in fields} | {'"state"': state}
        values |= {f'"{name}"': value for name, value in ALSO.get(flow.name, {}).items()}
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # no triggers, no keys
            cursor.execute(
                f"INSERT INTO {model._meta.db_table} ({', '.join(values)}) "
                f"VALUES ({', '.join(['%s'] * len(values))}) RETURNING id",
                list(values.values()),
            )
            pk = cursor.fetchone()[0]
            cursor.execute("SET LOCAL session_replication_role = origin")
        return model._default_manager.get(pk=pk)

    yield make
    transaction.set_rollback(True)  # its rows hang in the air: let nobody look for their keys


def _filler(field: models.Field[Any, Any]) -> Any:
    if field.null:
        return None
    match field:
        case models.DateTimeField() | models.DateField():
            # an extension must end later than what it extends
            return "2025-02-01" if field.name == "until" else "2025-01-01"
        case models.BooleanField():
            return False
        case models.JSONField() | ArrayField():
            return "{}"
        case models.ForeignKey() | models.IntegerField() | models.FloatField():
            return 1
        case _:
            return "x" if not field.choices else str(next(iter(field.choices))[0])


def test_every_flow_in_use_is_tested_here() -> None:
    enforced = {
        trigger.name.removeprefix("flow_"): model
        for model in apps.get_models()
        for trigger in getattr(model._meta, "triggers", ())
        if trigger.name.startswith("flow_")
    }
    assert enforced == MODELS
    assert {flow.name for flow in FLOWS} == set(MODELS)


@pytest.mark.parametrize(("flow", "verb", "state"), VERBS, ids=name)
def test_the_service_judges_the_state(flow: Flow, verb: Transition, state: str) -> None:
    """A job has every permission, so that the state alone decides."""
    case = SimpleNamespace(state=state)
    bare = Transition(verb.verb, verb.label, verb.sources, verb.target, verb.policy, system=True)
    plain = Flow(flow.name, flow.label, flow.states, flow.initial, [bare])
    if state in verb.sources:
        assert plain.check(case, verb.verb, system()) is bare  # type: ignore[arg-type]
        return
    with pytest.raises(WrongState) as refused:
        plain.check(case, verb.verb, system())  # type: ignore[arg-type]
    assert flow.states(state).label in refused.value.message
    assert verb.label in refused.value.message


@pytest.mark.parametrize(("flow", "a", "b"), ILLEGAL, ids=name)
def test_the_database_refuses_what_is_not_declared(row: Make, flow: Flow, a: str, b: str) -> None:
    made = row(flow, a)
    with pytest.raises(IntegrityError, match=f"flow {flow.name}: {a} to {b} is not declared"):
        _set(made, b)
    made.refresh_from_db()
    assert made.state == a


@pytest.mark.parametrize(("flow", "a", "b"), LEGAL, ids=name)
def test_the_database_allows_what_is_declared(row: Make, flow: Flow, a: str, b: str) -> None:
    made = row(flow, a)
    _set(made, b)
    made.refresh_from_db()
    assert made.state == b


def _set(made: models.Model, state: str) -> None:
    manager = type(made)._default_manager
    with transaction.atomic():
        manager.filter(pk=made.pk).update(state=state)


@pytest.mark.parametrize(
    ("flow", "state"),
    [(flow, state) for flow in FLOWS for state in flow.states.values if state != flow.initial],
    ids=name,
)
def test_nothing_starts_in_the_middle(row: Make, flow: Flow, state: str) -> None:
    made = row(flow, flow.initial)
    made.pk = None
    made.state = state  # type: ignore[attr-defined]
    match = f"flow {flow.name}: starts in {flow.initial}, not {state}"
    with pytest.raises(IntegrityError, match=match), transaction.atomic():
        made.save(force_insert=True)


@pytest.mark.parametrize("flow", FLOWS, ids=name)
def test_a_flow_is_sound(flow: Flow) -> None:
    """Every state can be reached, and the table names no state that does not exist."""
    reached, found = set(), {str(flow.initial)}
    while found != reached:
        reached = set(found)
        found |= {str(b) for a, b in flow.edges() if a in reached}
    assert reached == set(flow.states.values)
    assert {state for edge in flow.edges() for state in edge} <= set(flow.states.values)


def test_the_document_says_what_is_declared() -> None:
    """``python -m tests.kernel.flow.write_document`` writes it anew."""
    assert DOCUMENT.read_text(encoding="utf-8") == document()
