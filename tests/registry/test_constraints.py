"""What the database itself refuses, whatever code writes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError, InternalError

from anlan.kernel.audit.models import AuditRow
from anlan.registry.models import (
    Enterprise,
    Entry,
    Grade,
    IdentityOpening,
    Person,
    Post,
    Register,
    RegisterVersion,
    Sector,
    Site,
)
from tests.kernel.access import town
from tests.kernel.access.conftest import user


@pytest.fixture
def made(db: None) -> SimpleNamespace:
    """An enterprise with a site, a person, a register of enterprises and one of sites."""
    city = town.build()
    sector = Sector.objects.create(code="coal", name="煤矿")
    common = {"sector": sector, "area": city.east_town, "regulator": city.bureau}
    enterprise = Enterprise.objects.create(name="演示煤业", **common)
    site = Site.objects.create(name="演示煤矿一号", kind="mine", enterprise=enterprise, **common)
    registers = {}
    for subject in ("enterprise", "site"):
        register = Register.objects.create(code=f"r-{subject}", name=subject, subject=subject)
        registers[subject] = RegisterVersion.objects.create(
            type=register, number=1, fields=[], effective_from=date(2025, 1, 1)
        )
    return SimpleNamespace(
        city=city,
        user=user(city, "clerk"),
        sector=sector,
        common=common,
        enterprise=enterprise,
        site=site,
        person=Person.objects.create(name="张三"),
        version=registers["enterprise"],
        site_version=registers["site"],
    )


def _entry(made: SimpleNamespace, **more: Any) -> Entry:
    fields = {
        "register": made.version.type,
        "version": made.version,
        "checked_on": date(2025, 3, 1),
    }
    return Entry.objects.create(**{**fields, "enterprise": made.enterprise, **more})


def _grade(made: SimpleNamespace, **more: Any) -> Grade:
    fields = {
        "colour": "red",
        "basis": "安委会办公室办法",
        "reason": "高瓦斯",
        "set_on": date(2025, 3, 1),
    }
    return Grade.objects.create(**{**fields, "enterprise": made.enterprise, **more})


def _post(made: SimpleNamespace, **more: Any) -> Post:
    fields = {"person": made.person, "enterprise": made.enterprise, "kind": "principal"}
    return Post.objects.create(**{**fields, "valid_from": date(2025, 1, 2), **more})


REFUSED: dict[str, Callable[[SimpleNamespace], object]] = {
    "credit_code_has_its_form": lambda m: Enterprise.objects.create(
        name="x", credit_code="91141100MA0G1T2X3I", **m.common
    ),
    "credit_code_once": lambda m: [
        Enterprise.objects.create(name=n, credit_code="91350100M000100Y43", **m.common)
        for n in "xy"
    ],
    "enterprise_place_is_one": lambda m: Enterprise.objects.create(
        name="x", latitude=37, **m.common
    ),
    "site_place_is_one": lambda m: Site.objects.create(
        name="x", kind="mine", latitude=97, longitude=111, **m.common
    ),
    "enterprise_is_not_merged_into_itself": lambda m: Enterprise.objects.filter(
        pk=m.enterprise.pk
    ).update(merged_into=m.enterprise),
    "site_grade_is_a_colour": lambda m: Site.objects.update(grade="green"),
    "registry_site_token": lambda m: Site.objects.create(
        name="x", kind="mine", token=m.site.token, **m.common
    ),
    "person_identity_has_its_digest": lambda m: Person.objects.create(name="x", digest="0" * 64),
    "person_digest_has_its_form": lambda m: Person.objects.create(
        name="x", identity=b"x", digest="X" * 64
    ),
    "post_held_once": lambda m: [_post(m), _post(m, valid_from=date(2025, 3, 1))],
    "post_ends_after_it_begins": lambda m: _post(m, valid_to=date(2025, 1, 1)),
    "post_kind_is_one": lambda m: _post(m, kind="boss"),
    "grade_is_of_one_subject": lambda m: _grade(m, site=m.site),
    "grade_colour_is_one": lambda m: _grade(m, colour="green"),
    "register_of_enterprises_has_no_site_kind": lambda m: Register.objects.create(
        code="x", name="x", subject="enterprise", site_kind="mine"
    ),
    "register_version_once": lambda m: RegisterVersion.objects.create(
        type=m.version.type, number=1, fields=[], effective_from=date(2025, 3, 1)
    ),
    "entry_is_on_one_subject": lambda m: _entry(m, enterprise=None),
    "entry_of_enterprise_once": lambda m: [_entry(m), _entry(m)],
    "entry_of_site_once": lambda m: [
        _entry(
            m, register=m.site_version.type, version=m.site_version, enterprise=None, site=m.site
        )
        for _ in range(2)
    ],
    "identity_opening_has_a_reason": lambda m: IdentityOpening.objects.create(
        person=m.person, by=m.user, reason=""
    ),
    "another register": lambda m: _entry(m, version=m.site_version),
}


@pytest.mark.parametrize("constraint", REFUSED)
def test_the_database_refuses(made: SimpleNamespace, constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        REFUSED[constraint](made)


@pytest.mark.parametrize(
    "act",
    [
        lambda grade, version: Grade.objects.filter(pk=grade.pk).update(colour="blue"),
        lambda grade, version: Grade.objects.filter(pk=grade.pk).update(reason="另有理由"),
        lambda grade, version: grade.delete(),
        lambda grade, version: RegisterVersion.objects.filter(pk=version.pk).update(fields=[1]),
        lambda grade, version: version.delete(),
    ],
)
def test_a_grade_and_a_version_stay_as_they_are(
    made: SimpleNamespace, act: Callable[[Grade, RegisterVersion], object]
) -> None:
    grade = _grade(made)
    with pytest.raises((InternalError, DatabaseError)), transaction.atomic():
        act(grade, made.version)
    grade.refresh_from_db()
    assert (grade.colour, grade.reason) == ("red", "高瓦斯")


def test_a_merge_may_lead_a_grade_to_another_subject(made: SimpleNamespace) -> None:
    other = Enterprise.objects.create(name="另一家", **made.common)
    grade = _grade(made)
    Grade.objects.filter(pk=grade.pk).update(enterprise=other)
    grade.refresh_from_db()
    assert grade.enterprise == other


def test_every_table_is_audited_and_the_identity_is_not_copied(made: SimpleNamespace) -> None:
    _entry(made), _grade(made), _post(made)
    IdentityOpening.objects.create(person=made.person, by=made.user, reason="核对任职")
    Person.objects.create(name="李四", identity=b"secret", digest="0" * 64)
    rows = AuditRow.objects.filter(table_name__startswith="registry_")
    assert set(rows.values_list("table_name", flat=True)) == {
        f"registry_{name}"
        for name in (
            "enterprise", "entry", "grade", "identityopening", "person", "post", "register",
            "registerversion", "sector", "site",
        )
    }  # fmt: skip
    changes = rows.filter(table_name="registry_person").order_by("-pk")[0].changes
    assert changes["identity"] == changes["digest"] == ["***", "***"]
    assert changes["name"] == [None, "李四"]


def test_the_key_follows_the_name(made: SimpleNamespace) -> None:
    assert made.enterprise.name_key == "演示煤业"
    made.enterprise.name = "演示煤业（集团）有限责任公司"
    made.enterprise.save(update_fields=["name"])
    made.enterprise.refresh_from_db()
    assert made.enterprise.name_key == "演示煤业集团有限公司"
