"""THE table of access: every address of the plan, of its evidence and of the intake; which roles
come through the door, who sees the thing behind it, who may do it. Written by hand, from what the
offices do; ``test_access_matrix`` compares it with the program, ``test_hostile`` knocks harder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from django.urls import reverse

from anlan.intake.models import Carried, Item
from anlan.kernel.access.actor import Actor, system
from anlan.kernel.access.models import User
from anlan.kernel.access.roles import Role
from anlan.kernel.write import Write
from anlan.plan.models import Duty, SupervisionOrder
from anlan.plan.services import extensions, orders, reports
from tests import factories
from tests.factories import day
from tests.kernel.access.conftest import user
from tests.kernel.access.matrix import BUSINESS, EVERYBODY, SCO, UNIT

# The people of ``factories.PEOPLE`` and, besides: a county's own office and leader, the three
# administrators, an account without any grant.
MORE = {
    "county_clerk": (Role.SCO_STAFF, "east_government"),
    "county_chief": (Role.SCO_CHIEF, "east_government"),
    "county_leader": (Role.LEADER, "east_government"),
    "west_leader": (Role.LEADER, "west_government"),
    "system": (Role.SYSTEM, "office"),
    "security": (Role.SECURITY, "office"),
    "auditor": (Role.AUDITOR, "office"),
}
SEATS = factories.PEOPLE | MORE

CITY = {"clerk", "clerk2", "chief", "leader"}
COUNTY = {"county_clerk", "county_chief", "county_leader"}
EAST = {"east_staff", "east_head"}
TOWN = {"town_staff", "town_head"}

# thing → who sees it
SEES = {
    "east": CITY | COUNTY | EAST,
    "town": CITY | COUNTY | EAST | TOWN,
    "document": CITY - {"leader"},
    "anything": set(SEATS),
}


@dataclass(frozen=True)
class Door:
    """``roles`` come through; of them those who see ``thing`` find it; of these ``may`` do it."""

    name: str
    args: Callable[[SimpleNamespace], list[Any]]
    roles: frozenset[Role]
    thing: str = "anything"
    may: set[str] = field(default_factory=lambda: set(SEATS))
    method: str = "GET"
    data: Callable[[SimpleNamespace], dict[str, Any]] = lambda scene: {}
    note: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.name} {self.note}".strip()

    def url(self, scene: SimpleNamespace) -> str:
        return reverse(self.name, args=self.args(scene))

    def expected(self, seat: str) -> int:
        if SEATS[seat][0] not in self.roles:
            return 403
        if seat not in SEES[self.thing]:
            return 404
        if seat not in self.may:
            return 403
        return 302 if self.method == "POST" else 200


def get(name: str, args: Callable[..., list[Any]], roles: Any, thing: str = "anything") -> Door:
    return Door(name, args, frozenset(roles), thing)


def post(
    name: str, args: Callable[..., list[Any]], roles: Any, thing: str, may: set[str],
    data: Callable[[SimpleNamespace], dict[str, Any]] = lambda scene: {}, note: str = "",
) -> Door:  # fmt: skip
    return Door(name, args, frozenset(roles), thing, may, "POST", data, note)


NOTHING: Callable[[SimpleNamespace], list[Any]] = lambda scene: []  # noqa: E731
HEADS = {Role.UNIT_HEAD}
DECIDERS = {Role.SCO_CHIEF, Role.UNIT_HEAD}
STAFF, CHIEF = {Role.SCO_STAFF}, {Role.SCO_CHIEF}
CLERKS = {"clerk", "clerk2"}


def because(scene: SimpleNamespace) -> dict[str, str]:
    return {"reason": "理由充分"}


def on_document(name: str, data: Callable[[SimpleNamespace], dict[str, Any]], *more: str) -> Door:
    """A correction by a clerk while the document is under review."""
    return post(
        f"intake:{name}",
        lambda s: [s.review.pk, *(getattr(s, each).pk for each in more)],
        STAFF, "document", CLERKS, data,
    )  # fmt: skip


def order(verb: str, may: set[str], data: Callable[[SimpleNamespace], dict[str, Any]]) -> Door:
    named = {"issue": "proposed", "dismiss": "proposed", "reject": "answered", "close": "answered"}
    return post(
        "plan:order", lambda s: [getattr(s, named[verb]).pk, verb], SCO, "east", may, data, verb
    )


DOORS = [
    get("plan:matrix", NOTHING, BUSINESS),
    get("plan:key_duty", lambda s: [s.east.key_duty_id], BUSINESS),
    get("plan:tasks", NOTHING, UNIT),
    get("plan:duties", NOTHING, BUSINESS),
    get("plan:orders", NOTHING, BUSINESS),
    get("plan:forecasts", NOTHING, BUSINESS),
    get("plan:inbox", NOTHING, SCO | UNIT),
    get("plan:duty", lambda s: [s.east.pk], BUSINESS, "east"),
    get("plan:duty", lambda s: [s.town.pk], BUSINESS, "town"),
    get("evidence:file", lambda s: [s.use.pk], EVERYBODY, "east"),
    post("plan:report", lambda s: [s.east2.pk], UNIT, "east", EAST,
         lambda s: {"text": "做了一半。", "value": "50"}),
    post("plan:extend", lambda s: [s.east2.pk], UNIT, "east", EAST,
         lambda s: {"until": str(day(90)), "text": "设备未到。"}),
    post("plan:hand_down", lambda s: [s.east2.pk], HEADS, "east", {"east_head"},
         lambda s: {"organisations": [s.city.east_town_government.pk], "due_on": str(day(40)),
                    "note": "抓紧"}),
    post("plan:answer", lambda s: [s.issued.duty_id, s.issued.pk], UNIT, "east", EAST,
         lambda s: {"text": "已经办结。"}),
    post("plan:accept", lambda s: [s.report.pk], SCO | UNIT, "east", CLERKS | {"chief"}, because),
    post("plan:return", lambda s: [s.report.pk], SCO | UNIT, "east", CLERKS | {"chief"}, because),
    post("plan:accept", lambda s: [s.town_report.pk], SCO | UNIT, "town", EAST, because, "town"),
    post("plan:return", lambda s: [s.town_report.pk], SCO | UNIT, "town", EAST, because, "town"),
    post("plan:withdraw", lambda s: [s.report.pk], UNIT, "east", EAST),
    post("plan:withdraw", lambda s: [s.town_report.pk], UNIT, "town", EAST | TOWN, note="town"),
    post("plan:decide", lambda s: [s.extension.pk, "grant"], DECIDERS, "east", {"chief"}, because,
         "grant"),
    post("plan:decide", lambda s: [s.extension.pk, "refuse"], DECIDERS, "east", {"chief"}, because,
         "refuse"),
    post("plan:decide", lambda s: [s.town_extension.pk, "grant"], DECIDERS, "town", {"east_head"},
         because, "town"),
    order("issue", {"chief"}, lambda s: {"until": str(day(7)), "reason": "限期整改"}),
    order("dismiss", {"chief"}, because),
    order("reject", CLERKS | {"chief"}, because),
    order("close", CLERKS | {"chief"}, because),
    get("intake:documents", NOTHING, SCO),
    get("intake:document", lambda s: [s.review.pk], SCO, "document"),
    get("intake:original", lambda s: [s.review.pk], SCO, "document"),
    get("intake:opinions", lambda s: [s.review.pk], SCO, "document"),
    get("intake:assignments", lambda s: [s.review.pk, "docx"], SCO, "document"),
    get("intake:assignments", lambda s: [s.review.pk, "xlsx"], SCO, "document"),
    get("intake:plan_assignments", lambda s: [s.plan.pk, "docx"], BUSINESS),
    get("intake:item", lambda s: [s.review.pk, s.item.pk], STAFF, "document"),
    get("intake:clause", lambda s: [s.review.pk, s.clause.pk], STAFF, "document"),
    post("intake:upload", NOTHING, STAFF, "anything", set(SEATS),
         lambda s: {"file": factories.upload("关于工作的通知".encode(), "通知.txt")}),
    on_document("reread", lambda s: {}),
    on_document("edit", lambda s: {"title": "新的标题", "issuer": "试市人民政府", "kind": "final",
                                   "year": str(day(0).year)}),
    on_document("decide", lambda s: {"points": [s.point.pk], "decision": "ignored",
                                     "note": "不必", "reason": "不必"}),
    on_document("settle_unit", lambda s: {"do": "keep"}, "point"),
    on_document("bind", lambda s: {"target": "试市安委办"}, "unit"),
    on_document("leave_out", because, "unit"),
    on_document("remove_unit", lambda s: {"item": str(s.item.pk)}, "unit"),
    on_document("item", lambda s: {"title": "新的", "text": "新的文字",
                                   "due_on": f"{day(0).year}-06-30"}, "item"),
    on_document("add_unit", lambda s: {"organisation": "试市安委办", "role": "assist"}, "item"),
    on_document("clause", lambda s: {"text": "检查9家", "kind": "quota", "value": "9", "op": ">=",
                                     "unit": "家", "deadline": f"{day(0).year}-06-30",
                                     "assigned": "on", "subject": "各县"}, "clause"),
    post("intake:carry", lambda s: [s.review.pk, "undo"], STAFF, "document", CLERKS,
         lambda s: {"carried": [s.carried.pk]}, "undo"),
    post("intake:carry", lambda s: [s.review.pk, "take"], STAFF, "document", CLERKS,
         lambda s: {"carried": [s.left.pk]}, "take"),
    on_document("submit", lambda s: {}),
    on_document("withdraw", lambda s: {}),
    post("intake:return", lambda s: [s.submitted.pk], CHIEF, "document", {"chief"}, because),
    post("intake:publish", lambda s: [s.submitted.pk], CHIEF, "document", {"chief"}),
]  # fmt: skip


# --- what stands behind the doors --------------------------------------------------------------


def seats(city: SimpleNamespace, who: SimpleNamespace) -> dict[str, User]:
    """An account for every seat."""
    made = {name: getattr(who, name).person for name in factories.PEOPLE}
    for name, (role, organisation) in MORE.items():
        made[name] = user(city, name, role, organisation=getattr(city, organisation))
    return made


def build(city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace) -> SimpleNamespace:
    """A report, an application and orders in every state on duties of the east and of its town;
    a document under review and one handed in."""
    east, town = work.east, work.town
    more = [
        factories.duty(factories.key_duty(work.plan, number), city.east_government)
        for number in (3, 4, 5, 6)
    ]
    file = factories.stored(who.east_staff)
    report = _report(who.east_staff, east, file)
    review = factories.document(city, who.clerk)
    submitted = factories.document(city, who.clerk, state="submitted")
    item = review.items.get()
    return SimpleNamespace(
        city=city, plan=work.plan, east=east, town=town, east2=more[0],
        report=report, use=_use(report), town_report=_report(who.town_staff, town),
        extension=_extension(who.east_staff, east), town_extension=_extension(who.town_staff, town,
                                                                              55),
        proposed=_order(who, more[1]), issued=_order(who, more[2], "issue"),
        answered=_order(who, more[3], "issue", "answer"),
        review=review, submitted=submitted, item=item, unit=item.units.get(),
        clause=item.clauses.get(), point=review.points.get(),
        carried=_carried(item, "taken"), left=_carried(item, "differs"),
    )  # fmt: skip


def _report(actor: Actor, duty: Duty, *files: Any) -> Any:
    return reports.report_submit(
        actor=actor, duty=duty.pk, text="做了。", value=factories.Decimal(50), evidence=files
    )


def _carried(item: Item, state: str) -> Carried:
    """A decision on the version before, which holds here or was left."""
    return Carried.objects.create(
        document=item.document, kind="item", state=state, label=str(item), item=item,
        before={"text": "原读"}, after={"text": item.text},
    )  # fmt: skip


def _use(report: Any) -> Any:
    from anlan.kernel.evidence.services import of

    return of(report).get()


def _extension(actor: Actor, duty: Duty, until: int = 90) -> Any:
    return extensions.extension_apply(
        actor=actor, duty=duty.pk, until=day(until), text="设备未到。"
    )


def _order(who: SimpleNamespace, duty: Duty, *steps: str) -> SupervisionOrder:
    with Write(system(), "plan.order.propose") as write:
        made = write.add(SupervisionOrder(duty=duty, grounds="逾期。"))
    if "issue" in steps:
        orders.order_issue(actor=who.chief, order=made.pk, until=day(7))
    if "answer" in steps:
        orders.order_answer(actor=who.east_staff, order=made.pk, text="办结。")
    return made


__all__ = ["DOORS", "SEATS", "Door", "build", "seats"]
