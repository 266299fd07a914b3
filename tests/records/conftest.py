"""The small city with its people and two types of record: a study with one proof, a visit that may
stand twice a day and needs none."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from anlan.kernel.access.actor import Actor
from anlan.kernel.orgs.models import Organisation
from anlan.records.models import Record, RecordType, RecordTypeVersion
from anlan.records.services import recording, verifying
from tests import factories
from tests.factories import day
from tests.plan.conftest import (
    _fresh_process as _fresh_process,
)
from tests.plan.conftest import (
    _log_guards as _log_guards,
)
from tests.plan.conftest import (
    city as city,
)
from tests.plan.conftest import (
    committed_db as committed_db,
)
from tests.plan.conftest import (
    store as store,
)
from tests.plan.conftest import (
    who as who,
)

STUDY = [
    {"key": "chair", "label": "主持人", "kind": "text", "required": True},
    {"key": "people", "label": "参加人数", "kind": "integer", "unit": "人", "minimum": 1},
]
VISIT = [{"key": "mine", "label": "矿山", "kind": "text", "required": True}]


def make_type(code: str, name: str, fields: list[dict[str, Any]], **rules: Any) -> RecordType:
    """A type with its first version, in force since long ago."""
    made = RecordType.objects.create(code=code, name=name, item=1, group="学习贯彻")
    make_version(made, fields, **rules)
    return made


def make_version(of: RecordType, fields: list[dict[str, Any]], **rules: Any) -> RecordTypeVersion:
    rules = {"number": of.versions.count() + 1, "effective_from": day(-900)} | rules
    return RecordTypeVersion.objects.create(type=of, fields=fields, **rules)


@pytest.fixture
def types(city: SimpleNamespace) -> SimpleNamespace:
    return SimpleNamespace(
        study=make_type("study", "学习", STUDY, evidence_least=1, sums=["people"]),
        visit=make_type("visit", "检查", VISIT, evidence_least=0, several_a_day=True),
    )


def written(actor: Actor, organisation: Organisation, code: str = "visit", **more: Any) -> Record:
    """A draft of today that could be submitted, but for the evidence of a study."""
    values = {"study": {"chair": "张三", "people": 12}, "visit": {"mine": "东山矿"}}
    given: dict[str, Any] = {
        "held_on": day(0),
        "title": "到东山矿检查",
        "values": values.get(code, {}),
    } | more
    return recording.record_draft(
        actor=actor, type_code=code, organisation=organisation.pk, **given
    )


def submitted(actor: Actor, organisation: Organisation, code: str = "visit", **more: Any) -> Record:
    if code == "study" and "evidence" not in more:
        more["evidence"] = [factories.stored(actor)]
    made = written(actor, organisation, code, **more)
    return recording.record_submit(actor=actor, record=made.pk)


def verified(
    actor: Actor, by: Actor, organisation: Organisation, code: str = "visit", **more: Any
) -> Record:
    made = submitted(actor, organisation, code, **more)
    return verifying.record_verify(actor=by, record=made.pk, reason="看过材料")
