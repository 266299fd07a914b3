"""Drafts of first reports: opened by grave alarms, completed, submitted and taken over by people.

Submitting and taking over are told to the outbox (``draft.submit``, ``draft.take``): a ledger of
hazards or accidents takes the report from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypedDict

from django.urls import reverse
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Refused, WrongState
from anlan.kernel.norms.values import values
from anlan.kernel.notify.services import notify
from anlan.kernel.write import Write
from anlan.monitoring import policies
from anlan.monitoring.alarms import draft_flow, line
from anlan.monitoring.choices import COLOURS, DraftState, Level
from anlan.monitoring.models import Alarm, IncidentDraft
from anlan.monitoring.services import draft_hours

LEVEL = "alarm.draft_level"
# what is not to be reported is taken up again first
REPORTED = frozenset(DraftState) - {DraftState.DISMISSED}


class Content(TypedDict):
    """What a person says; numbers None where they are not known."""

    dead: int | None
    missing: int | None
    injured: int | None
    trapped: int | None
    loss: str
    situation: str
    measures: str
    other: str


def level() -> Level:
    """From which level on an alarm opens a draft, by the norm in force."""
    given = values({LEVEL: Level.RED.colour})[LEVEL]
    # A colour that nobody knows must not keep alarms from being stored.
    return COLOURS.get(str(given), Level.RED)


def open_for(rose: Iterable[Alarm], batch: int) -> None:
    """One draft for each of the alarms that is grave enough and has none; ``rose`` are new, or
    worse than ever. Within the transaction that stores them; told again, it changes nothing."""
    rose = list(rose)
    if not rose:
        return
    least, now = level(), timezone.now()
    IncidentDraft.objects.bulk_create(
        [
            IncidentDraft(alarm=each, site_id=each.site_id, opened_at=now, is_demo=each.is_demo)
            for each in rose
            if each.highest >= least
        ],
        batch_size=batch,
        ignore_conflicts=True,
    )


def draft_fill(*, actor: Actor, draft: int, content: Content, seen: int) -> IncidentDraft:
    """Keep what was written so far. WrongState (409): another saved after ``seen`` was shown."""
    with _at(actor, "fill", draft) as (write, found):
        _may_edit(found, actor, (DraftState.DRAFT,))
        _not_stale(found, seen)
        write.change(found, **content, revision=found.revision + 1)
    return found


def draft_submit(*, actor: Actor, draft: int, content: Content, seen: int) -> IncidentDraft:
    """Keep it and hand it in. Refused: no situation or no measures."""
    with _at(actor, "submit", draft) as (write, found):
        draft_flow.DRAFT.check(found, "submit", actor)
        _not_stale(found, seen)
        if not (content["situation"].strip() and content["measures"].strip()):
            raise Refused(
                "incomplete", "提交前须填写现场情况和已采取的措施。还不清楚的，写明“正在核实”。"
            )
        fields: dict[str, Any] = {
            **content, "revision": found.revision + 1, "reason": "",
            "submitted_by": actor.person, "submitted_at": timezone.now(),
        }  # fmt: skip
        _move(write, found, "submit", fields)
        _tell_office(found, "险情初报已提交，请接收")
    return found


def draft_accident(
    *, actor: Actor, draft: int, knew_at: datetime, unit_knew_at: datetime | None
) -> IncidentDraft:
    """Say that it is an accident and since when who knew: from then on the hours count. Again to
    mend the times. Refused: a time to come; the department knew before the unit's head did is
    possible (Art. 9, second paragraph: people on the spot may report directly)."""
    with _at(actor, "accident", draft) as (write, found):
        _may_edit(found, actor, REPORTED)
        now = timezone.now()
        if knew_at > now or (unit_knew_at is not None and unit_knew_at > now):
            raise Refused("to_come", "接报时间不能晚于现在。")
        _change(
            write, found, "accident",
            accident_by=actor.person, knew_at=knew_at, unit_knew_at=unit_knew_at,
        )  # fmt: skip
        if found.state != DraftState.TAKEN_OVER:
            draft_hours.run(write, found, knew_at)
        _tell_office(found, "认定为生产安全事故，按时限上报")
    return found


def draft_revoke(*, actor: Actor, draft: int, reason: str) -> IncidentDraft:
    """It is no accident after all, for a reason that stays on record."""
    reason = reason.strip()
    with _at(actor, "revoke", draft, reason) as (write, found):
        _may_edit(found, actor, REPORTED)
        if not reason:
            raise Refused("reason_needed", "“撤销事故认定”须填写理由。")
        if not found.accident:
            raise WrongState("现在没有事故认定，可能已有其他人撤销，请刷新后再看。")
        _change(write, found, "revoke", accident_by=None, knew_at=None, unit_knew_at=None)
        draft_hours.ended(write, found)
    return found


def draft_take(*, actor: Actor, draft: int) -> IncidentDraft:
    """The office has it."""
    with _at(actor, "take", draft) as (write, found):
        _move(write, found, "take", {})
        draft_hours.met(write, found)
    return found


def draft_dismiss(*, actor: Actor, draft: int, reason: str) -> IncidentDraft:
    """Nothing to report, for a reason; Refused for what was said to be an accident."""
    reason = reason.strip()
    with _at(actor, "dismiss", draft, reason) as (write, found):
        _move(write, found, "dismiss", {"reason": reason}, reason=reason)
    return found


def draft_reopen(*, actor: Actor, draft: int, reason: str) -> IncidentDraft:
    """Back to be completed, for a reason."""
    reason = reason.strip()
    with _at(actor, "reopen", draft, reason) as (write, found):
        fields = {"reason": reason, "submitted_by": None, "submitted_at": None}
        _move(write, found, "reopen", fields, reason=reason)
    return found


@contextmanager
def _at(
    actor: Actor, verb: str, draft: int, reason: str = ""
) -> Iterator[tuple[Write, IncidentDraft]]:
    with Write(actor, f"monitoring.draft.{verb}", reason=reason) as write:
        yield write, write.lock(IncidentDraft.objects.visible_to(actor), draft)


def _may_edit(draft: IncidentDraft, actor: Actor, states: Iterable[str]) -> None:
    policies.REPORT.require(actor)
    if reason := draft_flow.reporter(draft, actor):
        raise Refused("guard", reason)
    if draft.state not in states:
        raise WrongState(
            f"当前状态是“{draft.get_state_display()}”，不能再填写。可能已有其他人先办理。"
        )


def _not_stale(draft: IncidentDraft, seen: int) -> None:
    if draft.revision != seen:
        raise WrongState(
            "您打开这一页以后，别人已经保存过这份初报。请对照页面上已保存的内容，核对后再保存。"
        )


def _move(
    write: Write, draft: IncidentDraft, verb: str, fields: dict[str, Any], **inputs: str
) -> None:
    draft_flow.DRAFT.move(write, draft, verb, fields=fields, **inputs)
    _tell(write, draft, verb)


def _change(write: Write, draft: IncidentDraft, verb: str, **fields: Any) -> None:
    write.change(draft, **fields)
    _tell(write, draft, verb)


def _tell_office(draft: IncidentDraft, words: str) -> None:
    """Now, whatever the hour: hours run."""
    users, _ = line.people(draft.site, "office")
    notify(
        users=users, kind="draft.reported", title=f"{words}：{draft.site}"[:120],
        text=f"{draft.alarm.point}，{draft.alarm.rule}。{draft.situation}"[:1000],
        link=reverse("monitoring:draft", args=[draft.pk]), urgent=True,
    )  # fmt: skip


def _tell(write: Write, draft: IncidentDraft, verb: str) -> None:
    site = draft.site
    write.event(
        f"draft.{verb}", draft, area=site.area, organisation=site.regulator,
        alarm=draft.alarm_id, site=site.pk,
    )  # fmt: skip
