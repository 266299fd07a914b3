"""The middleware: default-deny in sync and async; refusals as pages, fragments, JSON, streams."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test import AsyncClient
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from anlan.kernel.access.models import User
from anlan.kernel.access.roles import Role
from tests.kernel.access import probe_urls
from tests.kernel.access.conftest import browser

pytestmark = pytest.mark.urls("tests.kernel.access.probe_urls")
KINDS = pytest.mark.parametrize("kind", ["sync", "async", "class"])


@pytest.fixture(autouse=True)
def _nothing_done() -> Iterator[None]:
    probe_urls.done.clear()
    yield
    probe_urls.done.clear()


@KINDS
def test_an_undeclared_view_is_refused_to_all_and_logged(
    make_user: Callable[..., User], kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    for chrome in (Browser(), browser(make_user("zhang", *[r for r in Role if r != "system"][2:]))):
        caplog.clear()
        answer = chrome.get(f"/{kind}/undeclared/")
        assert answer.status_code == 403
        assert "尚未规定谁可以使用" in answer.content.decode()
        assert any("view without policy refused" in each.message for each in caplog.records)
    assert probe_urls.done == []


@KINDS
@pytest.mark.parametrize(
    ("door", "role", "status"),
    [
        ("public", None, 200),
        ("anyone", None, 302),
        ("leaders", None, 302),
        ("anyone", Role.UNIT_STAFF, 200),
        ("leaders", Role.UNIT_STAFF, 403),
        ("leaders", Role.LEADER, 200),
    ],
)
def test_doors(
    make_user: Callable[..., User], kind: str, door: str, role: Role | None, status: int
) -> None:
    chrome = browser(make_user("zhang", role)) if role else Browser()
    where = f"/{kind}/{door}/"
    answer = chrome.get(where)
    assert answer.status_code == status
    assert probe_urls.done == ([where] if status == 200 else [])
    if status == 302:
        assert answer["Location"] == f"/login/?next=%2F{kind}%2F{door}%2F"


@KINDS
@pytest.mark.parametrize(
    ("method", "status"),
    [("get", 200), ("head", 200), ("post", 200), ("put", 405), ("delete", 405)],
)
def test_only_declared_methods(
    make_user: Callable[..., User], kind: str, method: str, status: int
) -> None:
    chrome = browser(make_user("zhang", Role.LEADER))
    assert getattr(chrome, method)(f"/{kind}/leaders/").status_code == status


def test_the_async_handler_judges_alike(make_user: Callable[..., User]) -> None:
    """The same through ASGI, where the middleware runs in async."""
    zhang = make_user("zhang", Role.LEADER)
    chrome = AsyncClient()
    chrome.cookies = browser(zhang).cookies

    async def ask() -> list[int]:
        stranger = AsyncClient()
        return [
            (await chrome.get("/async/leaders/")).status_code,
            (await chrome.get("/sync/leaders/")).status_code,
            (await chrome.get("/async/undeclared/")).status_code,
            (await stranger.get("/async/leaders/")).status_code,
            (await stranger.get("/async/public/")).status_code,
            (await chrome.put("/async/leaders/")).status_code,
        ]

    assert async_to_sync(ask)() == [200, 200, 403, 302, 200, 405]
    assert probe_urls.done == ["/async/leaders/", "/sync/leaders/", "/async/public/"]


@pytest.mark.parametrize("where", ["refuse", "refuse-async"])
@pytest.mark.parametrize(
    ("kind", "status", "told"),
    [
        ("wrong", 422, "数字不对。"),
        ("forbidden", 403, "没有办理此事的权限"),
        ("state", 409, "已经办过了。"),
        ("unknown", 404, "不在您的管辖范围内"),
    ],
)
def test_refusals_become_pages_with_their_status(
    db: None, where: str, kind: str, status: int, told: str
) -> None:
    answer = Browser().get(f"/{where}/{kind}/")
    assert (answer.status_code, told in answer.content.decode()) == (status, True)
    fragment = Browser().get(f"/{where}/{kind}/", headers={"HX-Request": "true"})
    event = json.loads(fragment["HX-Trigger"])["anlan:refused"]
    assert (fragment.status_code, event["status"]) == (status, status)
    assert told in event["message"]


def test_a_bug_is_not_a_refusal(db: None) -> None:
    with pytest.raises(ZeroDivisionError):
        Browser().get("/refuse/bug/")
    answer = Browser(raise_request_exception=False).get("/refuse/bug/")
    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.content.decode()


def test_a_refusal_without_its_template_is_still_told(db: None, settings: Any) -> None:
    settings.TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]
    answer = Browser().get("/refuse/state/")
    assert (answer.status_code, "已经办过了。" in answer.content.decode()) == (409, True)


@pytest.mark.parametrize(
    ("_case", "headers", "status", "header", "value"),
    [
        ("page", {}, 302, "Location", "/login/?next=%2Fsync%2Fleaders%2F%3Fa%3D1"),
        ("htmx", {"HX-Request": "true", "HX-Current-URL": "http://testserver/tasks/?page=2"}, 401,
         "HX-Redirect", "/login/?next=%2Ftasks%2F%3Fpage%3D2"),
        ("htmx from a foreign page", {"HX-Request": "true", "HX-Current-URL": "https://x//evil/"},
         401, "HX-Redirect", "/login/?next=%2F"),
        ("event stream", {"Accept": "text/event-stream"}, 401, "Content-Length", "0"),
    ],
)  # fmt: skip
def test_strangers_are_led_to_the_login(
    db: None, _case: str, headers: dict[str, str], status: int, header: str, value: str
) -> None:
    answer = Browser().get("/sync/leaders/?a=1", headers=headers)
    assert (answer.status_code, answer[header]) == (status, value)


def test_api_operations_are_denied_by_default(make_user: Callable[..., User]) -> None:
    leader, staff = browser(make_user("a", Role.LEADER)), browser(make_user("b", Role.UNIT_STAFF))
    assert leader.get("/api/open").json()["code"] == "forbidden"
    assert (Browser().get("/api/leaders").status_code, staff.get("/api/leaders").status_code) == (
        401,
        403,
    )
    assert leader.get("/api/leaders").json() == "reached"
    assert leader.put("/api/leaders").status_code == 405
    assert Browser().get("/api/docs").status_code == 401
    assert leader.get("/api/").status_code == 404
    assert probe_urls.done == ["/api/leaders"]


def test_api_refusals_are_json(make_user: Callable[..., User]) -> None:
    answer = browser(make_user()).get("/api/refuse")
    assert (answer.status_code, answer.json()) == (
        409, {"code": "wrong_state", "message": "已经办过了。"},
    )  # fmt: skip


def test_a_session_cookie_alone_writes_nothing_through_the_api(
    make_user: Callable[..., User],
) -> None:
    """django-ninja exempts its views from the CSRF check; ours does not let that pass."""
    leader = make_user("a", Role.LEADER)
    strict = Browser(enforce_csrf_checks=True)
    strict.cookies = browser(leader).cookies
    assert strict.post("/api/leaders").status_code == 403
    assert probe_urls.done == []
    token = strict.get("/account/").cookies["csrftoken"].value
    answer = strict.post("/api/leaders", headers={"X-CSRFToken": token})
    assert (answer.status_code, probe_urls.done) == (200, ["/api/leaders"])


def test_queries_of_a_request(make_user: Callable[..., User]) -> None:
    """Django's session, ours with its account, the grants: three, whatever the page."""
    chrome = browser(make_user("a", Role.LEADER))
    chrome.get("/sync/leaders/")
    with CaptureQueriesContext(connection) as captured:
        assert chrome.get("/sync/leaders/").status_code == 200
    tables = re.findall(r'FROM "(\w+)"', " ".join(query["sql"] for query in captured))
    assert tables == ["django_session", "access_accountsession", "access_grant"]
