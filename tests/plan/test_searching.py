"""Searching duties by words finds what a comparison of every text would find."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db.models import Q

from anlan.plan import searching
from anlan.plan.models import Duty
from anlan.plan.searching import Title, mentions
from tests import factories

WORDS = [
    "任务",
    "任务1",
    "东县",
    "东",
    "试市能源局",
    "没有这个词",
    "abc",
    "ABC",
    "%",
    "_",
    "燃气管网",
]


def slowly(word: str) -> set[int]:
    names = ("title", "key_duty__title", "organisation__name", "organisation__short_name")
    either = Q(*((f"{name}__icontains", word) for name in names), _connector=Q.OR)
    return set(Duty.objects.filter(either).values_list("pk", flat=True))


@pytest.mark.parametrize("most", [0, 500], ids=["common words", "rare words"])
@pytest.mark.parametrize("word", WORDS)
def test_it_finds_what_every_text_holds(
    city: SimpleNamespace,
    work: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
    word: str,
    most: int,
) -> None:
    monkeypatch.setattr(searching, "MOST_TITLES", most)
    factories.duty(work.key_duty, city.west_government, title="完成燃气管网 Abc 改造 100%")
    assert set(Duty.objects.filter(mentions(word)).values_list("pk", flat=True)) == slowly(word)


def test_a_title_is_listed_once_however_many_duties_have_it(
    city: SimpleNamespace, work: SimpleNamespace
) -> None:
    for organisation in (city.west_government, city.west_town_government):
        factories.duty(work.key_duty, organisation, title="同一件事")
    assert Title.objects.filter(text="同一件事").count() == 1


def test_a_title_given_later_is_found(city: SimpleNamespace, work: SimpleNamespace) -> None:
    Duty.objects.filter(pk=work.east.pk).update(title="改了名的任务")
    assert list(Duty.objects.filter(mentions("改了名"))) == [work.east]
