"""Trying a version of a rule on past days: asked for by a person, done by a job."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.utils import timezone

from anlan.kernel.access.actor import Actor, system
from anlan.kernel.errors import Refused, WrongState
from anlan.kernel.write import Write
from anlan.monitoring import policies
from anlan.monitoring.choices import Level, TrialState
from anlan.monitoring.models import RuleVersion, Trial
from anlan.monitoring.protocols.batch import Batch
from anlan.monitoring.rules import compiling, trying

MOST_DAYS = 31
MOST_SECONDS = 300.0  # of work on one trial: an assumption
POINTS_TOLD, WORST_TOLD = 50, 10
SHOWN_EVERY = 1.0  # seconds between two signs of progress


def trial_ask(*, actor: Actor, version: int, first: date, last: date) -> Trial:
    """Have the version tried on these days by a job; Refused for days that are none, WrongState
    while a trial of the version is at work."""
    policies.PROPOSE.require(actor)
    from anlan.monitoring.tasks import try_version

    if not first <= last < first + timedelta(days=MOST_DAYS):
        raise Refused("days", f"请选 1 到 {MOST_DAYS} 天，最后一天不早于第一天。")
    if last > timezone.localdate():
        raise Refused("days", "只能在已经过去的日子上试运行，最晚到今天。")
    with Write(actor, "monitoring.trial.ask") as write:
        found: RuleVersion = write.lock(RuleVersion.objects.visible_to(actor), version)
        for each in found.trials.filter(state__in=(TrialState.WAITING, TrialState.RUNNING)):
            if not each.halted:
                raise WrongState("这一版正在试运行，请等它结束。")
            write.change(each, state=TrialState.FAILED, stopped="中途停止，没有结果")
        against = compiling.in_force().filter(rule=found.rule_id).exclude(pk=version).first()
        trial = Trial(version=found, against=against, first=first, last=last, by=actor.person)
        write.add(trial)
        try_version.defer(trial=trial.pk)
        return trial


def trial_run(*, trial: int) -> None:
    """Try it, for the job. Again after a crash: from the beginning."""
    row = Trial.objects.select_related("version__rule", "against__rule").get(pk=trial)
    if not row.at_work:
        return
    _note(row, state=TrialState.RUNNING, done=0)
    try:
        _run(row)
    except Exception:
        _note(row, state=TrialState.FAILED, stopped="试运行出错，已记入系统日志。请联系管理员。")
        raise


def _run(row: Trial) -> None:
    sides = trying.sides(row.version, row.against)
    points = _points(sides)
    begin, end = _ms(row.first), _ms(row.last + timedelta(days=1))
    days = (row.last - row.first).days + 1
    _note(row, parts=days * len(trying.portions(points)))
    started = shown = time.monotonic()
    stopped = ""
    for readings in trying.run(sides, points, begin, end, _reader(Path(settings.VAR))):
        row.done, row.readings = row.done + 1, row.readings + readings
        now = time.monotonic()
        if row.done < row.parts:
            stopped = _enough(row, now - started)
        if stopped:
            break
        if now - shown > SHOWN_EVERY:
            _note(row)
            shown = now
    for side in sides:
        side.tally.finish()
    tried = len(points) if not stopped else min(row.done // days * trying.PORTION, len(points))
    _note(row, state=TrialState.DONE, stopped=stopped, result=_result(sides, len(points), tried))


def _points(sides: Sequence[trying.Side]) -> list[compiling.Located]:
    """All that one of the versions holds for."""
    known = compiling.located()
    held = {each for side in sides for each in compiling.held_by(side.version, known)}
    return sorted(held)


def _enough(row: Trial, seconds: float) -> str:
    """Why it goes no further; empty while it does."""
    said = f"只试了 {row.done} / {row.parts} 份，其余测点没有试。请缩短日期，或先限定场所。"
    if row.readings >= trying.MOST_READINGS:
        return f"读数已到 {trying.MOST_READINGS // 10_000} 万条的上限，{said}"
    if seconds >= MOST_SECONDS:
        return f"已计算 {MOST_SECONDS / 60:.0f} 分钟，到上限为止，{said}"
    return ""


def _result(sides: Sequence[trying.Side], points: int, tried: int) -> dict[str, Any]:
    draft, *rest = (side.tally for side in sides)
    other = rest[0] if rest else None
    numbers = set(draft.counts) | (set(other.counts) if other else set())

    def of(tally: trying.Tally | None, point: int) -> dict[str, int]:
        counts: Mapping[int, int] = tally.counts.get(point, {}) if tally else {}
        return {Level(level).colour: count for level, count in counts.items()}

    ranked = sorted(
        numbers,
        key=lambda each: (-sum(of(draft, each).values()), -sum(of(other, each).values()), each),
    )
    return {
        "counts": draft.total(),
        "against": other.total() if other else None,
        "points": [[each, of(draft, each), of(other, each)] for each in ranked[:POINTS_TOLD]],
        "points_with": len(numbers),
        "points_held": points,
        "points_tried": tried,
        "worst": [_worst(each) for each in (draft, *rest)],
    }


def _worst(tally: trying.Tally) -> list[list[Any]]:
    ranked = sorted(tally.events, key=lambda each: each.rank)[:WORST_TOLD]
    return [[each.point, each.level, each.begin, each.end, each.peak] for each in ranked]


def _reader(var: Path) -> trying.Read:
    """From the history on disk."""
    from anlan.monitoring.history.table import History  # Arrow: not for every process

    history = History.at(var / "history")

    def read(points: Sequence[int], begin: int, end: int) -> Batch:
        rows = history.read(points, begin, end)
        return Batch(
            rows.column("point").to_numpy().astype(np.uint32),
            rows.column("time").to_numpy().astype("datetime64[ms]").astype(np.int64),
            rows.column("value").to_numpy().astype(np.float64),
            rows.column("quality").to_numpy().astype(np.uint8),
        )

    return read


def _note(row: Trial, **fields: Any) -> None:
    """Say how far it is, each time in a transaction of its own."""
    progress = {"done": row.done, "readings": row.readings, "moved_at": timezone.now()}
    with Write(system(), "monitoring.trial.run") as write:
        write.change(row, **(progress | fields))


def _ms(day: date) -> int:
    midnight = timezone.make_aware(datetime.combine(day, datetime.min.time()))
    return int(midnight.timestamp() * 1000)
