"""Requests that nobody makes by hand: answered in the form asked for, never by a crash."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest
from django.test import Client, RequestFactory

from anlan.config import api as apis
from anlan.kernel.access.actor import Actor
from anlan.kernel.ui import errors
from tests.kernel.access.conftest import browser


def of(who: Actor) -> Client:
    return browser(who.user, raise_request_exception=False)


ODD = [
    "page=99999999999999999999",
    "page=0",
    "page=x",
    "area=%00",
    "area=%27%20OR%201=1",
    "standing=%00",
    "standing=green",
    "year=99999999999999999999",
]


@pytest.mark.parametrize("query", ODD)
def test_the_api_refuses_what_the_database_cannot_hold(who: SimpleNamespace, query: str) -> None:
    answer = of(who.leader).get(f"/api/plan/duties/?{query}")
    assert answer.status_code == 422, answer.content.decode()
    assert answer.json()["code"] == "invalid"


def test_the_filters_still_filter(who: SimpleNamespace, work: SimpleNamespace) -> None:
    ask = of(who.leader).get
    found = ask(f"/api/plan/duties/?area=9001&year={work.plan.year}&standing={work.east.standing}")
    assert [each["id"] for each in found.json()["items"]] == [work.east.pk]
    assert ask("/api/plan/duties/?page=999999").json()["items"] == []


def test_a_failure_of_the_api_is_json_and_says_nothing_of_its_cause(
    who: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("postgres://secret")

    monkeypatch.setattr("anlan.plan.selectors.duties", fail)
    with caplog.at_level(logging.ERROR, apis.log.name):
        answer = of(who.leader).get("/api/plan/duties/")
    assert (answer.status_code, answer.json()["code"]) == (500, "server")
    assert "secret" not in answer.content.decode()
    assert "postgres://secret" in caplog.text


@pytest.mark.parametrize(
    "address", ["/extensions/{}/grant/", "/orders/{}/close/", "/reports/{}/accept/"]
)
@pytest.mark.parametrize("digits", [19, 5000])
def test_a_number_longer_than_any_of_ours_is_nothing(
    who: SimpleNamespace, address: str, digits: int
) -> None:
    assert of(who.chief).post(address.format("9" * digits)).status_code == 404


def test_too_many_fields_or_too_long_a_text_gets_words(who: SimpleNamespace) -> None:
    client = of(who.chief)
    many = client.post("/account/acting/", {f"f{number}": "1" for number in range(1500)})
    long = client.post("/account/acting/", {"deputation": "9" * 6_000_000})
    for answer in (many, long):
        assert answer.status_code == 400
        assert "没有办理" in answer.content.decode()


def test_to_a_program_a_bad_request_is_json() -> None:
    answer = errors.bad_request(RequestFactory().post("/api/notices/read/"))
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/json")
