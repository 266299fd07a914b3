"""Norms: which one is in force on a day; never two; loading and replacing them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from anlan.kernel.access.actor import Actor, system
from anlan.kernel.access.models import Grant, User
from anlan.kernel.access.roles import Role
from anlan.kernel.errors import Forbidden, Refused, Unknown, WrongState
from anlan.kernel.norms.loading import NormFactsError, load
from anlan.kernel.norms.models import Norm, NormDocument
from anlan.kernel.norms.selectors import NormError, norm, norms_in_force
from anlan.kernel.norms.services import norm_replace
from anlan.kernel.orgs.models import Area, Organisation

pytestmark = pytest.mark.django_db
OURS = Path(__file__).parents[3] / "data" / "norms"
FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
DAY = timedelta(days=1)


@pytest.fixture
def document(db: None) -> NormDocument:
    return NormDocument.objects.create(number="试〔2025〕1号", title="试行办法")


def _add(document: NormDocument, begins: date, ends: date | None, value: Any = 5) -> Norm:
    return Norm.objects.create(
        key="a.b", document=document, value=value, effective_from=begins, effective_to=ends
    )


# --- in force on a day --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "value"), [(FIRST, 5), (LAST, 5), (LAST + DAY, 6), (LAST + 3650 * DAY, 6)]
)
def test_the_norm_of_the_day(document: NormDocument, on: date, value: int) -> None:
    _add(document, FIRST, LAST, 5)
    _add(document, LAST + DAY, None, 6)
    assert norm("a.b", on=on).value == value
    assert norm("a.b", on=on).document == document


def test_none_in_force_is_an_error_that_names_key_and_day(document: NormDocument) -> None:
    _add(document, FIRST, None)
    with pytest.raises(NormError, match=r"2024-12-31.*a\.b"):
        norm("a.b", on=FIRST - DAY)
    with pytest.raises(NormError, match="nothing"):
        norm("nothing")


OVERLAPS = [
    ("same days", FIRST + DAY, LAST),
    ("touches the last day", LAST, None),
    ("touches the first day", FIRST - 9 * DAY, FIRST),
    ("around it", FIRST - DAY, None),
]


@pytest.mark.parametrize(("case", "begins", "ends"), OVERLAPS)
def test_the_database_refuses_a_second_one(
    document: NormDocument, case: str, begins: date, ends: date | None
) -> None:
    _add(document, FIRST, LAST)
    with pytest.raises(IntegrityError, match="in force twice"), transaction.atomic():
        _add(document, begins, ends)
    assert Norm.objects.count() == 1


def test_the_database_refuses_it_on_update_too(document: NormDocument) -> None:
    _add(document, FIRST, LAST)
    later = _add(document, LAST + DAY, None)
    later.effective_from = LAST
    with pytest.raises(IntegrityError, match="in force twice"), transaction.atomic():
        later.save()


def test_neighbours_and_other_keys_are_accepted(document: NormDocument) -> None:
    _add(document, FIRST, LAST)
    _add(document, LAST + DAY, None)
    Norm.objects.create(key="a.c", document=document, value=1, effective_from=FIRST)
    assert norms_in_force(on=LAST).count() == 2


def test_two_writers_of_one_key_take_turns(db: None) -> None:
    """Else each would overlook what the other has not committed yet."""

    def insert(link: psycopg.Connection[Any], key: str) -> None:
        link.execute(
            "WITH d AS (INSERT INTO norms_normdocument (number, title, issuer, source_url,"
            " verified) VALUES (%s, '', '', '', false) RETURNING id)"
            " INSERT INTO norms_norm (key, document_id, article, value, unit, effective_from,"
            " verified, note, edited)"
            " SELECT %s, id, '', '1', '', '2025-01-01', false, '', false FROM d",
            [f"{key} {id(link)}", key],
        )

    settings = connection.get_connection_params()
    parts = ("dbname", "user", "password", "host", "port")
    address = {name: settings[name] for name in parts if name in settings}
    with psycopg.connect(**address) as first, psycopg.connect(**address) as second:
        second.execute("SET lock_timeout = '200ms'")
        insert(first, "race")
        insert(second, "another")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            insert(second, "race")
        first.rollback()
        second.rollback()
        insert(second, "race")
        second.rollback()


# --- loading ------------------------------------------------------------------------------------


def test_ours_load_and_load_again_unchanged() -> None:
    report = load(OURS, actor=system())
    assert report.created > 20
    before = list(Norm.objects.order_by("pk").values())
    again = load(OURS, actor=system())
    assert (again.created, again.changed, again.kept) == (0, 0, [])
    assert list(Norm.objects.order_by("pk").values()) == before


NEEDED = [
    ("login.max_failures", 5),
    ("login.lock_minutes", 30),
    ("password.min_length", 10),
    ("password.max_age_days", 90),
    ("password.history", 5),
    ("session.idle_minutes", 30),
    ("session.max_concurrent", 3),
    ("audit.retention_months", 6),
]


@pytest.mark.parametrize(("key", "value"), NEEDED)
def test_the_norms_that_the_program_asks_for(key: str, value: int) -> None:
    load(OURS, actor=system())
    assert norm(key, on=date(2025, 6, 1)).value == value
    assert norm(key, on=date(2026, 6, 1)).value == value


def test_log_retention_follows_the_law_of_the_day() -> None:
    load(OURS, actor=system())
    old = norm("audit.retention_months", on=date(2025, 12, 31))
    new = norm("audit.retention_months", on=date(2026, 1, 1))
    assert (old.article, old.verified) == ("第二十一条", True)
    assert old.document != new.document
    assert not new.verified


FILE = """\
documents: [{number: 试1, title: 试, effective_from: 2025-01-01}]
norms:
  - {key: a.b, document: 试1, value: 5, unit: 次, effective_from: 2025-01-01}
"""


def test_a_changed_file_changes_the_norm_and_a_later_norm_follows_it(tmp_path: Path) -> None:
    path = tmp_path / "n.yaml"
    path.write_text(FILE, encoding="utf-8")
    load(tmp_path, actor=system())
    ended = FILE.rstrip().removesuffix("}") + ", effective_to: 2025-12-31}\n"
    follower = "  - {key: a.b, document: 试1, value: 6, unit: 次, effective_from: 2026-01-01}\n"
    path.write_text(ended + follower, encoding="utf-8")
    report = load(tmp_path, actor=system())
    assert (report.created, report.changed) == (1, 1)
    assert [norm("a.b", on=on).value for on in (LAST, LAST + DAY)] == [5, 6]


def test_a_key_edited_by_a_person_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "n.yaml").write_text(FILE, encoding="utf-8")
    load(tmp_path, actor=system())
    norm_replace(actor=system(), key="a.b", value=9, effective_from=date(2025, 7, 1), reason="定")
    (tmp_path / "n.yaml").write_text(FILE.replace("value: 5", "value: 4"), encoding="utf-8")
    report = load(tmp_path, actor=system())
    assert (report.created, report.changed, report.kept) == (0, 0, ["a.b"])
    assert norm("a.b", on=date(2025, 6, 30)).value == 5
    assert norm("a.b", on=date(2025, 7, 1)).value == 9


WRONG = [
    ("two at once", "effective_from: 2025-01-01}\n", FILE.splitlines()[-1] + "\n", "同时有效"),
    ("a document that is not listed", "document: 试1", "document: 试2", "未列出：试2"),
    ("no value", "value: 5, ", "", "缺少"),
    ("not YAML", "norms:", "norms: [", "n.yaml"),
]


@pytest.mark.parametrize(("case", "old", "new", "message"), WRONG)
def test_a_contradiction_is_refused(
    tmp_path: Path, case: str, old: str, new: str, message: str
) -> None:
    text = FILE + new if case == "two at once" else FILE.replace(old, new, 1)
    (tmp_path / "n.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(NormFactsError, match=message):
        load(tmp_path, actor=system())
    assert not Norm.objects.exists()
    assert not NormDocument.objects.exists()


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NormFactsError, match="没有规范文件"):
        load(tmp_path, actor=system())


# --- replacing ----------------------------------------------------------------------------------


def _actor(role: Role) -> Actor:
    area = Area.objects.create(code="1", name="试市", level="city", path="1")
    office = Organisation.objects.create(
        code="1-office", name="试办", short_name="试办", kind="office", area=area, path="1-office"
    )
    user = User.objects.create(username="a", name="甲", organisation=office)
    Grant.objects.create(
        user=user, role=role, organisation=office, area=area, valid_from=date(2020, 1, 1)
    )
    return Actor(user=user)


WHO = [
    ("password.min_length", Role.SECURITY, True),
    ("password.min_length", Role.SYSTEM, False),
    ("password.min_length", Role.SCO_CHIEF, False),
    ("duty.max_extensions", Role.SYSTEM, True),
    ("duty.max_extensions", Role.SECURITY, False),
    ("duty.max_extensions", Role.AUDITOR, False),
]


@pytest.mark.parametrize(("key", "role", "may"), WHO)
def test_who_may_replace(key: str, role: Role, may: bool) -> None:
    load(OURS, actor=system())
    actor = _actor(role)

    def replace() -> Norm:
        return norm_replace(
            actor=actor, key=key, value=12, effective_from=date(2026, 3, 1), reason="会议纪要"
        )

    if may:
        assert replace().document == norm(key, on=date(2026, 2, 28)).document
        assert norm(key, on=date(2026, 3, 1)).value == 12
    else:
        with pytest.raises(Forbidden):
            replace()
        assert norm(key, on=date(2026, 3, 1)).value != 12


REFUSED: list[tuple[str, dict[str, Any], type[Refused]]] = [
    ("an unknown key", {"key": "x.y"}, Unknown),
    ("begins no later than the present one", {"effective_from": date(2025, 1, 1)}, WrongState),
    ("another kind of value", {"value": "many"}, Refused),
    ("a truth for a number", {"value": True}, Refused),
    ("below nothing", {"value": -1}, Refused),
    ("no reason", {"reason": " "}, Refused),
    ("a number for a list", {"key": "reminder.days_before_due", "value": 3}, Refused),
    ("an empty list", {"key": "reminder.days_before_due", "value": []}, Refused),
]


@pytest.mark.parametrize(("case", "changes", "error"), REFUSED)
def test_what_is_refused(case: str, changes: dict[str, Any], error: type[Refused]) -> None:
    load(OURS, actor=system())
    before = list(Norm.objects.order_by("pk").values())
    wanted: dict[str, Any] = {
        "key": "duty.max_extensions", "value": 30, "effective_from": date(2026, 1, 1),
        "reason": "会议纪要",
    }  # fmt: skip
    with pytest.raises(error):
        norm_replace(actor=system(), **(wanted | changes))
    assert list(Norm.objects.order_by("pk").values()) == before
