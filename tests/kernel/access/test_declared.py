"""Every address and every API operation declares who may use it. Nothing is open by oversight."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, path
from ninja import NinjaAPI

from anlan.kernel.access import policies
from anlan.kernel.access.policies import declaration, operations_of, page

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}


def views(patterns: list[Any], prefix: str = "/") -> Iterator[tuple[str, Callable[..., Any]]]:
    for each in patterns:
        where = prefix + str(each.pattern).removeprefix("^")
        if isinstance(each, URLResolver):
            yield from views(each.url_patterns, where)
        elif isinstance(each, URLPattern):
            yield where, each.callback


def undeclared(patterns: list[Any]) -> list[str]:
    """The addresses (with methods, for API operations) that declare nothing."""
    found = []
    for where, view in views(patterns):
        if policies.is_api_root(view):
            continue
        asked = [m for o in operations_of(view) for m in o.methods] or ["GET"]
        found += [f"{m} {where}" for m in asked if declaration(view, m).policy is None]
    return found


def test_all_addresses_declare_their_policy() -> None:
    assert undeclared(get_resolver().url_patterns) == []


def test_the_walk_is_not_empty() -> None:
    walked = dict(views(get_resolver().url_patterns))
    assert {"/login/", "/healthz", "/accounts/<int:pk>/grants/"} <= set(walked)


def test_methods_are_known_words() -> None:
    for where, view in views(get_resolver().url_patterns):
        if not policies.is_api_root(view):
            found = declaration(view, "GET").methods
            assert found, where
            assert set(found) <= METHODS, where


def test_declared_policies_are_found_in_their_apps() -> None:
    known = list(policies.declared())
    for where, view in views(get_resolver().url_patterns):
        for operation in operations_of(view) or [None]:
            method = operation.methods[0] if operation else "GET"
            if not policies.is_api_root(view):
                assert declaration(view, method).policy in known, where


@pytest.fixture
def forgotten() -> list[Any]:
    """A plain view, an API operation and its documents, all undeclared; and one declared each."""
    api = NinjaAPI(urls_namespace="forgotten", title="试")

    @api.get("/open")
    def oversight(request: object) -> str:
        return "secret"

    @api.get("/declared")
    @page(policies.anyone)
    def fine(request: object) -> str:
        return "fine"

    @page(policies.anyone)
    def declared(request: object) -> None: ...

    def plain(request: object) -> None: ...

    return [path("api/", api.urls), path("plain/", plain), path("fine/", declared)]


def test_the_walk_finds_what_was_forgotten(forgotten: list[Any]) -> None:
    assert undeclared(forgotten) == [
        "GET /api/openapi.json",
        "GET /api/docs",
        "GET /api/open",
        "GET /plain/",
    ]
