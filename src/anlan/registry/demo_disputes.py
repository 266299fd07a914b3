"""Two invented disputes about who regulates, marked as a demonstration: one open, one decided.

The kinds of business are those that item 5 of the notice calls unclear (校外托管, 仓储物流); what
the organisations say about them is invented. They are raised, answered and decided by the
demonstration's accounts, through the services that people use.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from anlan.kernel.access.actor import Actor, ActorSource, system
from anlan.kernel.access.models import User
from anlan.kernel.orgs.models import Area, Organisation
from anlan.registry.choices import DisputeScope
from anlan.registry.models import Sector, Site
from anlan.registry.services.disputes import dispute_raise, opinion_give, opinions_ask
from anlan.registry.services.facts import SiteFacts
from anlan.registry.services.settling import dispute_decide
from anlan.registry.services.subjects import site_add

TOWNSHIP = "141102001"
SECTOR = "new-business"
ACCOUNTS = ("binhe", "lishi", "yingji", "nengyuan", "sco", "scochief")
LAW = "《安全生产法》第十条：新兴行业、领域监管职责不明确的，按照业务相近的原则确定"
DAYS = 10


def load() -> str:
    """Load both, inside the demonstration's transaction; nothing where its accounts are missing."""
    users = User.objects.filter(username__in=ACCOUNTS, is_demo=True)
    people = {each.username: Actor(each, ActorSource.COMMAND) for each in users}
    if len(people) < len(ACCOUNTS):
        return ""
    _decided(people)
    _open(people)
    return "、归属争议 2 项"


def _decided(people: dict[str, Actor]) -> None:
    """Heard and decided: education runs what is nearest to schools."""
    site = _site("演示校外托管点", "venue")
    dispute = dispute_raise(
        actor=people["binhe"],
        subject=site,
        reason="（演示）校外托管机构没有明确的行业主管部门，消防、食品、房屋各管一段，日常安全无人牵头。",
        basis=LAW,
    )
    asked = {"yingji": _organisation("141100-emergency"), "lishi": _of(people["lishi"])}
    opinions_ask(
        actor=people["sco"], dispute=dispute.pk, organisations=list(asked.values()), until=_until()
    )
    education = _organisation("141100-education")
    for account, organisation in asked.items():
        opinion_give(
            actor=people[account],
            dispute=dispute.pk,
            organisation=organisation,
            regulator=education,
            text="（演示）服务对象是中小学生，与教育主管业务最相近。",
        )
    dispute_decide(
        actor=people["scochief"],
        dispute=dispute.pk,
        regulator=education,
        scope=DisputeScope.SUBJECT,
        reason="（演示）按照业务相近的原则，由教育部门监管；消防、市场监管部门依法履行各自职责。",
        basis="演示依据，不是真实文件",
        effective_on=timezone.localdate(),
    )


def _open(people: dict[str, Actor]) -> None:
    """One organisation has answered, one still owes its answer."""
    site = _site("演示仓储物流园", "other")
    dispute = dispute_raise(
        actor=people["lishi"],
        subject=site,
        reason="（演示）仓储物流园内多家企业混租，既有普货仓储又有分拣，现有分工没有写明由谁监管。",
        basis=LAW,
    )
    energy = _of(people["nengyuan"])
    opinions_ask(
        actor=people["sco"],
        dispute=dispute.pk,
        organisations=[_organisation("141100-emergency"), energy],
        until=_until(),
    )
    opinion_give(
        actor=people["nengyuan"],
        dispute=dispute.pk,
        organisation=energy,
        text="（演示）园区不存放煤炭和油品，不属于本单位监管范围。",
    )


def _site(name: str, kind: str) -> Site:
    facts = SiteFacts(
        name=name,
        kind=kind,
        sector=Sector.objects.get(code=SECTOR),
        area=Area.objects.get(code=TOWNSHIP),
    )
    return site_add(actor=system(ActorSource.COMMAND), facts=facts, is_demo=True)


def _of(actor: Actor) -> Organisation:
    found: Organisation = actor.grants[0].organisation
    return found


def _organisation(code: str) -> Organisation:
    found: Organisation = Organisation.objects.get(code=code)
    return found


def _until() -> date:
    return timezone.localdate() + timedelta(days=DAYS)
