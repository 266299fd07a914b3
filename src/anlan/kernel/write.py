"""The one order of every write:
begin → lock the row → read it again → guard → change named fields → audit row → event row → commit.

    with Write(actor, "plan.duty.verify", reason="材料齐全") as write:
        duty = write.lock(Duty.objects.visible_to(actor), pk)
        DUTY_FLOW.check(duty, "verify", actor)
        write.change(duty, state="met")
        write.event("duty.verified", duty, area=duty.area, organisation=duty.owner)

The audit row is written by a database trigger (see ``kernel.audit``), so that no code can forget
it; ``Write`` tells the database who acts, what for, and why. Pages, API, imports and jobs call
services, and services write through this class alone.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Refused, Unknown

if TYPE_CHECKING:
    from anlan.kernel.orgs.models import Area, Organisation

M = TypeVar("M", bound=models.Model)


class Write:
    """A transaction with an actor, a verb and a reason; commits on exit, all or nothing.

    ``verb`` is dotted: app, thing, what is done (``plan.duty.verify``).
    """

    def __init__(self, actor: Actor, verb: str, *, reason: str = "") -> None:
        self.actor = actor
        self.verb = verb
        self.reason = reason
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        _refuse_nul("理由", self.reason)
        with ExitStack() as stack:
            stack.enter_context(transaction.atomic())
            outer = _context()
            # A write inside a write hands the outer one's name back. Should that fail, the stack
            # still ends the transaction: an open one would swallow what its thread does next.
            stack.push(lambda kind, *_: None if kind else _set_context(outer))
            _set_context(self._describe())
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def lock(self, visible: models.QuerySet[M], pk: Any) -> M:
        """Lock the row ``pk`` among ``visible`` and read it fresh; Unknown if there is none."""
        found = visible.model._default_manager.select_for_update(of=("self",)).filter(pk=pk).first()
        # Visibility is judged on the locked row: it may have moved out of scope while we waited.
        if found is None or not visible.filter(pk=pk).exists():
            raise Unknown
        return found

    def add(self, instance: M) -> M:
        """Store a new row; Refused if a value does not fit its column."""
        fields = instance._meta.concrete_fields
        _validate(instance, [field.name for field in fields if not field.generated])
        instance.save(force_insert=True)
        return instance

    def change(self, instance: models.Model, **fields: Any) -> None:
        """Set the named fields and save only those; Refused if a value does not fit its column."""
        for name, value in fields.items():
            setattr(instance, name, value)
        _validate(instance, list(fields))
        instance.save(update_fields=list(fields))

    def event(
        self,
        kind: str,
        subject: models.Model,
        *,
        area: Area | None = None,
        organisation: Organisation | None = None,
        **ids: Any,
    ) -> None:
        """Add an event to the outbox; it leaves only if this transaction commits."""
        from anlan.kernel.events.models import Event

        Event.objects.create(
            kind=kind,
            subject_type=subject._meta.label_lower,
            subject_id=subject.pk,
            area=area,
            organisation=organisation,
            actor_id=self.actor.user.pk if self.actor.user else None,
            ids=ids,
        )

    def _describe(self) -> str:
        actor = self.actor
        return json.dumps(
            {
                "user": actor.user and actor.user.pk,
                "principal": actor.deputy and actor.deputy.principal_id,
                "authority": actor.deputy and actor.deputy.authority,
                "source": str(actor.source),
                "request": actor.request_id,
                "verb": self.verb,
                "reason": self.reason,
            },
            ensure_ascii=False,
        )


def _validate(instance: models.Model, names: list[str]) -> None:
    """Judge the named fields, whatever door the values came through. Foreign keys are left to the
    database, which checks them anyway: one query per key and row would cost much."""
    fields = instance._meta.concrete_fields
    judged = [each for each in fields if each.name in names and not each.is_relation]
    for each in judged:
        _refuse_nul(str(each.verbose_name), getattr(instance, each.attname))
    try:
        instance.clean_fields(exclude={each.name for each in fields} - {j.name for j in judged})
    except ValidationError as error:
        named = {each.name: str(each.verbose_name) for each in judged}
        said = "；".join(
            f"“{named.get(name, name)}”{''.join(messages)}"
            for name, messages in error.message_dict.items()
        )
        raise Refused("invalid", f"填写的内容不能保存：{said}") from error


def _refuse_nul(label: str, value: Any) -> None:
    """PostgreSQL keeps no NUL in a text."""
    if isinstance(value, str) and "\0" in value:
        raise Refused("invalid", f"“{label}”中有不能保存的控制字符，请删去后重试。")


def _context() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('anlan.write', true), '')")
        return str(cursor.fetchone()[0])


def _set_context(description: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('anlan.write', %s, true)", [description])
