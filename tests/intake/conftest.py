"""A document under review in a small city, and the people of its committee office."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from anlan.intake.models import Clause, Document, Item, Point, Unit
from anlan.kernel.access.models import User
from anlan.kernel.access.roles import Role
from anlan.kernel.evidence.models import File
from tests.kernel.access import town
from tests.kernel.access.conftest import (
    _fresh_process as _fresh_process,
)
from tests.kernel.access.conftest import user


@pytest.fixture
def city(db: None) -> SimpleNamespace:
    return town.build()


@pytest.fixture
def clerk(city: SimpleNamespace) -> User:
    return user(city, "clerk", Role.SCO_STAFF, organisation=city.office)


@pytest.fixture
def document(city: SimpleNamespace, clerk: User) -> Document:
    """Three items in two chapters and one outside; four points, one of them ignored."""
    file = File.objects.create(
        digest="0" * 64, size=1, media_type="text/plain", name="n.txt", uploaded_by=clerk
    )
    made = Document.objects.create(
        file=file, name="n.txt", area=city.city, uploaded_by=clerk, kind="draft",
        title="关于做好演示工作的通知", issuer="试市人民政府", year=2025,
    )  # fmt: skip
    Document.objects.filter(pk=made.pk).update(state="review")  # as the reading job leaves it
    items = [
        Item(document=made, number=1, title="先做", text="第一段\n第二段", chapter_number=1,
             chapter_title="提升", due_on=date(2025, 12, 31)),
        Item(document=made, number=2, title="再做", text="=1+1", chapter_number=2,
             chapter_title="落实", due_on=date(2025, 6, 15)),
        Item(document=made, number=3, title="后做", text="\x07响铃", due_on=date(2025, 12, 31)),
    ]  # fmt: skip
    Item.objects.bulk_create(items)
    Unit.objects.bulk_create(
        [
            Unit(item=items[0], name="试市能源局", role="lead"),
            Unit(item=items[0], name="试市安委办", role="assist"),
            Unit(item=items[0], name="各县", role="responsible", inherited=True),
            Unit(item=items[1], name="不存在局", role="responsible", left_out=True),
            Unit(item=items[1], name="试市能源局", role="responsible", part="煤矿"),
        ]
    )
    Clause.objects.create(
        item=items[0], number=1, text="每半年一次", kind="frequency", period="half_year"
    )
    Point.objects.bulk_create(
        [
            Point(document=made, number=1, kind="difference", code="unit_missing_in_table",
                  item_number=2, body="试市能源局", decision="accepted", note="请补上"),
            Point(document=made, number=2, kind="difference", code="wording", item_number=1,
                  body="甲", table="乙", decision="ignored", note="不必"),
            Point(document=made, number=3, kind="remark", code="no_date", item_number=1,
                  text="“至少10项”没有写完成时限。"),
            Point(document=made, number=4, kind="remark", code="missing_date_in_signature",
                  text="落款日期“2025年 月 日”没有填全。"),
        ]
    )  # fmt: skip
    return Document.objects.get(pk=made.pk)
