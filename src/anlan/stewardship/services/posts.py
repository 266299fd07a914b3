"""Leaders' posts: who holds which, since when, until when."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.models import User
from anlan.kernel.errors import Forbidden, Refused, Unknown, WrongState
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.write import Write
from anlan.stewardship import policies
from anlan.stewardship.models import LeaderPost, Stewardship


def post_add(
    *,
    actor: Actor,
    organisation: Organisation,
    title: str,
    name: str,
    valid_from: date,
    user: User | None = None,
    is_demo: bool = False,
) -> LeaderPost:
    """Put on record that ``name`` holds the post ``title`` of the organisation, as published.

    Refused: not one's own unit or area; a day to come; no title or name; an account of another
    unit. WrongState: he is on record in that post already.
    """
    policies.KEEP.require(actor)
    title, name = " ".join(title.split()), " ".join(name.split())
    if not title or not name:
        raise Refused("post_incomplete", "请填写职务和姓名，照公布的写。")
    _check_day(valid_from, "任职日期")
    with Write(actor, "stewardship.post.add") as write:
        unit = write.lock(Organisation.objects.visible_to(actor), organisation.pk)
        made = LeaderPost(
            organisation=unit, title=title, name=name, valid_from=valid_from, is_demo=is_demo
        )
        if unit.valid_to and unit.valid_to < timezone.localdate():
            raise Refused("unit_dissolved", f"{unit}已于 {unit.valid_to} 撤销，不能再登记岗位。")
        held = unit.leader_posts.filter(valid_to=None).values_list("title", "name")
        if (title, name) in held:
            raise WrongState(f"{name}已登记为{unit}的{title}，不必重复登记。")
        if user is not None:
            _check_account(made, user)
            made.user = user
        write.add(made)
        if not LeaderPost.objects.kept_by(actor).filter(pk=made.pk).exists():
            raise Forbidden(f"您不能登记{unit}的领导岗位：它不是您的单位，也不在您的管辖范围内。")
        write.event("post.begun", made, area=unit.area, organisation=unit)
    return made


def post_link(*, actor: Actor, post: int, user: User | None) -> LeaderPost:
    """Say by which account the holder works; None: by none. Refused: another unit's account."""
    with Write(actor, "stewardship.post.link") as write:
        found = _kept(write, post)
        if user is not None:
            _check_account(found, user)
        write.change(found, user=user)
    return found


def post_end(*, actor: Actor, post: int, valid_to: date, reason: str) -> LeaderPost:
    """The holder's last day. What he stewards ends with it, and shows as vacant from then on.

    Refused: no reason; a day to come, before his first or before he took over a mine. WrongState:
    ended already.
    """
    reason = reason.strip()
    if not reason:
        raise Refused("reason_missing", "请写明离任的依据，如任免文件名称和文号。")
    _check_day(valid_to, "离任日期")
    with Write(actor, "stewardship.post.end", reason=reason) as write:
        found = _kept(write, post)
        if found.valid_to:
            raise WrongState(f"{found}已登记到 {found.valid_to} 离任。")
        if valid_to < found.valid_from:
            raise Refused("ends_early", f"离任日期不能早于任职日期 {found.valid_from}。")
        running = Stewardship.objects.select_for_update(of=("self",)).filter(post=found)
        for each in running.filter(valid_to=None).select_related("site__area").order_by("pk"):
            _end_with_post(write, each, valid_to, reason)
        write.change(found, valid_to=valid_to)
        unit = found.organisation
        write.event("post.ended", found, area=unit.area, organisation=unit)
    return found


def _end_with_post(write: Write, each: Stewardship, valid_to: date, reason: str) -> None:
    if valid_to < each.valid_from:
        raise Refused(
            "ends_early", f"他自 {each.valid_from} 起包保{each.site}，离任日期不能早于这一天。"
        )
    write.change(each, valid_to=valid_to, end_reason=f"离任：{reason}"[:300])
    write.event("stewardship.ended", each, area=each.site.area, organisation=each.post.organisation)


def _kept(write: Write, post: int) -> LeaderPost:
    """The post, locked; Unknown if the actor does not see it, Forbidden if he does not keep it."""
    policies.KEEP.require(write.actor)
    found = write.lock(LeaderPost.objects.visible_to(write.actor), post)
    check_kept(write.actor, found)
    return found


def check_kept(actor: Actor, post: LeaderPost) -> None:
    """Forbidden for who sees the post and does not keep it."""
    if not LeaderPost.objects.kept_by(actor).filter(pk=post.pk).exists():
        raise Forbidden(f"{post}由{post.organisation}或所在地安委办登记，您不能更改。")


def _check_account(post: LeaderPost, user: User) -> None:
    if not user.is_active:
        raise Unknown("没有这个账号，或它已停用。")
    if user.organisation_id != post.organisation_id:
        raise Refused(
            "account_of_another",
            f"账号“{user}”属于{user.organisation}，不是{post.organisation}的。",
        )


def _check_day(day: date, label: str) -> None:
    if day > timezone.localdate():
        raise Refused("day_to_come", f"{label}不能晚于今天，到那一天再登记。")
