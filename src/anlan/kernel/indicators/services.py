"""Writes on definitions of indicators: by the office's chief, with a reason, never in place."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Refused, WrongState
from anlan.kernel.indicators import policies, registry, selectors
from anlan.kernel.indicators.loading import add_version
from anlan.kernel.indicators.models import Definition, DefinitionVersion
from anlan.kernel.write import Write

OWN = "office"  # what the keys of definitions made by people begin with


def definition_add(*, actor: Actor, reason: str, **fields: Any) -> DefinitionVersion:
    """Define a new indicator; its key is made. ``fields``: those of a version but its number.

    Refused: no reason; a measure that no ledger offers; in force from a day that is over.
    """
    policies.DEFINE.require(actor)
    with Write(actor, "indicators.definition.add", reason=reason.strip()) as write:
        number = Definition.objects.filter(key__startswith=f"{OWN}.").count() + 1
        sort = Definition.objects.count() + 1
        made = write.add(Definition(key=f"{OWN}.{number}", sort=sort, edited=True))
        return _version(write, made, reason, fields)


def definition_change(
    *, actor: Actor, definition: int, seen: int, reason: str, **fields: Any
) -> DefinitionVersion:
    """Make the next version of an indicator; ``seen`` is the number of the one that was looked at.

    Refused as by :func:`definition_add`, and: in force before the version
    that it follows; nothing is new.
    WrongState: another made a version meanwhile.
    """
    policies.DEFINE.require(actor)
    with Write(actor, "indicators.definition.change", reason=reason.strip()) as write:
        found = write.lock(Definition.objects.visible_to(actor), definition)
        newest = selectors.newest(found)
        if newest.number != seen:
            raise WrongState(
                f"您填写期间，这个指标已有了第 {newest.number} 版，没有保存。"
                "请看清最新版本；再次保存，将在它之后另立一版。"
            )
        if fields["effective_from"] < newest.effective_from:
            raise Refused(
                "not_after",
                f"新版本不能早于上一版启用（{newest.effective_from}），请改启用日期。",
            )
        if all(getattr(newest, name) == value for name, value in fields.items() if name in _SAYS):
            raise Refused("nothing_new", "内容与现行版本相同，没有另立一版。")
        if not found.edited:
            write.change(found, edited=True)
        return _version(write, found, reason, fields)


_SAYS = ("name", "unit", "measure", "reach", "items", "how")


def _version(
    write: Write, definition: Definition, reason: str, fields: dict[str, Any]
) -> DefinitionVersion:
    if not reason.strip():
        raise Refused("reason_missing", "请写明修订理由，理由会留存备查。")
    _require_ahead(fields["effective_from"])
    measures = {each.key: each for each in registry.all_measures()}
    if fields["measure"] not in measures:
        raise Refused("no_measure", "没有台账提供这个数据来源，请重新选择。")
    rule = measures[fields["measure"]].version
    since = fields.pop("effective_from")
    return add_version(write, definition, since, rule=rule, reason=reason.strip(), **fields)


def _require_ahead(day: date) -> None:
    """What was counted is not bent afterwards: a span that is over keeps its version."""
    today = timezone.localdate()
    if day < today:
        raise Refused("in_the_past", f"启用日期不能早于今天（{today}），已经结束的计量期不重算。")
