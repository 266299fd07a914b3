"""The shell's own pages and the refusals, as the browser gets them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pytest
from django.db import connection
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anlan.kernel.access.models import User
from anlan.kernel.access.policies import Policy, anyone
from anlan.kernel.access.roles import Role
from anlan.kernel.errors import Refused, Unknown
from anlan.kernel.ui import errors, home, nav, views
from anlan.kernel.ui.context import Shell
from anlan.kernel.ui.models import SavedView
from tests.kernel.access.conftest import actor, browser, user

Asks = Callable[..., HttpRequest]
AUDIT = Policy("test.audit", "审计", (Role.AUDITOR,))


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nav, "_entries", {})
    monkeypatch.setattr(home, "_offers", {})
    nav.register("系统", "审计", "notify:bell", AUDIT, "history")
    nav.register("任务", "构件", "ui:guide", anyone, "table", order=2)
    nav.register("任务", "消息", "notify:list", anyone, "bell", order=1)
    nav.register("", "首页", "ui:home", anyone, "home")


@pytest.mark.usefixtures("registry")
def test_people_see_what_they_may_open_in_the_declared_order(asks: Asks) -> None:
    found = nav.sections(asks().actor, "/messages/12/")
    assert [(s.label, [e.label for e in s.entries]) for s in found] == [
        ("", ["首页"]),
        ("任务", ["消息", "构件"]),
    ]
    assert [e.label for s in found for e in s.entries if e.current] == ["消息"]


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize(
    ("path", "label"), [("/letters/3/", "消息"), ("/ui/letters/", "消息"), ("/ui/", "构件")]
)
def test_pages_that_lie_under_an_entry_by_another_address(
    asks: Asks, path: str, label: str
) -> None:
    under = ("/letters/", "/ui/letters/")
    nav.register("任务", "消息", "notify:list", anyone, "bell", order=1, under=under)
    found = nav.sections(asks().actor, path)
    assert [e.label for s in found for e in s.entries if e.current] == [label]


@pytest.mark.usefixtures("registry")
def test_the_first_offer_that_lets_one_in_is_the_first_page(
    asks: Asks, city: SimpleNamespace
) -> None:
    home.offer("notify:list", anyone, order=9)
    home.offer("notify:bell", AUDIT, order=1)
    assert home.first_page(asks().actor) == "notify:list"
    assert home.first_page(actor(user(city, "li", Role.AUDITOR))) == "notify:bell"


def test_the_shell_costs_two_queries_and_what_its_counts_cost(
    asks: Asks, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = {name: replace(entry, count=None) for name, entry in nav._entries.items()}
    monkeypatch.setattr(nav, "_entries", bare)
    warm = Shell(asks())
    assert warm.city  # kept for five minutes from here on
    assert warm.marks == []  # for one minute
    request = asks("/ui/")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        render_to_string("ui/home.html", {"title": "首页"}, request)
    assert len(queries) <= 2, [query["sql"] for query in queries]


def test_refusals_have_their_status_and_say_what_to_do(zhang: User) -> None:
    mine = browser(zhang)
    answer = mine.get("/no-such-page/")
    assert answer.status_code == 404
    page = answer.content.decode()
    assert "没有这个页面" in page
    assert "没有任何内容被改动" in page
    assert 'class="side"' in page  # the way on stays in sight


def test_a_stranger_gets_the_refusal_without_the_shell(db: None) -> None:
    page = Client().get("/no-such-page/").content.decode()
    assert "没有这个页面" in page
    assert 'class="side"' not in page


def test_a_form_without_our_sign_is_refused(zhang: User) -> None:
    strict = browser(zhang)
    strict.handler.enforce_csrf_checks = True
    answer = strict.post("/messages/read/")
    assert answer.status_code == 403
    assert "本次提交没有执行" in answer.content.decode()


def test_our_own_mistake_is_told_without_the_database(db: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        answer = errors.server_error(HttpRequest())
    assert len(queries) == 0
    assert answer.status_code == 500
    assert "没有完成" in answer.content.decode()


def test_a_saved_view_comes_back_and_the_same_name_replaces_it(zhang: User) -> None:
    mine = browser(zhang)
    for query in ("kind=bureau", "kind=office"):
        answer = mine.post(
            "/ui/views/",
            {"page": "p", "name": "局", "query": query, "back": "/ui/?kind=office"},
        )
        assert (answer.status_code, answer["Location"]) == (302, "/ui/?kind=office")
    assert list(SavedView.objects.values_list("user", "name", "query")) == [
        (zhang.pk, "局", "kind=office")
    ]


@pytest.mark.parametrize("name", ["", "长" * 21])
def test_a_view_needs_a_short_name(zhang: User, name: str) -> None:
    answer = browser(zhang).post("/ui/views/", {"page": "p", "name": name, "back": "/ui/"})
    assert answer.status_code == 422
    assert "不超过 20 个字" in answer.content.decode()
    assert not SavedView.objects.exists()


def test_no_list_gets_more_views_than_its_bar_holds(zhang: User) -> None:
    for number in range(views.MOST):
        views.keep_view(actor=actor(zhang), page="p", name=str(number), query="")
    with pytest.raises(Refused, match="最多保存 20 个"):
        views.keep_view(actor=actor(zhang), page="p", name="还要", query="")
    views.keep_view(actor=actor(zhang), page="p", name="3", query="q=x")
    views.keep_view(actor=actor(zhang), page="other", name="别的列表", query="")
    assert SavedView.objects.filter(page="p").count() == views.MOST


def test_the_view_of_another_does_not_exist(zhang: User, city: SimpleNamespace) -> None:
    hers = views.keep_view(actor=actor(user(city, "wang")), page="p", name="她的", query="")
    with pytest.raises(Unknown):
        views.drop_view(actor=actor(zhang), pk=hers.pk)
    assert SavedView.objects.filter(pk=hers.pk).exists()


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example/"])
def test_no_form_leads_to_another_host(zhang: User, back: str) -> None:
    answer = browser(zhang).post("/ui/views/", {"page": "p", "name": "x", "back": back})
    assert answer["Location"] == "/"


def test_htmx_gets_the_list_alone_and_people_the_page(zhang: User) -> None:
    mine = browser(zhang)
    alone = mine.get("/ui/", headers={"HX-Request": "true"}).content.decode()
    boosted = mine.get("/ui/", headers={"HX-Request": "true", "HX-Boosted": "true"})
    assert alone.lstrip().startswith("<section")
    assert "<html" in boosted.content.decode()
    assert "<html" in mine.get("/ui/").content.decode()
