"""Giving a mine a steward, and ending it. What was stays on record."""

from __future__ import annotations

from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Forbidden, Refused, WrongState
from anlan.kernel.notify.services import notify
from anlan.kernel.write import Write
from anlan.registry.models import Site
from anlan.stewardship import mines, policies
from anlan.stewardship.choices import Level, level_of
from anlan.stewardship.models import LeaderPost, Stewardship
from anlan.stewardship.services.posts import check_kept

_DAY = timedelta(days=1)


def steward_assign(
    *,
    actor: Actor,
    post: int,
    site: int,
    valid_from: date,
    reason: str = "",
    seen: int | None = None,
) -> Stewardship:
    """Let the holder of the post answer for the mine from a day on; tells his account.

    Where the mine has a steward of that level, that one ends the day before, for which a reason is
    needed. ``seen``: the one that the clerk saw (0: none); None where it is no matter. Refused:
    not a mine that needs a steward; outside the area of the post's organisation; a day to come, or
    on which the post was not held; a last day in the post is on record. Forbidden: no grant of the
    actor keeps the post and reaches the mine; he does not keep the post of the one who would end.
    WrongState: he is its steward already; another was faster.
    """
    policies.KEEP.require(actor)
    with Write(actor, "stewardship.steward.assign", reason=reason.strip()) as write:
        # The mine's row comes first, so that two who give it stewards take turns.
        mine = write.lock(Site.objects.visible_to(actor), site)
        holder = write.lock(LeaderPost.objects.visible_to(actor), post)
        check_kept(actor, holder)
        if not LeaderPost.objects.given_by(actor, mine).filter(pk=holder.pk).exists():
            raise Forbidden(f"“{mine}”不由您确定包保领导：它不在您登记{holder}的职责范围内。")
        level = _judged(mine, holder, valid_from)
        _succeed(write, mine, holder, level, valid_from, seen)
        made = write.add(Stewardship(post=holder, site=mine, level=level, valid_from=valid_from))
        write.event("stewardship.begun", made, area=mine.area, organisation=holder.organisation)
        _tell(made)
    return made


def steward_end(*, actor: Actor, stewardship: int, valid_to: date, reason: str) -> Stewardship:
    """The last day on which he answers for the mine; from the next on it is vacant.

    Refused: no reason, a day to come or before its first. WrongState: ended already.
    """
    policies.KEEP.require(actor)
    reason = reason.strip()
    if not reason:
        raise Refused("reason_missing", "请写明为什么结束包保，理由会留存备查。")
    if valid_to > timezone.localdate():
        raise Refused("day_to_come", "结束日期不能晚于今天，到那一天再登记。")
    with Write(actor, "stewardship.steward.end", reason=reason) as write:
        found = write.lock(Stewardship.objects.visible_to(actor), stewardship)
        check_kept(actor, found.post)
        if found.valid_to:
            raise WrongState(f"{found}已登记到 {found.valid_to} 为止。")
        if valid_to < found.valid_from:
            raise Refused("ends_early", f"结束日期不能早于开始日期 {found.valid_from}。")
        _end(write, found, valid_to, reason)
    return found


def _judged(mine: Site, holder: LeaderPost, valid_from: date) -> Level:
    """The level of which he is a steward; Refused if he cannot be the mine's."""
    unit = holder.organisation
    if mine.merged_into_id:
        raise WrongState(f"“{mine}”已并入“{mine.merged_into}”，请到后者的页面上确定包保领导。")
    if not mines.asked().filter(pk=mine.pk).exists():
        raise Refused("no_mine", f"“{mine}”不是需要包保的矿山：不是矿山、尾矿库，或者已经关闭。")
    level = level_of(unit.area)
    if level is None:
        raise Refused("no_level", f"{unit}是村级单位，不确定矿山包保领导。")
    if not unit.area.covers(mine.area):
        raise Refused("out_of_area", f"“{mine}”不在{unit.area}，不能由{unit}的领导包保。")
    if valid_from > timezone.localdate():
        raise Refused("day_to_come", "开始日期不能晚于今天，到那一天再登记。")
    if not LeaderPost.objects.held(valid_from).filter(pk=holder.pk).exists():
        raise Refused("post_not_held", f"{holder}在 {valid_from} 不在任，请核对日期。")
    if holder.valid_to:  # what begins has no end, and he has
        raise Refused(
            "post_ends", f"{holder}已登记到 {holder.valid_to} 离任，请确定在任的领导包保。"
        )
    if unit.valid_to and unit.valid_to < timezone.localdate():
        raise Refused("unit_dissolved", f"{unit}已于 {unit.valid_to} 撤销。")
    return level


def _succeed(
    write: Write, mine: Site, holder: LeaderPost, level: Level, valid_from: date, seen: int | None
) -> None:
    """End the one that stands, so that no day has two of a level."""
    later = mine.stewardships.filter(level=level).order_by("-valid_from", "-pk")
    last = later.select_for_update(of=("self",)).first()
    standing = last if last and last.valid_to is None else None
    if seen is not None and seen != (standing.pk if standing else 0):
        now = f"现在是{standing.post}" if standing else "现在没有"
        raise WrongState(f"这座矿山的{level.label}包保领导刚刚被别人改过，{now}。请核对后再办。")
    if last is None:
        return
    if standing and standing.post_id == holder.pk:
        raise WrongState(f"{holder}已经是“{mine}”的{level.label}包保领导。")
    if standing is None:
        if last.valid_to and valid_from <= last.valid_to:
            raise Refused(
                "overlaps",
                f"{last.post}包保到 {last.valid_to} 为止，新的最早从 {last.valid_to + _DAY} 开始。",
            )
        return
    check_kept(write.actor, standing.post)  # replacing him ends what is his
    if valid_from <= standing.valid_from:
        raise Refused(
            "overlaps",
            f"{standing.post}自 {standing.valid_from} 起包保，"
            f"更换最早从 {standing.valid_from + _DAY} 开始。",
        )
    if not write.reason:
        raise Refused("reason_missing", f"现由{standing.post}包保，更换须写明理由。")
    _end(write, standing, valid_from - _DAY, write.reason)


def _end(write: Write, found: Stewardship, valid_to: date, reason: str) -> None:
    write.change(found, valid_to=valid_to, end_reason=reason)
    write.event(
        "stewardship.ended", found, area=found.site.area, organisation=found.post.organisation
    )


def _tell(made: Stewardship) -> None:
    if made.post.user is None:
        return
    notify(
        users=[made.post.user],
        kind="stewardship.begun",
        title="您是矿山包保领导",
        text=f"自 {made.valid_from} 起由您包保{made.site}（{made.get_level_display()}）。",
        link=reverse("stewardship:mine", args=[made.site_id]),
    )
