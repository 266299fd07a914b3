"""The pages of disputes: every seat at every door, the forms, and what stands first."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from anlan.registry.models import Dispute, Enterprise, Opinion
from tests.factories import day
from tests.kernel.access.conftest import browser
from tests.registry.test_disputes import LAW, ask, decide, give, raised
from tests.registry.test_disputes import heard as heard
from tests.registry.test_disputes import open_ as open_

# name, method: the status of each seat; whoever is not named gets 404
DOORS: dict[tuple[str, str], dict[str, int]] = {
    ("", "GET"): {"clerk": 200, "chief": 200, "leader": 200, "town_staff": 200, "east_staff": 200,
                  "bureau_staff": 200},
    ("ask/", "POST"): {"clerk": 422, "chief": 422, "leader": 403, "town_staff": 403,
                       "east_staff": 403, "bureau_staff": 403, "west_staff": 403},
    ("opinion/", "POST"): {"clerk": 422, "chief": 422, "leader": 403, "town_staff": 422,
                           "east_staff": 422, "bureau_staff": 422},
    ("decide/", "POST"): {"clerk": 403, "chief": 422, "leader": 403, "town_staff": 403,
                          "east_staff": 403, "bureau_staff": 403, "west_staff": 403},
    ("withdraw/", "POST"): {"clerk": 403, "chief": 403, "leader": 403, "town_staff": 422,
                            "east_staff": 403, "bureau_staff": 403},
    ("decision.docx", "GET"): {},
}  # fmt: skip
SEATS = ("clerk", "chief", "leader", "town_staff", "east_staff", "bureau_staff", "west_staff")


def _text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.parametrize("seat", SEATS)
def test_every_seat_at_every_door(
    city: SimpleNamespace, who: SimpleNamespace, open_: Dispute, seat: str
) -> None:
    """Bad forms: who comes through is told of the fault (422), the others never get that far."""
    ask(who.clerk, open_, city.bureau)
    client = browser(getattr(who, seat).user)
    for (door, method), expected in DOORS.items():
        address = f"/registry/disputes/{open_.pk}/{door}"
        answer = client.post(address, {}) if method == "POST" else client.get(address)
        assert answer.status_code == expected.get(seat, 404), f"{seat} at {method} {door}"
        if method == "POST" and expected.get(seat) == 422:
            assert client.get(address).status_code == 302


def test_a_dispute_goes_through_the_pages(
    city: SimpleNamespace, who: SimpleNamespace, subjects: SimpleNamespace
) -> None:
    town, clerk = browser(who.town_staff.user), browser(who.clerk.user)
    page = f"/registry/enterprises/{subjects.stray.pk}/"
    assert "提出归属争议" in _text(town.get(page))
    form = f"{page}dispute/"
    assert town.get(form).status_code == 200
    refused = town.post(form, {"reason": "校外托管没人管"})
    assert (refused.status_code, "校外托管没人管" in _text(refused)) == (422, True)
    sent = town.post(form, {"reason": "校外托管没人管", "basis": LAW})
    assert (sent.status_code, sent.url) == (302, f"{page}#disputes")
    dispute = Dispute.objects.get()
    address = f"/registry/disputes/{dispute.pk}/"
    assert address in _text(town.get(page))
    assert "提出归属争议" not in _text(town.get(page))
    asked = {"organisations": [city.bureau.pk], "until": f"{day(5)}"}
    assert clerk.post(f"{address}ask/", asked).status_code == 302
    bureau = browser(who.bureau_staff.user)
    shown = _text(bureau.get(address))
    assert "答复意见" in shown
    assert f'href="{page}"' not in shown  # he sees the dispute, not the subject
    said = {"organisation": city.bureau.pk, "regulator": "试市能源局", "text": "可以监管"}
    assert bureau.post(f"{address}opinion/", said).status_code == 302
    chief = browser(who.chief.user)
    assert "作出决定" in _text(chief.get(address))
    decision = {
        "regulator": "试市能源局", "scope": "subject", "effective_on": f"{day(0)}",
        "reason": "业务相近", "basis": "会议纪要",
    }  # fmt: skip
    wrong = chief.post(f"{address}decide/", decision | {"regulator": "没有的局"})
    assert (wrong.status_code, "没有找到单位“没有的局”" in _text(wrong)) == (422, True)
    assert chief.post(f"{address}decide/", decision).status_code == 302
    assert "试市能源局" in _text(town.get(page))
    assert Enterprise.objects.get(pk=subjects.stray.pk).regulator == city.bureau
    late = chief.post(f"{address}decide/", decision)
    assert (late.status_code, "当前状态是“已决定”" in _text(late)) == (409, True)


def test_what_waits_for_one_stands_first(
    city: SimpleNamespace, who: SimpleNamespace, subjects: SimpleNamespace, open_: Dispute
) -> None:
    second = raised(who.bureau_staff, subjects.mine)  # newer
    ask(who.clerk, second, city.bureau)
    lists = {name: browser(getattr(who, name).user) for name in ("clerk", "bureau_staff", "chief")}

    def order(name: str, query: str = "") -> list[int]:
        page = _text(lists[name].get(f"/registry/disputes/{query}"))
        found = {d.pk: page.find(f'/registry/disputes/{d.pk}/"') for d in (open_, second)}
        return sorted((pk for pk, at in found.items() if at >= 0), key=lambda pk: found[pk])

    assert order("clerk") == [open_.pk, second.pk]  # he has somebody to ask
    assert order("bureau_staff") == [second.pk]
    assert order("bureau_staff", "?own=own") == [second.pk]
    assert order("clerk", "?own=own") == [open_.pk]
    Opinion.objects.update(until=day(-1))
    assert order("chief", "?own=own") == [second.pk, open_.pk]  # silent: he may decide


def test_a_decided_dispute_shows_on_the_subject_s_page(
    city: SimpleNamespace, who: SimpleNamespace, subjects: SimpleNamespace, heard: Dispute
) -> None:
    decide(who.chief, heard, city.bureau)
    page = _text(browser(who.bureau_head.user).get(f"/registry/enterprises/{subjects.stray.pk}/"))
    assert "依据：会议纪要〔2025〕3号" in page
    assert "归属争议决定监管部门" in page  # its history


def test_a_late_answer_is_shown_as_one(
    city: SimpleNamespace, who: SimpleNamespace, open_: Dispute
) -> None:
    ask(who.clerk, open_, city.bureau)
    Opinion.objects.update(until=day(-1))
    clerk = browser(who.clerk.user)
    assert "逾期未答复" in _text(clerk.get(f"/registry/disputes/{open_.pk}/"))
    give(who.bureau_staff, open_, city.bureau)
    assert "逾期答复" in _text(clerk.get(f"/registry/disputes/{open_.pk}/"))
