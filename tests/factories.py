"""Small builders: people of the small city, a plan of few duties, files; and the proof that nothing
happened where something was refused."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier, Thread
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone
from PIL import Image, ImageDraw

from anlan.intake.models import Clause as IntakeClause
from anlan.intake.models import Document, Item, Point, Unit
from anlan.kernel.access.actor import Actor
from anlan.kernel.access.models import Deputy, User
from anlan.kernel.access.roles import Role
from anlan.kernel.audit.models import AuditRow
from anlan.kernel.errors import Refused
from anlan.kernel.events.models import Event
from anlan.kernel.evidence.models import File
from anlan.kernel.evidence.services import file_store
from anlan.kernel.indicators import registry, values
from anlan.kernel.indicators.models import Definition, DefinitionVersion
from anlan.kernel.notify.models import Notification
from anlan.kernel.orgs.models import Organisation
from anlan.plan.models import Clause, Duty, KeyDuty, Plan
from anlan.plan.services.standings import standing_of
from tests.kernel.access.conftest import actor as actor_of
from tests.kernel.access.conftest import user

JPEG = "image/jpeg"


def day(number: int) -> date:
    """``number`` days from today."""
    return timezone.localdate() + timedelta(days=number)


def this_year() -> int:
    return timezone.localdate().year


def resolved(given: Any) -> Any:
    """``given``, a dictionary or a list, with each function in it called.

    Parameters are made when tests are collected, and tests may run on the day after: what depends
    on the day is a function until then.
    """
    if isinstance(given, dict):
        return {key: resolved(value) for key, value in given.items()}
    if isinstance(given, list):
        return [resolved(value) for value in given]
    return given() if callable(given) else given


# --- people ------------------------------------------------------------------------------------

# name → role, organisation of the small city (tests/kernel/access/town.py)
PEOPLE = {
    "clerk": (Role.SCO_STAFF, "office"),
    "clerk2": (Role.SCO_STAFF, "office"),
    "chief": (Role.SCO_CHIEF, "office"),
    "leader": (Role.LEADER, "government"),
    "bureau_staff": (Role.UNIT_STAFF, "bureau"),
    "bureau_head": (Role.UNIT_HEAD, "bureau"),
    "east_staff": (Role.UNIT_STAFF, "east_government"),
    "east_head": (Role.UNIT_HEAD, "east_government"),
    "west_head": (Role.UNIT_HEAD, "west_government"),
    "west_staff": (Role.UNIT_STAFF, "west_government"),
    "town_staff": (Role.UNIT_STAFF, "east_town_government"),
    "town_head": (Role.UNIT_HEAD, "east_town_government"),
}


def people(city: SimpleNamespace) -> SimpleNamespace:
    """One account for each line of ``PEOPLE``, as actors of a fresh request."""
    made = {
        name: actor_of(user(city, name, role, organisation=getattr(city, organisation)))
        for name, (role, organisation) in PEOPLE.items()
    }
    return SimpleNamespace(**made)


def deputising(deputy: Actor, principal: Actor) -> Actor:
    """``deputy`` with the grants of ``principal``, by a written authority."""
    deputation = Deputy.objects.create(
        principal=principal.user,
        deputy=deputy.user,
        valid_from=day(-1),
        valid_to=day(1),
        authority="会议纪要〔3〕号",
    )
    return Actor(user=User.objects.get(pk=deputy.person.pk), deputy=deputation)


# --- the plan ----------------------------------------------------------------------------------


def plan(city: SimpleNamespace, **more: Any) -> Plan:
    more = {"year": timezone.localdate().year, "title": "年度通知", "issuer": "试市安委会"} | more
    return Plan.objects.create(area=city.city, published_at=timezone.now(), **more)


def key_duty(of: Plan, number: int = 1, **more: Any) -> KeyDuty:
    return KeyDuty.objects.create(plan=of, number=number, title=f"任务{number}", **more)


def define(key: str, **more: Any) -> DefinitionVersion | None:
    """The next version of the indicator ``key``: over the measure of the same name, of what an
    organisation did itself, unless told otherwise. None for a measure that no ledger offers; where
    nothing is told, a version that exists is left as it is."""
    definition = Definition.objects.filter(key=key).first()
    if definition and not more:
        return definition.versions.order_by("-number")[0]
    measure = more.setdefault("measure", key)
    if measure not in {each.key for each in registry.all_measures()}:
        return None
    definition = definition or Definition.objects.create(key=key)
    of, number = registry.get(measure), definition.versions.count() + 1
    fields = {"name": of.name, "unit": of.unit, "how": of.how, "effective_from": date(2025, 1, 1)}
    return DefinitionVersion.objects.create(definition=definition, number=number, **fields | more)


def value(key: str, of: Organisation, start: date, end: date, reach: str = "own") -> Decimal:
    """What the measure ``key`` comes to for an organisation between two days."""
    return values.value(registry.get(key), reach, of, start, end)


def clause(of: KeyDuty, *, value: int = 10, op: str = ">=", **more: Any) -> Clause:
    if measure := more.get("measure"):
        define(measure)
    more = {"number": 1, "text": "检查企业", "kind": "quota", "unit": "家", "op": op} | more
    return Clause.objects.create(key_duty=of, value=Decimal(value), **more)


def duty(of: KeyDuty, organisation: Organisation, **more: Any) -> Duty:
    """Running for 30 days and due in 60, unless told otherwise; with the target of its clause."""
    counted = more.get("clause")
    fields = {
        "key_duty": of,
        "organisation": organisation,
        "area": organisation.area,
        "role": "responsible",
        "title": f"{of.title}·{organisation}",
        "target": counted.value if counted else None,
        "period_start": day(-30),
        "due_on": day(60),
    } | more
    made = Duty(**fields)
    made.standing = standing_of(made)
    made.save()
    return made


# --- files -------------------------------------------------------------------------------------


def photograph(seed: int, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """A picture with structure of its own: soft light and shapes; the same for the same seed."""
    chance = random.Random(seed)
    light = Image.frombytes("L", (8, 6), chance.randbytes(48))
    image = light.resize(size, Image.Resampling.BICUBIC).convert("RGB")
    draw = ImageDraw.Draw(image)
    for _ in range(14):
        x, y = chance.randrange(size[0]), chance.randrange(size[1])
        w, h = (
            chance.randrange(size[0] // 16, size[0] // 2),
            chance.randrange(size[1] // 12, size[1] // 2),
        )
        colour = tuple(chance.randrange(256) for _ in range(3))
        shape = chance.choice([draw.rectangle, draw.ellipse])
        shape((x - w // 2, y - h // 2, x + w // 2, y + h // 2), fill=colour)
    return image


def jpeg(image: Image.Image, **more: Any) -> bytes:
    content = io.BytesIO()
    image.save(content, "JPEG", **{"quality": 90} | more)
    return content.getvalue()


def upload(content: bytes, name: str = "现场.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def stored(actor: Actor, content: bytes | None = None, name: str = "现场.jpg") -> File:
    """A file in the store: a photograph like no other unless ``content`` is given."""
    content = content or jpeg(photograph(File.objects.count() + 1))
    return file_store(actor=actor, upload=upload(content, name))


# --- what happened, and what did not -----------------------------------------------------------


def counts() -> dict[str, int]:
    """How many rows each table of ours holds."""
    models = [m for m in apps.get_models() if m.__module__.startswith("anlan.")]
    return {m._meta.label: m._default_manager.count() for m in models}


@contextmanager
def nothing_happens(
    error: type[BaseException] = Refused, *, code: str = "", match: str | None = None
) -> Iterator[None]:
    """The block is refused with ``error``, and no row of any table was added or removed; the
    log of changes has no new row either, so that none was changed."""
    before = counts()
    with pytest.raises(error, match=match) as caught:
        yield
    if isinstance(caught.value, Refused):
        assert code in ("", caught.value.code), f"{caught.value.code}: {caught.value.message}"
        assert any("一" <= each <= "鿿" for each in caught.value.message)
    assert counts() == before


@dataclass
class Happened:
    """What a block added to the logs."""

    audit: list[AuditRow] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    told: list[Notification] = field(default_factory=list)

    def verbs(self, table: str) -> list[str]:
        return [row.verb for row in self.audit if row.table_name == table]

    def kinds(self) -> list[str]:
        """The kinds of events but those of notifications, in order."""
        return [e.kind for e in self.events if e.kind != "notification.changed"]

    def told_to(self, kind: str) -> set[str]:
        return {each.user.username for each in self.told if each.kind == kind}


@contextmanager
def happening() -> Iterator[Happened]:
    """Collects the audit rows, events and notifications that the block adds."""
    last = {
        model: model._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 0
        for model in (AuditRow, Event, Notification)
    }
    found = Happened()
    yield found
    found.audit = list(AuditRow.objects.filter(pk__gt=last[AuditRow]).order_by("pk"))
    found.events = list(Event.objects.filter(pk__gt=last[Event]).order_by("pk"))
    found.told = list(Notification.objects.filter(pk__gt=last[Notification]).order_by("pk"))


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Do all at the same moment, each in a thread with its own connection; results or errors.

    Needs real commits (fixture ``committed_db``): other connections see nothing of a test's
    transaction.
    """
    gate = Barrier(len(acts))
    results: list[object] = [None] * len(acts)

    def run(number: int, act: Callable[[], object]) -> None:
        try:
            gate.wait(timeout=10)
            results[number] = act()
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


# --- an imported notice ------------------------------------------------------------------------


def document(city: SimpleNamespace, by: Actor, *, state: str = "review", **more: Any) -> Document:
    """Read and checked: one item of the bureau with one clause and one decided difference."""
    on = date(more.setdefault("year", timezone.localdate().year), 12, 31)
    more = {"title": "关于做好工作的通知", "issuer": "试市人民政府", "kind": "draft"} | more
    file = stored(by, f"通知{Document.objects.count()}".encode(), "通知.txt")
    made = Document.objects.create(
        file=file, name="通知.txt", area=city.city, uploaded_by=by.user, lines=["第一行"], **more
    )
    item = Item.objects.create(document=made, number=1, title="建档", text="年底前建档", due_on=on)
    Unit.objects.create(item=item, name="试市能源局", role="lead", organisation=city.bureau)
    words = {"number": 1, "text": "检查10家", "kind": "quota", "unit": "家", "op": ">="}
    IntakeClause.objects.create(item=item, value=Decimal(10), assigned=True, **words)
    Point.objects.create(
        document=made, number=1, kind="difference", code="unit_missing_in_table", item_number=1,
        body="试市能源局", decision="accepted",
    )  # fmt: skip
    for step in {"review": ["review"], "submitted": ["review", "submitted"]}.get(state, []):
        Document.objects.filter(pk=made.pk).update(
            state=step, submitted_by=by.user if step == "submitted" else None
        )
    return Document.objects.get(pk=made.pk)
