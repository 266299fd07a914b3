"""What people are told of a dispute, within the write that it is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from anlan.kernel.access.models import User
from anlan.kernel.notify.services import notify
from anlan.kernel.orgs.models import Organisation
from anlan.registry import audience
from anlan.registry.choices import DisputeScope
from anlan.registry.models import Dispute, Opinion
from anlan.registry.services.lines import Move


def raised(dispute: Dispute) -> None:
    """The office has organisations to ask."""
    text = f"{dispute.organisation}提出：{dispute.reason}"
    _tell(dispute, audience.office(dispute.subject.area), "raised", "有归属争议待征求意见", text)


def asked(dispute: Dispute, opinions: Iterable[Opinion]) -> None:
    """Each organisation owes an answer."""
    for each in opinions:
        text = f"{dispute}，请于 {each.until:%Y-%m-%d} 前答复。{dispute.reason}"
        users = audience.of(each.organisation)
        _tell(dispute, users, "asked", "请就归属争议提出意见", text)


def answered(dispute: Dispute, opinion: Opinion) -> None:
    """The office hears when this was the last answer that is awaited, for it can be decided, or the
    last of all. Of who stays silent it hears by the clocks: a late answer does not repeat it."""
    today = timezone.localdate()
    open_ = list(dispute.opinions.filter(given_at__isnull=True))
    if open_ and (opinion.until < today or any(each.awaited(today) for each in open_)):
        return
    title = "归属争议的意见已收齐"
    if open_:
        title = f"归属争议的答复期限已过，{len(open_)} 个单位未答复"
    users = audience.office(dispute.subject.area)
    _tell(dispute, users, "answered", title, f"{dispute}，可以作出决定。")


def decided(dispute: Dispute, regulator: Organisation) -> None:
    """Who raised it, who was asked, who was named, who regulates now and who did before.

    ``regulator``: who regulates the subject now; of a line of business perhaps the county's
    counterpart of the one named.
    """
    since = f"自 {dispute.effective_on:%Y-%m-%d} 起由{regulator}监管"
    text = f"{dispute}：{since}（{_scope(dispute)}）。依据：{dispute.decision_basis}。"
    parties = [*_parties(dispute), dispute.regulator, regulator, dispute.regulator_before]
    _tell(dispute, _people(parties), "decided", "归属争议已决定", text)


def moved(
    dispute: Dispute, organisation: Organisation, gained: Sequence[Move], lost: Sequence[Move]
) -> None:
    """Whom subjects came to or went from with their line of business. The link leads to the lists:
    it need not see the dispute."""
    sector = dispute.sector
    counted = [f"划入您单位{_counted(gained)}"] * bool(gained)
    counted += [f"从您单位划出{_counted(lost)}"] * bool(lost)
    sites_alone = all(each.kind == "site" for each in (*gained, *lost))
    page = reverse("registry:sites" if sites_alone else "registry:enterprises")
    notify(
        users=audience.of(organisation),
        kind="dispute.moved",
        title=f"行业领域“{sector}”的监管归属已决定",
        text=f"自 {dispute.effective_on:%Y-%m-%d} 起（{_scope(dispute)}），{'，'.join(counted)}。"
        f"依据：{dispute.decision_basis}。",
        link=f"{page}?{urlencode({'sector': sector.code})}" if sector else page,
    )


def _counted(moves: Sequence[Move]) -> str:
    """企业 3 家、场所 5 个."""
    words = (("enterprise", "企业", "家"), ("site", "场所", "个"))
    counts = [(name, sum(m.count for m in moves if m.kind == k), of) for k, name, of in words]
    return "、".join(f"{name} {count} {of}" for name, count, of in counts if count)


def _scope(dispute: Dispute) -> str:
    if dispute.scope != DisputeScope.SECTOR:
        return str(dispute.get_scope_display())
    return f"行业领域“{dispute.sector}”由{dispute.regulator}监管，县级有对应部门的由对应部门监管"


def withdrawn(dispute: Dispute) -> None:
    """The office, and who was asked."""
    users = {*audience.office(dispute.subject.area), *_people(_parties(dispute))}
    text = f"{dispute}，{dispute.organisation}已撤回：{dispute.closing_reason}"
    _tell(dispute, users, "withdrawn", "归属争议已撤回", text)


def _parties(dispute: Dispute) -> list[Organisation]:
    opinions = dispute.opinions.select_related("organisation")
    return [dispute.organisation, *(each.organisation for each in opinions)]


def _people(organisations: Iterable[Organisation | None]) -> set[User]:
    return {user for each in organisations if each for user in audience.of(each)}


def _tell(dispute: Dispute, users: Iterable[User], what: str, title: str, text: str) -> None:
    notify(
        users=sorted(users, key=lambda user: user.pk),
        kind=f"dispute.{what}",
        title=title,
        text=text,
        link=reverse("registry:dispute", args=[dispute.pk]),
    )
