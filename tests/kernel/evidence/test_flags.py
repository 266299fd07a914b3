"""What a verifier is told to look at: reuse, and photographs that contradict the record."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import timezone
from PIL import Image

from anlan.kernel.access.actor import Actor
from anlan.kernel.evidence.models import Flag, Use
from anlan.kernel.orgs import places
from anlan.kernel.orgs.models import Area
from anlan.plan.models import Duty, Report
from anlan.plan.services.reports import (
    report_accept,
    report_return,
    report_submit,
    report_withdraw,
)
from tests import factories
from tests.factories import jpeg, photograph
from tests.kernel.evidence.test_pictures import noted


def offer(actor: Actor, duty: Duty, *contents: bytes) -> Report:
    """A report with these files; their flags are in ``flags()``."""
    files = [factories.stored(actor, each, f"{number}.jpg") for number, each in enumerate(contents)]
    return report_submit(actor=actor, duty=duty.pk, text="做了。", value=Decimal(5), evidence=files)


def flags() -> list[tuple[str, int, int | None]]:
    """Kind, the flagged file's report, the report of the other use."""
    rows = Flag.objects.select_related("use", "other").order_by("pk")
    return [(f.kind, f.use.subject_id, f.other and f.other.subject_id) for f in rows]


def test_the_same_file_for_other_work(who: SimpleNamespace, work: SimpleNamespace) -> None:
    content = jpeg(photograph(1))
    first = offer(who.bureau_staff, work.bureau, content)
    second = offer(who.west_head, work.west, content)
    assert flags() == [("same", second.pk, first.pk)]
    assert "试市能源局" in Flag.objects.get().text


@pytest.mark.parametrize("how", ["resized", "recompressed", "cropped"])
def test_a_changed_photograph_for_other_work(
    who: SimpleNamespace, work: SimpleNamespace, how: str
) -> None:
    image = photograph(1)
    changed = {
        "resized": jpeg(image.resize((800, 600))),
        "recompressed": jpeg(image, quality=35),
        "cropped": jpeg(image.crop((6, 5, 634, 475))),
    }[how]
    first = offer(who.bureau_staff, work.bureau, jpeg(image))
    second = offer(who.west_head, work.west, changed)
    assert flags() == [("alike", second.pk, first.pk)]


def test_other_photographs_are_in_peace(who: SimpleNamespace, work: SimpleNamespace) -> None:
    offer(who.bureau_staff, work.bureau, jpeg(photograph(1)), jpeg(photograph(2)))
    offer(who.west_head, work.west, jpeg(photograph(3)))
    assert flags() == []


def test_a_fingerprint_with_the_highest_bit(who: SimpleNamespace, work: SimpleNamespace) -> None:
    """PostgreSQL's bigint is signed, the fingerprint is not."""
    seed = next(n for n in range(100) if (_hash(photograph(n)) or 0) < 0)
    first = offer(who.bureau_staff, work.bureau, jpeg(photograph(seed)))
    second = offer(who.west_head, work.west, jpeg(photograph(seed), quality=60))
    assert flags() == [("alike", second.pk, first.pk)]


def _hash(image: Image.Image) -> int | None:
    from anlan.kernel.evidence.pictures import _fingerprint

    return _fingerprint(image.convert("L"))


@pytest.mark.parametrize("verdict", ["returned", "withdrawn", "accepted"])
def test_shown_again_for_the_same_duty(
    who: SimpleNamespace, work: SimpleNamespace, verdict: str
) -> None:
    """Not reuse after it was returned or withdrawn; progress counted once is counted once."""
    content = jpeg(photograph(1))
    first = offer(who.bureau_staff, work.bureau, content)
    if verdict == "returned":
        report_return(actor=who.clerk, report=first.pk, reason="补充说明")
    elif verdict == "withdrawn":
        report_withdraw(actor=who.bureau_staff, report=first.pk)
    else:
        report_accept(actor=who.clerk, report=first.pk)
    second = offer(who.bureau_staff, work.bureau, content)
    assert flags() == ([("same", second.pk, first.pk)] if verdict == "accepted" else [])


# --- time --------------------------------------------------------------------------------------


def taken(at: datetime) -> bytes:
    words = timezone.localtime(at).strftime("%Y:%m:%d %H:%M:%S")
    return jpeg(photograph(1), exif=noted(words))


@pytest.mark.parametrize(
    ("_case", "shift", "flagged"),
    [
        ("tomorrow", timedelta(days=1), True),
        ("in half an hour", timedelta(minutes=30), True),
        ("a camera five minutes fast", timedelta(minutes=5), False),
        ("yesterday", timedelta(days=-1), False),
        ("on the first day", timedelta(days=-30), False),
        ("the day before the first", timedelta(days=-31), True),
        ("years ago", timedelta(days=-900), True),
    ],
)
def test_time(
    who: SimpleNamespace, work: SimpleNamespace, _case: str, shift: timedelta, flagged: bool
) -> None:
    offer(who.bureau_staff, work.bureau, taken(timezone.now() + shift))
    assert [kind for kind, *_ in flags()] == (["time"] if flagged else [])
    if flagged:
        said = "晚于上报时间" if shift > timedelta() else "早于这项工作开始"
        assert said in Flag.objects.get().text


# --- place -------------------------------------------------------------------------------------

LISHI = (37.52, 111.14)  # 离石区, the seat of the city
XING = (38.46, 111.13)  # 兴县, in the far north
BEIJING = (39.90, 116.40)


def at(point: tuple[float, float]) -> bytes:
    latitude, longitude = point
    gps = {1: "N", 2: (latitude, 0.0, 0.0), 3: "E", 4: (longitude, 0.0, 0.0)}
    return jpeg(photograph(1), exif=noted(gps=gps))


@pytest.fixture
def real_codes(city: SimpleNamespace) -> SimpleNamespace:
    """The small city on the map: the east is 离石区, the west is 兴县."""
    for area, code in [(city.east, "141102"), (city.west, "141123")]:
        old = area.path
        for each in Area.objects.filter(area_or_below(old)):
            path = each.path.replace(old, f"90/{code}", 1)
            Area.objects.filter(pk=each.pk).update(
                path=path, code=code if each.pk == area.pk else each.code,
                name={"141102": "离石区", "141123": "兴县"}[code] if each.pk == area.pk
                else each.name,
            )  # fmt: skip
    return city


def area_or_below(path: str) -> object:
    from django.db.models import Q

    return Q(path=path) | Q(path__startswith=f"{path}/")


@pytest.mark.parametrize(
    ("_case", "duty", "person", "point", "said"),
    [
        ("its own county", "east", "east_staff", LISHI, None),
        ("a neighbour's", "east", "east_staff", XING, "兴县，不在离石区"),
        ("another city", "east", "east_staff", BEIJING, "北纬 39.900°、东经 116.400°"),
        ("a city bureau, in any county", "bureau", "bureau_staff", XING, None),
        ("a city bureau, outside the city", "bureau", "bureau_staff", BEIJING, "不在试市"),
        ("a town, in its county", "town", "town_staff", LISHI, None),
        ("a town, in another county", "town", "town_staff", XING, "不在东镇"),
    ],
)
def test_place(
    who: SimpleNamespace, work: SimpleNamespace, real_codes: SimpleNamespace,
    _case: str, duty: str, person: str, point: tuple[float, float], said: str | None,
) -> None:  # fmt: skip
    offer(getattr(who, person), getattr(work, duty), at(point))
    assert [kind for kind, *_ in flags()] == (["place"] if said else [])
    if said:
        assert said in Flag.objects.get().text


def test_where_there_is_no_map_nobody_is_suspected(
    who: SimpleNamespace, work: SimpleNamespace
) -> None:
    offer(who.bureau_staff, work.bureau, at(BEIJING))
    assert flags() == []
    assert Use.objects.get().file.latitude == pytest.approx(39.9)


def test_the_outlines_are_those_of_the_13_counties() -> None:
    assert len(places.outlines()) == 13
    assert all(outline.is_valid for outline in places.outlines().values())


def test_points_near_a_border_are_given_the_benefit_of_the_doubt(
    real_codes: SimpleNamespace,
) -> None:
    west = Area.objects.get(code="141123")
    north = places.outlines()["141123"].bounds[3]
    edge = next(
        (x, y) for x, y in places.outlines()["141123"].geoms[0].exterior.coords if y == north
    )
    assert places.within(west, latitude=edge[1] + 0.009, longitude=edge[0]) is True
    assert places.within(west, latitude=edge[1] + 0.02, longitude=edge[0]) is False
